"""Pictures: tabletop, checked before it is read, and real photographs by the stock call."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from tlcourse import real, shipped
from tlcourse.real import DataError
from tlcourse.runtime import load_tensorflow, root


def tfds_folder() -> Path:
    """Return the folder of the prepared data sets, for `tfds.load(..., data_dir=...)`."""
    return root() / "data" / "tfds"


def configs() -> list[str]:
    """List the configurations: fruit, vegetable, vehicle, noodle, house, fruit_shelf, sorted.

    Raises DataError where the table of sums is missing or damaged.
    """
    sums = shipped.table(tfds_folder() / "sha256.json", "data/tfds/sha256.json", DataError)
    return sorted({name.split("/")[1] for name in sums if name.startswith("tabletop/")})


def check(config: str, folder: Path | None = None) -> None:
    """Compare each file of a configuration with its sha256.

    Raises DataError for an unknown configuration and for a missing or damaged file.
    """
    folder = folder or tfds_folder()
    if not shipped.check_all(folder, "data/tfds", f"tabletop/{config}", DataError):
        raise DataError(f"There is no tabletop/{config}; there are: {', '.join(configs())}.")


@cache
def _builder(config: str):
    check(config)
    load_tensorflow()
    import tensorflow_datasets as tfds

    # By its version: file managers and Jupyter lay hidden files beside it.
    (about,) = (tfds_folder() / "tabletop" / config).glob("[0-9]*/dataset_info.json")
    return tfds.builder_from_directory(about.parent)


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
    """Return the names behind the numbers of a class feature (label, light, surface …).

    Raises DataError as `tabletop` does, and for a feature without names.
    """
    features = _builder(config).info.features
    named = [each for each in features if hasattr(features[each], "names")]
    if feature not in named:
        raise DataError(f"tabletop/{config} names no {feature!r}, only {', '.join(named)}.")
    return list(features[feature].names)


def _square(image_size: tuple[int, int]):
    """Return the layer that brings one picture to a size: the middle is kept, nothing stretched."""
    load_tensorflow()
    import keras

    return keras.layers.Resizing(*image_size, crop_to_aspect_ratio=True, dtype="float32")


def class_names(kind: str, name: str) -> list[str]:
    """Return the names of the classes of `tabletop` or `photographs` data, by number."""
    found = names(name) if kind == "tabletop" else real.class_names(name)
    return [each.replace("_", " ") for each in found]


@cache
def parts(kind: str, name: str, image_size: tuple[int, int]) -> dict:
    """Return {part: (images, labels)}: uint8 (n, height, width, 3) of 0 to 255, int64 (n,).

    `kind` is `tabletop` (its own three splits) or `photographs` (a set of TensorFlow Datasets, at
    most `real.MOST` pictures a split; `real.part` deals what it lacks of validation and test).
    Raises DataError as `check` does, and where a set cannot be had.
    """
    if kind == "tabletop":
        found = {part: arrays(name, part) for part in real.PARTS}
        return {p: (_resized(f["image"], image_size), f["label"]) for p, f in found.items()}
    return real.parts(name, _square(image_size))


def _resized(images: np.ndarray, image_size: tuple[int, int]) -> np.ndarray:
    square = _square(image_size)
    batches = np.array_split(images, max(1, len(images) // 500))
    return np.concatenate([np.round(square(batch)).astype("uint8") for batch in batches])


def few(images, labels, *, per_class: int | None, seed: int = 0):
    """Return `per_class` pictures of each class, chosen by `seed`; all where it is None."""
    if per_class is None:
        return images, labels
    rng = np.random.default_rng(seed)
    chosen = [rng.permutation(np.flatnonzero(labels == c))[:per_class] for c in np.unique(labels)]
    chosen = np.sort(np.concatenate(chosen))
    return images[chosen], labels[chosen]


def dataset(images, labels, *, names: list[str], batch_size: int, seed: int | None):
    """Return a batched `tf.data.Dataset` with `.class_names`; shuffled each epoch by a `seed`."""
    tf = load_tensorflow()
    pairs = tf.data.Dataset.from_tensor_slices((images, labels))
    if seed is not None:
        pairs = pairs.shuffle(len(labels), seed=seed)
    batches = pairs.batch(batch_size).map(lambda x, y: (tf.cast(x, tf.float32), y))
    batches = batches.prefetch(tf.data.AUTOTUNE)
    batches.class_names = names
    return batches


def folder(kind: str, name: str, *, per_class: int, place: Path) -> Path:
    """Write pictures as `folder/class/0001.jpg` in `place`, once and whole (`picture_folder`)."""
    from PIL import Image

    target = place / f"{name.replace('/', '_')}_{per_class}"
    if target.is_dir():
        return target
    names = [each.replace("/", " or ") for each in class_names(kind, name)]
    counts = dict.fromkeys(range(len(names)), 0)
    with tempfile.TemporaryDirectory(dir=place, prefix=".") as beside:
        for image, label in _originals(kind, name):
            if counts[label] < per_class:
                counts[label] += 1
                inside = Path(beside, target.name, names[label])
                inside.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(inside / f"{counts[label]:04}.jpg", quality=95)
        try:
            Path(beside, target.name).rename(target)
        except OSError:
            if not target.is_dir():  # else another notebook was quicker
                raise
    return target


def _originals(kind: str, name: str):
    """Yield pictures in their own sizes, uint8, with their labels; none from the test."""
    if kind == "tabletop":
        for part in ("train", "validation"):
            yield from zip(arrays(name, part)["image"], arrays(name, part)["label"], strict=True)
    else:
        yield from real.originals(name)
