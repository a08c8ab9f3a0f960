"""Claims print the same words while they hold, and tell what was measured where they do not."""

import json
import subprocess
import sys

import numpy as np
import pytest

from tlcourse import claims
from tlcourse.runtime import Session


@pytest.fixture(autouse=True)
def build(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path))
    monkeypatch.setattr(Session, "lesson", "99_test")
    return tmp_path


def stored(build):
    return json.loads((build / "claims.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("value", [0.91, 0.99])
def test_a_claim_that_holds_prints_its_words_only(value, capsys):
    claims.claim("It reads nine of ten.", value > 0.9, value=value, threshold=0.9)
    assert capsys.readouterr().out == "✓ It reads nine of ten.\n"


def test_a_failing_claim_tells_value_and_margin(capsys):
    claims.claim("It reads nine of ten.", False, value=0.72, threshold=0.9)
    said = capsys.readouterr().out
    assert said == "✗ It reads nine of ten. (measured 0.72 against 0.9: -0.18)\n"


def test_a_failing_claim_without_value_says_so(capsys):
    claims.claim("The weights are equal.", np.bool_(False))
    assert "✗ The weights are equal. (not so in this run)" in capsys.readouterr().out


@pytest.mark.parametrize("holds", [1, "yes", None, np.array([True, False])])
def test_only_truth_values_are_taken(holds):
    with pytest.raises(TypeError, match="True or False"):
        claims.claim("Something.", holds)


@pytest.fixture
def page(monkeypatch):
    """Collect what a notebook would show."""
    shown = []
    monkeypatch.setattr("IPython.get_ipython", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    return shown


def test_the_page_tells_readers_what_was_measured_and_nbval_the_words_alone(page):
    figures = {"value": 44.123, "threshold": 30, "interval": (39.2, 48.44), "seeds": 5}
    claims.claim("Frozen < tuned.", True, **figures, unit="points")
    (data,) = page
    assert data["text/plain"] == "✓ Frozen < tuned."
    assert "✓</b> Frozen &lt; tuned.<br>" in data["text/html"]
    told = "measured 44.1 points (95 % interval 39.2 to 48.4) · claimed: at least 30 · 5 runs"
    assert told in data["text/html"]
    assert not data["text/html"].startswith("✓")  # the ledger reads the plain line alone


def test_a_claim_without_figures_has_no_second_line(page):
    claims.claim("The same.", True)
    claims.claim("The same.", False)
    assert "<br>" not in page[0]["text/html"]
    assert "not so in this run" in page[1]["text/html"]
    assert "✗</b> The same." in page[1]["text/html"]


def test_what_is_stored(build, monkeypatch):
    monkeypatch.setattr(Session, "profile", "offline", raising=False)
    figures = {"value": np.float32(0.5), "threshold": 0, "interval": (np.float64(0.4), 0.6)}
    claims.claim("S.", np.True_, **figures, seeds=5, unit="points")
    (record,) = stored(build)
    assert record["lesson"] == "99_test"
    assert record["holds"] is True
    assert (record["value"], record["threshold"], record["margin"]) == (0.5, 0, 0.5)
    assert record["interval"] == [0.4, 0.6]
    assert record["seeds"] == 5
    assert (record["unit"], record["profile"]) == ("points", "offline")
    assert record["tensorflow"].startswith("2.")


def test_not_a_number_does_not_break_the_file(build):
    claims.claim("S.", False, value=float("nan"), threshold=1)
    assert stored(build)[0]["value"] == "nan"


def test_a_claim_made_again_replaces_the_former(build):
    claims.claim("S.", True)
    claims.claim("S.", False)
    assert [record["holds"] for record in stored(build)] == [False]


def test_a_lesson_that_begins_forgets_its_own_claims_only(build, monkeypatch):
    claims.claim("Mine.", True)
    monkeypatch.setattr(Session, "lesson", "98_other")
    claims.claim("Another's.", True)
    claims.forget("99_test")
    assert [record["sentence"] for record in stored(build)] == ["Another's."]


@pytest.mark.parametrize("damage", [b'[{"half', b"[1]", b"[{}]", b"null", b"\xff\xfe"])
def test_a_damaged_file_is_rewritten(build, damage):
    (build / "claims.json").write_bytes(damage)
    claims.claim("S.", True)
    assert len(stored(build)) == 1


def test_claims_of_kernels_side_by_side_are_all_kept(build):
    code = (
        "from tlcourse import claims; from tlcourse.runtime import Session; import sys\n"
        "Session.lesson = sys.argv[1]\n"
        "for i in range(20): claims.claim(f'Claim {i}.', True)"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, name], stdout=subprocess.DEVNULL)
        for name in ("one", "two")
    ]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    assert len(stored(build)) == 40
