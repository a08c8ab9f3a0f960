"""What the site's Colab button opens: a notebook without outputs, behind a cell that sets up."""

from pathlib import Path

import nbformat

BRANCH = "gh-pages"  # where the site lies, and these copies in its folder `colab`
# Needed by lessons; Colab brings most of them, and its own TensorFlow.
NEEDED = (
    "filelock", "h5py", "imagehash", "importlib-resources", "ipywidgets", "matplotlib", "numpy",
    "packaging", "pandas", "pillow", "platformdirs", "pooch", "psutil", "scikit-image",
    "scikit-learn", "scipy", "tensorflow-datasets", "tensorflow-hub", "tf-keras", "tornado", "tqdm",
    "typer",
)  # fmt: skip
SET_UP = """\
# Only on Colab: fetch the course and what it lacks here. Run this cell first.
import importlib.metadata
import os
import subprocess
import sys

course = "{course}"
if not os.path.isdir(course):
    subprocess.run(["git", "clone", "--quiet", "--depth=1", "{repository}", course], check=True)
here = [each.metadata["Name"] for each in importlib.metadata.distributions()]
here = {{name.lower().replace("_", "-") for name in here if name}}
lacking = [name for name in "{needed}".split() if name not in here]
if lacking:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *lacking], check=True)
sys.path.insert(0, course)
os.chdir(os.path.join(course, "{folder}"))"""


def copy(path: Path, place: Path, repository: str, course: str = "/content/course") -> str:
    """Return the notebook at `path`, for Colab; `place` is its path within the course."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    names = " ".join(NEEDED)
    source = SET_UP.format(
        course=course, repository=repository, needed=names, folder=place.parent.as_posix()
    )
    notebook.cells.insert(0, nbformat.v4.new_code_cell(source, id="set-up"))
    return nbformat.writes(notebook)
