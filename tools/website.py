"""Make the course's site from its notebooks as they are stored: `make site`.

Runs in the environment of its own that requirements-site.lock describes; nothing is executed. The
pages are laid out in a folder as they lie in the course, so that their links hold; Sphinx makes
the site from there (site/conf.py).
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import colab
import nbformat
import typer
from ledger_page import ledger

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "README.md", "CONTRIBUTING.md", "LICENSE-TEXTS.md", "teaching/README.md",
    "teaching/grading.md", "classroom/README.md", "docs/glossary.md", "docs/security.md",
    "data/README.md", "data/weights/README.md", "data/hub/README.md",
)  # fmt: skip
FOLDERS = ("", "studies", "exercises", "solutions")
LINK = re.compile(r"(?<=\]\()(?!https?:|#|mailto:)([^)\s#]+)(?=[)#])")
CELL = re.compile(r'(?<=href=")([^":]+)\.ipynb(?:#cell-id=([^"]+))?(?=")')
INDEX = {
    "": ("Lessons", "lesson", "Each takes about 45 minutes. Guess, run, look, break it."),
    "studies": (
        "Studies",
        "study",
        "The evidence. A lesson says that something helps or harms; a study has measured it, with "
        "controls, several seeds and intervals. Read one on the day you doubt. Its code is folded "
        "away: a click opens it.",
    ),
    "exercises": (
        "Exercises",
        "exercise",
        "Small functions to write, with checks that hint and do not scold. They run in JupyterLab; "
        "here you see what they ask.",
    ),
}


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def notebooks(folder: str) -> list[Path]:
    """Return a folder's notebooks in order; "" means the lessons."""
    return sorted((ROOT / "notebooks" / folder).glob("[0-9]*.ipynb"))


def title_block(path: Path) -> tuple[str, str, str]:
    """Return a notebook's title, its question, and the minutes that the machine needs."""
    source = read(path).cells[0].source
    title = source.splitlines()[0].removeprefix("# ")
    question = re.search(r"^\*\*(.+?)\*\*$", source, re.M)
    minutes = re.search(r"(?:about|in) ([^,·*]+?) (?:for the machine|on two CPU cores)", source)
    return title, question[1] if question else "", minutes[1] if minutes else ""


def lay_out(target: Path, repository: str = "") -> None:
    """Write all pages of the site into the folder `target`, as Sphinx wants them.

    `repository` is the address of the course's repository, for each notebook's buttons.
    """
    for folder in FOLDERS:
        for path in notebooks(folder):
            write_notebook(path, target / path.relative_to(ROOT), folder, repository)
    for folder in INDEX:
        put(target / "notebooks" / folder / "index.md", index(folder))
    put(target / "notebooks" / "claims.md", to_pages(ledger(ROOT)))
    for name in PAGES:
        put(target / name, (ROOT / name).read_text(encoding="utf-8"))
    put(target / "index.md", (ROOT / "site" / "index.md").read_text(encoding="utf-8"))
    for path in [*target.rglob("*.md"), *target.rglob("*.ipynb")]:
        bring_what_it_links(path, target)


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_notebook(path: Path, target: Path, folder: str, repository: str) -> None:
    """Write a notebook for the site: cells with anchors, folded code, links to pages."""
    notebook = read(path)
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    if folder == "solutions":  # an exercise leads there; nobody should come upon one by chance
        notebook.metadata.update(orphan=True, nosearch=True)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            hidden = folder == "studies" or cell.metadata.get("jupyter", {}).get("source_hidden")
            tags = ["hide-input"] * bool(hidden)
            cell.metadata = nbformat.from_dict({"site_id": cell.id, "tags": tags})
            for output in cell.outputs:
                if "text/html" in output.get("data", {}):
                    output.data["text/html"] = to_pages(output.data["text/html"])
        else:
            cell.source = to_pages(cell.source)
    if repository and folder != "solutions":
        notebook.cells[0].source += "\n\n" + buttons(repository, path.relative_to(ROOT))
    put(target, nbformat.writes(notebook))


def to_pages(text: str) -> str:
    """Let links in HTML lead to the site's pages and cells in place of notebooks."""
    return CELL.sub(lambda found: f"{found[1]}.html" + (f"#{found[2]}" if found[2] else ""), text)


def buttons(repository: str, path: Path) -> str:
    """Return a line of links that open a notebook elsewhere; `path` is its path in the course."""
    where = repository.removeprefix("https://github.com/")
    place = path.as_posix()
    mine = place.replace("notebooks", "my_course", 1)
    colab_copy = f"{where}/blob/{colab.BRANCH}/colab/{place}"
    links = {
        "Open in Colab": f"https://colab.research.google.com/github/{colab_copy}",
        "Open in Binder": f"https://mybinder.org/v2/gh/{where}/main?urlpath=lab/tree/{mine}",
        "Download": f"{repository}/raw/main/{place}",
    }
    shown = " ".join(f'<a href="{to}">{name}</a>' for name, to in links.items())
    return f'<p class="elsewhere">{shown}</p>'


def write_for_colab(target: Path, repository: str) -> None:
    """Write the copies that the buttons for Colab open; none where no repository is known."""
    for folder in ("", "studies", "exercises") if repository else ():
        for path in notebooks(folder):
            place = path.relative_to(ROOT)
            put(target / place, colab.copy(path, place, repository))


def index(folder: str) -> str:
    """Return the page that lists a folder's notebooks, each with its question."""
    name, one, text = INDEX[folder]
    rows = [f"| {one} | the question it answers | machine |", "|---|---|---|"]
    for path in notebooks(folder):
        title, question, minutes = title_block(path)
        rows.append(f"| [{title}]({path.name}) | {question} | {minutes} |")
    if folder == "exercises":
        rows = [f"- [{title_block(path)[0]}]({path.name})" for path in notebooks(folder)]
    stems = [path.stem for path in notebooks(folder)]
    tree = "\n".join(["```{toctree}", ":hidden:", ":maxdepth: 1", "", *stems, "```"])
    return f"# {name}\n\n{text}\n\n" + "\n".join(rows) + f"\n\n{tree}\n"


def bring_what_it_links(page: Path, target: Path) -> None:
    """Let a link to a folder find its list; lay each file beside the pages that one links to."""
    text = page.read_text(encoding="utf-8")
    place = page.parent.relative_to(target)
    for link in set(LINK.findall(text)):
        wanted, there = (ROOT / place / link).resolve(), (target / place / link).resolve()
        if (there / "index.md").is_file():
            text = text.replace(f"]({link})", f"]({link}/index.md)")
        elif there.name == "claims.ipynb":
            text = text.replace(f"]({link})", f"]({link.replace('.ipynb', '.md')})")
        elif wanted.is_file() and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(wanted, there)
    put(page, text)


def build(pages: Path, site: Path) -> int:
    """Let Sphinx make the site from the pages; a warning is an error. Return its exit code."""
    quiet = ["--quiet", "--fail-on-warning", "--keep-going", "--nitpicky", "--jobs", "auto"]
    command = [sys.executable, "-m", "sphinx", *quiet, "-c", str(ROOT / "site"), str(pages)]
    return subprocess.run([*command, str(site)], check=False).returncode


def setting() -> str:
    """Return the repository's address as site/conf.py has it."""
    text = (ROOT / "site" / "conf.py").read_text(encoding="utf-8")
    return re.search(r'^repository = "(.*)"', text, re.M)[1]


def main(
    site: Annotated[Path, typer.Argument(help="the folder to write")] = ROOT / "build" / "site",
    repository: Annotated[str, typer.Option(help="in place of the setting in site/conf.py")] = "",
) -> None:
    """Make the site; it opens without a server."""
    with tempfile.TemporaryDirectory() as folder:
        pages, made = Path(folder, "pages").resolve(), Path(folder, "site")
        lay_out(pages, repository or setting())
        if failed := build(pages, made):
            raise typer.Exit(failed)
        shutil.rmtree(site, ignore_errors=True)
        unwanted = shutil.ignore_patterns(".*", "_sources", "objects.inv", "*webpack-macros.html")
        shutil.copytree(made, site, ignore=unwanted)
    write_for_colab(site / "colab", repository or setting())
    print(f"Open {site / 'index.html'}")


if __name__ == "__main__":
    typer.run(main)
