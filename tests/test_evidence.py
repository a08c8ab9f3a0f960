"""A card tells what the ledger tells, and its link leads to the study."""

import base64
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

from tlcourse import evidence

STUDY = "studies/98_test"


def row(sentence, **changes):
    figures = {"value": 44.1, "threshold": 30, "interval": [39.2, 48.4], "seeds": 5}
    rest = {"lesson": STUDY, "cell": "98-claim", "unit": "points", "profile": "offline"}
    return {"sentence": sentence, **figures, **rest} | changes


ROWS = [
    row("Frozen & warm beats scratch by at least 30 points."),
    row("Frozen is quick.", value=None, threshold=None, interval=None, seeds=None),
    row("Tuned.", value=25.6, threshold=0, interval=[25.6, 28.9], profile="photographs"),
    row("Tuned. Twice.", interval=None),
]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with a ledger and a study; the notebook runs in its folder `notebooks`."""
    for name in ("notebooks/studies", "data/results", "tlcourse", "my_course/exercises"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("pyproject.toml", f"notebooks/{STUDY}.ipynb"):
        (tmp_path / name).touch()
    ledger = json.dumps({"claims": ROWS})
    (tmp_path / "data/results/claims.json").write_text(ledger, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setattr("IPython.get_ipython", lambda: True)
    return tmp_path


@pytest.fixture
def shown(course, monkeypatch):
    collected = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: collected.append(data))
    return collected


def test_a_card_tells_sentence_effect_interval_runs_and_world(shown):
    evidence.card(STUDY, "Frozen & warm", also="On photographs < 3 points.")
    (data,) = shown
    assert data["text/plain"] == "Evidence: Frozen & warm beats scratch by at least 30 points."
    page = data["text/html"]
    for words in (
        "Frozen &amp; warm beats scratch",
        "44.1 points (interval 39.2 to 48.4) · claimed: at least 30 · 5 runs",
        "in the lab: the course's own network",
        "On photographs &lt; 3 points.",
        'alt="The interval from 39.2 to 48.4 beside zero and what is claimed, at least 30."',
        f'href="{STUDY}.ipynb#cell-id=98-claim"',
    ):
        assert words in page


def drawing(page):
    code = re.search(r"data:image/svg\+xml;base64,([^\"]+)", page)[1]
    return ElementTree.fromstring(base64.b64decode(code))


def test_the_plot_has_zero_the_bound_the_interval_and_its_value(shown):
    evidence.card(STUDY, "Frozen & warm")
    parts = list(drawing(shown[0]["text/html"]))
    assert [part.text for part in parts if part.tag.endswith("text")] == ["0", "at least 30"]
    (dot,) = (float(part.get("cx")) for part in parts if part.tag.endswith("circle"))
    (bar,) = (part.get("d") for part in parts if part.get("stroke-width") == "7")
    left, right = re.fullmatch(r"M([\d.]+) 30H([\d.]+)", bar).groups()
    assert 50 < float(left) < dot < float(right) <= 350


def test_the_end_of_an_interval_gets_no_dot_and_a_bound_of_zero_no_second_line(shown):
    evidence.card(STUDY, "Tuned.")  # the whole sentence wins over another's beginning
    page = shown[0]["text/html"]
    assert "measured 25.6 to 28.9 points" in page
    assert "real photographs" in page
    kinds = [part.tag.rpartition("}")[2] for part in drawing(page)]
    assert kinds == ["style", "path", "text", "path"]


def test_without_an_interval_there_is_no_plot(shown):
    evidence.card(STUDY, "Frozen is quick.")
    evidence.card(STUDY, "Tuned. Twice.")
    assert "<img" not in shown[0]["text/html"] + shown[1]["text/html"]


@pytest.mark.parametrize(
    ("study", "sentence", "words"),
    [
        (STUDY, "Frozen", "2 claims begin with “Frozen”"),
        (STUDY, "Melted", "no claim begins with “Melted”"),
        ("studies/97_none", "Frozen", "no study 'studies/97_none'"),
    ],
)
def test_what_is_not_there_is_told_in_one_sentence(course, study, sentence, words):
    with pytest.raises(evidence.EvidenceError, match=words) as caught:
        evidence.card(study, sentence)
    (line,) = caught.value._render_traceback_()
    assert line == f"EvidenceError: {caught.value}"
    (course / "data/results/claims.json").unlink()
    with pytest.raises(evidence.EvidenceError, match="is missing"):
        evidence.card(study, sentence)


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("my_course", f"../notebooks/{STUDY}.ipynb"),
        ("my_course/exercises", f"../../notebooks/{STUDY}.ipynb"),
        ("notebooks/studies", "98_test.ipynb"),
    ],
)
def test_the_link_leads_to_the_study_from_where_the_notebook_runs(
    course, shown, monkeypatch, folder, place
):
    monkeypatch.chdir(course / folder)
    evidence.card(STUDY, "Tuned.")
    assert f'href="{place}#cell-id=98-claim"' in shown[0]["text/html"]


def test_from_a_copy_that_has_its_studies_beside_it_the_link_leads_there(
    course, shown, tmp_path_factory, monkeypatch
):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setattr(evidence, "root", lambda: course)
    monkeypatch.chdir(home)
    evidence.card(STUDY, "Tuned.")
    (home / "studies").mkdir()
    (home / f"{STUDY}.ipynb").touch()
    evidence.card(STUDY, "Tuned.")
    assert "href" not in shown[0]["text/html"]
    assert str(course) not in shown[0]["text/html"]
    assert f'href="{STUDY}.ipynb#cell-id=98-claim"' in shown[1]["text/html"]
