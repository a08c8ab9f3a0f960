"""`tlcourse doctor`: does this machine carry the course, how fast, and what to do if not."""

import importlib
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import requires, version

import psutil
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tlcourse import photographs, runtime, weights

PYTHONS = ">=3.11,<3.14"
MEMORY_GIB, DISK_GIB = 3, 1  # a lesson's peak is at most 2.5 GiB
MARKS = {"good": "✓", "advice": "!", "bad": "✗"}


@dataclass(frozen=True)
class Finding:
    """One line of the report; `state` is `good`, `advice` (the course still runs) or `bad`."""

    title: str
    state: str
    detail: str
    way_out: str = ""

    def __str__(self) -> str:
        line = f"{MARKS[self.state]} {self.title:<12} {self.detail}"
        return line + (f"\n  → {self.way_out}" if self.way_out else "")


def python() -> Finding:
    here = platform.python_version()
    if SpecifierSet(PYTHONS).contains(here, prereleases=True):
        return Finding("Python", "good", f"{here} at {sys.prefix}")
    return Finding("Python", "bad", here, f"install a Python {PYTHONS} and run `make lab` again")


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
        return Finding("Packages", "bad", "; ".join(wrong), way_out)
    shown = ("tensorflow", "keras", "jupyterlab")
    return Finding("Packages", "good", ", ".join(f"{name} {version(name)}" for name in shown))


def memory() -> Finding:
    free = psutil.virtual_memory().available / 2**30
    enough = free >= MEMORY_GIB
    way_out = "" if enough else "close other programs or notebooks (Kernel → Shut Down)"
    return Finding("Memory", "good" if enough else "bad", f"{free:.1f} GiB free", way_out)


def disk() -> Finding:
    free = shutil.disk_usage(runtime.build_folder()).free / 2**30
    enough = free >= DISK_GIB
    way_out = "" if enough else f"free {DISK_GIB} GiB on the disk of {runtime.root()}"
    return Finding("Disk", "good" if enough else "bad", f"{free:.1f} GiB free", way_out)


def device() -> Finding:
    return Finding("Device", "good", runtime.device_name())


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
        return Finding("Training", "good", detail)
    return Finding("Training", "bad", f"the loss did not fall ({first:.3f} → {last:.3f})",
                   "reinstall with `make clean lab`")  # fmt: skip


def data() -> Finding:
    for name in photographs.SAMPLES:
        photographs.sample(name)
    return Finding("Photographs", "good", f"{len(photographs.SAMPLES)} samples can be read")


def imagenet() -> Finding:
    found = weights.status()
    if found.here:
        return Finding("Weights", "good", f"{found.sentence} Folder: {weights.models_folder()}")
    way_out = f"lesson 02 then skips some cells by name; Keras looks in {weights.models_folder()}"
    return Finding("Weights", "advice", found.sentence, way_out)


def network() -> Finding:
    if weights.network_answers():
        return Finding("Network", "good", f"{weights.HOST} answers")
    way_out = "nothing in the course needs it; only `tlcourse fetch` does"
    return Finding("Network", "advice", f"{weights.HOST} does not answer", way_out)


CHECKS = (python, packages, memory, disk, device, training, data, imagenet, network)


def examine(checks: tuple[Callable[[], Finding], ...] = CHECKS) -> list[Finding]:
    """Run every check; one that breaks becomes a bad finding that tells its error."""
    findings = []
    for check in checks:
        try:
            findings.append(check())
        except Exception as error:
            title = check.__name__.capitalize()
            reason = f"{type(error).__name__}: {error}"
            findings.append(Finding(title, "bad", reason, "run `make clean lab`"))
    return findings


def report(checks: tuple[Callable[[], Finding], ...] = CHECKS) -> bool:
    """Print what `examine` finds and a closing sentence; return whether the course can run."""
    findings = examine(checks)
    print(*findings, sep="\n")
    bad = [finding.title for finding in findings if finding.state == "bad"]
    print("The course can run here." if not bad else f"To be mended first: {', '.join(bad)}.")
    return not bad
