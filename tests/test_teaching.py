"""What teachers read is true: hints, minutes, quiz answers, links and commands."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from notebooks import is_lesson, pages, read  # noqa: E402

LESSONS = [path for path in pages() if is_lesson(path)]
PAGES = sorted((ROOT / "teaching").glob("*.md"))
GUIDE = (ROOT / "teaching" / "README.md").read_text(encoding="utf-8")


def section(path):
    """Return what the guide says of a lesson, in one line."""
    found = re.findall(
        rf"^### \[.*\]\(\.\./notebooks/{path.name}\)\n(.*?)(?=^##)", GUIDE, re.M | re.S
    )
    assert len(found) == 1, f"{path.stem} has no section of its own"
    return " ".join(found[0].split())


def right_answers(path):
    """Return of a lesson's quiz question → letter, from what its choices say."""
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    questions = re.split(r"\*\*Question (\d)\.\*\*", text)[1:]
    right = re.compile(r"<summary>(\w) ·(?:(?!<details>).)*?</summary>\s*(?:Right|Yes)", re.S)
    pairs = zip(questions[::2], questions[1::2], strict=True)
    return {number: right.search(body)[1] for number, body in pairs}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_quiz_answers_are_those_of_the_lesson(path):
    quiz = re.search(r"\*\*Quiz\.\*\*(.*?)\*\*Skip\*\*", section(path))[1]
    assert dict(re.findall(r"(\d) ([A-D]) \(", quiz)) == right_answers(path)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_minutes_are_those_of_lesson_and_exercise(path):
    learner = re.search(r"(\d+) minutes for you", read(path).cells[0].source)[1]
    solutions = read(path.parent / "solutions" / path.name)
    exercise = re.search(r"About (\d+) minutes", solutions.cells[0].source)[1]
    said = f"*Lesson {learner} minutes, exercise {exercise} minutes.*"
    assert section(path).startswith(said)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_typical_errors_are_three_and_their_hints_are_the_checks(path):
    errors = re.search(r"\*\*Typical errors\.\*\*(.*?)\*\*Quiz", section(path))[1]
    assert len(re.findall(r" - ", errors)) == 3
    cells = read(path.parent / "solutions" / path.name).cells
    checks = " ".join(cell.source for cell in cells if "tlcourse.check(" in cell.source)
    assert [hint for hint in re.findall("“(.+?)”", errors) if hint not in checks] == []
    assert "Break it" in errors or "“" in errors


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere_and_commands_exist(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []
    rules = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= set(rules)


def test_the_twelve_questions_have_an_answer_each():
    questions, answers = GUIDE.split("## Before and after")[1].split("| question |")
    rows = re.findall(r"^\| (\d+) \| ([abc]) \| .+ \| [\d, ]+ \|$", answers, re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 13))
    texts = re.split(r"^\d+\. ", questions, flags=re.M)[1:]
    assert len(texts) == 12
    for text in texts:
        assert re.findall(r"\*\*([abc])\*\*", text) == ["a", "b", "c"], text
