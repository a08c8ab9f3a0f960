"""Measure lessons against the course's bounds: short, picture first, guesses answered, parts whole.

Use it through `make lint`, or while writing: `python tools/lesson_rules.py notebooks/05_*.ipynb`.
"""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median

import nbformat
import typer

MOST_CELLS, MOST_WORDS, FIRST_RESULT = 45, 1600, 6
MEDIAN_LINES, MOST_LINES = 7, 18  # not empty, of a code cell
NUMERALS = 3  # in 100 words of prose
CLAIMS, CLAIMS_OF_00 = (3, 8), (2, 8)
QUESTIONS, CHOICES, REASON = (2, 3), 2, 4  # a reason has at least four words
PARTS = (
    "Predict first", "Break it", "What older texts say", "On Monday", "Recap|In this lesson",
    "References",
)  # fmt: skip
STILTED = re.compile(  # the hostile reading's list
    r"\b(cannot be told|pass(?:ed)? over (?:it|them|this|these)|the dearest|reckon\w*|fetters?|"
    r"the own|who forgets)\b",
    re.I,
)

FENCED = re.compile(r"^( *)(```|~~~).*?^\1\2 *$", re.M | re.S)
TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^>]*>", re.S)
LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)]*\)")
ADDRESS = re.compile(r"<?https?://[^\s>)]+>?")
# Left out of the count of numerals: what is no prose of ours, and numbers that belong to a name.
NO_PROSE = [
    re.compile(r"^(?:\*\*|#{1,6} )References\b.*?(?=^#{1,6} (?!References)|\Z)", re.M | re.S),
    re.compile(r"^(?:#{1,6} | *\||>).*$", re.M),  # headings, tables, quotations
    re.compile(r"`[^`\n]+`"),
    re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.S),
    LINK,
]
NAMED = [
    re.compile(r"^ *(?:\*\*)?\d+[.)] ", re.M),  # a list's own numbers
    re.compile(
        r"\b(?:lesson|stud(?:y|ie)|question|task|figure|table|row|chapter|section|step|cell|group|"
        r"Keras|TensorFlow|Python|version)s? \d[\d.]*(?:(?:, | and | or | to |[–-])\d[\d.]*)*",
        re.I,
    ),
    re.compile(r"\((?:[A-Z][^()]* )?(?:19|20)\d\d[a-z]?(?:[,;:][^()]*)?\)"),  # (author, year)
]
NUMERAL = re.compile(r"(?<![\w.,])(?<![A-Za-z]-)\d+(?:[.,:×/]\d+)*(?![\dD])")
WORD = re.compile(r"\S*\w\S*")
SOURCE = re.compile(r"https?://|\((?:[A-Z][^()]*\s)?(?:19|20)\d\d[a-z]?(?:[,;:][^()]*)?\)")
QUOTED = re.compile(r"^> *\S|[\"“„][^\"“”„]{12,}[\"“”]", re.M)
MAGIC = re.compile(r"^(?=[%!])", re.M)


class Lesson:
    """A notebook, cell by cell and as one text, with what the rules ask about it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = path.stem.partition("_")[0]
        self.cells = nbformat.read(path, as_version=4).cells
        self.markdown = [cell for cell in self.cells if cell.cell_type == "markdown"]
        self.code = [cell for cell in self.cells if cell.cell_type == "code"]
        self.text, self.starts = "", []
        for cell in self.markdown:
            self.starts.append((len(self.text), cell.id))
            self.text += FENCED.sub("", cell.source) + "\n\n"

    def cell_at(self, position: int) -> str:
        """Return the id of the cell in which a place of `text` lies."""
        return [name for start, name in self.starts if start <= position][-1]

    def section(self, part: str) -> re.Match | None:
        """Find a part by its heading, or by the first words of a paragraph, up to a heading."""
        begins = rf"(?:#{{1,6}} [^\n]*?|[^\w\n]*)\b(?:{part})\b"
        return re.search(rf"^{begins}.*?(?=^#{{1,6}} |\Z)", self.text, re.M | re.S | re.I)

    def figures(self) -> dict[str, float | None]:
        """Return what the table of bounds asks for; `first_result` counts cells from 1."""
        numerals, prose = map(sum, zip(*map(count_numerals, self.markdown), strict=True))
        lines = [count_lines(cell) for cell in self.code]
        return {
            "cells": len(self.cells),
            "words": sum(len(cell.source.split()) for cell in self.markdown),  # however one counts
            "median_lines": median(lines),
            "most_lines": max(lines),
            "first_result": next(
                (place for place, cell in enumerate(self.cells, 1) if has_result(cell)), None
            ),
            "numerals": 100 * numerals / max(prose, 1),
            "claims": len({claim for cell in self.code for claim in claims_shown(cell)}),
        }


def claims_wanted(number: str) -> tuple[int, int]:
    return CLAIMS_OF_00 if number == "00" else CLAIMS


def count_lines(cell: nbformat.NotebookNode) -> int:
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def count_words(cell: nbformat.NotebookNode) -> int:
    """Count the words that a person reads: no code blocks, tags or addresses; details count."""
    text = LINK.sub(r"\1", TAG.sub(" ", FENCED.sub("", cell.source)))
    return len(WORD.findall(ADDRESS.sub("", text)))


def count_numerals(cell: nbformat.NotebookNode) -> tuple[int, int]:
    """Return how many numerals the prose of a cell holds, and how many words."""
    text = TAG.sub(" ", FENCED.sub("", cell.source))
    for pattern in [*NO_PROSE, ADDRESS, *NAMED]:
        text = pattern.sub(" ", text)
    return len(NUMERAL.findall(text)), len(WORD.findall(text))


def shown(cell: nbformat.NotebookNode, *kinds: str) -> str:
    """Return what a cell prints, and its outputs of these kinds, as one text."""
    parts = []
    for output in cell.get("outputs", []):
        parts += [output.get("text", ""), *(output.get("data", {}).get(kind, "") for kind in kinds)]
    return "\n".join(parts)


def claims_shown(cell: nbformat.NotebookNode) -> list[str]:
    """Return the claims that a cell's stored output shows as true; the doctor's report is none."""
    compared = "nbval-ignore-output" not in cell.metadata.get("tags", [])
    if cell.cell_type != "code" or not (compared or "claim(" in cell.source):
        return []
    return [line[2:] for line in shown(cell, "text/plain").splitlines() if line.startswith("✓ ")]


def has_result(cell: nbformat.NotebookNode) -> bool:
    """Is this a picture of data, a table or a training? A diagram or a question is none of them."""
    if cell.cell_type != "code" or re.search(r"\bdiagrams\.|\.guess\(", cell.source):
        return False
    kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
    seen = {"image/png", "image/jpeg"} & kinds or re.search("<img|<table", shown(cell, "text/html"))
    return bool(seen) or ".fit(" in cell.source


def calls(cell: nbformat.NotebookNode, *names: str) -> Iterator[ast.Call]:
    """Find the calls in a cell whose function ends in one of the names; no names: all calls."""
    try:
        tree = ast.parse(MAGIC.sub("# ", cell.source))
    except SyntaxError:
        return  # ruff and the run itself say so
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (not names or called(node).split(".")[-1] in names):
            yield node


def called(call: ast.Call) -> str:
    """Write a call's function as it stands in the code: `keras.applications.ResNet50`."""
    return ast.unparse(call.func)


def strings(node: ast.AST) -> set[str]:
    constants = (part for part in ast.walk(node) if isinstance(part, ast.Constant))
    return {part.value for part in constants if isinstance(part.value, str)}


def length_problems(lesson: Lesson) -> Iterator[str]:
    """Cells, words, lines, numerals, first result, claims: the table of bounds."""
    measured = lesson.figures()
    first, last = lesson.cells[0].id, lesson.cells[-1].id
    if measured["cells"] > MOST_CELLS:
        yield f"{last}: the lesson has {measured['cells']} cells; at most {MOST_CELLS} are wanted"
    if measured["words"] > MOST_WORDS:
        name = max(lesson.markdown, key=count_words).id
        yield f"{name} is the longest of {measured['words']} words of prose; at most {MOST_WORDS}"
    if (middle := measured["median_lines"]) > MEDIAN_LINES:
        name = max(lesson.code, key=count_lines).id
        yield f"{name} has most lines; the median is {middle:g}, at most {MEDIAN_LINES} are wanted"
    for cell in lesson.code:
        if count_lines(cell) > MOST_LINES:
            yield f"{cell.id}: {count_lines(cell)} lines of code; at most {MOST_LINES} are wanted"
    if (rate := measured["numerals"]) > NUMERALS:
        name = max(lesson.markdown, key=count_numerals).id
        yield f"{name} has most of the {rate:.1f} numerals in 100 words; at most {NUMERALS}"
    if (place := measured["first_result"]) is None:
        yield f"{first}: no picture, table or training in the whole lesson"
    elif place > FIRST_RESULT:
        name = lesson.cells[place - 1].id
        yield f"{name}: the first picture or result is cell {place}; at most {FIRST_RESULT}"
    least, most = claims_wanted(lesson.number)
    if not least <= measured["claims"] <= most:
        yield f"{last}: the lesson shows {measured['claims']} claims; wanted are {least} to {most}"


def title_problems(lesson: Lesson) -> Iterator[str]:
    """One bold question, minutes for learner and machine, links to the neighbours."""
    name, title, number = lesson.cells[0].id, lesson.cells[0].source, int(lesson.number)
    if sum("?" in words for words in re.findall(r"\*\*([^*]+)\*\*", title)) != 1:
        yield f"{name}: the title block wants one question in bold"
    for words in ("for you", "for the machine"):
        if words not in title:
            yield f"{name}: the title block does not tell the minutes {words!r}"
    linked = {int(digits) for digits in re.findall(r"\]\([\w./]*?(\d\d)_\w+\.ipynb", title)}
    earlier = [int(path.name[:2]) for path in lesson.path.parent.glob("[0-9][0-9]_*.ipynb")]
    before = max((each for each in earlier if each < number), default=number - 1)
    if number and before not in linked:
        yield f"{name}: the title block has no link to the lesson before"
    follows = any(lesson.path.parent.rglob(f"{number + 1:02d}_*.ipynb"))
    if follows and number + 1 not in linked:
        yield f"{name}: the title block has no link to the next lesson"


def part_problems(lesson: Lesson) -> Iterator[str]:
    """The parts that every lesson has, the source of what older texts say, the exercises."""
    last = lesson.cells[-1].id
    for part in PARTS:
        if not lesson.section(part):
            yield f"{last}: no heading or paragraph begins with {part.split('|')[0]!r}"
    if older := lesson.section("What older texts say"):
        quoted = QUOTED.search(older[0]) and SOURCE.search(older[0])
        if not quoted and "common opinion" not in older[0]:
            name = lesson.cell_at(older.start())
            yield f"{name}: quote with a link or (author, year), or say that it is common opinion"
    if f"exercises/{lesson.path.stem}.ipynb" not in lesson.text:
        yield f"{last}: no link to exercises/{lesson.path.stem}.ipynb"
    if not any("diagrams." in called(call) for cell in lesson.code for call in calls(cell)):
        yield f"{last}: no cell draws a diagram (diagrams.networks or another)"


def quiz_problems(lesson: Lesson) -> Iterator[str]:
    """Two or three questions; each choice is a <details> with a summary and a reason."""
    starts = [found.start() for found in re.finditer(r"^[^\w\n]*\*\*Question\b", lesson.text, re.M)]
    if not QUESTIONS[0] <= len(starts) <= QUESTIONS[1]:
        name = lesson.cell_at(starts[0]) if starts else lesson.cells[-1].id
        yield f"{name}: {len(starts)} quiz questions (**Question …); two or three are wanted"
    for start, end in pairwise([*starts, len(lesson.text)]):
        name = lesson.cell_at(start)
        question = re.split(r"^#{1,6} ", lesson.text[start:end], maxsplit=1, flags=re.M)[0]
        choices = re.findall(r"<details\b[^>]*>(.*?)</details>", question, re.S)
        if len(choices) < CHOICES or question.count("<details") != len(choices):
            yield f"{name}: a question wants at least {CHOICES} choices, each a whole <details>"
        if re.search(r"</details>\n[^\n<]", lesson.text[start:end]):
            yield f"{name}: no empty line after </details>: what follows is shown as raw text"
        letters = re.findall(r"<summary\b[^>]*>(?:<b>)?([A-Z])\b[ .·)]", question)
        if "".join(letters) != "ABCDEFGH"[: len(letters)]:
            yield f"{name}: the choices are lettered {', '.join(letters)}"
        for choice in choices:
            summary, _, reason = choice.partition("</summary>")
            label = TAG.sub(" ", summary).strip()
            if not label or "<summary" not in summary:
                yield f"{name}: a choice without a <summary>"
            elif len(WORD.findall(TAG.sub(" ", reason))) < REASON:
                yield f"{name}: no reason of {REASON} words behind the choice {label!r}"


def guess_problems(lesson: Lesson) -> Iterator[str]:
    """Each guess is answered, in a later cell and never in an earlier one."""
    asked, answered = {}, {}
    for place, cell in enumerate(lesson.code):
        for call in calls(cell, "guess"):
            first = [*call.args, *(word.value for word in call.keywords if word.arg == "key")][:1]
            key = first[0].value if first and isinstance(first[0], ast.Constant) else None
            if key is None:
                yield f"{cell.id}: a guess whose key is no string in quotes"
            elif key in asked:
                yield f"{cell.id}: the guess {key!r} is asked a second time"
            else:
                asked[key] = place
        if any(calls(cell, "reveal")):
            for key in strings(ast.parse(MAGIC.sub("# ", cell.source))):
                answered.setdefault(key, []).append(place)
    for key, place in asked.items():
        places = answered.get(key, [])
        if not any(later > place for later in places):
            yield f"{lesson.code[place].id}: no later cell reveals the guess {key!r}"
        if any(earlier <= place for earlier in places):
            yield f"{lesson.code[place].id}: the guess {key!r} is answered before it is asked"


def code_problems(lesson: Lesson) -> Iterator[str]:
    """Fits show their progress, keywords name arguments, ResNet50 stands beside a base."""
    for place, cell in enumerate(lesson.cells):
        if cell.cell_type != "code":
            continue
        for call in calls(cell, "fit", "compile"):
            if len(call.args) > 2:
                yield f"{cell.id}: {called(call)} takes more than two arguments without keywords"
        silent = any(
            word.arg == "verbose" and ast.unparse(word.value) in ("0", "False")
            for call in calls(cell, "fit")
            for word in call.keywords
        )
        if silent and not str(cell.metadata.get("silent", "")).strip():
            yield f'{cell.id}: fit with verbose=0 and no reason in the metadata ("silent": "…")'
        neighbours = lesson.cells[max(place - 1, 0) : place + 2]
        near = [beside.source for beside in neighbours if beside.cell_type == "markdown"]
        if any(map(builds_base, calls(cell))) and "ResNet50" not in "\n".join([cell.source, *near]):
            yield f"{cell.id}: builds a base; neither it nor the text beside it names ResNet50"


def begin_problems(lesson: Lesson) -> Iterator[str]:
    """Yield a first code cell that loads Keras before `begin` has made it quiet."""
    first = lesson.code[0]
    before = first.source.partition("tlcourse.begin(")[0]
    if re.search(r"^(?:import|from) (?:keras|tensorflow)", before, re.M):
        yield f"{first.id}: imports Keras before tlcourse.begin, so its log stands on the page"


def builds_base(call: ast.Call) -> bool:
    """Is this `lesson.network(…)`, or a model of keras.applications without its top?"""
    if called(call) == "lesson.network":
        return True
    family = re.search(r"\bapplications\.(?:\w+\.)?[A-Z]\w+$", called(call))
    return bool(family) and any(
        word.arg == "include_top" and ast.unparse(word.value) == "False" for word in call.keywords
    )


def voice_problems(lesson: Lesson) -> Iterator[str]:
    """No stilted phrases, in text or code; what stands in quotation marks is another's."""
    for cell in lesson.cells:
        text = " ".join(cell.source.split())
        if cell.cell_type == "markdown":
            text = re.sub(r"[\"“][^\"“”]*[\"”]", "", text)
        for phrase in dict.fromkeys(found[0] for found in STILTED.finditer(text)):
            yield f"{cell.id}: a stilted phrase: {phrase!r}"


RULES = (
    length_problems, title_problems, part_problems, quiz_problems, guess_problems, code_problems,
    voice_problems, begin_problems,
)  # fmt: skip


def problems(path: Path) -> list[str]:
    """Return what in a lesson breaks the course's bounds, a sentence each that names the cell."""
    lesson = Lesson(path)
    if not (lesson.code and lesson.cells[0].cell_type == "markdown"):
        return [f"{path.stem}: a lesson has a title block and code cells"]
    return [problem for rule in RULES for problem in rule(lesson)]


def main(paths: list[Path]) -> None:
    """Print the figures of lessons beside their bounds, and the problems; exit with 1 if any."""
    found = []
    for path in paths:
        measured, claims = Lesson(path).figures(), claims_wanted(path.name[:2])
        bounds = (MOST_CELLS, MOST_WORDS, MEDIAN_LINES, MOST_LINES, FIRST_RESULT, NUMERALS)
        print(f"{path.stem:<26}{'here':>8}   bound")
        for (name, value), bound in zip(measured.items(), [*bounds, claims[1]], strict=True):
            here = "none" if value is None else f"{value:.1f}".removesuffix(".0")
            print(f"  {name.replace('_', ' '):<24}{here:>8}   {bound}")
        slips = problems(path)
        print("\n".join(f"- {slip}" for slip in slips) or "no problems", end="\n\n")
        found += slips
    raise typer.Exit(bool(found))


if __name__ == "__main__":
    typer.run(main)
