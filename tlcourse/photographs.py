"""Photographs that come with the installed libraries, and any picture of the learner's own."""

import io
import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

# No EPS, PDF or other format that starts a program to be read.
SUFFIXES = (".jpeg", ".jpg", ".png", ".webp")
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "PPM")


class PhotographError(ValueError):
    """A picture that cannot be used; notebooks show its one sentence instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"PhotographError: {self}"]


@dataclass(frozen=True)
class Sample:
    """Where a sample photograph lies, and the ImageNet classes that a person would accept."""

    library: str
    file: str
    shows: str
    imagenet: tuple[str, ...] = ()


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


def _folder(library: str) -> Path:
    if library == "skimage":
        import skimage

        return Path(skimage.__file__).parent / "data"
    if library == "sklearn":
        import sklearn

        return Path(sklearn.__file__).parent / "datasets" / "images"
    import matplotlib

    return Path(matplotlib.get_data_path()) / "sample_data"


def sample(name: str) -> np.ndarray:
    """Return a sample photograph as an array (height, width, 3), uint8, 0 to 255, RGB.

    The names are the keys of `SAMPLES`. Raises PhotographError for any other name.
    """
    if name not in SAMPLES:
        raise PhotographError(f"There is no sample {name!r}; there are: {', '.join(SAMPLES)}.")
    return load(_folder(SAMPLES[name].library) / SAMPLES[name].file)


def load(source: str | os.PathLike | bytes, *, name: str | None = None) -> np.ndarray:
    """Read a picture file as an array (height, width, 3), uint8, 0 to 255, RGB.

    Parameters
    ----------
    source : a path, or the file's bytes (as an upload widget gives them).
    name : what to call the picture in an error sentence; by default the path.

    The camera's EXIF rotation is applied; transparency is laid on white; grey, CMYK, palette and
    16-bit pictures become 8-bit RGB; of an animation the first frame is taken.
    Raises PhotographError, in one sentence, for a missing, empty, broken or oversized file and for
    one that is not a picture.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        data, name = bytes(source), name or "this upload"
    else:
        data, name = _read(Path(source), name or str(source)), name or str(source)
    if not data:
        raise PhotographError(f"{name} is empty: save or copy the picture again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning)  # slips in metadata only
            Image.init()
            known = [name for name in FORMATS if name in Image.OPEN]
            with Image.open(io.BytesIO(data), formats=known) as picture:
                picture.load()
                return np.array(_to_rgb(_upright(picture)))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        limit = Image.MAX_IMAGE_PIXELS // 1_000_000
        raise PhotographError(
            f"{name} would unpack to more than {limit} million pixels: save a smaller copy."
        ) from None
    except UnidentifiedImageError:
        raise PhotographError(
            f"{name} is not a picture this course can read: save it as JPEG or PNG "
            "(an iPhone's HEIC too)."
        ) from None
    except Exception as error:  # Pillow's readers raise many kinds on damaged files
        raise PhotographError(
            f"{name} is damaged ({error}): save or copy the picture again."
        ) from None


def _read(path: Path, name: str) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except FileNotFoundError:
        raise PhotographError(f"There is no file {name}: check the spelling.") from None
    except IsADirectoryError:
        raise PhotographError(f"{name} is a folder: name a picture inside it.") from None
    except OSError as error:
        reason = error.strerror or error
        raise PhotographError(f"{name} cannot be read ({reason}): check its rights.") from None


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # damaged EXIF: the pixels are still good
        return picture


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode in ("I", "F") or picture.mode.startswith("I;"):
        values = np.asarray(picture).astype("float64")
        scaled = np.round(np.clip(values / _white(picture.mode, values.max()), 0, 1) * 255)
        return Image.fromarray(scaled.astype("uint8")).convert("RGB")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")


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
