"""The top floor: begin a lesson, and tell what it stands on."""

import functools
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

from tlcourse import copies, data, evidence, guesses, models, weights
from tlcourse.runtime import Sentence, Session, build_folder, device_name, load_tensorflow

PROFILES = ("imagenet", "offline", "photographs")


class ProfileError(Sentence, RuntimeError):
    """A profile that cannot be had."""


@dataclass(frozen=True)
class Lesson:
    """What a lesson's cells use, the same in every profile.

    `network` is called as a function of `keras.applications` is (`include_top`, `weights`,
    `input_shape`, `pooling`, `classes`); `weights` is the name of its pretrained weights;
    `preprocess_input` takes pictures (…, height, width, 3) of 0 to 255 to the range that it wants;
    `decode_predictions` turns probabilities (n, classes) into names.
    """

    name: str
    profile: str
    network: object
    weights: str
    image_size: tuple[int, int]
    preprocess_input: object
    decode_predictions: object

    guess = staticmethod(guesses.guess)
    reveal = staticmethod(guesses.reveal)
    evidence = staticmethod(evidence.card)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Return (height, width, 3)."""
        return (*self.image_size, 3)

    @property
    def work_folder(self) -> Path:
        """Return the folder for what a lesson writes: `work` beside a learner's copy."""
        copied = Path(copies.RECORD).is_file()
        folder = (Path.cwd() if copied else build_folder()) / "work"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _source(self, tabletop: str, photographs: str) -> tuple[str, str]:
        real = self.profile == "photographs"
        return ("photographs", photographs) if real else ("tabletop", tabletop)

    def pictures(self, *, tabletop: str, photographs: str, per_class: int | None = None,
                 seed: int = 0, batch_size: int = 32):  # fmt: skip
        """Return (train, validation, test), batched `tf.data.Dataset`s with `.class_names`.

        Each batch is (float32 (n, height, width, 3) of 0 to 255, int64 labels (n,)), as from
        `keras.utils.image_dataset_from_directory`. `tabletop` names the course's configuration,
        `photographs` the set of TensorFlow Datasets that takes its place in that profile.
        `seed` chooses which `per_class` training pictures of each class are taken (all by default)
        and their order, anew in each epoch. Validation and test stay the same, in a fixed order.
        Raises DataError for a name that there is not, and where files are missing or damaged.
        """
        kind, name = self._source(tabletop, photographs)
        parts = dict(data.parts(kind, name, image_size=self.image_size))  # kept for all calls
        parts["train"] = data.few(*parts["train"], per_class=per_class, seed=seed)
        return tuple(
            data.dataset(*parts[part], names=data.class_names(kind, name), batch_size=batch_size,
                         seed=seed if part == "train" else None)
            for part in ("train", "validation", "test")
        )  # fmt: skip

    def picture_folder(self, *, tabletop: str, photographs: str, per_class: int = 100) -> Path:
        """Write pictures as `folder/class/0001.jpg` …, once and as a whole; return the folder.

        It lies in `work_folder` and holds up to `per_class` pictures, none from the test,
        of each class, in the form that
        `keras.utils.image_dataset_from_directory` reads. Raises DataError as `pictures` does.
        """
        kind, name = self._source(tabletop, photographs)
        return data.folder(kind, name, per_class=per_class, place=self.work_folder)


def profile_name(*, include_top: bool = False) -> str:
    """Return the profile of this run: what `TLCOURSE_PROFILE` names, else by what is there.

    Without a name it is `imagenet` where the weights lie in Keras's folder, else `offline`.
    Raises ProfileError for another name, and for a named profile whose weights or pictures are
    missing.
    """
    named = os.environ.get("TLCOURSE_PROFILE", "").strip().lower()
    found = weights.status("classifier" if include_top else "base")
    if not named:
        return "imagenet" if found.here else "offline"
    if named not in PROFILES:
        raise ProfileError(f"TLCOURSE_PROFILE is {named!r}; it can be {', '.join(PROFILES)}.")
    if named == "imagenet" and not found.here:
        raise ProfileError(f"TLCOURSE_PROFILE asks for imagenet, but {found.sentence}")
    return named


def _network(profile: str, *, include_top: bool) -> dict:
    """Return of a profile the fields of `Lesson` that belong to its network, and how to call it."""
    from keras import applications

    if profile == "offline":
        name = "fruit" if include_top else "general"
        shown = f"TabletopResNet ({models.IMAGE_SIZE} px), the course's own network"
        if not os.environ.get("TLCOURSE_PROFILE"):
            shown += ", as ImageNet's weights are not here (`make fetch` brings them)"
        return {
            "network": models.TabletopResNet,
            "weights": name,
            "image_size": (models.IMAGE_SIZE, models.IMAGE_SIZE),
            "preprocess_input": models.preprocess_input,
            "decode_predictions": functools.partial(models.decode_predictions, weights=name),
            "shown": shown,
        }
    alpha, side = 0.35, 96
    if include_top:
        alpha, side = 1.0, 224
    elif profile == "photographs":
        alpha, side = 1.0, 224 if device_name().startswith("GPU") else 128
    if profile == "photographs":
        no_top = weights.NO_TOP.format(alpha=alpha, side=side)
        found = weights.status(weights.CLASSIFIER if include_top else no_top)
        if not (found.here or weights.network_answers()):  # Keras would fetch it
            raise ProfileError(f"TLCOURSE_PROFILE asks for photographs, but {found.sentence}")
    return {
        "network": functools.partial(applications.MobileNetV2, alpha=alpha),
        "weights": "imagenet",
        "image_size": (side, side),
        "preprocess_input": applications.mobilenet_v2.preprocess_input,
        "decode_predictions": applications.mobilenet_v2.decode_predictions,
        "shown": f"MobileNetV2 ({alpha}, {side} px) with ImageNet's weights",
    }


def begin(name: str, *, seed: int = 0, include_top: bool = False) -> Lesson:
    """Start a lesson: seeds, determinism, quiet logs; print what this run stands on, in one line.

    Parameters
    ----------
    name : the notebook's path under `notebooks`, without its ending: `"05_similar_domains"`.
    seed : whole number for Python's, NumPy's and TensorFlow's generators.
    include_top : whether the lesson predicts with a network's own top (lesson 02).

    From here on the same seed gives the same bits on the same machine
    (https://www.tensorflow.org/api_docs/python/tf/config/experimental/enable_op_determinism).
    Raises ProfileError where `TLCOURSE_PROFILE` names what cannot be had.
    """
    from tlcourse import claims, needs

    tf = load_tensorflow()
    import keras

    if keras.config.image_data_format() != "channels_last":
        print("Your keras.json asks for channels first; the lessons set channels last.")
        keras.config.set_image_data_format("channels_last")
    # Keras 3.15 says so of every tf.data.Dataset, shuffled or not.
    warnings.filterwarnings("ignore", message="`shuffle=True` was passed")
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    profile = profile_name(include_top=include_top)
    Session.lesson, Session.device, Session.profile = name, device_name(), profile
    claims.forget(name)
    needs.install()
    about = _network(profile, include_top=include_top)
    pictures = "real photographs" if profile == "photographs" else "tabletop's pictures"
    shown = about.pop("shown")
    if name.startswith("studies/"):  # a study says itself which networks it compares
        print(f"A study: the evidence behind a lesson · {Session.device}")
    else:
        print(f"{shown} · {pictures} · {Session.device} · other ways to run this: lesson 00")
    return Lesson(name=name, profile=profile, **about)
