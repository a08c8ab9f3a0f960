"""What the course ships is whole, or one sentence says how to have it again."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path


def broken(name: str, state: str, error: type[Exception]) -> Exception:
    """Return the error that says that `name`, as `data/tfds/sha256.json`, is missing or damaged."""
    folder = "/".join(name.split("/")[:2])
    way_out = f"run `git checkout -- {folder}`, or unpack the course anew"
    return error(f"{name} is {state}: {way_out}.")


def table(path: Path, name: str, error: type[Exception], **kinds: type) -> dict:
    """Return the JSON object in a file that the course calls `name`.

    `kinds` are keys that it must have, each with its value's type, as `classes=list`. Raises
    `error` where the file is missing or damaged.
    """
    state = "damaged" if path.is_file() else "missing"
    with suppress(OSError, ValueError, RecursionError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict) and all(isinstance(found.get(k), t) for k, t in kinds.items()):
            return found
    raise broken(name, state, error)


def check(path: Path, name: str, sha256: str, error: type[Exception]) -> Path:
    """Return the path of a file that is there and has this sum; else raise `error`."""
    state = "missing"
    with suppress(OSError, ValueError):  # too long a name, a NUL in it
        state = "damaged" if path.is_file() else "missing"
        if hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
            return path
    raise broken(name, state, error)


def check_all(folder: Path, name: str, part: str, error: type[Exception]) -> list[str]:
    """Compare the files of one `part` of a folder with its table `sha256.json`; return their names.

    They begin with `part`; for one that is in no table the list is empty. Raises `error` as `check`
    does.
    """
    sums = table(folder / "sha256.json", f"{name}/sha256.json", error)
    names = [each for each in sums if each.startswith(f"{part}/")]
    for each in names:
        check(folder / each, f"{name}/{each}", sums[each], error)
    return names
