"""Photographs that come with the installed libraries, and any picture of the learner's own."""

import io
import os
import re
import stat
import warnings
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from tlcourse.runtime import Sentence

# No EPS, PDF or other format that starts a program to be read.
SUFFIXES = (".jpeg", ".jpg", ".png", ".webp")
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "PPM")
MOST_BYTES = 2**29
PHOTOMETRIC, BITS, SAMPLE_FORMAT = 262, 258, 339  # TIFF's tags


class PhotographError(Sentence, ValueError):
    """A picture that cannot be used."""


@dataclass(frozen=True)
class Sample:
    """Where a sample photograph lies, and the ImageNet classes that a person would accept."""

    library: str
    file: str
    shows: str
    imagenet: tuple[str, ...] = ()


FOLDERS = {"skimage": "data", "sklearn": "datasets/images", "matplotlib": "mpl-data/sample_data"}
SAMPLES = {
    "cat": Sample("skimage", "chelsea.png", "a cat", ("tabby", "tiger_cat", "Egyptian_cat")),
    "coffee": Sample("skimage", "coffee.png", "a cup of coffee", ("espresso", "cup", "coffee_mug")),
    "rocket": Sample("skimage", "rocket.jpg", "a rocket on its pad", ("missile", "projectile")),
    "camera": Sample("skimage", "camera.png", "a man at a camera", ("tripod", "reflex_camera")),
    "clock": Sample("skimage", "clock_motion.png", "a moving clock", ("analog_clock",)),
    "motorcycle": Sample(
        "skimage", "motorcycle_left.png", "a motorcycle", ("moped", "motor_scooter")
    ),
    "china": Sample("sklearn", "china.jpg", "a Chinese palace", ("palace", "monastery")),
    "grace_hopper": Sample(
        "matplotlib", "grace_hopper.jpg", "an admiral in uniform", ("military_uniform",)
    ),
    "astronaut": Sample("skimage", "astronaut.png", "an astronaut, a shuttle", ("space_shuttle",)),
    # In no class of ImageNet:
    "flower": Sample("sklearn", "flower.jpg", "a dahlia"),
    "galaxies": Sample("skimage", "hubble_deep_field.jpg", "galaxies"),
    "moon": Sample("skimage", "moon.png", "the Moon's ground"),
    "retina": Sample("skimage", "retina.jpg", "the back of an eye"),
    "tissue": Sample("skimage", "ihc.png", "stained tissue"),
    "coins": Sample("skimage", "coins.png", "ancient coins"),
}


ELEPHANTS = ("African_elephant", "Indian_elephant", "tusker")


def nameable(profile: str) -> dict[str, tuple[np.ndarray, tuple[str, ...]]]:
    """Return pictures that a profile's classifier has names for: {what it shows: (picture, names)}.

    `names` are those that a person would accept. With ImageNet's classes the pictures are the
    samples, after an elephant where the folder of `TLCOURSE_LABELLED` holds one; in the profile
    `offline` they are test pictures of tabletop's fruits, the first of every other fruit.
    """
    if profile == "offline":
        from tlcourse import data

        fruit, names = data.arrays("fruit", "test"), data.names("fruit")
        first = [np.flatnonzero(fruit["label"] == label)[0] for label in range(0, 18, 2)]
        labels = [names[fruit["label"][place]] for place in first]
        pictures = [fruit["image"][place].copy() for place in first]
        return {name: (image, (name,)) for name, image in zip(labels, pictures, strict=True)}
    samples = {s.shows: (sample(key), s.imagenet) for key, s in SAMPLES.items() if s.imagenet}
    elephants = labelled_folder().rglob("*elephant*") if labelled_folder() else ()
    found = sorted(path for path in elephants if path.suffix.lower() in SUFFIXES)
    return {"an elephant": (load(found[0]), ELEPHANTS)} | samples if found else samples


def nameless() -> dict[str, np.ndarray]:
    """Return photographs that are in no class of ImageNet, nor any fruit: {what it shows: …}."""
    return {s.shows: sample(key) for key, s in SAMPLES.items() if not s.imagenet}


def sample(name: str) -> np.ndarray:
    """Return a sample photograph as an array (height, width, 3), uint8, 0 to 255, RGB.

    The names are the keys of `SAMPLES`. Raises PhotographError for any other name.
    """
    if name not in SAMPLES:
        raise PhotographError(f"There is no sample {name!r}; there are: {', '.join(SAMPLES)}.")
    library, file = SAMPLES[name].library, SAMPLES[name].file
    return load(Path(str(files(library)), FOLDERS[library], file), name=name)


def load(source, *, name: str | None = None, side: int | None = None) -> np.ndarray:
    """Read a picture file as an array (height, width, 3), uint8, 0 to 255, RGB.

    Parameters
    ----------
    source : a path, or the file's bytes (as an upload widget gives them).
    name : what to call the picture in an error sentence; by default the path.
    side : pixels that height and width need at least: a large JPEG is then read smaller, faster.

    The camera's EXIF rotation is applied; transparency is laid on white; grey, CMYK, palette and
    16-bit pictures become 8-bit RGB; of an animation the first frame is taken.
    Raises PhotographError, in one sentence, for a missing, empty, broken or oversized file and for
    one that is not a picture.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        data, name = bytes(source), name or "this upload"
    else:
        name = name or str(source)
        data = _read(Path(os.path.expanduser(source)), name)  # noqa: PTH111
    if not data:
        raise PhotographError(f"{name} is empty: save or copy the picture again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)  # slips in metadata only
            Image.init()
            known = [name for name in FORMATS if name in Image.OPEN]
            with Image.open(io.BytesIO(data), formats=known) as picture:
                if side:
                    picture.draft(None, (side, side))
                picture.load()
                half = len(data.rstrip(b"\0")) <= len(data) // 2
                if half and picture.format in ("TIFF", "BMP", "PPM"):
                    raise ValueError("half of it is zeros; if it is that black, save it as PNG")
                with suppress(Exception):  # damaged EXIF: the pixels are still good
                    ImageOps.exif_transpose(picture, in_place=True)
                return _to_rgb(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        limit = Image.MAX_IMAGE_PIXELS // 1_000_000
        wrong = f"would unpack to more than {limit} million pixels: save a smaller copy"
    except UnidentifiedImageError:
        wrong = "is not a picture this course can read: save it as JPEG or PNG (iPhone's HEIC too)"
    except Exception as error:  # Pillow's readers raise many kinds on damaged files
        wrong = f"is damaged ({error}): save or copy the picture again"
    raise PhotographError(f"{name} {wrong}.")


def square(source, side: int, *, name: str | None = None) -> np.ndarray:
    """Return the middle of a picture, (side, side, 3), as a model sees it; all else as `load`."""
    picture = Image.fromarray(load(source, name=name, side=2 * side))
    return np.asarray(ImageOps.fit(picture, (side, side)))


def _read(path: Path, name: str) -> bytes:
    try:
        about = path.stat()  # first: reading a pipe would wait, and a device may never end
        if stat.S_ISREG(about.st_mode) and about.st_size <= MOST_BYTES:
            return path.read_bytes()
    except FileNotFoundError:
        raise PhotographError(f"There is no file {name}: check the spelling.") from None
    except PermissionError:
        raise PhotographError(f"You may not read {name}: check its rights.") from None
    except (OSError, ValueError) as error:  # a loop of links, too long a name, a NUL in it
        reason = getattr(error, "strerror", None) or error
        raise PhotographError(f"{name!r} cannot be read ({reason}): name another file.") from None
    kind = "a folder" if stat.S_ISDIR(about.st_mode) else "no file of a picture's size"
    raise PhotographError(f"{name} is {kind}: name a picture.")


def _to_rgb(picture: Image.Image) -> np.ndarray:
    if picture.mode in ("I", "F") or picture.mode.startswith("I;"):
        return np.stack([_eight_bits(picture)] * 3, axis=-1)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return np.array(picture.convert("RGB"))


def _eight_bits(picture: Image.Image) -> np.ndarray:
    """Return grey values of 16 or 32 bits as uint8, one part after the other to spare memory."""
    values, tags = np.asarray(picture), getattr(picture, "tag_v2", {})
    if picture.mode == "I" and (tags.get(BITS), tags.get(SAMPLE_FORMAT, (1,))) == ((32,), (1,)):
        values = values.view("uint32")  # Pillow takes them for signed ones
    white = _white(picture.mode, np.max(values, initial=0, where=np.isfinite(values)))

    def part(shades):
        light = np.nan_to_num(shades / np.float64(white))
        light = 1 - light if tags.get(PHOTOMETRIC) == 0 else light  # TIFF's white is zero
        light[shades == picture.info.get("transparency", -1)] = 1
        return np.round(np.clip(light, 0, 1) * 255).astype("uint8")

    parts = np.array_split(values.reshape(-1), 1 + values.size // 2**20)
    return np.concatenate([part(shades) for shades in parts]).reshape(values.shape)


def _white(mode: str, largest: float) -> float:
    """Return the value of white: 65535 at 16 bit; 32-bit pictures do not say theirs."""
    if mode.startswith("I;16"):
        return 65535
    usual = (1, 255, 65535) if mode == "F" else (255, 65535)
    return next((white for white in usual if largest <= white), largest)


def labelled_folder() -> Path | None:
    """Return the folder of labelled photographs that `TLCOURSE_LABELLED` names, or None.

    Every picture in it tells its class by the WordNet id that begins its own name or its folder's,
    as in ImageNet: `n01440764_tench.JPEG` or `n01440764/ILSVRC2012_val_00000293.JPEG`.
    """
    named = os.environ.get("TLCOURSE_LABELLED")
    folder = Path(named).expanduser() if named else None
    return folder if folder and folder.is_dir() else None


def labelled_missing() -> str | None:
    """Return None where a folder of labelled photographs is at hand, else what to do."""
    named = os.environ.get("TLCOURSE_LABELLED")
    if not named:
        return "It needs a folder of labelled ImageNet photographs: name it in TLCOURSE_LABELLED."
    if not labelled_folder():
        return "TLCOURSE_LABELLED names no folder: check its spelling."
    try:
        labelled()
    except PhotographError as error:
        return f"TLCOURSE_LABELLED: {error}"
    return None


def labelled(folder: Path | None = None) -> list[tuple[Path, str]]:
    """List (path, WordNet id) of every labelled picture of a folder, sorted by name.

    Raises PhotographError where the folder holds fewer than two.
    """
    folder = folder or labelled_folder()
    found = []
    for path in sorted(folder.rglob("*")) if folder else []:
        for text in (path.name, path.parent.name):
            if path.suffix.lower() in SUFFIXES and (match := re.match(r"n\d{8}", text)):
                found.append((path, match[0]))
                break
    if len(found) < 2:
        name = folder.name if folder else "no folder"
        raise PhotographError(f"{name} holds no two pictures named by WordNet ids (n01440764_…).")
    return found
