"""What every test run shares: quiet runtime, nbval's few exceptions, timings of the notebooks."""

import functools
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

from tlcourse import needs, runtime, weights

# Not solved yet, or not filled in yet: so they have no outputs to compare.
collect_ignore = ["notebooks/exercises", "notebooks/templates"]
WIDGET = "application/vnd.jupyter.widget-view+json"  # the id of its model is random

# Kernels inherit these: two threads, so that runs on different machines agree as far as they can.
os.environ.update(runtime.ENVIRONMENT, TLCOURSE_THREADS="2")


def pytest_sessionstart(session):
    """Fetch missing weights once where there is a network; kernels then need not try."""
    worker = hasattr(session.config, "workerinput")
    here = all(weights.status(what).here for what in ("base", "classifier"))
    if not worker and not here and weights.network_answers():
        subprocess.run([sys.executable, "-m", "tlcourse", "fetch"], check=False)
    os.environ["TLCOURSE_OFFLINE"] = "1"


def pytest_collectstart(collector):
    """Leave out of nbval's comparison what tells nothing: log lines, and HTML beside its text."""
    if collector.__class__.__name__ == "IPyNbFile":
        collector.skip_compare += ("stderr", "text/html", WIDGET)


def pytest_collection_modifyitems(items):
    """Report cells whose `%%needs` is not met as skipped; choose what is compared of the others."""
    for item in (item for item in items if hasattr(item, "cell")):
        if reason := needs.skip_reason(item.cell.source):
            item.add_marker(pytest.mark.skip(reason=reason))
        profile = _profile(item.parent)
        if profile not in (None, "imagenet"):  # stored outputs are those of imagenet
            item.compare_outputs = functools.partial(_claims_agree, item, profile)


@functools.cache
def _profile(notebook) -> str | None:
    """Return the profile that a lesson, or its solutions, runs in here; None for other pages."""
    if not notebook.path.name[0].isdigit() or notebook.path.parent.name == "studies":
        return None
    from tlcourse import lesson

    begins = [cell.source for cell in notebook.nb.cells if "tlcourse.begin(" in cell.source]
    try:
        return lesson.profile_name(include_top="include_top=True" in "".join(begins))
    except lesson.ProfileError as error:  # its sentence names the way out
        raise pytest.UsageError(str(error)) from None


def _claims_agree(item, profile, run, stored) -> bool:
    """Compare the claims of a cell alone: none may fail, and none that is stored may be missing.

    A cell whose metadata have `"profiles": ["imagenet"]` may lack its claims in another profile.
    """
    made, wanted = _marked(run), _marked(stored)
    failed = {line for line in made if line.startswith("✗ ")}
    missing = wanted - made if profile in item.cell.metadata.get("profiles", [profile]) else set()
    item.comparison_traceback = [f"In profile {profile} this claim fails: {x}" for x in failed]
    item.comparison_traceback += [f"In profile {profile} this is missing: {x}" for x in missing]
    return not failed and not missing


def _marked(outputs) -> set[str]:
    """Return the lines `✓ …` and `✗ …` of a cell's outputs as plain text."""
    texts = [out.get("text", "") + out.get("data", {}).get("text/plain", "") for out in outputs]
    lines = {line for text in texts for line in text.splitlines()}
    return {line for line in lines if line.startswith(("✓ ", "✗ "))}


def pytest_xdist_make_scheduler(config, log):
    """Keep the cells of one notebook on one worker, in order."""
    return LoadScopeScheduling(config, log)


def _peak_mib(kernel) -> float:
    """Return the largest resident memory that a notebook's kernel has had, in MiB."""
    process = psutil.Process(kernel.km.provisioner.pid)
    status = Path(f"/proc/{process.pid}/status")
    if status.is_file():
        high_water = next(line for line in status.read_text().splitlines() if "VmHWM" in line)
        return int(high_water.split()[1]) / 1024
    return process.memory_info().rss / 2**20


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    kernel = getattr(item.parent, "kernel", None) if hasattr(item, "cell") else None
    if kernel is not None and call.when == "call" and kernel.is_alive():
        report.user_properties.append(("peak_mib", _peak_mib(kernel)))
    return report


TIMINGS: dict[str, dict] = {}


def pytest_runtest_logreport(report):
    """Add up the seconds of a notebook's cells, and keep its longest cell and its memory's peak."""
    path, _, cell = report.nodeid.partition("::")
    if not (path.endswith(".ipynb") and path.startswith("notebooks/")):
        return
    key = path.removeprefix("notebooks/").removesuffix(".ipynb")  # as 05_… and studies/05_…
    new = {"seconds": 0, "skipped": 0, "longest_cell": "", "longest_seconds": 0, "peak_mib": 0}
    entry = TIMINGS.setdefault(key, new)
    entry["seconds"] += report.duration
    entry["skipped"] += report.skipped
    if report.when == "call" and report.duration > entry["longest_seconds"]:
        entry.update(longest_cell=cell, longest_seconds=report.duration)
    peaks = [value for name, value in report.user_properties if name == "peak_mib"]
    entry["peak_mib"] = max([entry["peak_mib"], *peaks])


def pytest_sessionfinish(session):
    """Write build/timings.json, from which `make minutes` takes what README and titles say."""
    if TIMINGS and not hasattr(session.config, "workerinput"):
        path = runtime.build_folder() / "timings.json"
        with FileLock(path.with_suffix(".lock")):  # another run may end at the same time
            whole = json.dumps({**_timings(path), **TIMINGS}, indent=1)
            runtime.put(path, whole.encode())


def _timings(path: Path) -> dict:
    """Return what earlier runs measured; nothing where that is missing or damaged."""
    with suppress(OSError, ValueError, RecursionError, AttributeError):
        old = json.loads(path.read_text(encoding="utf-8"))
        return {key: each for key, each in old.items() if isinstance(each, dict)}
    return {}


@pytest.fixture
def drawn(monkeypatch):
    """Collect figures and their texts instead of displaying them."""
    import matplotlib.pyplot as plt

    from tlcourse import plots

    shown = []
    monkeypatch.setattr(plots, "show", lambda figure, alt, **_: shown.append((figure, alt)))
    yield shown
    plt.close("all")
