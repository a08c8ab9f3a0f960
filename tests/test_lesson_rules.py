"""The bounds of lessons: each slip is found, a fine lesson passes, counts are right."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import lesson_rules as rules  # noqa: E402

TITLE = """# 05 · Similar domains
**You have ten photographs of each vegetable. Is that enough?**

*45 minutes for you, 1 minute for the machine ·
before this: [04 · New classifiers](04_new_classifiers.ipynb) ·
next: [06 · Distinct domains](studies/06_distinct_domains.ipynb)*"""
PREDICT = "## Predict first\nHow many of a hundred vegetables will it name?"
BASE = """# your own project: keras.applications.ResNet50(include_top=False, weights="imagenet")
base = lesson.network(include_top=False, weights=lesson.weights)"""
FIT = """model.compile(optimizer="adam", loss="mse")
history = model.fit(train, validation_data=validation, epochs=15)"""
OLDER = """## What older texts say
> You need a hundred pictures a class.

So say some ([Somebody, 2016](https://example.org/rule)): **wrong as a threshold**."""
CHOICES = """
<details><summary>A · only the top</summary>Not yet: the flag counts at compile.</details>
<details><summary>B · everything</summary>Right, and nothing warned you of it.</details>
"""
QUIZ = f"## Quiz\n**Question 1.** What is trained?\n{CHOICES}\n**Question 2.** And now?\n{CHOICES}"
MONDAY = "## On Monday\n1. Freeze.\n2. Train a top.\n\n```python\n# Recap: save it\n```"
RECAP = """## Recap
You froze a base. [Exercises](exercises/05_similar_domains.ipynb)

**References.** Somebody (2016), pages 1 to 99, volume 7, number 3."""


def text(slug, source):
    cell = nbformat.v4.new_markdown_cell(source)
    cell.id = f"05-{slug}"
    return cell


def code(slug, source, shows="", **metadata):
    kind = "text/html" if shows.startswith("<") else "text/plain"
    output = nbformat.v4.new_output("display_data", data={kind: shows})
    cell = nbformat.v4.new_code_cell(source, outputs=[output] * bool(shows), metadata=metadata)
    cell.id = f"05-{slug}"
    return cell


def fine():
    """Return the cells of a lesson that keeps every rule."""
    return [
        text("title", TITLE),
        code("begin", 'lesson = tlcourse.begin("05_similar_domains")'),
        code("pictures", "plots.pictures(train)", '<img alt="Ten vegetables" src="x">'),
        text("predict", PREDICT),
        code("guess", 'lesson.guess("scratch", "How many?", low=0, high=100)'),
        code("base", BASE),
        code("diagram", 'diagrams.networks({"frozen": {"base": "frozen"}})', "<img alt='Row'>"),
        code("fit", FIT, "Epoch 1", tags=["nbval-ignore-output"], not_compared="a log"),
        code("reveal", 'measured = {"scratch": 23.0}\nlesson.reveal(measured)'),
        code("claims", "tlcourse.claim(…)", "✓ One.\n✓ Two.\n✓ Three."),
        text("break", "## Break it\nForget to freeze." + " Look at it again." * 20),
        text("older", OLDER),
        text("quiz", QUIZ),
        text("monday", MONDAY),
        text("recap", RECAP),
    ]


@pytest.fixture
def folder(tmp_path):
    """A folder in which the next lesson stands, so that a link to it is wanted."""
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "06_distinct_domains.ipynb").write_text("{}", encoding="utf-8")
    return tmp_path


def written(folder, cells, name="05_similar_domains.ipynb"):
    path = folder / name
    path.write_text(json.dumps(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return path


def swap(slug, old, new):
    """Return a slip that changes the source of one cell."""

    def change(cells):
        cell = next(cell for cell in cells if cell.id == f"05-{slug}")
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


def outputs(slug, *texts):
    """Return a slip that gives a cell other outputs."""

    def change(cells):
        cell = next(cell for cell in cells if cell.id == f"05-{slug}")
        cell.outputs = [code("x", "", text).outputs[0] for text in texts]

    return change


def add(*new, at=-1):
    return lambda cells: cells.__setitem__(slice(at, at), list(new))


def drop(slug):
    return lambda cells: cells.remove(next(cell for cell in cells if cell.id == f"05-{slug}"))


def move(slug, at):
    """Return a slip that puts one cell elsewhere."""

    def change(cells):
        cell = next(cell for cell in cells if cell.id == f"05-{slug}")
        cells.remove(cell)
        cells.insert(at, cell)

    return change


NO_CHOICE = "<details><summary>A · only the top</summary>"
SLIPS = {
    "cells; at most 45": add(*[text(f"more-{i}", "Look.") for i in range(31)]),
    "words of prose; at most 1600": swap("break", "Forget", "word " * 1601),
    "the median is 9, at most 7": add(*[code(f"long-{i}", "x = 1\n" * 9) for i in range(9)]),
    "19 lines of code": add(code("long", "x = 1\n\n" * 19)),
    "numerals in 100 words": swap("break", "Forget", "5, 10, 20 and 40 of 100 forget"),
    "is cell 7; at most 6": add(*[code(f"s-{i}", "x = 1") for i in range(4)], at=2),
    "no picture, table or training": lambda cells: [
        change(cells) for change in (drop("pictures"), drop("fit"))
    ],
    "shows 2 claims": outputs("claims", "✓ One.\n✓ Two."),
    "shows 9 claims": outputs("claims", "\n".join(f"✓ Number {i}." for i in range(9))),
    "imports Keras before": swap("begin", "lesson =", "import keras\n\nlesson ="),
    "one question in bold": swap("title", "?**", ".**"),
    "minutes 'for you'": swap("title", "for you", "to read"),
    "minutes 'for the machine'": swap("title", "for the machine", "to run"),
    "no link to the lesson before": swap("title", "(04_", "(03_"),
    "no link to the next lesson": swap("title", "studies/06_", "studies/07_"),
    "begins with 'Predict first'": swap("predict", "Predict first", "A picture"),
    "begins with 'Break it'": swap("break", "Break it", "And then"),
    "begins with 'What older texts say'": swap("older", "What older texts say", "Older texts"),
    "begins with 'On Monday'": swap("monday", "On Monday", "What to do"),
    "begins with 'Recap'": swap("recap", "Recap", "The end"),
    "begins with 'References'": swap("recap", "References.", "Sources."),
    "quote with a link": swap("older", "> You", "You"),
    "or say that it is common opinion": swap("older", "(https://example.org/rule)", "(x.ipynb)"),
    "no link to exercises/05_similar_domains": swap("recap", "exercises/05", "exercises/04"),
    "draws a diagram": swap("diagram", "diagrams.networks", "networks"),
    "1 quiz questions": swap("quiz", "**Question 2", "**Query 2"),
    "4 quiz questions": swap("quiz", "## Quiz", "**Question 8** a\n\n**Question 9** b"),
    "at least 2 choices": swap("quiz", NO_CHOICE, "<p>"),
    "each a whole <details>": swap("quiz", "counts at compile.</details>", "counts at compile."),
    "no empty line after </details>": swap("quiz", "</details>\n\n", "</details>\nRaw.\n\n"),
    "the choices are lettered B, B": swap("quiz", "<summary>A ·", "<summary>B ·"),
    "without a <summary>": swap("quiz", "<summary>A · only the top</summary>", ""),
    "behind the choice 'A · only the top'": swap("quiz", "Not yet: the flag counts at", "See"),
    "no later cell reveals the guess 'scratch'": swap("reveal", "scratch", "frozen"),
    "no later cell reveals": drop("reveal"),
    "answered before it is asked": move("reveal", 3),
    "asked a second time": add(code("again", 'lesson.guess("scratch", "?", low=0, high=1)')),
    "whose key is no string": swap("guess", '"scratch"', "name"),
    "more than two arguments": swap("fit", "train, validation_data=validation", "x, y, 32"),
    "model.compile takes more": swap("fit", 'optimizer="adam", loss="mse"', '"adam", "mse", []'),
    "fit with verbose=0": swap("fit", "epochs=15", "epochs=15, verbose=0"),
    "names ResNet50": swap("base", "ResNet50", "Xception"),
    "builds a base": swap("begin", "lesson = ", "keras.applications.VGG16(include_top=False)\n"),
    "a stilted phrase: 'cannot be told'": swap("break", "Forget", "It cannot\nbe told. Forget"),
    "a stilted phrase: 'reckon'": swap("claims", "…", '"As you reckon"'),
}  # fmt: skip


@pytest.mark.parametrize("words", SLIPS)
def test_each_slip_is_found(words, folder):
    cells = fine()
    SLIPS[words](cells)
    found = rules.problems(written(folder, cells))
    assert any(words in problem for problem in found), found
    assert all("05-" in problem for problem in found)  # each names a cell


ANSWER = 'lesson.reveal({"mistake": "BGR"})'
FINE = {
    "as it is": lambda cells: None,
    "common opinion": lambda cells: [
        swap("older", "> You", "It is a common opinion that you")(cells),
        swap("older", "(https://example.org/rule)", "(x.ipynb)")(cells),
    ],
    "quotation marks and (author, year)": lambda cells: [
        swap("older", "> You need a hundred pictures a class.", '"You need a hundred."')(cells),
        swap("older", "[Somebody, 2016](https://example.org/rule)", "Somebody, 2016")(cells),
    ],
    "ResNet50 in the text before": lambda cells: [
        swap("base", "ResNet50", "Xception")(cells),
        add(text("why", "Your own project may take ResNet50."), at=5)(cells),
    ],
    "a model with its top is no base": swap("begin", "lesson", "applications.VGG16()\nlesson"),
    "runs that say why they are silent": lambda cells: [
        swap("fit", "epochs=15", "epochs=1, verbose=0")(cells),
        cells[7].metadata.update(silent="twenty runs of a second"),
    ],
    "a choice of words": add(code("ask", 'lesson.guess("mistake", "?", choices=[1, 2])'),
                             code("tell", ANSWER)),
    "a key by keyword": swap("guess", '"scratch", ', 'key="scratch", question='),
    "In this lesson": swap("recap", "## Recap", "**In this lesson** you froze."),
    "a need above the code": swap("reveal", "measured =", "%%needs x: y\nmeasured ="),
    "another's stilted words": swap("older", "> You", '> "It cannot be told", you'),
    "a claim as HTML beside its text": add(code("html", "tlcourse.claim(…)", "<p>\n✓ O&apos;Ne\n")),
    "the same claim twice": add(code("same", "tlcourse.claim(…)", "✓ One.\n✓ Two.")),
    "three questions": swap("quiz", "## Quiz", f"**Question 0.** x\n{CHOICES}"),
    "a diagram before the pictures": move("diagram", 2),
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_a_fine_lesson_passes(name, folder):
    cells = fine()
    FINE[name](cells)
    assert rules.problems(written(folder, cells)) == []


def test_a_diagram_is_no_first_result(folder):
    cells = fine()
    add(code("more", "diagrams.networks({})", "<img alt='Row'>"), at=2)(cells)
    assert rules.Lesson(written(folder, cells)).figures()["first_result"] == 4


def test_lesson_00_needs_no_lesson_before_it_and_two_claims_only(folder):
    cells = fine()
    outputs("claims", "✓ One.\n✓ Two.")(cells)
    for slug, old, new in [
        ("title", "(04_new_classifiers.ipynb)", ""),
        ("recap", "exercises/05_similar_domains", "exercises/00_start_here"),
    ]:
        swap(slug, old, new)(cells)
    assert rules.problems(written(folder, cells, name="00_start_here.ipynb")) == []


def test_the_lesson_before_is_the_nearest_that_there_is(folder):
    (folder / "03_tf_hub.ipynb").write_text("{}")
    wrong = rules.problems(written(folder, fine()))
    assert len(wrong) == 1
    assert "no link to the lesson before" in wrong[0]
    cells = fine()
    swap("title", "(04_new_classifiers.ipynb)", "(03_tf_hub.ipynb)")(cells)
    assert rules.problems(written(folder, cells)) == []


def test_the_last_lesson_needs_no_next(folder):
    (folder / "studies" / "06_distinct_domains.ipynb").unlink()
    cells = fine()
    swap("title", "(studies/06_distinct_domains.ipynb)", "")(cells)
    assert rules.problems(written(folder, cells)) == []


def test_a_page_without_code_is_told_so(folder):
    assert "title block" in rules.problems(written(folder, [text("title", TITLE)]))[0]


def test_the_bound_counts_all_that_markdown_holds(folder):
    """However one counts, a lesson is under its bound: code and tags in Markdown are words, too."""
    cells = fine()
    before = rules.Lesson(written(folder, cells)).figures()["words"]
    cells[-1].source += "\n\n```python\nx = 1\n```"
    assert rules.Lesson(written(folder, cells)).figures()["words"] == before + 5


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("Two words · here", 3),
        ("```python\nx = 1\n```\nOne", 1),
        ("[a page](https://example.org/a/b) https://example.org", 2),
        ("<details><summary>A · yes</summary>Right, because.</details>", 4),
        ("`fit` counts", 2),
        ("<!-- not read -->", 0),
        ("![a cat](x.png)", 2),
    ],
)
def test_words_are_counted_as_people_read_them(source, count):
    assert rules.count_words(text("x", source)) == count


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("With 10 pictures a class, 61.5 % against 23 %.", 3),
        ("MobileNetV2 and CIFAR-10 in lessons 02, 04 and 05, with Keras 3.15", 0),
        ("A 3×3 filter in a 2D map of 1,000", 2),
        ("| 1 | 2 |\n|---|---|\n| 3 | 4 |\n", 0),
        ("## 3 · Ten of 20\n\n### 2", 0),
        ("[20 pictures](x.ipynb) and `epochs=15`, $x_1 + 2$", 0),
        ("> 100 pictures a class", 0),
        ("1. Freeze.\n2. Train 5 epochs.", 1),
        ("So say Yosinski et al. (2014) and others (Kornblith, 2019).", 0),
        ("In 2014 it was found", 1),
        ("**Question 1.** Which?", 0),
        ("Read 5.\n\n**References.** Volume 7, 2014.\n\n## More\n\nAnd 6.", 2),
        ("Between −4.2 and 20–25 points, 96px", 4),
    ],
)
def test_numerals_are_those_of_our_prose(source, count):
    assert rules.count_numerals(text("x", source))[0] == count


def test_as_a_command_it_prints_figures_and_problems(folder):
    def said(path):
        command = [sys.executable, str(ROOT / "tools" / "lesson_rules.py"), str(path)]
        return subprocess.run(command, capture_output=True, text=True)

    run = said(written(folder, fine()))
    assert run.returncode == 0, run.stderr
    assert "no problems" in run.stdout
    assert "first result" in run.stdout
    cells = fine()
    drop("reveal")(cells)
    run = said(written(folder, cells))
    assert run.returncode == 1
    assert "05-guess: no later cell reveals" in run.stdout
