"""The site's page of claims: the ledger as two tables that a reader can filter."""

import json
import sys
from html import escape
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tlcourse import page

TOP = """# Claims: what was measured

Books and tutorials assert much about transfer learning. This course makes **claims**: sentences
that a cell checks against what it has just measured. Here are all of them, and what older texts
assert. The name of a cell leads to it: there you see how it was measured.

## All claims

"""
OLDER = """
## What older texts assert

*Upheld*: it is as they say. *Bounded*: it is so within limits, or only half of it is. *Refuted*:
it is not so with today's libraries, even if it was when it was written.

"""
CARRIED = """
## What holds outside the lab

Much was measured in a small world: one small network, pictures drawn by a program. The main
findings were measured again with ImageNet's weights and on photographs. Points of accuracy,
intervals in brackets. **Act on the last columns.**

"""
ROWS = '<div class="ledger-rows" tabindex="0" role="region" aria-label="Table: {}">'
SCRIPT = """
<script src="../_static/ledger.js" defer></script>
"""
inline = MarkdownIt().renderInline


def ledger(root: Path) -> str:
    """Return the page as Markdown, made from the course's ledger and from its notebook's texts."""
    held = json.loads((root / "data/results/claims.json").read_text(encoding="utf-8"))
    titles = {row["lesson"]: name_of(row) for row in held["lessons"]}
    notebook = nbformat.read(root / "notebooks" / "claims.ipynb", as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    carried = cells["claims-carried"].outputs[0].data["text/html"]
    how = cells["claims-how"].source.partition("**For maintainers:**")[0]
    return "".join(
        [
            TOP,
            claims_table(held["claims"], titles),
            OLDER,
            older_table(held["older"]),
            CARRIED,
            ROWS.format("carried over"),
            carried,
            "</div>\n\n",
            how,
            SCRIPT,
        ]
    )


def name_of(row: dict) -> str:
    kind = "Study" if row["lesson"].startswith("studies/") else "Lesson"
    return f"{kind} {row['title'].replace('Study: ', '')}"


def claims_table(claims: list[dict], titles: dict[str, str]) -> str:
    rows = []
    for row in claims:
        told = {key: row.get(key) for key in ("value", "threshold", "interval", "seeds")}
        effect = page.measured(**told, unit=row.get("unit") or "")
        effect = effect.removeprefix("measured ") or "yes or no"
        profile = escape(row["profile"])
        rows.append(
            f'<tr data-on="{profile}" data-in="{escape(titles[row["lesson"]])}">'
            f"<td>{escape(row['sentence'])}</td><td>{escape(effect)}</td><td>{profile}</td>"
            f"<td>{link(row['lesson'], row['cell'])}</td></tr>"
        )
    choices = {
        "on": ("measured on", sorted({row["profile"] for row in claims})),
        "in": ("in", list(titles.values())),
    }
    return table("all claims", ("claim", "measured", "on", "cell"), rows, choices)


def older_table(older: list[dict]) -> str:
    rows = []
    for row in older:
        measured = [escape(each["sentence"]) for each in row["measured"]]
        measured += [inline(row["remark"])] if row.get("remark") else []
        cells = dict.fromkeys(link(row["lesson"], each["cell"]) for each in row["measured"])
        rows.append(
            f'<tr data-verdict="{row["verdict"]}"><td>{inline(row["says"])}</td>'
            f"<td>{'<br>'.join(measured)}</td><td>{row['verdict']}</td>"
            f"<td>{' '.join(cells)}</td></tr>"
        )
    choices = {"verdict": ("verdict", ["upheld", "bounded", "refuted"])}
    heads = ("what older texts assert", "what the course measured", "verdict", "cell")
    return table("older texts", heads, rows, choices)


def link(lesson: str, cell: str) -> str:
    return f'<a href="{lesson}.ipynb#cell-id={escape(cell)}">{escape(cell)}</a>'


def table(name: str, heads: tuple, rows: list[str], choices: dict) -> str:
    """Return a table in HTML with a field to search in and lists to choose from; no blank line."""
    parts = ['<div class="ledger">', '<p class="ledger-find" hidden>']
    parts.append('<label>Search <input type="search" placeholder="frozen"></label>')
    for key, (label, values) in choices.items():
        options = "".join(f"<option>{escape(value)}</option>" for value in values)
        parts.append(
            f'<label>{label} <select data-key="{key}"><option value="">all</option>{options}'
            "</select></label>"
        )
    parts.append('<output aria-live="polite"></output></p>')
    parts.append(ROWS.format(name))
    parts.append("<table><thead><tr>" + "".join(f"<th>{head}</th>" for head in heads))
    parts += ["</tr></thead><tbody>", *rows, "</tbody></table></div></div>", ""]
    return "\n".join(parts)
