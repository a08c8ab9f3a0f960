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
    named = {each.partition("=")[0].lstrip("-").rpartition(".")[2] for each in context.args}
    here = ["--ip=127.0.0.1"] * ("ip" not in named)
    LabApp.launch_instance([*here, *lab_options(target), *context.args])


def lab_options(target: Path) -> list[str]:
    """Return JupyterLab's options: it begins at lesson 00's copy, and takes large photographs."""
    return [
        f"--ServerApp.root_dir={target.parent}",
        f"--LabApp.default_url=/lab/tree/{quote(target.name)}/00_start_here.ipynb",
        f"--ServerApp.tornado_settings={{'websocket_max_message_size': {200 * 2**20}}}",
        *["--allow-root"] * (hasattr(os, "geteuid") and os.geteuid() == 0),
    ]


@app.command()
def new(folder: str, run: bool = False) -> None:
    """Look at a FOLDER of pictures, a sub-folder each class; make the notebook that learns them."""
    from tlcourse import copies, folders
    from tlcourse.runtime import short

    try:
        found = folders.look(folder)
        print(found.report)
        if copies.folder().resolve().is_relative_to(found.folder):
            inside = f"{short(copies.folder())}, where the course writes, lies in this folder"
            raise folders.FolderError(f"{inside}: name a folder of pictures alone.")
        values = {"FOLDER": str(found.folder), "CLASS_NAMES": found.class_names}
        page = copies.filled("my_pictures", values)
        print(f"{short(page)} is yours: run it from top to bottom (`make lab` opens it).")
        if run:
            execute(page)
    except folders.FolderError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{short(copies.folder())} cannot be written: {error.strerror or error}.")


def execute(page: Path) -> None:
    """Run a notebook in place, in its own folder, and print what its cells print."""
    import nbformat
    from nbclient import NotebookClient, exceptions

    from tlcourse.runtime import put

    def tell(cell, **_):
        print(*(output.get("text", "") for output in cell.get("outputs", [])), end="", flush=True)

    notebook, place = nbformat.read(page, as_version=4), {"metadata": {"path": str(page.parent)}}
    try:
        NotebookClient(
            notebook, timeout=None, resources=place, on_cell_executed=tell,
            extra_arguments=["--IPKernelApp.log_level=40"],
        ).execute()  # fmt: skip
    except exceptions.DeadKernelError:  # the page stays untouched for the next try
        sys.exit(f"{page.name} stopped, its kernel died: free some memory, and try again.")
    except exceptions.CellExecutionError as error:
        put(page, nbformat.writes(notebook).encode())
        sys.exit(f"{page.name} stopped: {error.ename}: {error.evalue}")
    put(page, nbformat.writes(notebook).encode())
    print(f"Ask it: tlcourse try {page.with_suffix('')}")


@app.command("try")
def ask(folder: Path, port: int = 0) -> None:
    """Open a page on this machine that says what a picture shows, by the model in FOLDER."""
    import asyncio

    from tlcourse import serve

    async def wait(answerer):
        print(f"Drop a picture here: {serve.listen(answerer, port)}\nCtrl-C ends it.", flush=True)
        await asyncio.Event().wait()

    try:
        asyncio.run(wait(serve.load(folder.expanduser())))
    except (serve.ModelFolderError, OSError) as error:
        sys.exit(str(error))


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
