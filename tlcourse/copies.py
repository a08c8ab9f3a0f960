"""The learner's copies: lessons without outputs in a folder of their own, never over your work."""

import hashlib
import json
import os
from contextlib import suppress
from itertools import count
from pathlib import Path

import nbformat

from tlcourse.runtime import home, put, root

RECORD = ".copied.json"  # name of a copy → fingerprints of all that was ever copied to it
EMPTIED = ("[0-9]*.ipynb", "exercises/*.ipynb")  # nothing gives the answers away
WHOLE = ("claims.ipynb", "studies/*.ipynb", "solutions/*.ipynb")  # so that links lead somewhere
THEIRS = ("cell_type", "source", "attachments", "outputs")  # what of a cell a learner changes


def folder() -> Path:
    """Return where the copies belong: `TLCOURSE_HOME`, else `my_course` in the course's folder.

    Of a course that cannot be written, as a class may share it, and of an installed one it is
    `my_course` in the home.
    """
    if named := os.environ.get("TLCOURSE_HOME"):
        return Path(named).expanduser().absolute()
    course = root()
    own = (course / "pyproject.toml").is_file() and os.access(course, os.W_OK)
    return (course if own else home()) / "my_course"


def refresh(notebooks: Path, target: Path) -> dict[str, str]:
    """Bring the copies in `target` up to date with the course's folder `notebooks`.

    What is missing, or stands as it was copied, is written in one step; what the learner changed
    stays, and a newer version of it is put beside it. Returns those: name → name of the new one.
    Raises OSError where `target` cannot be written.
    """
    record, beside = _read(target / RECORD), {}
    for name, content in _current(notebooks).items():
        newest, here, given = fingerprint(content), _here(target / name), record.get(name, [])
        if here in (None, newest, *given):
            if here != newest:
                put(target / name, content)
        elif newest not in given:
            beside[name] = _free_name(name, target, [*given, newest])
            put(target / beside[name], content)
        record[name] = sorted({*given, newest})
    put(target / RECORD, json.dumps(record, indent=1).encode())
    return beside


def filled(template: str, values: dict) -> Path:
    """Write a notebook of `notebooks/templates` with `values` in its first cell; return its path.

    It gets a name that is free, and `RESULTS` is that name; one that was made with the same values
    and stands untouched is returned as it is. Raises OSError as `refresh` does.
    """
    notebook = json.loads((root() / f"notebooks/templates/{template}.ipynb").read_bytes())
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    taken = {path.stem for path in folder().glob("*")}
    for number in count(1):
        name = f"{template}-{number}" if number > 1 else template
        lines = [f"{key} = {value!r}" for key, value in {**values, "RESULTS": name}.items()]
        first["source"] = "\n".join(lines)
        path, content = folder() / f"{name}.ipynb", json.dumps(notebook, indent=1).encode()
        if name not in taken:
            put(path, content)
        if path.is_file() and path.read_bytes() == content:
            return path


def _current(notebooks: Path) -> dict[str, bytes]:
    """Return the content of every copy by its name, as the course makes it today."""
    found = {}
    for pattern in (*EMPTIED, *WHOLE):
        for path in sorted(notebooks.glob(pattern)):
            content = path.read_bytes()
            name = path.relative_to(notebooks).as_posix()
            found[name] = without_outputs(content) if pattern in EMPTIED else content
    return found


def without_outputs(content: bytes) -> bytes:
    """Return a notebook as a learner begins it: the same cells and ids, no outputs, no counts."""
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of what a learner works on: text and outputs of the cells.

    JupyterLab changes a notebook's other metadata when it is merely opened.
    """
    with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):  # else: bytes
        cells = nbformat.v4.reads(content.decode())["cells"]
        theirs = [[cell.get(part) for part in THEIRS] for cell in cells]
        content = json.dumps(theirs).encode()
    return hashlib.sha256(content).hexdigest()


def _here(path: Path) -> str | None:
    return fingerprint(path.read_bytes()) if path.is_file() else None


def _free_name(name: str, target: Path, given: list[str]) -> str:
    stem = name.removesuffix(".ipynb")
    names = (f"{stem}.new{number if number > 1 else ''}.ipynb" for number in count(1))
    return next(each for each in names if _here(target / each) in (None, *given))


def _read(path: Path) -> dict[str, list[str]]:
    try:
        stored = json.loads(path.read_bytes())
        return {name: list(given) for name, given in stored.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError, RecursionError):
        return {}  # none yet, or damaged: then every copy that differs counts as changed
