"""The doctor tells each problem with its way out, and exits with 0 or 1."""

import sys
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from tlcourse import doctor, shipped
from tlcourse.cli import app
from tlcourse.doctor import Finding


def test_this_machine_is_fit_for_the_course(monkeypatch):
    for name in ("Memory", "Disk"):  # what is free at this moment is not the test's business
        monkeypatch.setitem(doctor.CHECKS, name, lambda: Finding("good", "enough"))
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0, result.output
    assert "The course can run here." in result.output
    assert "images of 32×32 a second" in result.output


def test_a_bad_finding_makes_the_command_fail(monkeypatch):
    monkeypatch.setitem(doctor.CHECKS, "Memory", lambda: Finding("bad", "0.1 GiB", "close some"))
    for name in set(doctor.CHECKS) - {"Memory"}:
        monkeypatch.setitem(doctor.CHECKS, name, lambda: Finding("advice", "so-so"))
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "✗ Memory       0.1 GiB\n  → close some\n" in result.output
    assert "To be mended first: Memory." in result.output


class Shown:
    """What a notebook shows in one place, the latest at the end."""

    def __init__(self):
        self.bundles = []

    def __call__(self, bundle, **options):
        self.update(bundle)
        return self

    def update(self, bundle, **options):
        self.bundles.append(bundle)


@pytest.mark.parametrize(("state", "line"), [
    ("advice", "This machine can run the course (10 checks)."),
    ("bad", "To be mended first: Disk. Open the details for the way out."),
])  # fmt: skip
def test_the_summary_is_one_line_and_folds_the_report(monkeypatch, state, line):
    for name in doctor.CHECKS:
        monkeypatch.setitem(doctor.CHECKS, name, lambda: Finding("good", "fine"))
    monkeypatch.setitem(doctor.CHECKS, "Disk", lambda: Finding(state, "1 < 2 GiB", "tidy up"))
    monkeypatch.setattr("IPython.display.display", shown := Shown())
    doctor.summary()
    assert "Disk" in shown.bundles[4]["text/plain"]  # nothing is silent while it looks
    assert shown.bundles[-1]["text/plain"] == line
    folded = shown.bundles[-1]["text/html"]
    assert folded.startswith("<details><summary>")
    assert "1 &lt; 2 GiB<br>→ tidy up" in folded


def test_a_check_that_breaks_is_a_finding():
    def broken():
        raise OSError("no such disk")

    finding = doctor.examine(broken)
    assert finding.state == "bad"
    assert "no such disk" in finding.detail


def test_a_package_that_cannot_be_imported_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "tlcourse.doctor", None)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "✗ Packages" in result.output
    assert "make clean lab" in result.output


def test_little_memory(monkeypatch):
    little = SimpleNamespace(available=2**30)
    monkeypatch.setattr(doctor.psutil, "virtual_memory", lambda: little)
    assert doctor.memory().state == "bad"
    assert "Shut Down" in doctor.memory().way_out


def test_little_disk(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=2**20))
    assert doctor.disk().state == "bad"


@pytest.mark.parametrize(("found", "state"), [("3.10.4", "bad"), ("3.12.1", "good")])
def test_python_version(monkeypatch, found, state):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: found)
    assert doctor.python().state == state


def test_a_package_of_the_wrong_version_is_named(monkeypatch):
    versions = {"setuptools": "82.0.0"}
    real = doctor.version
    monkeypatch.setattr(doctor, "version", lambda name: versions.get(name) or real(name))
    finding = doctor.packages()
    assert finding.state == "bad"
    assert "setuptools 82.0.0 is not <82,>=77" in finding.detail


def test_missing_weights_and_network_are_advice_only(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
    monkeypatch.delenv("TLCOURSE_PROFILE", raising=False)
    assert doctor.imagenet().state == "advice"
    assert doctor.imagenet().detail.startswith("lessons run in profile offline; ")
    assert doctor.network().state == "advice"


@pytest.fixture
def there(monkeypatch):
    """Choose which weights seem to be here, and what `TLCOURSE_PROFILE` says."""

    def choose(*files, named=None):
        def status(what="classifier"):
            here = what in files
            return doctor.weights.Status(here, f"{what} is here" if here else f"no {what}.")

        monkeypatch.setattr(doctor.weights, "status", status)
        monkeypatch.delenv("TLCOURSE_PROFILE", raising=False)
        if named:
            monkeypatch.setenv("TLCOURSE_PROFILE", named)
        return doctor.imagenet()

    return choose


@pytest.mark.parametrize("profile", ["imagenet", "offline", "photographs"])
def test_both_files_of_weights_and_the_profile_in_use_are_told(there, profile):
    finding = there("base", "classifier", named=profile)
    assert finding.state == "good"
    assert finding.detail == f"lessons run in profile {profile}; base is here; classifier is here"


@pytest.mark.parametrize(
    ("files", "said", "without"),
    [
        (["base"], "profile imagenet; no classifier.", "without, lesson 02 predicts on the"),
        (["classifier"], "profile offline; no base.", "without, lessons run on the"),
        ([], "profile offline; no base.", "without, lessons run on the"),
    ],
)
def test_what_is_missing_of_the_weights_is_advice(there, files, said, without):
    finding = there(*files)
    assert finding.state == "advice"
    assert finding.detail == f"lessons run in {said}"
    assert without in finding.way_out
    assert "`make fetch`" in finding.way_out


@pytest.mark.parametrize(("named", "said"), [("imagnet", "'imagnet'"), ("imagenet", "no base.")])
def test_a_profile_that_cannot_be_had_is_bad(there, named, said):
    finding = there(named=named)
    assert finding.state == "bad"
    assert said in finding.detail
    assert finding.way_out == "give TLCOURSE_PROFILE another value, or none"


def test_the_summary_is_one_line_with_the_report_folded_below(monkeypatch):
    shown = []
    monkeypatch.setattr(
        doctor, "CHECKS", {"Disk": lambda: Finding("bad", "<0.1 GiB>", "free some")}
    )
    handle = SimpleNamespace(update=lambda bundle, raw: shown.append(bundle))
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: handle)
    doctor.summary()
    assert "Disk" in shown[0]["text/plain"]
    last = shown[-1]
    assert last["text/plain"].startswith("To be mended first: Disk.")
    assert "<details>" in last["text/html"]
    assert "&lt;0.1 GiB&gt;<br>→ free some" in last["text/html"]
    doctor.CHECKS["Disk"] = lambda: Finding("good", "enough")
    doctor.summary()
    assert shown[-1]["text/plain"] == "This machine can run the course (1 checks)."


def test_damaged_data_is_told_with_its_way_out(monkeypatch):
    def damaged(config):
        raise shipped.broken(f"data/tfds/{config}", "damaged", doctor.data.DataError)

    monkeypatch.setattr(doctor.data, "check", damaged)
    finding = doctor.examine(doctor.tabletop)
    assert finding.state == "bad"
    assert "git checkout -- data/tfds" in finding.detail
