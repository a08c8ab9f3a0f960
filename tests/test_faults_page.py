"""docs/faults.md: each row names a test that exists, and a sentence that the program says."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = [
    [part.strip() for part in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if "::test_" in line
]


def said() -> str:
    """Return all texts of the program: strings as they are put together, and the Makefile's."""
    texts = []
    for path in [*ROOT.glob("tlcourse/*.py"), *ROOT.glob("tools/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    part.value if isinstance(part, ast.Constant) else "…" for part in node.values
                ]
                texts.append("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    texts.append(re.sub(r'" *\\\n\s*"', " ", makefile))
    return "\n".join(texts)


SAID = said()


def test_the_page_has_every_fault_and_every_place():
    assert len(ROWS) > 50
    text = PAGE.lower()
    for fault in (
        "no route", "502", "drips", "wrong hash", "full disk", "no right", "read-only", "killed",
        "clock set back", "two users", "no home", "passwd", "blanks, quotes, umlauts", "lang=c",
        "2 gb of memory",
    ):  # fmt: skip
        assert fault in text, fault
    for place in ("set-up", "fetching weights", "study", "training", "your copies", "claim"):
        assert any(place in row[1] for row in ROWS), place


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}, {row[1]}")
def test_each_row_names_a_test_and_a_sentence_that_there_are(row):
    _, _, sentence, test = row
    file, name = re.fullmatch(r"`(test_\w+\.py)::(test_\w+)`", test).groups()
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert sentence == "–" or sentence in SAID


def test_the_readme_leads_to_the_page():
    assert "(faults.md)" in (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
