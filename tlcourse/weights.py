"""Where ImageNet weights are, whether they are whole, and how they get here."""

import hashlib
import json
import os
import shutil
import socket
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import h5py
import numpy as np

from tlcourse.runtime import root, short

READ_ONLY_FALLBACK = Path("/tmp/.keras")  # where keras.utils.get_file then looks
HOST = "storage.googleapis.com"
BASE = f"https://{HOST}/tensorflow/keras-applications/mobilenet_v2/"
# What lesson 02 loads; the names and places are those of keras.applications.mobilenet_v2.
WEIGHTS = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
WEIGHTS_SHA256 = "3e195a2857356cfc092cbbb460beb2a5bce279015d7792598b8d3d9e451902e3"
ARRAYS = 262
CLASS_INDEX = "imagenet_class_index.json"
CLASS_INDEX_URL = f"https://{HOST}/download.tensorflow.org/data/{CLASS_INDEX}"
CLASS_INDEX_MD5 = "c2c37ea517e94d9795004a39431a14cb"  # the one that Keras demands


class WeightsError(RuntimeError):
    """Weights that could not be had; its text is one sentence that names the way out."""

    def _render_traceback_(self) -> list[str]:
        return [f"WeightsError: {self}"]


@dataclass(frozen=True)
class Status:
    """Whether lesson 02's weights are here, in one sentence."""

    here: bool
    sentence: str


def keras_home() -> Path:
    """Return `KERAS_HOME`, a relative one counted from the course's folder, or `~/.keras`."""
    home = os.environ.get("KERAS_HOME")
    return root() / Path(home).expanduser() if home else Path.home() / ".keras"


def models_folder() -> Path:
    """Return the folder in which Keras looks for weights.

    That is `models` in `keras_home()`, or in `/tmp/.keras` where the home cannot be written
    (`keras.utils.get_file`).
    """
    home = keras_home()
    if home.exists() and not os.access(home, os.W_OK):
        home = READ_ONLY_FALLBACK
    return home / "models"


def shown_folder() -> str:
    """Return `models_folder()` as it may stand in a stored notebook."""
    if os.environ.get("KERAS_HOME") and models_folder().parent == keras_home():
        return "$KERAS_HOME/models"
    return short(models_folder())


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


def status() -> Status:
    """Look for the weights on this machine only; nothing is downloaded."""
    path, index = models_folder() / WEIGHTS, models_folder() / CLASS_INDEX
    where = shown_folder()
    way_out = "run `make fetch` where there is a network"
    try:
        if not path.is_file():
            return Status(False, f"MobileNetV2 is not in {where}; {way_out}.")
        if not _is_whole(path, path.stat().st_mtime_ns):
            return Status(False, f"MobileNetV2 in {where} is cut off or damaged; {way_out}.")
        if not index.is_file():
            return Status(False, f"the class names are not in {where}; {way_out}.")
        if _digest(index, "md5", index.stat().st_mtime_ns) != CLASS_INDEX_MD5:
            return Status(False, f"the class names in {where} are damaged; {way_out}.")
        published = _digest(path, "sha256", path.stat().st_mtime_ns) == WEIGHTS_SHA256
    except OSError as error:
        return Status(False, f"{where} cannot be read ({error.strerror}); mend its rights.")
    kind = "the file that Keras publishes" if published else "not the file that Keras publishes"
    return Status(True, f"MobileNetV2, found in {where} ({kind})")


_settled: Status | None = None


def settle(found: Status) -> None:
    """Keep what a lesson found when it began: its model was built on that, whatever comes later."""
    global _settled
    _settled = found


def missing() -> str | None:
    """Return None where the lesson has the weights, else one sentence that says what to do."""
    now = status()
    found = _settled or now
    if now.here and not found.here:
        return (
            "The weights came after this lesson began: Kernel → Restart Kernel and Run All Cells."
        )
    return None if found.here else f"It needs ImageNet weights: {found.sentence}"


def obtain() -> Status:
    """Return `status()`, after a download where the weights are missing and a network is there.

    Within one run of a lesson the answer stays: see `settle`.
    """
    if missing() and status().here:
        return Status(False, missing())
    try:
        settle(fetch())
    except WeightsError as error:
        settle(Status(False, str(error)))
    return _settled


def fetch() -> Status:
    """Bring what is missing into Keras's folder, whole and with a checked hash, or not at all.

    Files that are already there and whole are left alone; those of a read-only `KERAS_HOME` are
    copied to where Keras looks. Raises WeightsError without a network, without space and for a file
    whose hash is not the published one.
    """
    try:
        _copy_from_read_only_home()
    except OSError as error:
        raise WeightsError(f"{shown_folder()} cannot be written ({error.strerror}).") from error
    if status().here:
        return status()
    if not network_answers():
        forbidden = os.environ.get("TLCOURSE_OFFLINE") == "1"
        why = "TLCOURSE_OFFLINE forbids downloads" if forbidden else f"{HOST} does not answer"
        raise WeightsError(
            f"{why}: copy {WEIGHTS} and {CLASS_INDEX} from another machine "
            f"into {shown_folder()}, or run this again with a network."
        )
    path = models_folder() / WEIGHTS
    if not (path.is_file() and _is_whole(path, path.stat().st_mtime_ns)):
        _retrieve(BASE + WEIGHTS, f"sha256:{WEIGHTS_SHA256}", path)
    _retrieve(CLASS_INDEX_URL, f"md5:{CLASS_INDEX_MD5}", models_folder() / CLASS_INDEX)
    return status()


def _copy_from_read_only_home() -> None:
    source = keras_home() / "models"
    for name in (WEIGHTS, CLASS_INDEX) if source != models_folder() else ():
        if (source / name).is_file() and not (models_folder() / name).is_file():
            models_folder().mkdir(parents=True, exist_ok=True)
            partial = models_folder() / f"{name}.{os.getpid()}.part"
            shutil.copyfile(source / name, partial)
            partial.replace(models_folder() / name)


def class_names() -> dict[str, tuple[int, str]]:
    """Return WordNet id → (class number 0 to 999, name) of ImageNet's 1,000 classes."""
    with (models_folder() / CLASS_INDEX).open(encoding="utf-8") as file:
        return {wordnet: (int(number), name) for number, (wordnet, name) in json.load(file).items()}


def _retrieve(url: str, known_hash: str, path: Path) -> None:
    import pooch

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pooch.retrieve(
            url, known_hash, fname=path.name, path=path.parent,
            downloader=pooch.HTTPDownloader(progressbar=True, timeout=30),
        )  # fmt: skip
    except (OSError, ValueError) as error:  # no route, no space, no right to write, wrong hash
        raise WeightsError(
            f"{path.name} could not be downloaded ({error}): nothing was left half-written; "
            "check network and disk space and run it again."
        ) from error


@cache
def _is_whole(path: Path, modified_ns: int) -> bool:
    """Return whether HDF5 can open the file, and it holds MobileNetV2's arrays, all finite.

    HDF5 refuses a file that is shorter than it says.
    """
    arrays = []

    def visit(_, item):
        if isinstance(item, h5py.Dataset):
            arrays.append(bool(np.isfinite(item[()]).all()))

    try:
        with h5py.File(path, "r") as file:
            file.visititems(visit)
    except (OSError, TypeError, RuntimeError):
        return False
    return len(arrays) == ARRAYS and all(arrays)


@cache
def _digest(path: Path, kind: str, modified_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()
