"""The command `tlcourse`."""

import sys

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Helpers of the course.")

if hasattr(sys.stdout, "reconfigure"):
    sys.stdout.reconfigure(errors="replace")  # a Windows pipe may not know ✓


@app.command()
def doctor() -> None:
    """Check this machine: Python, packages, memory, disk, device, speed, weights, network."""
    try:
        from tlcourse.doctor import report
    except ImportError as error:
        print(f"✗ Packages     {error}\n  → run `make clean lab`")
        raise typer.Exit(1) from None
    raise typer.Exit(0 if report() else 1)


@app.command()
def fetch() -> None:
    """Download ImageNet's weights for lesson 02 into Keras's folder (14 MB, hash checked)."""
    from tlcourse import weights

    try:
        print(weights.fetch().sentence)
    except weights.WeightsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
