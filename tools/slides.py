"""Make slides from the lessons' own diagrams and figures: `make slides`, NB=05 for one of them.

A lesson gives its question, first pictures, diagram, what to guess, what was right and wrong, the
figure that answers, its claims and *On Monday*. Each becomes one HTML file that needs nothing
beside it, and a PDF where there is a Chromium. Runs in the site's environment; nothing is executed.
"""

import re
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path
from typing import Annotated

import nbformat
import typer
from markdown_it import MarkdownIt
from website import title_block

ROOT = Path(__file__).resolve().parents[1]
LOOK = ROOT / "site" / "slides"
IMAGE = re.compile(r'<img src="data:image/[^>]*>')
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MOST_CLAIMS = 5
markdown = MarkdownIt()


class Lesson:
    """A lesson's cells, and what slides take from them."""

    def __init__(self, path: Path):
        self.cells = nbformat.read(path, as_version=4).cells
        self.texts = [cell.source for cell in self.cells if cell.cell_type == "markdown"]
        self.code = [cell for cell in self.cells if cell.cell_type == "code"]
        self.title, self.question, _ = title_block(path)

    def pictures(self) -> str:
        """Return the first picture of the lesson: what it is about."""
        return next(filter(None, map(image, self.code)), "")

    def diagram(self) -> str:
        drawn = [image(cell) for cell in self.code if "diagrams." in cell.source]
        return next(filter(None, drawn), "")

    def guess(self) -> str:
        """Return the first thing that the lesson asks to guess."""
        said = [line for cell in self.code for line in lines(cell)]
        asked = [line for line in said if line.startswith("Your guess: ")]
        return asked[0].removeprefix("Your guess: ") if asked else ""

    def measured(self) -> str:
        """Return the figure that answers: the first of intervals, or else beside a claim."""
        for sign in ("plots.intervals(", "tlcourse.claim(", "lesson.reveal("):
            drawn = [image(cell) for cell in self.code if sign in cell.source]
            if found := next(filter(None, drawn), ""):
                return found
        return ""

    def answers(self) -> str:
        """Return pictures with what a network made of them."""
        drawn = [image(cell) for cell in self.code if "plots.answers(" in cell.source]
        return next(filter(None, drawn), "")

    def claims(self) -> list[str]:
        said = [line for cell in self.code for line in lines(cell)]
        return [line[2:] for line in said if line.startswith("✓ ")][:MOST_CLAIMS]

    def monday(self) -> str:
        """Return the numbered lines of *On Monday*, as Markdown."""
        text = "\n".join(self.texts).partition("\n## On Monday\n")[2]
        found = re.search(r"(?:^\d+\. .*\n?(?:[ \t]+\S.*\n?)*)+", text, re.M)
        return found[0] if found else ""


def image(cell) -> str:
    """Return a code cell's first picture, with its words."""
    shown = [out.get("data", {}).get("text/html", "") for out in cell.outputs]
    found = IMAGE.search("".join(shown))
    return re.sub(r' (width|style)="[^"]*"', "", found[0]) if found else ""


def lines(cell) -> list[str]:
    """Return a code cell's outputs as lines of plain text."""
    return [
        line
        for out in cell.outputs
        for line in (out.get("text") or out.get("data", {}).get("text/plain", "")).splitlines()
    ]


def slides(path: Path) -> str:
    """Return a lesson's slides as one HTML page."""
    lesson = Lesson(path)
    parts = [("title", lesson.title, f"<p>{markdown.renderInline(lesson.question)}</p>")]
    parts.append(("picture", "What it is about", lesson.pictures()))
    parts.append(("picture", "The idea", lesson.diagram()))
    guess = lesson.guess()
    parts.append(("guess", "Predict first", f"<p>{escape(guess)}</p>" if guess else ""))
    parts.append(("picture", "Right and wrong", lesson.answers()))
    parts.append(("picture", "What was measured", lesson.measured()))
    claims = "".join(f"<li>{escape(each)}</li>" for each in lesson.claims())
    parts.append(("claims", "Checked by a cell", f"<ul>{claims}</ul>" if claims else ""))
    monday = lesson.monday()
    parts.append(("monday", "On Monday", markdown.render(monday) if monday else ""))
    shown = "\n".join(
        f'<section class="{kind}" tabindex="-1"><h{1 if kind == "title" else 2}>{escape(head)}'
        f"</h{1 if kind == 'title' else 2}>\n{body}</section>"
        for kind, head, body in parts
        if body
    )
    return (LOOK / "page.html").read_text(encoding="utf-8").format(
        title=escape(lesson.title),
        style=(LOOK / "slides.css").read_text(encoding="utf-8"),
        script=(LOOK / "slides.js").read_text(encoding="utf-8"),
        slides=shown,
    )  # fmt: skip


def pdf(browser: str, page: Path) -> None:
    """Let a browser print a page to a PDF beside it."""
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        options += ["--no-pdf-header-footer", f"--print-to-pdf={page.with_suffix('.pdf')}"]
        subprocess.run([browser, *options, page.as_uri()], check=True, capture_output=True)


def main(
    prefix: Annotated[str, typer.Argument(help="as 05; by default all lessons")] = "",
    target: Annotated[Path, typer.Option(help="the folder to write")] = ROOT / "build" / "slides",
) -> None:
    """Write slides as HTML, and as PDF where there is a Chromium."""
    lessons = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    chosen = [path for path in lessons if path.name.startswith(prefix)]
    if not chosen:
        print(f"No lesson begins with {prefix!r}.")
        raise typer.Exit(1)
    target.mkdir(parents=True, exist_ok=True)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    for path in chosen:
        page = (target / f"{path.stem}.html").resolve()
        page.write_text(slides(path), encoding="utf-8")
        if browser:
            pdf(browser, page)
        print(page.name, "and PDF" if browser else "", flush=True)
    if not browser:
        print("No Chromium was found: no PDF. Any browser prints these pages.")


if __name__ == "__main__":
    typer.run(main)
