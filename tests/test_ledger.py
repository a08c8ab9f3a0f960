"""The ledger tells what the pages tell: no claim missing, none too many, none of other words."""

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import claims as tools  # noqa: E402

import notebooks  # noqa: E402

PAGE = ROOT / "notebooks" / "claims.ipynb"
LESSONS = tools.lessons()


def ledger():
    return json.loads(tools.LEDGER.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", LESSONS, ids=notebooks.key)
def test_the_ledger_has_the_claims_of_the_page_in_its_order(path):
    kept = [row for row in ledger()["claims"] if row["lesson"] == notebooks.key(path)]
    pairs = [(row["sentence"], row["cell"]) for row in kept]
    shown = [(sentence, place["cell"]) for sentence, place in tools.on_page(path).items()]
    assert pairs == shown, f"run {tools.remedy(path)} and `make claims`"


@pytest.mark.parametrize("path", LESSONS, ids=notebooks.key)
def test_the_ledger_has_what_the_metadata_say_of_older_texts(path):
    kept = [row for row in ledger()["older"] if row["lesson"] == notebooks.key(path)]
    assert kept == tools.older(path), "run `make claims`"


def test_the_ledger_is_of_these_lessons_in_their_order():
    order = [notebooks.key(path) for path in LESSONS]
    for rows in ledger().values():
        keys = [row["lesson"] for row in rows]
        assert set(keys) <= set(order)
        assert keys == sorted(keys, key=order.index)
    titles = {notebooks.key(path): notebooks.read(path).cells[0].source for path in LESSONS}
    for row in ledger()["lessons"]:
        assert titles[row["lesson"]].startswith(f"# {row['title']}\n"), "run `make claims`"


def test_every_claim_names_what_it_was_measured_on():
    for row in ledger()["claims"]:
        assert row["profile"] in notebooks.PROFILES


def test_the_page_shows_the_ledger_and_its_links_lead_to_cells():
    code = [cell for cell in notebooks.read(PAGE).cells if cell.cell_type == "code"]
    text = "\n".join(map(notebooks.outputs_text, code))
    shown = set(re.findall(r"\]\(([^)]+)\)", text))
    wanted = [(row["lesson"], row["cell"]) for row in ledger()["claims"] + ledger()["older"]]
    assert {f"{key}.ipynb#cell-id={cell}" for key, cell in wanted} <= shown, "run `make claims`"
    ids = {
        f"{notebooks.key(path)}.ipynb": {cell.id for cell in notebooks.read(path).cells}
        for path in LESSONS
    }
    inside = [link for link in shown if not link.startswith("http")]  # older texts link outwards
    for name, _, cell in (link.partition("#cell-id=") for link in inside):
        assert name in ids
        assert cell in ids[name]
    for row in ledger()["older"]:
        assert row["says"] in text
        assert f"| {row['verdict']} |" in text


def claim_cell(sentence, source=None, **metadata):
    output = nbformat.v4.new_output("stream", text=f"✓ {sentence}\n")
    source = source or f"tlcourse.claim({sentence!r}, True)"
    return nbformat.v4.new_code_cell(source, outputs=[output], metadata=metadata)


def record(sentence, lesson="98_first", **changes):
    figures = {"value": 0.123456, "threshold": 0, "interval": [0.1, 1234.56], "seeds": 5}
    figures |= {"unit": "points", "profile": "imagenet"}
    machine = {"device": "CPU: 2 cores", "tensorflow": "2.21.0"}
    return {"lesson": lesson, "sentence": sentence, "holds": True, **figures, **machine} | changes


OLDER = {"says": "One is two.", "verdict": "refuted"}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A lesson, a lesson with its study, and what they measured; the page is not executed."""
    for name in ("NOTEBOOKS", "LEDGER", "RUN"):
        monkeypatch.setattr(tools, name, tmp_path / name)
    monkeypatch.setattr(notebooks, "execute", lambda prefix: None)
    (tools.NOTEBOOKS / "studies").mkdir(parents=True)
    loop = 'for n in "ab":\n    tlcourse.claim(f"It is {n}.", True)'
    report = nbformat.v4.new_code_cell(
        "doctor.report()",
        outputs=[nbformat.v4.new_output("stream", text="✓ Memory\n")],
        metadata={"tags": ["nbval-ignore-output"]},
    )
    needing = '%%needs labelled: the last\ntlcourse.claim("It is one.", True)'
    write(tools.NOTEBOOKS / "98_first.ipynb", report, claim_cell("It is a.\n✓ It is b.", loop))
    write(tools.NOTEBOOKS / "99_second.ipynb", claim_cell("It is one.", needing, older=[OLDER]))
    write(tools.NOTEBOOKS / "claims.ipynb")
    own = claim_cell("It is real.", measured_in="photographs")
    write(tools.NOTEBOOKS / "studies" / "98_first.ipynb", claim_cell("It is a."), own)
    run(B, A, record("It is one.", "99_second", interval=None), *STUDIED)


def write(path, *cells):
    for number, cell in enumerate(cells):
        cell.id = f"{path.name[:2]}-{number}"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def run(*records):
    tools.RUN.write_text(json.dumps(records), encoding="utf-8")


def make_claims(*prefixes):
    app = tools.typer.Typer()
    app.command()(tools.main)
    return CliRunner().invoke(app, prefixes)


def test_what_is_collected(course):
    assert make_claims().exit_code == 0
    first, second, third, *studied = ledger()["claims"]
    assert [first["sentence"], second["sentence"]] == ["It is a.", "It is b."]
    assert (first["cell"], third["cell"]) == ("98-1", "99-0")
    assert (first["value"], first["interval"]) == (0.1235, [0.1, 1235.0])
    assert first["unit"] == "points"
    assert (third["device"], third["tensorflow"]) == ("CPU: 2 cores", "2.21.0")
    assert [(row["lesson"], row["cell"]) for row in studied] == [(KEY, "98-0"), (KEY, "98-1")]
    pages = [row["lesson"] for row in ledger()["lessons"]]
    assert pages == ["98_first", "99_second", "studies/98_first"]
    (row,) = ledger()["older"]
    assert row["measured"] == [{"sentence": "It is one.", "cell": "99-0"}]
    assert (row["says"], row["verdict"]) == ("One is two.", "refuted")


def test_a_lessons_profile_is_that_of_the_run_and_a_studys_what_it_stands_on(course):
    make_claims()
    profiles = [row["profile"] for row in ledger()["claims"]]
    assert profiles == ["imagenet", "imagenet", "labelled", "offline", "photographs"]


def test_what_another_profile_claims_need_not_be_shown(course):
    source = (
        'if lesson.profile == "photographs":\n    tlcourse.claim("It is far.", True)\n'
        'tlcourse.claim("It is one.", True)'
    )
    write(tools.NOTEBOOKS / "99_second.ipynb", claim_cell("It is one.", source))
    assert make_claims().exit_code == 0


def test_made_twice_it_is_the_same(course):
    make_claims()
    before = tools.LEDGER.read_bytes()
    make_claims()
    assert tools.LEDGER.read_bytes() == before


def test_one_lesson_anew_leaves_the_others(course):
    make_claims()
    run(record("It is one.", "99_second", value=7))
    assert make_claims("99").exit_code == 0
    assert [row["value"] for row in ledger()["claims"]][:3] == [0.1235, 0.1235, 7]


def test_a_study_goes_in_while_other_pages_are_out_of_date(course):
    make_claims()
    write(tools.NOTEBOOKS / "99_second.ipynb", claim_cell("It is new."))
    run(*STUDIED)
    assert make_claims().exit_code == 1
    assert make_claims("studies/98").exit_code == 0
    kept = [row["sentence"] for row in ledger()["claims"] + ledger()["older"] if "sentence" in row]
    assert kept == ["It is a.", "It is b.", "It is one.", "It is a.", "It is real."]
    assert [row["lesson"] for row in ledger()["older"]] == ["99_second"]


def test_nb_names_a_lesson_with_its_studies_or_a_study_alone(course):
    make_claims()
    run(*(record(row["sentence"], row["lesson"], value=7) for row in (A, B, *STUDIED)))
    assert make_claims("studies/98").exit_code == 0
    assert [row["value"] for row in ledger()["claims"]] == [0.1235, 0.1235, 0.1235, 7, 7]
    assert make_claims("98").exit_code == 0
    assert [row["value"] for row in ledger()["claims"]] == [7, 7, 0.1235, 7, 7]


KEY = "studies/98_first"
A, B, ONE = record("It is a."), record("It is b."), record("It is one.", "99_second")
STUDIED = [record("It is a.", KEY), record("It is real.", KEY)]
STALE = {
    "lacks the page's claim “It is b.”": [A, ONE],
    "has “It is c.”, the page has not": [A, B, record("It is c."), ONE],
    "“It is b.” did not hold": [A, {**B, "holds": False}, ONE],
}


@pytest.mark.parametrize("words", STALE)
def test_what_does_not_agree_stops_with_one_sentence(words, course):
    run(*STALE[words])
    result = make_claims()
    assert result.exit_code == 1
    assert not tools.LEDGER.exists()
    (said,) = result.stderr.splitlines()
    assert words in said
    assert said.startswith("98_first: ")
    assert "`make notebooks NB=98`" in said


def test_a_claim_that_was_reworded_after_the_run_is_found(course):
    cell = claim_cell("It is one.", 'tlcourse.claim("It is two.", True)')
    write(tools.NOTEBOOKS / "99_second.ipynb", cell)
    said = make_claims().stderr
    assert "99-0 does not show its claim “It is two.”: run `make notebooks NB=99`" in said


def test_a_stale_study_is_named_as_one(course):
    run(A, B, ONE, STUDIED[0])
    (said,) = make_claims().stderr.splitlines()
    assert said.startswith("studies/98_first: build/claims.json lacks")
    assert "`make notebooks NB=studies/98`" in said


def test_older_texts_in_another_form_stop_it_with_a_sentence(course):
    cell = claim_cell("It is one.", older=[OLDER | {"measured": ["It is two."]}])
    write(tools.NOTEBOOKS / "99_second.ipynb", cell)
    (said,) = make_claims().stderr.splitlines()
    assert said.startswith("99_second: 99-0: `measured` is no list of claims of this lesson")
