"""Maintain the notebooks: execute them in place, check the rules, write their minutes.

Use it through `make notebooks`, `make lint` and `make minutes`.
"""

import json
import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import typer
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
MOST_LINES, MOST_BYTES = 25, 1_500_000
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"  # its model id is random and dead on reopening
PATHS = re.compile(r"(?:^|[\s\"'(=])(/(?:home|Users|root|work|tmp|usr|opt)/|[A-Z]:\\)", re.M)
NOT_STORED = ("✗ ", "Skipped: ")  # outputs are stored from a full run in which every claim holds
NEEDS = re.compile(r"^%%needs.*", re.M)
VERDICTS = ("upheld", "bounded", "refuted")  # on older texts' assertions; see tools/claims.py
MINUTES = re.compile(r"(?<=Runs in about ).+?(?= on two CPU cores)")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def write(path: Path, notebook: nbformat.NotebookNode) -> None:
    """Write a notebook in one step, in the one form that makes diffs small."""
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    partial = path.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def chosen(prefix: str) -> list[Path]:
    """Return the notebooks whose name begins with `prefix`; stop with a sentence if none does."""
    paths = sorted(NOTEBOOKS.glob(f"{prefix}*.ipynb"))
    if not paths:
        raise typer.BadParameter(f"no notebook begins with {prefix!r}")
    return paths


def clean(notebook: nbformat.NotebookNode) -> None:
    """Keep of a run what a reader sees: no timings, widget ids, log lines or kernel version."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
        for output in cell.outputs:
            if WIDGET in output.get("data", {}):
                del output["data"][WIDGET]
                output["data"]["text/plain"] = "(run this cell to use the control)"


@app.command()
def execute(prefix: str = typer.Argument("", help="as 02; by default all")) -> None:
    """Execute notebooks in place, from a fresh kernel, with the threads that the tests use."""
    os.environ.setdefault("TLCOURSE_THREADS", "2")
    for path in chosen(prefix):
        notebook = read(path)
        resources = {"metadata": {"path": str(NOTEBOOKS)}}
        # In cells with widgets nbclient 0.11 now and then overlooks a reply (its issue 312); when
        # the time is up it looks again, and the run goes on. No cell may take half as long.
        NotebookClient(notebook, timeout=120, resources=resources).execute()
        clean(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell in code:
            if wrong := [word for word in NOT_STORED if word in outputs_text(cell)]:
                print(f"{path.name}: not written: {cell.id} prints {wrong[0]!r}:")
                print(outputs_text(cell))
                raise typer.Exit(1)
        write(path, notebook)
        print(f"{path.name}: executed")


def outputs_text(cell: nbformat.NotebookNode) -> str:
    """Return all that a cell shows as text."""
    parts = []
    for output in cell.outputs:
        parts.append(output.get("text", ""))
        parts += [v for kind, v in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(parts)


def claims_shown(cell: nbformat.NotebookNode) -> list[str]:
    """Return the claims that a cell's stored output shows as true; the doctor's report is none."""
    compared = "nbval-ignore-output" not in cell.metadata.get("tags", [])
    if cell.cell_type != "code" or not (compared or "claim(" in cell.source):
        return []
    return [line[2:] for line in outputs_text(cell).splitlines() if line.startswith("✓ ")]


def older_problems(cell: nbformat.NotebookNode, shown: set[str]) -> list[str]:
    """Return what is wrong in a cell's `older`, where `shown` are all claims of its lesson."""
    found, entries = [], cell.metadata.get("older", [])
    if entries and not claims_shown(cell):
        found.append(f"{cell.id}: older texts are judged in a cell without a claim")
    for entry in entries:
        if not entry.get("says") or set(entry) - {"says", "verdict", "measured", "remark"}:
            found.append(f"{cell.id}: `older` wants says, verdict, and may have measured, remark")
        if entry.get("verdict") not in VERDICTS:
            found.append(f"{cell.id}: the verdict on an older text is none of {VERDICTS}")
        measured = entry.get("measured", [])
        if not isinstance(measured, list) or set(measured) - shown:
            found.append(f"{cell.id}: `measured` is no list of claims of this lesson: {measured}")
    return found


def problems(path: Path) -> list[str]:
    """Return what in a notebook breaks the course's rules, a sentence each."""
    notebook = read(path)
    found = []
    cells = notebook.cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    shown = {sentence for cell in cells for sentence in claims_shown(cell)}
    name = path.stem.partition("_")[0]  # a lesson's number, or the name of a page that has none
    begins = f"# {name} · " if name.isdigit() else "# "
    title = cells[0].source if cells else ""
    if not (cells and cells[0].cell_type == "markdown" and title.startswith(begins)):
        found.append(f"the first cell is not the title block ({begins}…)")
    if not MINUTES.search(title):
        found.append("the title block does not tell the minutes (Runs in about … on two CPU cores)")
    if notebook.metadata != METADATA:
        found.append("the metadata are not the normal ones: run `make notebooks`")
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        found.append("the cells were not executed in order from a fresh kernel")
    if path.stat().st_size > MOST_BYTES:
        found.append(f"the file is larger than {MOST_BYTES / 1e6} MB")
    for cell in cells:
        if not re.fullmatch(rf"{name}-[a-z0-9-]+", cell.id):
            found.append(f"{cell.id}: the cell's id is not {name}-name-of-the-step")
        if PATHS.search(cell.source):
            found.append(f"{cell.id}: an absolute path in the source")
        found += older_problems(cell, shown)
    for cell in code:
        if len(cell.source.splitlines()) > MOST_LINES:
            found.append(f"{cell.id}: more than {MOST_LINES} lines")
        if any(output.output_type == "error" for output in cell.outputs):
            found.append(f"{cell.id}: an error in the output")
        if "✗ " in outputs_text(cell):
            found.append(f"{cell.id}: a claim that fails")
        if outputs_text(cell).startswith("Skipped: "):
            found.append(f"{cell.id}: stored as skipped; execute it where what it needs is there")
        ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
        if ignored != bool(cell.metadata.get("not_compared")):
            found.append(f"{cell.id}: the tag nbval-ignore-output and a reason go together")
        if PATHS.search(outputs_text(cell)):
            found.append(f"{cell.id}: an absolute path in the output")
        for output in cell.outputs:
            pictures = {"image/png", "image/jpeg", "image/svg+xml"} & set(output.get("data", {}))
            if any(not output.metadata.get(kind, {}).get("alt") for kind in pictures):
                found.append(f"{cell.id}: a figure without alternative text (use plots.show)")
    return found


def style(paths: list[Path]) -> str:
    """Run ruff over copies in which `%%needs` lines are comments; return what it says."""
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            notebook = read(path)
            for cell in notebook.cells:
                cell.source = NEEDS.sub("# needs", cell.source)
            write(Path(folder, path.name), notebook)
        said = ""
        for command in (["check"], ["format", "--check"]):
            full = ["ruff", *command, "--quiet", "--config", str(ROOT / "pyproject.toml"), "."]
            run = subprocess.run(
                [sys.executable, "-m", *full], cwd=folder, capture_output=True, text=True
            )
            said += run.stdout + run.stderr
        return said


@app.command()
def lint() -> None:
    """Check the rules for notebooks; exit with 1 where one is broken."""
    paths = chosen("")
    said = [f"{path.name}: {problem}" for path in paths for problem in problems(path)]
    if wrong := style(paths).strip():
        said.append(wrong)
    print("\n".join(said) or f"{len(paths)} notebooks keep the rules")
    raise typer.Exit(bool(said))


def in_words(seconds: float) -> str:
    """Round seconds up to half minutes, and say them."""
    halves = max(1, math.ceil(seconds / 30))
    if halves <= 2:
        return "half a minute" if halves == 1 else "1 minute"
    return f"{halves / 2:g} minutes"


@app.command()
def minutes() -> None:
    """Write the minutes that the last test run measured into the title blocks and the README."""
    timings = json.loads((ROOT / "build" / "timings.json").read_text(encoding="utf-8"))
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    for path in chosen(""):
        if timings[path.name]["skipped"]:
            raise typer.BadParameter(f"the last run of {path.name} skipped cells")
        words = in_words(timings[path.name]["seconds"])
        notebook = read(path)
        notebook.cells[0].source = MINUTES.sub(words, notebook.cells[0].source)
        write(path, notebook)
        row = re.compile(rf"(\({re.escape(f'notebooks/{path.name}')}\).*\| )[^|]+( \|)$", re.M)
        text = row.sub(rf"\g<1>{words}\g<2>", text)
        print(f"{path.name}: {words}")
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    app()
