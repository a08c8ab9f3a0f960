"""Tabletop, the course's own photographs: one line to a data set, checked before it is read."""

import hashlib
import json
from functools import cache
from pathlib import Path

from tlcourse.runtime import load_tensorflow, root

MEND = "run `git checkout -- data/tfds`, or unpack the course anew"


class DataError(RuntimeError):
    """Data that cannot be read; its text is one sentence that names the way out."""

    def _render_traceback_(self) -> list[str]:
        return [f"DataError: {self}"]


def tfds_folder() -> Path:
    """Return the folder of the prepared data sets, for `tfds.load(..., data_dir=...)`."""
    return root() / "data" / "tfds"


def _sums(folder: Path) -> dict[str, str]:
    if not (folder / "sha256.json").is_file():
        raise DataError(f"data/tfds/sha256.json is missing: {MEND}.")
    return json.loads((folder / "sha256.json").read_text(encoding="utf-8"))


def configs() -> list[str]:
    """List the configurations: fruit, vegetable, vehicle, noodle, house, fruit_shelf, sorted.

    Raises DataError where the table of sums is missing.
    """
    return sorted({name.split("/")[1] for name in _sums(tfds_folder())})


def check(config: str, folder: Path | None = None) -> None:
    """Compare each file of a configuration with its sha256.

    Raises DataError for an unknown configuration and for a missing or damaged file.
    """
    folder = folder or tfds_folder()
    sums = _sums(folder)
    wanted = {name: value for name, value in sums.items() if name.split("/")[1] == config}
    if not wanted:
        raise DataError(f"There is no tabletop/{config}; there are: {', '.join(configs())}.")
    for name, value in wanted.items():
        path = folder / name
        if not path.is_file():
            raise DataError(f"data/tfds/{name} is missing: {MEND}.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != value:
            raise DataError(f"data/tfds/{name} is damaged: {MEND}.")


@cache
def _builder(config: str):
    check(config)
    load_tensorflow()
    import tensorflow_datasets as tfds

    (folder,) = (tfds_folder() / "tabletop" / config).iterdir()
    return tfds.builder_from_directory(folder)


def tabletop(config: str, split: str = "train"):
    """Return a configuration's split as a `tf.data.Dataset` of dictionaries, in a fixed order.

    Each has `image` (100, 100, 3) uint8 RGB, `mask` (100, 100, 1) uint8, `box` (4,) float32 (ymin,
    xmin, ymax, xmax, 0 to 1), `label` int64, and what else data/README.md lists. The decoded
    pictures stay in memory from the second pass on. Splits: train, validation, test.
    Raises DataError where files are missing or damaged, and for an unknown name.
    """
    builder = _builder(config)
    if split not in builder.info.splits:
        raise DataError(
            f"tabletop/{config} has no split {split!r}: {', '.join(builder.info.splits)}."
        )
    return builder.as_dataset(split=split, shuffle_files=False).cache()


@cache
def arrays(config: str, split: str = "train") -> dict:
    """Return a split as read-only NumPy arrays by name, first axis the pictures; see `tabletop`."""
    data = tabletop(config, split)
    batch = next(iter(data.batch(len(data)).as_numpy_iterator()))
    for values in batch.values():
        values.flags.writeable = False
    return batch


def names(config: str, feature: str = "label") -> list[str]:
    """Return the names behind the numbers of a class feature (label, light, surface …)."""
    return list(_builder(config).info.features[feature].names)
