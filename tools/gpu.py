"""Run the notebooks on a GPU, and say first what is compared there: `make test-gpu`.

Stored outputs come from a CPU, so only what holds on any device is compared: claims, shapes, names.
The rest is tagged in its cell, with the reason. First this says how many cells of which notebooks
that are, and stops where a compared output names a device, or where TensorFlow would take the whole
memory of a GPU (several kernels share one). Where there is no GPU nothing is run.
"""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import typer

import notebooks as pages
from tlcourse import runtime

ROOT = Path(__file__).resolve().parents[1]
DEVICE = re.compile(r"\b(?:GPU|CPU|TPU|CUDA|NVIDIA)\b|/device:")
LEDGER = "claims"  # its page tells on which device each claim was measured: read from a file


def compared(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the code cells whose outputs nbval compares."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in code if "nbval-ignore-output" not in cell.metadata.get("tags", [])]


def devices_named(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the ids of cells whose compared outputs name a device."""
    return [cell.id for cell in compared(notebook) if DEVICE.search(pages.outputs_text(cell))]


def gpus() -> dict[str, bool]:
    """Map each GPU that TensorFlow sees to whether its memory grows as it is needed."""
    tensorflow = runtime.load_tensorflow()
    config = tensorflow.config
    grows = config.experimental.get_memory_growth
    return {gpu.name: bool(grows(gpu)) for gpu in config.list_physical_devices("GPU")}


def main(prefix: str = typer.Argument("", help="as 05; by default all notebooks")) -> None:
    """Say what is compared, then compare it; exit with 1 where something differs."""
    paths = [path for path in pages.chosen(prefix) if pages.key(path) != LEDGER]
    named, cells, of = [], 0, 0
    for path in paths:
        notebook = pages.read(path)
        named += devices_named(notebook)
        cells += len(compared(notebook))
        of += sum(cell.cell_type == "code" for cell in notebook.cells)
    print(f"{len(paths)} notebooks: {cells} of {of} code cells are compared with a CPU's outputs.")
    if named:
        pages.stop(f"A compared output names a device: {', '.join(named)}.")
    found = gpus()
    if not found:
        print("TensorFlow sees no GPU here: nothing was run.")
        return
    print("GPUs:", ", ".join(found))
    if greedy := [name for name, grows in found.items() if not grows]:
        pages.stop(f"All memory would be taken of {', '.join(greedy)}: see tlcourse/runtime.py.")
    run = subprocess.run([sys.executable, "-m", "pytest", "--nbval", *map(str, paths)], cwd=ROOT)
    raise typer.Exit(run.returncode)


if __name__ == "__main__":
    typer.run(main)
