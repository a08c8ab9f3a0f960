"""`tlcourse doctor`: does this machine carry the course, how fast, and what to do if not."""

import importlib
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import requires, version
from pathlib import Path

import psutil
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tlcourse import data, models, photographs, runtime, weights

PYTHONS = ">=3.11,<3.14"
MEMORY_GIB, DISK_GIB = 3, 1  # a lesson's peak is at most 2.5 GiB
MARKS = {"good": "✓", "advice": "!", "bad": "✗"}


@dataclass(frozen=True)
class Finding:
    """What one check found; `state` is `good`, `advice` (the course still runs) or `bad`."""

    state: str
    detail: str
    way_out: str = ""


def python() -> Finding:
    here = platform.python_version()
    if SpecifierSet(PYTHONS).contains(here, prereleases=True):
        return Finding("good", f"{here} in {runtime.short(Path(sys.prefix))}")
    return Finding("bad", here, f"install a Python {PYTHONS} and run `make lab` again")


def packages() -> Finding:
    wrong = []
    for text in requires("tlcourse") or []:
        need = Requirement(text)
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(need.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{need.name} is missing")
        else:
            if not need.specifier.contains(found, prereleases=True):
                wrong.append(f"{need.name} {found} is not {need.specifier}")
    if wrong:
        way_out = "run `make clean lab`, or `pip install -r requirements.lock`"
        return Finding("bad", "; ".join(wrong), way_out)
    shown = ("tensorflow", "keras", "jupyterlab")
    return Finding("good", ", ".join(f"{name} {version(name)}" for name in shown))


def memory() -> Finding:
    free = psutil.virtual_memory().available / 2**30
    enough = free >= MEMORY_GIB
    way_out = "" if enough else "close other programs or notebooks (Kernel → Shut Down)"
    return Finding("good" if enough else "bad", f"{free:.1f} GiB free", way_out)


def disk() -> Finding:
    free = shutil.disk_usage(runtime.build_folder()).free / 2**30
    enough = free >= DISK_GIB
    way_out = "" if enough else f"free {DISK_GIB} GiB on the disk that holds the course"
    return Finding("good" if enough else "bad", f"{free:.1f} GiB free", way_out)


def device() -> Finding:
    return Finding("good", runtime.device_name())


def training(seconds: float = 2) -> Finding:
    """Train a small network on random images for about two seconds; tell images a second."""
    tf = runtime.load_tensorflow()
    import keras

    images = tf.random.stateless_uniform((64, 32, 32, 3), seed=(0, 0))
    labels = tf.range(64) % 10
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Conv2D(16, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    first = float(model.train_on_batch(images, labels))  # builds the graph; not timed
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        last = float(model.train_on_batch(images, labels))
        steps += 1
    rate = steps * 64 / (time.perf_counter() - start)
    detail = f"{rate:,.0f} images of 32×32 a second"
    if steps and last < first:
        return Finding("good", detail)
    detail = f"the loss did not fall ({first:.3f} → {last:.3f})"
    return Finding("bad", detail, "reinstall with `make clean lab`")


def samples() -> Finding:
    for name in photographs.SAMPLES:
        photographs.sample(name)
    return Finding("good", f"{len(photographs.SAMPLES)} samples can be read")


def tabletop() -> Finding:
    for config in data.configs():
        data.check(config)
    for name in models.NAMES:
        models.check(name)
    return Finding("good", f"{', '.join(data.configs())}; weights: {', '.join(models.NAMES)}")


def imagenet() -> Finding:
    found = weights.status()
    if found.here:
        return Finding("good", found.sentence)
    way_out = f"lesson 02 then skips some cells by name; Keras looks in {weights.shown_folder()}"
    return Finding("advice", found.sentence, way_out)


def network() -> Finding:
    if weights.network_answers():
        return Finding("good", f"{weights.HOST} answers")
    way_out = "nothing in the course needs it; only `tlcourse fetch` does"
    return Finding("advice", f"{weights.HOST} does not answer", way_out)


CHECKS = {
    "Python": python,
    "Packages": packages,
    "Memory": memory,
    "Disk": disk,
    "Device": device,
    "Training": training,
    "Photographs": samples,
    "Tabletop": tabletop,
    "Weights": imagenet,
    "Network": network,
}


def examine(check: Callable[[], Finding]) -> Finding:
    """Run one check; one that breaks becomes a bad finding that tells its error."""
    try:
        return check()
    except Exception as error:
        way_out = "run `make clean lab`" if isinstance(error, ImportError) else "read the message"
        return Finding("bad", f"{type(error).__name__}: {error}", way_out)


def report(checks: dict[str, Callable[[], Finding]] = CHECKS) -> bool:
    """Print a line a check, what to do about each problem, and a closing sentence.

    Returns whether the course can run: whether no check found anything `bad`.
    """
    bad = []
    for title, check in checks.items():
        finding = examine(check)
        print(f"{MARKS[finding.state]} {title:<12} {finding.detail}")
        if finding.way_out:
            print(f"  → {finding.way_out}")
        if finding.state == "bad":
            bad.append(title)
    print(f"To be mended first: {', '.join(bad)}." if bad else "The course can run here.")
    return not bad
