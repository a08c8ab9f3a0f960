"""A folder of the learner's own pictures: looked at, told in plain sentences, never touched."""

import hashlib
import io
import mimetypes
import os
import re
import stat
import warnings
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
import pandas as pd
from PIL import Image
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from tqdm import tqdm

from tlcourse import photographs
from tlcourse.photographs import PhotographError
from tlcourse.runtime import Sentence

FEWEST, MOST, DEEPEST = 10, 50_000, 20  # different pictures a class, files, nested sub-folders
# Of 256 bits. A harder JPEG, half the size or more light moves up to 20 of them, a second shot of
# the same thing 18 to 60; of 3,000 photographs strangers begin at 36 (cars before one camera).
NEAR = 40
HIDDEN = (".", "__MACOSX", "Thumbs.db", "desktop.ini")  # what systems put beside pictures
PARTS = {"train", "training", "val", "valid", "validation", "test", "testing"}
LINK = "is a link, which is not followed: put the file itself there"
RIGHTS, GONE = "may not be opened: check its rights", "was gone when its turn came"
NAME = "has a name that is not written in UTF-8: rename it"


class FolderError(Sentence, Exception):
    """A folder from which no classifier can be made."""


@dataclass(frozen=True)
class Look:
    """What a folder holds.

    `table` has a row for each picture that can be used, sorted by path: `path` (text, absolute),
    `class_name`, `width` and `height` in pixels, `exact` (SHA-256 of the file) and `group` (whole
    number; near-duplicates share one). `problems` are sentences about all the others.
    """

    folder: Path
    table: pd.DataFrame
    problems: tuple[str, ...]

    @property
    def class_names(self) -> list[str]:
        """Return the names of the classes, sorted."""
        return sorted(self.table.class_name.unique())

    @property
    def report(self) -> str:
        """Return what was found, and what will be done, one sentence a line."""
        counts = self.table.class_name.value_counts().sort_index()
        listed = [f"{shown(name)} {number}" for name, number in counts.items()]
        more = f" and {len(listed) - 12} more" if len(listed) > 12 else ""
        width, height = self.table[["width", "height"]].median().astype(int)
        return "\n".join((
            f"{shown(self.folder.name)}: {len(self.table)} pictures in {len(counts)} classes "
            f"({', '.join(listed[:12])}{more}), {width} × {height} pixels in the middle.",
            *self.problems,
            "About seven in ten will train; the others choose and judge, in equal parts. "
            "Pictures that look alike stay together.",
            "Nothing leaves this machine, and nothing in your folder is changed.",
        ))  # fmt: skip


def shown(name) -> str:
    """Return a name as it can be printed: a letter that could break the line becomes ?."""
    name = "".join(letter if letter.isprintable() else "?" for letter in str(name))
    return name if len(name) <= 80 else f"{name[:38]}…{name[-38:]}"


def look(folder: str | os.PathLike) -> Look:
    """Look through `folder`, one sub-folder a class, without following a link or changing a thing.

    Files that cannot be used are left out and told, as are copies, pictures that lie in two
    classes, and classes of fewer than 10 different pictures. Near-duplicates, by a perceptual hash
    of 256 bits (https://pypi.org/project/ImageHash), get the same group. Raises FolderError, in one
    sentence that names the way out, where no two classes remain.
    """
    folder, left_out, rows = _opened(folder), defaultdict(list), []
    for path, class_name in tqdm(_files(folder, left_out), desc="Looking at pictures", delay=2):
        try:
            rows.append({"class_name": class_name, **_about(path)})
        except PhotographError as error:
            reason = re.sub(r"^It | \(.*\)(?=: save or copy)", "", str(error))
            left_out[reason].append(path.name)
    columns = ("path", "class_name", "width", "height", "exact", "moves", "bits")
    table = pd.DataFrame(rows, columns=columns).sort_values("path", ignore_index=True)
    classes = table.groupby("exact").class_name.transform("nunique")
    copied = table.exact.duplicated() & (classes == 1)
    names = table.path.map(lambda path: Path(path).name)
    left_out["lies in two classes, so nobody can tell which is right"] = [*names[classes > 1]]
    left_out["is an exact copy of another"] = [*names[copied]]
    problems = [_told(reason, names) for reason, names in left_out.items() if names]
    table = table[(classes == 1) & ~copied].reset_index(drop=True)
    table["group"] = _groups(table.pop("bits"))
    different = table.groupby("class_name").group.nunique()
    different = different.reindex(different.index.union(_inside(folder)), fill_value=0)
    scarce = different[different < FEWEST]
    problems += [
        f"Left out: the class {shown(name)}; of {FEWEST} different pictures it has {number}."
        for name, number in scarce.items()
    ]
    table = table[~table.class_name.isin(scarce.index)].reset_index(drop=True)
    if table.class_name.nunique() < 2:
        raise FolderError(" ".join([_way_out(folder, table.class_name.nunique()), *problems]))
    problems += _remarks(table)
    return Look(folder, table.drop(columns="moves"), tuple(problems))


def _opened(folder) -> Path:
    """Return the folder, which can be listed; else raise FolderError."""
    name = shown(folder)
    try:
        found = Path(folder).expanduser().resolve(strict=True)
        os.scandir(found).close()
        if (inside := _inside(found)) and {each.lower() for each in inside} <= PARTS:
            part = shown(found / inside[0])
            raise FolderError(f"This folder is split already: name one part alone, as {part}.")
        return found
    except FileNotFoundError:
        why = f"There is no folder {name}: check the spelling."
    except NotADirectoryError:
        why = f"{name} is no folder: name the folder of the pictures."
    except PermissionError:
        why = f"You may not open {name}: check its rights."
    except (OSError, RuntimeError, ValueError) as error:  # links that loop, a NUL, no such home
        why = f"{name} cannot be opened ({getattr(error, 'strerror', 0) or error}): name another."
    raise FolderError(why)


def _inside(folder: Path) -> list[str]:
    """Return the names of the sub-folders."""
    with suppress(OSError):
        folders = [each.name for each in os.scandir(folder) if each.is_dir(follow_symlinks=False)]
        return sorted(n for n in folders if n.isprintable() and not n.startswith(HIDDEN))
    return []


def _files(folder: Path, left_out: dict) -> list[tuple[Path, str]]:
    """Return (path, class) of every file in a sub-folder; note in `left_out` what is passed by."""

    def refused(error):
        reason = GONE if isinstance(error, FileNotFoundError) else RIGHTS
        left_out[reason].append(Path(error.filename).name)

    found = []
    for place, folders, names in os.walk(folder, onerror=refused):
        inside = Path(place).relative_to(folder).parts
        names = [name for name in names if not name.startswith(HIDDEN)]
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        for name in [name for name in folders if Path(place, name).is_symlink()]:
            folders.remove(name)
            left_out[LINK].append(name)
        if len(inside) == DEEPEST:
            left_out[f"lies deeper than {DEEPEST} sub-folders"] += folders
            folders.clear()
        if inside:
            found += [(Path(place, name), inside[0]) for name in names]
        else:
            left_out["lies beside the sub-folders, so it has no class"] += names
        if len(found) > MOST:
            raise FolderError(f"It holds more than {MOST:,} files: name a smaller folder.")
    return found


def _about(path: Path) -> dict:
    """Return what the table tells of a file; raise PhotographError with the bare reason."""
    kind = mimetypes.guess_type(path.name)[0] or "image/"
    try:
        str(path).encode()
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            raise PhotographError(LINK)
        if not (stat.S_ISREG(about.st_mode) and kind.startswith("image/")):
            raise PhotographError("is no picture")
        if about.st_size > photographs.MOST_BYTES:
            raise PhotographError("is larger than a picture's file should be")
        data = path.read_bytes()
        pixels = photographs.load(data, name="It", side=256)
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as picture:
            (width, height), moves = picture.size, False
            with suppress(Exception):  # the second frame may be damaged, the first was read
                moves = picture.format != "MPO" and picture.n_frames > 1
    except (UnicodeEncodeError, OSError) as error:
        told = {UnicodeEncodeError: NAME, FileNotFoundError: GONE, PermissionError: RIGHTS}
        raise PhotographError(told.get(type(error), "cannot be read")) from None
    bits = imagehash.phash(Image.fromarray(pixels), hash_size=16).hash.ravel()
    return {"path": str(path), "width": width, "height": height, "moves": moves, "bits": bits,
            "exact": hashlib.sha256(data).hexdigest()}  # fmt: skip


def _groups(bits) -> np.ndarray:
    """Return a whole number for each picture, the same for all that a chain of likeness joins."""
    bits = np.array([*bits], dtype="float32").reshape(-1, 256)
    ones, pairs = bits.sum(axis=1), [np.zeros((0, 2), dtype=int)]
    for start in range(0, len(bits), 1000):
        some = slice(start, start + 1000)
        distances = ones[some, None] + ones - 2 * bits[some] @ bits.T
        pairs.append(np.argwhere(distances <= NEAR) + np.array([start, 0]))
    one, other = np.concatenate(pairs).T
    joined = coo_matrix((np.ones(len(one)), (one, other)), shape=(len(bits), len(bits)))
    return connected_components(joined, directed=False)[1]


def _told(reason: str, names: list[str]) -> str:
    first = ", ".join(shown(name) for name in names[:3]) + " …" * (len(names) > 3)
    many = len(names) > 1
    return f"Left out: {len(names)} ({first}); {'each' if many else 'it'} {reason.rstrip('.')}."


def _remarks(table: pd.DataFrame) -> list[str]:
    """Return sentences about pictures that are used all the same."""
    sizes, groups = table.class_name.value_counts(), table.groupby("group").class_name
    few, many, alike = shown(sizes.index[-1]), shown(sizes.index[0]), groups.size() > 1
    found = {
        "Pictures of several frames, of which the first is taken": table.moves.sum(),
        "Groups that look nearly the same, each of which stays in one part": alike.sum(),
        "Such groups in two classes, which you should look at": (groups.nunique() > 1).sum(),
        "Pictures of less than 32 pixels, in which little can be seen": (
            table[["width", "height"]].min(axis=1) < 32).sum(),
        f"Pictures of {many} for each of {few}; look at every class's own share of right answers": (
            sizes.iloc[0] // sizes.iloc[-1] if sizes.iloc[0] > 5 * sizes.iloc[-1] else 0),
    }  # fmt: skip
    return [f"{what}: {number}." for what, number in found.items() if number]


def _way_out(folder: Path, classes: int) -> str:
    """Return the sentence for a folder of which fewer than two classes can be used."""
    inside = _inside(folder)
    if len(inside) == 1 and classes == 1:
        return (
            f"All pictures lie in one sub-folder, {shown(inside[0])}: if your classes are folders "
            "inside it, name it; else add a second class."
        )
    return (
        f"{shown(folder.name)} has {classes} class{'es' * (classes != 1)} to learn from, and two "
        f"are needed: make a sub-folder for each, with {FEWEST} different pictures or more."
    )
