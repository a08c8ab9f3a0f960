"""The course's two hub models, checked before they are loaded, and which one a lesson uses."""

import os
import re
from pathlib import Path

from tlcourse import shipped
from tlcourse.runtime import Sentence, load_tensorflow, root
from tlcourse.weights import network_answers

# 2 MB; since 2023 the address leads to Kaggle Models.
PUBLISHED = "https://tfhub.dev/google/imagenet/mobilenet_v2_035_96/feature_vector/5"
OWN_SIZE = 100


class SavedModelError(Sentence, RuntimeError):
    """A hub model that cannot be had."""


def checked(name: str) -> str:
    """Return the folder of a hub model of the course, after comparing its files' sha256.

    `name` is `general_feature_vector` or `fruit_classification`. Raises SavedModelError for
    another name and for a missing or damaged file.
    """
    folder = root() / "data" / "hub"
    if not shipped.check_all(folder, "data/hub", name, SavedModelError):
        raise SavedModelError(f"There is no hub model {name!r} in data/hub.")
    return str(folder / name)


def feature_vector(profile: str) -> tuple[str, int]:
    """Return (handle, size) of a feature vector for a lesson, and print which one it is.

    `size` is the side in pixels of the square pictures that it wants. `TLCOURSE_HUB`, a folder or
    an address, comes first. In the profile `photographs` it is `PUBLISHED` where a network answers
    and TensorFlow Hub can bring it (once; `TFHUB_CACHE_DIR` says where to). Else it is the
    course's own. Raises SavedModelError as `checked` does.
    """
    named = os.environ.get("TLCOURSE_HUB", "").strip()
    handle = named or (PUBLISHED if profile == "photographs" and network_answers() else "")
    if not handle or (not named and not _brought(handle)):
        print(f"Hub model: the course's own feature vector, {OWN_SIZE} px")
        return checked("general_feature_vector"), OWN_SIZE
    size = _size(handle)
    print(f"Hub model: {handle if '://' in handle else Path(handle).name}, {size} px")
    return handle, size


def redraw(module) -> None:
    """Replace all that a loaded hub model has learned: it is as before its first step.

    Kernels get He's normal draw (He et al., 2015, arXiv 1502.01852), BatchNorm's scale and
    variance one, all else zero. `module` is what `hub.load` returned, or a layer's
    `resolved_object`.
    """
    tf = load_tensorflow()
    import keras

    draw = keras.initializers.HeNormal()
    for variable in module.variables:
        ones = variable.name.split("/")[-1].startswith(("gamma", "moving_variance"))
        kernel = len(variable.shape) > 1
        variable.assign(draw(variable.shape) if kernel else tf.fill(variable.shape, float(ones)))


def _brought(handle: str) -> bool:
    import tensorflow_hub

    try:
        return bool(tensorflow_hub.resolve(handle))
    except Exception as error:  # many kinds: no route, no space, a broken archive
        print(f"{handle} could not be had ({type(error).__name__}).")
        return False


def _size(handle: str) -> int:
    """Read the side in pixels from a handle's name (`mobilenet_v2_035_96`); 224 without one."""
    sides = [int(found) for found in re.findall(r"(?<!\d)(\d{2,3})(?!\d)", handle)]
    return next((side for side in reversed(sides) if 96 <= side <= 600 and side != 100), 224)
