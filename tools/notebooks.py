"""Maintain the notebooks: execute them in place, check the rules, write their minutes.

Use it through `make notebooks`, `make lint` and `make minutes`. A notebook's key is its path under
`notebooks` without the ending: `05_similar_domains` is a lesson, `studies/05_similar_domains` a
study.
"""

import asyncio
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from html.parser import HTMLParser
from pathlib import Path

import lesson_rules
import nbformat
import typer
from nbclient import NotebookClient

from tlcourse.runtime import build_folder, put

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
EXECUTED = ("", "studies", "solutions")  # a tool makes the exercises, which have no outputs
PROFILE = "imagenet"  # whose outputs are stored
LOOK_AGAIN, CELL_SECONDS = 120, 1500  # no honest cell takes longer, on a busy machine either
MOST_LINES, MOST_BYTES = 25, 1_500_000
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"  # its model id is random and dead on reopening
WIDGET_REPR = re.compile(r"\w+\(")  # as VBox(children=…); not a sentence of ours for readers
PATHS = re.compile(r"(?:^|[\s\"'(=])(/(?:home|Users|root|work|tmp|usr|opt)/|[A-Z]:\\)", re.M)
NOT_STORED = ("✗ ", "Skipped: ")  # outputs are stored from a full run in which every claim holds
ANSI = re.compile(r"\x1b\[[0-9;]*m")
NEEDS = re.compile(r"^%%needs.*", re.M)
# what a claim is measured on
PROFILES = ("offline", "imagenet", "photographs", "labelled", "docstrings", "texts", "tables")
VERDICTS = ("upheld", "bounded", "refuted")  # on older texts' assertions; see tools/claims.py
MINUTES = re.compile(  # of a study, of a lesson
    r"(?<=Runs in about ).+?(?= on two CPU cores)|(?<=about )[^,·*]+?(?= for the machine)"
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def write(path: Path, notebook: nbformat.NotebookNode) -> None:
    """Write a notebook in one step, in the one form that makes diffs small."""
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    put(path, text.encode())


def stop(sentence: str) -> None:
    """End the command with a sentence and exit code 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


def key(path: Path) -> str:
    """Return a notebook's key, as `studies/05_similar_domains`."""
    folder = path.parent.name if path.parent.name in (*EXECUTED, "exercises") else ""
    return Path(folder, path.stem).as_posix()


def is_lesson(path: Path) -> bool:
    """Is this a lesson, and no study, solution or page without a number?"""
    return key(path) == path.stem and path.stem[0].isdigit()


def pages() -> list[Path]:
    """Return the notebooks that are kept with their outputs: lessons, studies, solutions, pages."""
    return [path for folder in EXECUTED for path in sorted((NOTEBOOKS / folder).glob("*.ipynb"))]


def means(prefix: str, path: Path) -> bool:
    """Does NB=`prefix` mean this notebook? It begins the file's name, its key or its path.

    `05` means lesson and studies, `studies/05` the studies alone, `notebooks/05` the lesson alone.
    """
    names = (path.name, f"{key(path)}.ipynb", f"notebooks/{key(path)}.ipynb")
    return any(name.startswith(prefix) for name in names)


def chosen(prefix: str) -> list[Path]:
    """Return the notebooks that NB=`prefix` means; stop with a sentence if it means none."""
    paths = [path for path in pages() if means(prefix, path)]
    if not paths:
        stop(f"No notebook begins with {prefix!r}; there are: {', '.join(map(key, pages()))}.")
    return paths


def clean(notebook: nbformat.NotebookNode) -> None:
    """Keep of a run what a reader sees: no timings, widget ids, log lines or kernel version."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        cell.outputs = joined([out for out in cell.outputs if out.get("name") != "stderr"])
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = settled(output.text)
        for output in cell.outputs:
            data = output.get("data", {})
            said = data.get("text/plain")
            if data.pop(WIDGET, None) and (said is None or WIDGET_REPR.match(said)):
                data["text/plain"] = "(run this cell to use the control)"


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Join what a cell printed bit by bit, as the states of a progress bar, into one output."""
    whole = []
    for output in outputs:
        if whole and output.output_type == whole[-1].output_type == "stream":
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def settled(text: str) -> str:
    """Return a stream as it stands at last: a progress bar as its last state, without colours."""
    plain = ANSI.sub("", text)
    return re.sub(r"[^\n]*\r(?!\n)", "", plain.replace("\r\n", "\n")).replace("\b", "")


class Client(NotebookClient):
    """Executes a notebook; a cell may take CELL_SECONDS.

    In cells with widgets nbclient 0.11 now and then overlooks a reply (its issue 312); when its
    time is up it looks again. So that time is short, and is given anew until the cell's is up.
    """

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.until = {}  # a cell's id → when its time is up

    async def _async_handle_timeout(self, timeout, cell=None):
        if time.monotonic() > self.until.setdefault(cell.id, time.monotonic() + CELL_SECONDS):
            return await super()._async_handle_timeout(CELL_SECONDS, cell)
        await asyncio.sleep(0.1)
        return None


@app.command()
def execute(prefix: str = typer.Argument("", help="as 02; by default all")) -> None:
    """Execute notebooks in place, from a fresh kernel, with the threads that the tests use."""
    environment = {"TLCOURSE_THREADS": "2", "TLCOURSE_PROFILE": PROFILE} | os.environ
    if environment["TLCOURSE_PROFILE"] != PROFILE:
        stop(f"Stored outputs are those of the profile {PROFILE}: unset TLCOURSE_PROFILE.")
    for path in chosen(prefix):
        notebook = read(path)
        resources = {"metadata": {"path": str(path.parent)}}
        Client(notebook, timeout=LOOK_AGAIN, resources=resources).execute(env=environment)
        clean(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell in code:
            if wrong := [word for word in NOT_STORED if word in outputs_text(cell)]:
                print(f"{key(path)}: not written: {cell.id} prints {wrong[0]!r}:")
                print(outputs_text(cell))
                raise typer.Exit(1)
        write(path, notebook)
        print(f"{key(path)}: executed")


def outputs_text(cell: nbformat.NotebookNode) -> str:
    """Return all that a cell shows as text; of text and HTML that say the same, the text."""
    parts = []
    for output in cell.outputs:
        parts.append(output.get("text", ""))
        kinds = {kind for kind in output.get("data", {}) if kind.startswith("text/")}
        kinds -= {"text/html"} if "text/plain" in kinds else set()
        parts += [output.data[kind] for kind in sorted(kinds)]
    return "\n".join(parts)


class Figures(HTMLParser):
    """Count the pictures in HTML that have no alternative text."""

    without_alt = 0

    def handle_starttag(self, tag, attributes):
        self.without_alt += tag == "img" and not (dict(attributes).get("alt") or "").strip()


def without_alt(output: nbformat.NotebookNode) -> bool:
    """Does an output show a figure without alternative text?"""
    data = output.get("data", {})
    figures = Figures()
    figures.feed(data.get("text/html", ""))
    kinds = {"image/png", "image/jpeg", "image/svg+xml"} & set(data)
    return bool(figures.without_alt) or any(
        not output.metadata.get(kind, {}).get("alt") for kind in kinds
    )


def claims_shown(cell: nbformat.NotebookNode) -> list[str]:
    """Return the claims that a cell's stored output shows as true; the doctor's report is none."""
    compared = "nbval-ignore-output" not in cell.metadata.get("tags", [])
    if cell.cell_type != "code" or not (compared or "claim(" in cell.source):
        return []
    return [line[2:] for line in outputs_text(cell).splitlines() if line.startswith("✓ ")]


def older_problems(cell: nbformat.NotebookNode, shown: set[str]) -> list[str]:
    """Return what is wrong in a cell's `older`, where `shown` are all claims of its lesson."""
    found, entries = [], cell.metadata.get("older", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        return [f"{cell.id}: `older` is no list of entries"]
    if entries and not claims_shown(cell):
        found.append(f"{cell.id}: older texts are judged in a cell without a claim")
    for entry in entries:
        if not entry.get("says") or set(entry) - {"says", "verdict", "measured", "remark"}:
            found.append(f"{cell.id}: `older` wants says, verdict, and may have measured, remark")
        if entry.get("verdict") not in VERDICTS:
            found.append(f"{cell.id}: the verdict on an older text is none of {VERDICTS}")
        measured = entry.get("measured", [])
        if not isinstance(measured, list) or any(each not in list(shown) for each in measured):
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
    if path.parent.name == "studies" and "This is a **study**" not in title:
        found.append("the title block does not say: This is a **study**")
    if not MINUTES.search(title) and path.parent.name != "solutions":
        found.append(
            "the title block does not tell the minutes (Runs in about … on two CPU cores; of a "
            "lesson: about … for the machine)"
        )
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
        if cell.metadata.get("measured_in", "offline") not in PROFILES:
            found.append(f"{cell.id}: `measured_in` is none of {PROFILES}")
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
        if ignored and "tlcourse.claim(" in cell.source:
            found.append(f"{cell.id}: a claim in a cell that nbval ignores is not a claim")
        if PATHS.search(outputs_text(cell)):
            found.append(f"{cell.id}: an absolute path in the output")
        if any(map(without_alt, cell.outputs)):
            found.append(f"{cell.id}: a figure without alternative text (use plots.show)")
    return found + (lesson_rules.problems(path) if is_lesson(path) else [])


def style(paths: list[Path]) -> str:
    """Run ruff over copies in which `%%needs` lines are comments; return what it says."""
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            notebook = read(path)
            for cell in notebook.cells:
                cell.source = NEEDS.sub("# needs", cell.source)
            copy = Path(folder, f"{key(path)}.ipynb")
            copy.parent.mkdir(exist_ok=True)
            write(copy, notebook)
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
    said = [f"{key(path)}: {problem}" for path in paths for problem in problems(path)]
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
    source = build_folder() / "timings.json"
    if not source.is_file():
        stop("No minutes were measured yet: run `make test`, which writes build/timings.json.")
    try:
        timings = json.loads(source.read_text(encoding="utf-8"))
        timings = {name: dict(each) for name, each in timings.items()}
    except (ValueError, TypeError, AttributeError):
        stop("build/timings.json is damaged: remove it, and run `make test` anew.")
    readme = ROOT / "README.md"
    text, left = readme.read_text(encoding="utf-8"), []
    for path in chosen(""):
        name = key(path)
        if name not in timings or timings[name]["skipped"]:
            left.append(f"{name} ({'skipped cells' if name in timings else 'was not run'})")
            continue
        words = in_words(timings[name]["seconds"])
        notebook = read(path)
        notebook.cells[0].source = MINUTES.sub(words, notebook.cells[0].source, count=1)
        write(path, notebook)
        row = re.compile(rf"(\(notebooks/{re.escape(name)}\.ipynb\).*\| )[^|]+( \|)$", re.M)
        text = row.sub(rf"\g<1>{words}\g<2>", text)
        print(f"{name}: {words}")
    readme.write_text(text, encoding="utf-8")
    if left:
        stop(f"Left as they were, for `make test` to measure: {', '.join(left)}.")


if __name__ == "__main__":
    app()
