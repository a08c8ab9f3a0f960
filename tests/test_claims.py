"""Claims print the same words while they hold, and tell what was measured where they do not."""

import errno
import json
import random
import subprocess
import sys

import numpy as np
import pytest
from filelock import FileLock

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
    told = "measured 44.1 points (interval 39.2 to 48.4) · claimed: at least 30 · 5 runs"
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


DAMAGE = [
    b"", b'[{"half', b"[1]", b"[{}]", b"null", b"7", b"1e999", b'"text"', b'["lesson", "sentence"]',
    b'{"lesson": 1, "sentence": 2}', b"\xff\xfe", b"\x00" * 99, b"[" * 100_000, b"9" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: repr(damage[:20]))
def test_a_damaged_file_is_rewritten(build, damage):
    (build / "claims.json").write_bytes(damage)
    claims.claim("S.", True)
    assert len(stored(build)) == 1


def test_what_is_whole_in_a_damaged_file_stays(build):
    other = {"lesson": "98_other", "sentence": "Kept."}
    odd = {"lesson": {"a": [1]}, "sentence": 5}  # nobody's, but a claim by its keys
    kept = json.dumps([1, None, "lesson sentence", [], other, odd])
    (build / "claims.json").write_text(kept, encoding="utf-8")
    claims.claim("S.", True)
    assert [record["sentence"] for record in stored(build)] == ["Kept.", "S.", 5]
    claims.forget("99_test")
    assert [record["sentence"] for record in stored(build)] == ["Kept.", 5]


def test_words_that_are_no_unicode_stop_no_lesson(build, capsys):
    Session.lesson = "half a \ud83c sign"
    claims.claim("S.", True)
    assert stored(build)[0]["lesson"] == "half a ? sign"


def fails(number, words):
    def fail(*_, **__):
        raise OSError(number, words)

    return fail


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("pathlib.Path.write_bytes", (errno.ENOSPC, "No space left on device")),
        ("pathlib.Path.write_bytes", (errno.EDQUOT, "Disk quota exceeded")),
        ("pathlib.Path.replace", (errno.EROFS, "Read-only file system")),
        ("pathlib.Path.mkdir", (errno.ENOSPC, "No space left on device")),
        ("filelock.FileLock.acquire", (errno.EACCES, "Permission denied")),
        ("filelock.FileLock.acquire", (errno.ENOLCK, "No locks available")),
        ("tlcourse.claims.build_folder", (errno.ENOENT, "No usable temporary directory found")),
    ],
)
def test_what_cannot_be_stored_is_shown_and_told_and_nothing_stops(
    build, monkeypatch, capsys, place, error
):
    claims.claim("Before.", True)
    with monkeypatch.context() as broken:
        broken.setattr(place, fails(*error))
        with pytest.warns(UserWarning, match=f"shown, but not stored in build: {error[1]}"):
            claims.claim("S.", True)
        with pytest.warns(UserWarning, match="not stored"):
            claims.forget("99_test")
    assert capsys.readouterr().out == "✓ Before.\n✓ S.\n"
    assert [record["sentence"] for record in stored(build)] == ["Before."]
    assert not list(build.glob("*.part"))


def test_a_folder_in_its_place_is_told_and_stops_nothing(build, capsys):
    (build / "claims.json").mkdir()
    with pytest.warns(UserWarning, match="not stored in build: Is a directory"):
        claims.claim("S.", True)
    assert capsys.readouterr().out == "✓ S.\n"
    assert sorted(path.name for path in build.iterdir()) == ["claims.json", "claims.lock"]


def test_a_notebook_that_hangs_with_the_lock_keeps_no_other_waiting_for_ever(build, monkeypatch):
    asked = []
    monkeypatch.setattr(
        claims, "FileLock", lambda path, timeout: asked.append(timeout) or FileLock(path, 0.1)
    )
    with FileLock(build / "claims.lock"), pytest.warns(UserWarning, match="not stored"):
        claims.claim("S.", True)
    assert 0 < asked[0] <= 30


def test_a_link_that_another_laid_under_the_old_partial_name_is_not_followed(build, tmp_path):
    (tmp_path / "private").write_text("mine")
    (build / "claims.part").symlink_to(tmp_path / "private")
    claims.claim("S.", True)
    assert (tmp_path / "private").read_text() == "mine"
    assert len(stored(build)) == 1


def test_odd_files_drawn_at_random_stop_no_lesson(build):
    """A seeded fuzzer: pieces of a whole file, cut, doubled, swapped and changed."""
    claims.claim("Whole.", True, value=1.5, interval=(1, 2), seeds=5)
    whole = (build / "claims.json").read_bytes()
    draw = random.Random(0)
    for _ in range(100):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 6)):
            place, end = sorted(draw.choices(range(len(damaged) + 1), k=2))
            pieces = [b"", damaged[place:end] * 2, draw.randbytes(3), b"null", b"[", b'"', b"{}"]
            damaged[place:end] = draw.choice(pieces)
        (build / "claims.json").write_bytes(damaged)
        claims.claim("S.", True)
        assert "S." in [record["sentence"] for record in stored(build)]


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
