"""What every test run shares: quiet runtime, nbval's few exceptions, timings of the notebooks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from xdist.scheduler import LoadScopeScheduling

from tlcourse import needs, runtime, weights

# Kernels inherit these: two threads, so that runs on different machines agree as far as they can.
os.environ.update(runtime.ENVIRONMENT, TLCOURSE_THREADS="2")


def pytest_sessionstart(session):
    """Fetch missing weights once where there is a network; kernels then need not try."""
    worker = hasattr(session.config, "workerinput")
    if not worker and not weights.status().here and weights.network_answers():
        subprocess.run([sys.executable, "-m", "tlcourse", "fetch"], check=False)
    os.environ["TLCOURSE_OFFLINE"] = "1"


def pytest_collectstart(collector):
    """Leave out of nbval's comparison what tells nothing: log lines, and HTML beside its text."""
    if collector.__class__.__name__ == "IPyNbFile":
        collector.skip_compare += ("stderr", "text/html")


def pytest_collection_modifyitems(items):
    """Report cells whose `%%needs` is not met as skipped, by name."""
    for item in items:
        if hasattr(item, "cell") and (reason := needs.skip_reason(item.cell.source)):
            item.add_marker(pytest.mark.skip(reason=reason))


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
    if not path.endswith(".ipynb"):
        return
    new = {"seconds": 0, "skipped": 0, "longest_cell": "", "longest_seconds": 0, "peak_mib": 0}
    entry = TIMINGS.setdefault(Path(path).name, new)
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
        old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        path.write_text(json.dumps({**old, **TIMINGS}, indent=1), encoding="utf-8")
