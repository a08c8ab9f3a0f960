"""The command `tlcourse`."""

import os
import sys
from pathlib import Path
from urllib.parse import quote

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Helpers of the course.")

if hasattr(sys.stdout, "reconfigure"):
    sys.stdout.reconfigure(errors="replace")  # a Windows pipe may not know ✓


@app.command()
def copy() -> Path:
    """Bring your copies of the lessons up to date, without opening them."""
    from tlcourse import copies
    from tlcourse.runtime import root, short

    target = copies.folder()
    try:
        beside = copies.refresh(root() / "notebooks", target)
    except OSError as error:
        said = f"{short(target)} cannot be written: {error.strerror or error}."
        sys.exit(f"{said}\nName another folder: TLCOURSE_HOME=… make lab")
    print(f"Your copies of the lessons are in {short(target)}; work there.")
    if beside:
        names = ", ".join(f"{name} (the new one is {new})" for name, new in beside.items())
        print(f"New since your copy, which stays as you left it: {names}.")
    return target


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Copy the lessons for you, and open JupyterLab on them; takes JupyterLab's options too."""
    from jupyterlab.labapp import LabApp

    from tlcourse import weights

    target = copy()
    try:
        print(f"ImageNet's weights: {weights.fetch().sentence}")
    except (weights.WeightsError, OSError) as error:
        print(f"ImageNet's weights were not fetched ({error}) Each lesson says what it uses.")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    LabApp.launch_instance(["--ip=127.0.0.1", *lab_options(target), *context.args])


def lab_options(target: Path) -> list[str]:
    """Return JupyterLab's options: it begins at lesson 00's copy, and takes large photographs."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        f"--ServerApp.root_dir={target.parent}",
        f"--LabApp.default_url=/lab/tree/{quote(target.name)}/00_start_here.ipynb",
        f"--ServerApp.tornado_settings={{'websocket_max_message_size': {200 * 2**20}}}",
        *["--allow-root"] * as_root,
    ]


@app.command()
def doctor() -> None:
    """Check this machine: Python, packages, memory, disk, device, speed, weights, network."""
    try:
        from tlcourse.doctor import report
    except ImportError as error:
        sys.exit(f"✗ Packages     {error}\n  → run `make clean lab`")
    sys.exit(not report())


@app.command()
def fetch() -> None:
    """Download ImageNet's weights into Keras's folder (hash checked)."""
    from tlcourse import weights

    try:
        print(weights.fetch().sentence)
    except weights.WeightsError as error:
        sys.exit(str(error))
