"""Collect the course's claims into data/results/claims.json and show them: `make claims`.

Which claims there are the pages tell: the lines `✓ …` in the stored outputs of their cells. What
was measured tells build/claims.json, which the lessons write when they run (`make test`, or
`make notebooks`). Both must name the same claims, else nothing is written.
`make claims NB=05` (or NB="05 06") takes new measurements of lesson 05 only; the others keep those
that the ledger has.

Older texts' assertions stand where the text stands: in the metadata of the code cell whose claims
check them, as a list under `older`, one entry an assertion:

    "older": [
     {
      "says": "Keras has ResNet, ResNetV2 and ResNeXt (the package keras-applications, 2019)",
      "verdict": "refuted",
      "measured": ["keras.applications has no ResNeXt."],
      "remark": "It was dropped."
     }
    ]

says      what they assert, and in brackets who does; Markdown
verdict   upheld (as said), bounded (within limits, which the page names), or refuted (not, or no
          longer, so)
measured  the claims that settle it, word for word as this cell or another of the lesson prints
          them; left out, it is all claims of this cell
remark    if need be: a sentence that the claims do not say; Markdown

`make lint` checks this form, `make notebooks` keeps it.
"""

import ast
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

import notebooks

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
LEDGER = ROOT / "data" / "results" / "claims.json"
RUN = ROOT / "build" / "claims.json"
FIGURES = ("value", "threshold", "interval", "seeds")


class Stale(Exception):
    """A page, the last run and the ledger do not tell the same; the message says what to do."""


def lessons() -> list[Path]:
    """Return the lessons, which are the notebooks with a number, in order."""
    return sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))


def written(cell) -> set[str]:
    """Return the sentences that a cell's source claims in plain words (not in an f-string)."""
    if cell.cell_type != "code" or "claim(" not in cell.source:
        return set()
    tree = ast.parse(notebooks.NEEDS.sub("", cell.source))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    first = [call.args[0] for call in calls if ast.unparse(call.func).endswith("claim")]
    return {part.value for part in first if isinstance(part, ast.Constant)}


def profile(cell) -> str:
    """Return what a cell stands on: `offline`, what comes with the course, or what it `%%needs`."""
    first = cell.source.partition("\n")[0]
    return first.split()[1].rstrip(":") if first.startswith("%%needs") else "offline"


def on_page(path: Path) -> dict[str, dict]:
    """Map each claim that a page shows to its cell and profile, in the page's order."""
    found = {}
    for cell in notebooks.read(path).cells:
        shown = notebooks.claims_shown(cell)
        if lacking := sorted(written(cell) - set(shown)):
            raise Stale(
                f"{path.stem}: the output of {cell.id} does not show its claim “{lacking[0]}”: "
                f"run `make notebooks NB={path.stem[:2]}`."
            )
        found |= {each: {"cell": cell.id, "profile": profile(cell)} for each in shown}
    return found


def older(path: Path) -> list[dict]:
    """Return what a page's metadata say of older texts, with each claim's cell, in its order."""
    shown, rows = on_page(path), []
    for cell in notebooks.read(path).cells:
        if wrong := notebooks.older_problems(cell, set(shown)):
            raise Stale(f"{path.stem}: {wrong[0]} (`make lint` tells all).")
        for entry in cell.metadata.get("older", []):
            measured = entry.get("measured", notebooks.claims_shown(cell))
            pairs = [{"sentence": each, "cell": shown[each]["cell"]} for each in measured]
            words = {key: entry[key] for key in ("says", "verdict", "remark") if key in entry}
            rows.append({"lesson": path.stem, "cell": cell.id, **words, "measured": pairs})
    return rows


def rounded(value):
    """Round floats to four significant digits; leave whole numbers, words and None."""
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.4g}") + 0.0 if isinstance(value, float) else value  # -0.0 becomes 0.0


def entries(path: Path, run: list[dict], where: str, mend: str) -> list[dict]:
    """Return a lesson's claims with what a run, or the former ledger, measured.

    Raises Stale where the page and `where` name other claims, or where one did not hold.
    """
    shown = on_page(path)
    measured = {each["sentence"]: each for each in run if each["lesson"] == path.stem}
    for sentence in shown:
        if sentence not in measured:
            raise Stale(f"{path.stem}: {where} lacks the page's claim “{sentence}”: run {mend}.")
    for sentence, record in measured.items():
        if sentence not in shown:
            raise Stale(f"{path.stem}: {where} has “{sentence}”, the page has not: run {mend}.")
        if not record.get("holds", True):
            raise Stale(f"{path.stem}: “{sentence}” did not hold in its last run: run {mend}.")
    return [
        {"lesson": path.stem, "cell": place["cell"], "sentence": sentence}
        | {key: rounded(measured[sentence][key]) for key in FIGURES}
        | {"profile": place["profile"]}
        | {key: measured[sentence][key] for key in ("device", "tensorflow")}
        for sentence, place in shown.items()
    ]


def read(path: Path, missing):
    """Return what a JSON file holds; `missing` where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else missing


def write(ledger: dict[str, list[dict]]) -> None:
    """Write the ledger in one step, one entry a line."""
    parts = []
    for name, rows in ledger.items():
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        parts.append(f"{json.dumps(name)}: [\n{lines}\n]")
    partial = LEDGER.with_suffix(".part")
    partial.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    partial.replace(LEDGER)


def collect(prefixes: list[str]) -> dict[str, list[dict]]:
    """Return the ledger: lessons, what older texts assert, and all claims, by lesson and place."""
    run, former = read(RUN, []), read(LEDGER, {"claims": []})["claims"]
    ledger = {"lessons": [], "older": [], "claims": []}
    for path in lessons():
        title = notebooks.read(path).cells[0].source.splitlines()[0].removeprefix("# ")
        ledger["lessons"].append({"lesson": path.stem, "title": title})
        number = path.stem[:2]
        if not prefixes or path.stem.startswith(tuple(prefixes)):
            known = (run, "build/claims.json", f"`make notebooks NB={number}`")
        else:
            known = (former, "data/results/claims.json", f"`make claims` with {number} in NB")
        ledger["claims"] += entries(path, *known)
        ledger["older"] += older(path)
    return ledger


def main(
    prefixes: Annotated[list[str] | None, typer.Argument(help="as 05; by default all")] = None,
) -> None:
    """Write the ledger and its page."""
    try:
        ledger = collect(prefixes or [])
    except Stale as stale:
        print(stale, file=sys.stderr)
        raise typer.Exit(1) from None
    write(ledger)
    print(f"{LEDGER.name}: {len(ledger['claims'])} claims, {len(ledger['older'])} older assertions")
    notebooks.execute("claims")


if __name__ == "__main__":
    typer.run(main)
