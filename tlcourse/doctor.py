"""`tlcourse doctor`: does this machine carry the course, how fast, and what to do if not."""

import importlib
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from importlib.metadata import requires, version
from pathlib import Path

import psutil
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tlcourse import data, lesson, models, photographs, runtime, weights

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


def _space(free: int, wanted_gib: int, way_out: str) -> Finding:
    said, enough = f"{free / 2**30:.1f} GiB free", free >= wanted_gib * 2**30
    return Finding("good", said) if enough else Finding("bad", said, way_out)


def memory() -> Finding:
    way_out = "close other programs or notebooks (Kernel → Shut Down)"
    return _space(psutil.virtual_memory().available, MEMORY_GIB, way_out)


def disk() -> Finding:
    way_out = f"free {DISK_GIB} GiB on the disk that holds the course"
    return _space(shutil.disk_usage(runtime.build_folder()).free, DISK_GIB, way_out)


def device() -> Finding:
    return Finding("good", runtime.device_name())


def training(seconds: float = 2) -> Finding:
    """Train a small network on random images for about two seconds; tell images a second."""
    tf = runtime.load_tensorflow()
    from keras import Sequential, layers

    images = tf.random.stateless_uniform((64, 32, 32, 3), seed=(0, 0))
    labels = tf.range(64) % 10
    base = [layers.Conv2D(16, 3, activation="relu"), layers.GlobalAveragePooling2D()]
    model = Sequential([*base, layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
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
    try:
        profile = f"lessons run in profile {lesson.profile_name()}"
    except lesson.ProfileError as error:
        return Finding("bad", str(error), "give TLCOURSE_PROFILE another value, or none")
    base, classifier = weights.status("base"), weights.status("classifier")
    if base.here and classifier.here:
        return Finding("good", f"{profile}; {base.sentence}; {classifier.sentence}")
    lacking = classifier if base.here else base
    without = "lesson 02 predicts" if base.here else "lessons run"
    way_out = f"`make fetch` brings them (17 MB); without, {without} on the course's own network"
    return Finding("advice", f"{profile}; {lacking.sentence}", way_out)


def network() -> Finding:
    if weights.network_answers():
        return Finding("good", f"{weights.HOST} answers")
    way_out = "only `make fetch` and the profile photographs need it, once"
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


def summary() -> None:
    """Show on a notebook's page one line about this machine, and folded below it the report."""
    from IPython.display import display

    shown = display(_bundle("Looking at this machine …"), raw=True, display_id=True)
    findings = {}
    for title, check in CHECKS.items():
        shown.update(_bundle(f"Looking at this machine: {title} …"), raw=True)
        findings[title] = examine(check)
    bad = [title for title, finding in findings.items() if finding.state == "bad"]
    line = f"This machine can run the course ({len(CHECKS)} checks)."
    if bad:
        line = f"To be mended first: {', '.join(bad)}. Open the details for the way out."
    shown.update(_bundle(line, findings), raw=True)


def _bundle(line: str, findings: dict[str, Finding] | None = None) -> dict[str, str]:
    """Return a line as text, and as HTML with a finding a row in a fold below it."""
    html = f"<b>{escape(line)}</b>"
    if findings:
        rows = "".join(
            f"<tr><td>{MARKS[finding.state]}</td><td>{title}</td>"
            f'<td style="text-align:left">{escape(finding.detail)}'
            + (f"<br>→ {escape(finding.way_out)}" if finding.way_out else "")
            + "</td></tr>"
            for title, finding in findings.items()
        )
        html = f"<details><summary>{html} Details</summary><table>{rows}</table></details>"
    return {"text/html": html, "text/plain": line}


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
