"""Sets of real photographs, by the stock call `tfds.load`; what fails is told in one sentence."""

import os
from functools import cache

import numpy as np

from tlcourse import weights
from tlcourse.runtime import Sentence, load_tensorflow

PARTS = ("train", "validation", "test")
MOST = 6000  # pictures that are read of a split


class DataError(Sentence, RuntimeError):
    """Data that cannot be read."""


@cache
def load(name: str):
    """Return (splits, info) of a set, downloaded where it is not in TensorFlow Datasets' folder.

    Raises DataError for a name that there is not, for a set without pictures and labels, where it
    cannot be downloaded, and where its folder is incomplete.
    """
    load_tensorflow()
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder(name)
    except Exception as error:  # many kinds: no such name, version or configuration
        raise DataError(f"There is no set of photographs {name} ({_first(error)}).") from error
    features = list(builder.info.features)
    if not {"image", "label"} <= set(features):
        raise DataError(f"{name} has no pictures with labels; it has {', '.join(features)}.")
    here = builder.data_path.exists()
    if not here:
        _demand_network(name)
        print(f"Downloading {name}, once: {builder.info.download_size} …")
    try:
        splits, info = tfds.load(name, with_info=True, download=not here)
    except Exception as error:  # many kinds: no route, no space, a broken archive
        raise _broken(name, error, here=here) from error
    if "train" not in splits:
        raise _broken(name, "no split train")
    return splits, info


def _demand_network(name: str) -> None:
    """Raise DataError without a network; TensorFlow Datasets would try again for minutes."""
    if not weights.network_answers():
        forbidden = os.environ.get("TLCOURSE_OFFLINE") == "1"
        why = "TLCOURSE_OFFLINE forbids downloads" if forbidden else "no network answers"
        raise DataError(
            f"{name} is not in {_shown()}, and {why}: name a folder that holds it in TFDS_DATA_DIR."
        )


def _shown() -> str:
    return "$TFDS_DATA_DIR" if os.environ.get("TFDS_DATA_DIR") else "~/tensorflow_datasets"


def _first(error: Exception | str) -> str:
    """Return the first line of an error's text, without its full stop."""
    return (str(error).strip() or type(error).__name__).partition("\n")[0].rstrip(".")


def _broken(name: str, error: Exception | str, *, here: bool = True) -> DataError:
    state = f"in {_shown()} is incomplete or damaged" if here else "could not be had"
    way_out = "remove its folder there and run this again"
    if not here:
        way_out = "check network and disk, or name a folder that holds it in TFDS_DATA_DIR"
    return DataError(f"{name} {state} ({_first(error)}): {way_out}.")


def class_names(name: str) -> list[str]:
    """Return the names of a set's classes, by number."""
    return list(load(name)[1].features["label"].names)


def part(number: int, splits) -> str:
    """Return the part to which picture `number` of a class in `train` goes, counted from 0.

    Of five, the fourth goes to the validation and the fifth to the test, where `splits` lacks them.
    """
    dealt = {3: "validation", 4: "test"}.get(number % 5, "train")
    return "train" if dealt in splits else dealt


def parts(name: str, square) -> dict:
    """Return {part: (images, labels)} of a set, as `data.parts` says; `square` makes one size."""
    splits = load(name)[0]
    found = {each: _read(name, each, square) for each in PARTS if each in splits}
    images, labels = found["train"]
    dealt = np.empty(len(labels), dtype="U10")
    for label in np.unique(labels):
        ours = np.flatnonzero(labels == label)
        dealt[ours] = [part(number, splits) for number in range(len(ours))]
    for each in {"train", *PARTS} - (set(splits) - {"train"}):
        found[each] = images[dealt == each], labels[dealt == each]
    return found


def _read(name: str, split: str, square) -> tuple[np.ndarray, np.ndarray]:
    import tensorflow as tf

    pictures = _pictures(name, split).map(
        lambda image, label: (tf.cast(tf.round(square(image)), tf.uint8), label),
        num_parallel_calls=tf.data.AUTOTUNE,
    )
    images, labels = zip(*_arrays(name, pictures), strict=True)
    return np.stack(images), np.array(labels, dtype="int64")


def _pictures(name: str, split: str):
    """Return pairs of a picture in its own size, (height, width, 3) uint8, and its label."""
    import tensorflow as tf

    def pair(example):
        image = example["image"]
        grey = image.shape[-1] == 1
        return tf.image.grayscale_to_rgb(image) if grey else image, example["label"]

    return load(name)[0][split].take(MOST).map(pair)


def _arrays(name: str, pictures):
    """Yield a data set's examples as arrays; raise DataError where its files end too early."""
    import tensorflow as tf

    try:
        yield from pictures.as_numpy_iterator()
    except (OSError, tf.errors.OpError) as error:
        raise _broken(name, error) from error


def originals(name: str):
    """Yield pictures in their own sizes, uint8, with their labels; none from the test."""
    splits, seen = load(name)[0], {}
    for image, label in _arrays(name, _pictures(name, "train")):
        seen[label] = seen.get(label, -1) + 1
        if part(seen[label], splits) != "test":
            yield image, label
