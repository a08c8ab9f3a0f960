"""Collect the course's claims into data/results/claims.json and show them: `make claims`.

Which claims there are the pages tell: the lines `✓ …` in the stored outputs of their cells. What
was measured tells build/claims.json, which the notebooks write when they run (`make test`, or
`make notebooks`). Both must name the same claims, else nothing is written.
`make claims NB=05` (or NB="05 06") does so for lesson 05 and its studies only; of the others the
ledger keeps what it has, and tests/test_ledger.py says where that is out of date. So a study's
claims come first (NB=studies/05), then the lesson that shows them as evidence. `lesson` in the
ledger is a notebook's key, as `05_similar_domains`, or `studies/05_similar_domains` of a study.

`profile` tells what a claim was measured on: that of the run, for a lesson; for a study `offline`,
what comes with the course. A cell that says otherwise comes first: by its `%%needs`, or by its
metadata, as `"measured_in": "photographs"`.

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
measured  the claims that settle it, word for word as this cell or another of the page prints
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
from tlcourse.runtime import build_folder, put

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
LEDGER = ROOT / "data" / "results" / "claims.json"
RUN = build_folder() / "claims.json"
FIGURES = ("value", "threshold", "interval", "seeds")


class Stale(Exception):
    """A page, the last run and the ledger do not tell the same; the message says what to do."""


def lessons() -> list[Path]:
    """Return the pages that make claims: the lessons in order, then the studies."""
    studies = sorted((NOTEBOOKS / "studies").glob("[0-9]*.ipynb"))
    return sorted(NOTEBOOKS.glob("[0-9]*.ipynb")) + studies


def written(cell) -> set[str]:
    """Return the sentences that a cell's source claims in plain words (not in an f-string).

    What stands under an `if` about the profile is left out: another profile claims it.
    """
    if cell.cell_type != "code" or "claim(" not in cell.source:
        return set()
    found, open_ = set(), [ast.parse(notebooks.NEEDS.sub("", cell.source))]
    while open_:
        node = open_.pop()
        if isinstance(node, ast.If) and ".profile" in ast.unparse(node.test):
            continue
        open_ += ast.iter_child_nodes(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("claim"):
            found |= {part.value for part in node.args[:1] if isinstance(part, ast.Constant)}
    return found


def profile(path: Path, cell) -> str | None:
    """Return what a cell's claims are measured on; None where only the run can tell."""
    first = cell.source.partition("\n")[0]
    if first.startswith("%%needs"):
        return first.split()[1].rstrip(":")
    return cell.metadata.get("measured_in", None if notebooks.is_lesson(path) else "offline")


def on_page(path: Path) -> dict[str, dict]:
    """Map each claim that a page shows to its cell and profile, in the page's order."""
    found = {}
    for cell in notebooks.read(path).cells:
        shown = notebooks.claims_shown(cell)
        if lacking := sorted(written(cell) - set(shown)):
            raise Stale(
                f"{notebooks.key(path)}: the output of {cell.id} does not show its claim "
                f"“{lacking[0]}”: run {remedy(path)}."
            )
        found |= {each: {"cell": cell.id, "profile": profile(path, cell)} for each in shown}
    return found


def remedy(path: Path) -> str:
    """Return the command that runs a page anew."""
    folder = "studies/" if not notebooks.is_lesson(path) else ""
    return f"`make notebooks NB={folder}{path.stem[:2]}`"


def older(path: Path) -> list[dict]:
    """Return what a page's metadata say of older texts, with each claim's cell, in its order."""
    shown, rows = on_page(path), []
    for cell in notebooks.read(path).cells:
        if wrong := notebooks.older_problems(cell, set(shown)):
            raise Stale(f"{notebooks.key(path)}: {wrong[0]} (`make lint` tells all).")
        for entry in cell.metadata.get("older", []):
            measured = entry.get("measured", notebooks.claims_shown(cell))
            pairs = [{"sentence": each, "cell": shown[each]["cell"]} for each in measured]
            words = {key: entry[key] for key in ("says", "verdict", "remark") if key in entry}
            rows.append(
                {"lesson": notebooks.key(path), "cell": cell.id, **words, "measured": pairs}
            )
    return rows


def rounded(value):
    """Round floats to four significant digits; leave whole numbers, words and None."""
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.4g}") + 0.0 if isinstance(value, float) else value  # -0.0 becomes 0.0


def entries(path: Path, run: list[dict]) -> list[dict]:
    """Return a page's claims with what its last run measured.

    Raises Stale where the page and the run name other claims, or where one did not hold.
    """
    shown, name, mend = on_page(path), notebooks.key(path), remedy(path)
    measured = {each["sentence"]: each for each in run if each["lesson"] == name}
    for sentence in shown:
        if sentence not in measured:
            raise Stale(
                f"{name}: build/claims.json lacks the page's claim “{sentence}”: run {mend}."
            )
    for sentence, record in measured.items():
        if sentence not in shown:
            raise Stale(
                f"{name}: build/claims.json has “{sentence}”, the page has not: run {mend}."
            )
        if not record.get("holds", True):
            raise Stale(f"{name}: “{sentence}” did not hold in its last run: run {mend}.")
    return [entry(name, sentence, shown[sentence], measured[sentence]) for sentence in shown]


def entry(name: str, sentence: str, place: dict, record: dict) -> dict:
    """Return a claim's line of the ledger."""
    return (
        {"lesson": name, "cell": place["cell"], "sentence": sentence}
        | {key: rounded(record[key]) for key in FIGURES}
        | {"unit": record.get("unit") or ""}
        | {"profile": place["profile"] or record.get("profile") or "offline"}
        | {key: record[key] for key in ("device", "tensorflow")}
    )


def read(path: Path, missing):
    """Return what a JSON file holds; `missing` where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else missing


def write(ledger: dict[str, list[dict]]) -> None:
    """Write the ledger in one step, one entry a line."""
    parts = []
    for name, rows in ledger.items():
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        parts.append(f"{json.dumps(name)}: [\n{lines}\n]")
    put(LEDGER, ("{\n" + ",\n".join(parts) + "\n}\n").encode())


def collect(prefixes: list[str]) -> dict[str, list[dict]]:
    """Return the ledger: pages, what older texts assert, and all claims, by page and place."""
    run, former = read(RUN, []), read(LEDGER, {"claims": [], "older": []})
    ledger = {"lessons": [], "older": [], "claims": []}
    for path in lessons():
        name = notebooks.key(path)
        title = notebooks.read(path).cells[0].source.splitlines()[0].removeprefix("# ")
        ledger["lessons"].append({"lesson": name, "title": title})
        if not prefixes or any(notebooks.means(prefix, path) for prefix in prefixes):
            ledger["claims"] += entries(path, run)
            ledger["older"] += older(path)
        else:
            for part in ("claims", "older"):
                ledger[part] += [row for row in former[part] if row["lesson"] == name]
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
