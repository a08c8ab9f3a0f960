"""What the course's pages ask of Sphinx beyond its extensions."""

from pathlib import Path

from docutils import nodes
from latex2mathml.converter import convert


def anchor(title: str) -> str:
    """Return a heading's anchor as JupyterLab makes it, since the notebooks link to those."""
    return title.strip().replace(" ", "-")


def show_maths(writer, node) -> None:
    """Write a formula as MathML: browsers show it and read it out without a program or a font."""
    display = "block" if isinstance(node, nodes.math_block) else "inline"
    writer.body.append(convert(node.astext(), display=display))
    raise nodes.SkipNode


def name_cells(_, document) -> None:
    """Give each code cell its id as an anchor: evidence cards and the ledger lead there."""
    for cell in document.findall(nodes.container):
        if cell.get("nb_element") == "cell_code":
            cell["ids"].append(cell["cell_metadata"]["site_id"])


SEARCH = 'search-button-field search-button__button pst-js-only"'
TOGGLE = '<span class="toctree-toggle"'
MENDED = {  # what the theme and myst-nb write that a screen reader could not tell
    f"<summary>{TOGGLE}": f'<summary aria-label="Pages of this part">{TOGGLE}',
    f'{SEARCH} title="Search" aria-label="Search"': SEARCH,
    ' aria-label="Toggle hidden content"': "",
}


def mend(app, failed) -> None:
    """Name what the theme's pages leave without a name, or name otherwise than it reads."""
    for path in Path(app.outdir).rglob("*.html") if not failed else ():
        text = whole = path.read_text(encoding="utf-8")
        for old, new in MENDED.items():
            text = text.replace(old, new)
        if text != whole:
            path.write_text(text, encoding="utf-8")


def setup(app) -> dict:
    app.add_html_math_renderer("mathml", (show_maths, None), (show_maths, None))
    app.connect("doctree-read", name_cells)
    app.connect("build-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
