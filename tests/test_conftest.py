"""What nbval compares: everything in the stored profile, the claims alone in another one."""

import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import nbformat
import pytest

import conftest

ROOT = Path(__file__).parents[1]
CLAIM = "from tlcourse.claims import claim\n"
# What says which profile a run has; the course's own would look for weights.
PROFILE = """import os, sys, types
stub = types.SimpleNamespace(profile_name=lambda **_: os.environ["ASKED"], ProfileError=OSError)
sys.modules["tlcourse.lesson"] = stub
"""
# A cell's code, its stored lines, and whether it passes as (imagenet, offline).
CELLS = {
    "same": ('claim("One.", True)', ["✓ One."], (True, True)),
    "other text": ('print("accuracy 41")', ["accuracy 63"], (False, True)),
    "other text, claim": (
        'print("accuracy 41"); claim("One.", True)', ["accuracy 63", "✓ One."], (False, True)
    ),
    "claim fails": ('claim("One.", False)', ["✓ One."], (False, False)),
    "claim missing": ('print("nothing")', ["✓ One."], (False, False)),
    "claim reworded": ('claim("Two.", True)', ["✓ One."], (False, False)),
    "one more claim": (
        'claim("One.", True); claim("Two.", True)', ["✓ One."], (False, True)
    ),
    "new claim fails": ('claim("Two.", False)', [], (False, False)),
    "error": ("1 / 0", [], (False, False)),
}  # fmt: skip
NAMED = {
    "imagenet's own": ('print("✓ One."*0)', ["✓ One."], (False, True)),
    "fails anyway": ('claim("One.", False)', ["✓ One."], (False, False)),
}


def cell(code, lines, **metadata):
    """Return a cell with stored lines, printed ones as a stream and claims as displayed text."""
    make, text = nbformat.v4.new_output, "".join(f"{x}\n" for x in lines if x[0] not in "✓✗")
    outputs = [make("stream", text=text)] * bool(text)
    claims = [line for line in lines if line[0] in "✓✗"]
    outputs += [make("display_data", data={"text/plain": line}) for line in claims]
    return nbformat.v4.new_code_cell(code, outputs=outputs, execution_count=1, metadata=metadata)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """Run nbval over a lesson and a study in both profiles; return (profile, path) → outcomes."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "fixed_profile.py").write_text(PROFILE, encoding="utf-8")
    cells = [cell(CLAIM + code, lines) for code, lines, _ in CELLS.values()]
    cells += [cell(CLAIM + c, lines, profiles=["imagenet"]) for c, lines, _ in NAMED.values()]
    for name in ("notebooks/99_lesson.ipynb", "notebooks/studies/99_study.ipynb"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / name)
    found = {}
    for profile in ("imagenet", "offline"):
        environment = os.environ | {
            "ASKED": profile,
            "PYTHONPATH": str(folder),
            "TLCOURSE_BUILD": str(folder),
            "TLCOURSE_OFFLINE": "1",
        }
        plugins = ["-p", "fixed_profile", "-p", "conftest", "-p", "no:cacheprovider"]
        command = ["-m", "pytest", "--nbval", "-rA", *plugins, str(folder / "notebooks")]
        run = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        for verdict, path, number in re.findall(
            r"^(PASSED|FAILED) .*?(99_\w+)\.ipynb::Cell (\d+)", run.stdout, re.MULTILINE
        ):
            found.setdefault((profile, path), {})[int(number)] = verdict == "PASSED"
        found[profile, "said"] = run.stdout
    return found


NAMES = [*CELLS, *NAMED]
EXPECTED = {name: verdict for name, (_, _, verdict) in (CELLS | NAMED).items()}


@pytest.mark.parametrize("name", NAMES)
def test_in_another_profile_a_lesson_is_compared_by_its_claims(name, verdicts):
    imagenet, offline = EXPECTED[name]
    number = NAMES.index(name)
    assert verdicts["imagenet", "99_lesson"][number] is imagenet
    assert verdicts["offline", "99_lesson"][number] is offline


@pytest.mark.parametrize("name", NAMES)
def test_a_study_is_compared_word_for_word_in_every_profile(name, verdicts):
    for profile in ("imagenet", "offline"):
        assert verdicts[profile, "99_study"][NAMES.index(name)] is EXPECTED[name][0]


def test_a_failure_says_which_claim_and_profile(verdicts):
    said = verdicts["offline", "said"]
    assert "In profile offline this is missing: ✓ One." in said
    assert "In profile offline this claim fails: ✗ One. (not so in this run)" in said


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"null", b"\xff", b'{"98": 3}', b"[" * 9999])
def test_damaged_timings_stop_no_run_and_whole_ones_stay(tmp_path, monkeypatch, damage):
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path))
    monkeypatch.setattr(conftest, "TIMINGS", {"99_lesson": {"seconds": 2}})
    session = types.SimpleNamespace(config=object())
    for content in (b'{"98_other": {"seconds": 1}}', damage):
        (tmp_path / "timings.json").write_bytes(content)
        conftest.pytest_sessionfinish(session)
        kept = json.loads((tmp_path / "timings.json").read_text(encoding="utf-8"))
        assert kept["99_lesson"] == {"seconds": 2}
        assert ("98_other" in kept) is (content is not damage)
    assert not list(tmp_path.glob("*.part"))


def test_timings_are_kept_by_the_path_under_notebooks(monkeypatch):
    monkeypatch.setattr(conftest, "TIMINGS", {})
    for path in ("notebooks/99_lesson.ipynb", "notebooks/studies/99_lesson.ipynb", "build/x.ipynb"):
        report = types.SimpleNamespace(
            nodeid=f"{path}::Cell 0", when="call", duration=2.0, skipped=False, user_properties=[]
        )
        conftest.pytest_runtest_logreport(report)
        conftest.pytest_runtest_logreport(report)
    seconds = {key: entry["seconds"] for key, entry in conftest.TIMINGS.items()}
    assert seconds == {"99_lesson": 4, "studies/99_lesson": 4}
