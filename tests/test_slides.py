"""Slides: from each lesson its question, figures and five lines, in one file that loads nothing."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SITE = ROOT / ".site" / "bin" / "python"
LESSONS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    not (ROOT / ".site" / ".ready").is_file(), reason="needs the environment of `make site-env`"
)


def made(*words, path=""):
    """Run the tool with these programs on the path."""
    command = [str(SITE), str(ROOT / "tools" / "slides.py"), *map(str, words)]
    return subprocess.run(
        command, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Make all lessons' slides where no browser is found."""
    folder = tmp_path_factory.mktemp("slides")
    run = made("--target", folder, path=str(folder))
    assert run.returncode == 0, run.stderr
    assert "no PDF" in run.stdout
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lessons_slides_have_what_a_teacher_shows(path, pages):
    page = pages[path.stem]
    for head in ("The idea", "Predict first", "What was measured", "On Monday"):
        assert f"<h2>{head}</h2>" in page, head
    monday = page.partition("<h2>On Monday</h2>")[2].partition("</section>")[0]
    assert 4 <= monday.count("<li>") <= 6
    figures = re.findall(r"<img [^>]*>", page)
    assert len(figures) == len(set(figures)) >= 3
    assert all(re.search(r' alt="[^"]{10,}"', figure) for figure in figures)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_slides_load_nothing(path, pages):
    assert not re.search(r'(src|srcset)="(?!data:)|<link|@import|url\(', pages[path.stem])


def test_a_lesson_that_is_not_there_is_told(tmp_path):
    run = made("99", "--target", tmp_path)
    assert run.returncode == 1
    assert "No lesson begins with '99'" in run.stdout


@pytest.mark.skipif(not BROWSER, reason="needs Chromium")
def test_a_pdf_has_a_page_a_slide(tmp_path):
    run = made("00", "--target", tmp_path, path=os.environ["PATH"])
    assert run.returncode == 0, run.stderr
    printed = (tmp_path / "00_start_here.pdf").read_bytes()
    slides = (tmp_path / "00_start_here.html").read_text(encoding="utf-8").count("<section ")
    assert printed.startswith(b"%PDF")
    assert max(map(int, re.findall(rb"/Count (\d+)", printed))) == slides > 5
