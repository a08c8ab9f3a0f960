"""Where ImageNet weights are, whether they are whole, and how they get here."""

import json
import os
import socket
import tempfile
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import h5py
import numpy as np
import pooch

from tlcourse.runtime import Sentence, keras_home, short

HOST = "storage.googleapis.com"
PLACE = f"https://{HOST}/tensorflow/keras-applications/mobilenet_v2/"
# What lessons load; names and places are those of keras.applications.mobilenet_v2.
CLASSIFIER = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
NO_TOP = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{alpha}_{side}_no_top.h5"
BASE = NO_TOP.format(alpha=0.35, side=96)
ARRAYS = {CLASSIFIER: 262, BASE: 260}
# The hash that was published is known for the classifier alone; for the base, that it is whole.
SHA256 = {CLASSIFIER: "3e195a2857356cfc092cbbb460beb2a5bce279015d7792598b8d3d9e451902e3"}
CLASS_INDEX = "imagenet_class_index.json"
CLASS_INDEX_URL = f"https://{HOST}/download.tensorflow.org/data/{CLASS_INDEX}"
CLASS_INDEX_MD5 = "c2c37ea517e94d9795004a39431a14cb"  # the one that Keras demands


class WeightsError(Sentence, RuntimeError):
    """Weights that could not be had."""


@dataclass(frozen=True)
class Status:
    """Whether weights are here, in one sentence."""

    here: bool
    sentence: str


def models_folder() -> Path:
    """Return the folder in which Keras looks for weights: `models` in `runtime.keras_home()`."""
    return keras_home() / "models"


def shown_folder() -> str:
    """Return `models_folder()` as it may stand in a stored notebook."""
    return "$KERAS_HOME/models" if os.environ.get("KERAS_HOME") else short(models_folder())


def network_answers(seconds: float = 3) -> bool:
    """Return whether the server of Keras's weights accepts a connection within some seconds.

    `TLCOURSE_OFFLINE=1` makes it False without trying; behind a proxy it is True without trying.
    """
    if os.environ.get("TLCOURSE_OFFLINE") == "1":
        return False
    if urllib.request.getproxies().get("https"):
        return True
    try:
        socket.create_connection((HOST, 443), timeout=seconds).close()
    except OSError:
        return False
    return True


def status(what: str = "classifier") -> Status:
    """Look on this machine only for the `base` (0.35, 96 px, no top) or the `classifier` (1.0).

    `what` can also be the name of another file of MobileNetV2 without its top, see `NO_TOP`.
    Nothing is downloaded. The classifier needs the class names, too.
    """
    name = {"base": BASE, "classifier": CLASSIFIER}.get(what, what)
    path, index = models_folder() / name, models_folder() / CLASS_INDEX
    where = shown_folder()
    way_out = "run `make fetch` where there is a network"
    if name not in ARRAYS:
        way_out = "where there is a network, Keras fetches it"
    try:
        if not path.is_file():
            return Status(False, f"{name} is not in {where}; {way_out}.")
        if not _usable(path):
            return Status(False, f"{name} in {where} is cut off or damaged; {way_out}.")
        if name == CLASSIFIER and not index.is_file():
            return Status(False, f"the class names are not in {where}; {way_out}.")
        if name == CLASSIFIER and pooch.file_hash(index, "md5") != CLASS_INDEX_MD5:
            return Status(False, f"the class names in {where} are damaged; {way_out}.")
        kind = _kind(path)
    except OSError as error:
        return Status(False, f"{where} cannot be read ({error.strerror}); mend its rights.")
    return Status(True, f"{name}, found in {where} ({kind})")


def _kind(path: Path) -> str:
    """Say whether a file is the one that Keras publishes, where its hash is known."""
    if path.name not in SHA256:
        return "whole; no published hash to compare it with"
    same = pooch.file_hash(path, "sha256") == SHA256[path.name]
    return "the file that Keras publishes" if same else "not the file that Keras publishes"


def missing() -> str | None:
    """Return None where the classifier's weights are here, else a sentence that says what to do."""
    found = status()
    return None if found.here else f"It needs ImageNet weights: {found.sentence}"


def fetch() -> Status:
    """Bring what is missing into Keras's folder, each file whole or not at all (17 MB in all).

    Files that are already there and whole are left alone; the hash is checked where the published
    one is known. Raises WeightsError without a network, without space, without the right to write
    and for a file with another hash.
    """
    lacking = [name for name in (BASE, CLASSIFIER) if not _usable(models_folder() / name)]
    if status().here and not lacking:
        return status()
    if not network_answers():
        forbidden = os.environ.get("TLCOURSE_OFFLINE") == "1"
        why = "TLCOURSE_OFFLINE forbids downloads" if forbidden else f"{HOST} does not answer"
        raise WeightsError(
            f"{why}: copy {', '.join([*lacking, CLASS_INDEX])} from another machine "
            f"into {shown_folder()}, or run this again with a network."
        )
    for name in lacking:
        _retrieve(PLACE + name, f"sha256:{SHA256[name]}" if name in SHA256 else None, name)
    if not status().here:
        _retrieve(CLASS_INDEX_URL, f"md5:{CLASS_INDEX_MD5}", CLASS_INDEX)
    return status()


def _usable(path: Path) -> bool:
    return path.is_file() and _is_whole(path, path.stat().st_mtime_ns)


def class_names() -> dict[str, tuple[int, str]]:
    """Return WordNet id → (class number 0 to 999, name) of ImageNet's 1,000 classes."""
    with (models_folder() / CLASS_INDEX).open(encoding="utf-8") as file:
        return {wordnet: (int(number), name) for number, (wordnet, name) in json.load(file).items()}


def _retrieve(url: str, known_hash: str | None, name: str) -> None:
    """Download into a folder beside its place, and move it there when it is whole."""
    folder = models_folder()
    pooch.get_logger().setLevel("WARNING")  # the progress bar says enough
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            got = pooch.retrieve(
                url, known_hash, fname=name, path=beside,
                downloader=pooch.HTTPDownloader(progressbar=True, timeout=30),
            )  # fmt: skip
            if name in ARRAYS and not _usable(Path(got)):
                raise ValueError("what came is cut off or no such weights")
            Path(got).replace(folder / name)
    except (OSError, ValueError) as error:  # no route, no space, no right to write, wrong hash
        raise WeightsError(
            f"{name} could not be downloaded ({error}): nothing was left half-written; "
            "check network and disk space and run it again."
        ) from error


@cache
def _is_whole(path: Path, modified_ns: int) -> bool:
    """Return whether HDF5 can open the file, and it holds MobileNetV2's arrays, all finite.

    HDF5 refuses a file that is shorter than it says. An array that says it is larger than its file
    would fill the memory, and is not read.
    """
    arrays, most = [], path.stat().st_size

    def visit(_, item):
        if isinstance(item, h5py.Dataset):
            arrays.append(item.nbytes <= most and bool(np.isfinite(item[()]).all()))

    try:
        with h5py.File(path, "r") as file:
            file.visititems(visit)
    except Exception:  # h5py raises many kinds on damaged files
        return False
    return len(arrays) == ARRAYS.get(path.name, ARRAYS[BASE]) and all(arrays)
