"""The net around the notebooks: the rules catch each slip, and nbval catches each mutation."""

import asyncio
import json
import os
import re
import subprocess
import sys
import types
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient.exceptions import CellTimeoutError
from typer.testing import CliRunner

from tlcourse import needs, photographs, runtime, weights

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import notebooks as tools  # noqa: E402

NOTEBOOKS = tools.pages()
STUDIES = [path for path in NOTEBOOKS if path.parent.name == "studies"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=tools.key)
def test_every_notebook_keeps_the_rules(path):
    assert tools.problems(path) == []


def test_every_notebook_keeps_the_style():
    assert tools.style(NOTEBOOKS) == ""


@pytest.mark.parametrize("path", STUDIES, ids=tools.key)
def test_every_study_has_claims_and_something_to_compare_with(path):
    text = "\n".join(cell.source for cell in tools.read(path).cells)
    assert text.count("tlcourse.claim(") >= 3
    assert re.search("control|from scratch|untrained|paired", text)
    assert f'tlcourse.begin("{tools.key(path)}"' in text


def study(tmp_path, change):
    """Write a small study that keeps the rules, after `change` has been made to it."""
    title = nbformat.v4.new_markdown_cell(
        "# 99 · Test\n\n*This is a **study**.*\n\n*Runs in about 1 minute on two CPU cores*"
    )
    code = nbformat.v4.new_code_cell("1 + 1", execution_count=1)
    title.id, code.id = "99-title", "99-sum"
    notebook = nbformat.v4.new_notebook(cells=[title, code], metadata=tools.METADATA)
    change(notebook)
    path = tmp_path / "studies" / "99_test.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def output(text):
    return nbformat.v4.new_output("stream", text=text)


def judged(source="tlcourse.claim(…)", **entry):
    """Say in a cell's metadata what an older text asserts, above a claim or above another cell."""
    older = [{"says": "One is two.", "verdict": "refuted"} | entry]

    def change(notebook):
        notebook.cells[1].update(source=source, outputs=[output("✓ One is one.")] * bool(source))
        notebook.cells[1].metadata.update(older=older)

    return change


def picture(**metadata):
    return nbformat.v4.new_output("display_data", data={"image/png": "x"}, metadata=metadata)


def html(*figures):
    return nbformat.v4.new_output("display_data", data={"text/html": "<p>".join(figures)})


def ignored_claim(notebook):
    notebook.cells[1].update(source='tlcourse.claim("One is one.", True)')
    notebook.cells[1].metadata.update(tags=["nbval-ignore-output"], not_compared="a time")


ERROR = nbformat.v4.new_output("error", ename="E", evalue="e", traceback=[])
SLIPS = {
    "first cell is not the title": lambda nb: nb.cells.pop(0),
    "tell the minutes": lambda nb: nb.cells[0].update(source="# 99 · Test"),
    "is a **study**": lambda nb: nb.cells[0].update(source="# 99 · Test"),
    "`measured_in` is none": lambda nb: nb.cells[1].metadata.update(measured_in="the sea"),
    "metadata": lambda nb: nb.metadata.update(widgets={}),
    "in order": lambda nb: nb.cells[1].update(execution_count=2),
    "larger than": lambda nb: nb.cells[0].update(source=nb.cells[0].source + " " * 1_600_000),
    "cell's id": lambda nb: nb.cells[1].update(id="a1b2c3"),
    "path in the source": lambda nb: nb.cells[1].update(source="open('/home/me/x')"),
    "path in the output": lambda nb: nb.cells[1].update(outputs=[output("at /home/me/x")]),
    "more than 25 lines": lambda nb: nb.cells[1].update(source="1\n" * 26),
    "error in the output": lambda nb: nb.cells[1].update(outputs=[ERROR]),
    "claim that fails": lambda nb: nb.cells[1].update(outputs=[output("✗ Two is three.")]),
    "stored as skipped": lambda nb: nb.cells[1].update(outputs=[output("Skipped: x. It needs y.")]),
    "alternative text": lambda nb: nb.cells[1].update(outputs=[picture()]),
    "without a claim": judged(source=""),
    "`older` wants says": judged(says=""),
    "may have measured, remark": judged(who="me"),
    "the verdict on": judged(verdict="wrong"),
    "no list of claims": judged(measured=["One is three."]),
    "a reason go together": lambda nb: nb.cells[1].metadata.update(tags=["nbval-ignore-output"]),
    "is not a claim": ignored_claim,
}


@pytest.mark.parametrize("words", SLIPS)
def test_each_slip_is_found(words, tmp_path):
    found = tools.problems(study(tmp_path, SLIPS[words]))
    assert any(words in problem for problem in found), found


DOTS = '<img src="x" alt="Two dots.">'


@pytest.mark.parametrize("figures", [['<img src="x">'], [DOTS, '<img src="x" alt=" "/>']])
def test_a_figure_in_html_wants_alternative_text_too(figures, tmp_path):
    path = study(tmp_path, lambda nb: nb.cells[1].update(outputs=[html(*figures)]))
    assert [problem for problem in tools.problems(path) if "alternative text" in problem]


def test_what_keeps_the_rules_passes(tmp_path):
    dots = [picture(**{"image/png": {"alt": "Two dots."}}), html(DOTS, DOTS)]
    fine = [output("✓ Two is two."), *dots]
    path = study(tmp_path, lambda nb: nb.cells[1].update(outputs=fine))
    assert tools.problems(path) == []
    path = study(tmp_path, judged(measured=["One is one."], remark="Count."))
    assert tools.problems(path) == []


def test_the_bounds_of_lessons_hold_for_lessons_alone(tmp_path):
    path = study(tmp_path, lambda nb: None)
    assert tools.problems(path) == []
    path = path.rename(tmp_path / path.name)
    assert any("the lesson shows 0 claims" in problem for problem in tools.problems(path))


def test_what_html_repeats_counts_once():
    data = {"text/html": "✓ One is one.\n(here: 1)", "text/plain": "✓ One is one."}
    shown = nbformat.v4.new_output("display_data", data=data)
    cell = nbformat.v4.new_code_cell("tlcourse.claim(…)", outputs=[shown])
    assert tools.outputs_text(cell).strip() == "✓ One is one."
    assert tools.claims_shown(cell) == ["One is one."]


NAMES = ("05_same", "studies/05_same", "studies/05_other", "solutions/05_same", "claims")
MEANT = {
    "": NAMES,
    "05": NAMES[:4],
    "05_same": ("05_same", "studies/05_same", "solutions/05_same"),
    "studies/05": ("studies/05_same", "studies/05_other"),
    "notebooks/05_same.ipynb": ("05_same",),
    "claims": ("claims",),
    "5": (),
}


@pytest.mark.parametrize("prefix", MEANT)
def test_what_nb_means(prefix):
    paths = [tools.NOTEBOOKS / f"{name}.ipynb" for name in NAMES]
    meant = [tools.key(path) for path in paths if tools.means(prefix, path)]
    assert meant == list(MEANT[prefix])


def test_nb_that_means_nothing_is_told_what_there_is(monkeypatch):
    monkeypatch.delenv("TLCOURSE_PROFILE", raising=False)
    run = CliRunner().invoke(tools.app, ["execute", "99"])
    assert run.exit_code == 1
    assert "No notebook begins with '99'; there are: 00_start_here, " in run.stderr
    assert ", studies/10_which_layers" in run.stderr
    assert "TLCOURSE_PROFILE" not in os.environ  # else the tests that follow ask for weights


def test_outputs_are_stored_from_the_profile_imagenet_alone(monkeypatch):
    monkeypatch.setenv("TLCOURSE_PROFILE", "offline")
    run = CliRunner().invoke(tools.app, ["execute", "claims"])
    assert run.exit_code == 1
    assert "unset TLCOURSE_PROFILE" in run.stderr


def test_a_page_that_is_no_lesson_has_its_name_in_its_ids(tmp_path):
    path = study(tmp_path, lambda nb: None)
    page = tmp_path / "page.ipynb"
    page.write_text(path.read_text(encoding="utf-8").replace("99-", "page-"), encoding="utf-8")
    assert tools.problems(page) == []
    path.rename(page)
    assert any("not page-name-of-the-step" in problem for problem in tools.problems(page))


def test_style_sees_cells_behind_needs(tmp_path):
    source = "%%needs imagenet: a slip\nimport os"
    path = study(tmp_path, lambda nb: nb.cells[1].update(source=source))
    assert "F401" in tools.style([path])


def control(text):
    data = {tools.WIDGET: {"model_id": "random"}, "text/plain": text}
    return nbformat.v4.new_output("display_data", data=data)


def test_executing_cleans_what_is_not_for_readers():
    widget = control("VBox(children=(IntSlider(value=0),))")
    log = nbformat.v4.new_output("stream", name="stderr", text="warning")
    metadata = {"execution": {"t": "1"}, "older": [{"says": "One is two."}]}
    ours = control("Your guess (a slider from 0 to 100)")
    cell = nbformat.v4.new_code_cell("x", outputs=[log, widget, ours], metadata=metadata)
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"state": {}}})
    tools.clean(notebook)
    assert notebook.metadata == tools.METADATA
    assert cell.metadata == {"older": [{"says": "One is two."}]}
    assert [out.data for out in cell.outputs] == [
        {"text/plain": "(run this cell to use the control)"},
        {"text/plain": "Your guess (a slider from 0 to 100)"},
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "half a minute"), (31, "1 minute"), (61, "1.5 minutes"), (95, "2 minutes")],
)
def test_minutes_are_rounded_up_to_halves(seconds, words):
    assert tools.in_words(seconds) == words


TITLE = "# 98 · Other\n\n*45 minutes for you, about ? for the machine · next: x*"
MAP = """
| 99 | Test ([study](notebooks/studies/99_test.ipynb), lesson to come) | Why? | ? |
| 99 | [Test](notebooks/studies/99_test.ipynb) | How? | ? |
| 98 | [Other](notebooks/98_other.ipynb) | Who? | 3 minutes |
"""


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """A course of a study and a lesson; returns what `make minutes` says after some timings."""
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(tools, "ROOT", tmp_path)
    monkeypatch.setattr(tools, "NOTEBOOKS", tmp_path)
    path = study(tmp_path, lambda nb: nb.cells[0].update(source=TITLE))
    path.rename(tmp_path / "98_other.ipynb")
    study(tmp_path, lambda nb: None)
    (tmp_path / "README.md").write_text(MAP, encoding="utf-8")

    def make(timings):
        if timings is not None:
            path = runtime.build_folder() / "timings.json"
            path.write_text(json.dumps(timings), encoding="utf-8")
        return CliRunner().invoke(tools.app, ["minutes"])

    return make


def test_minutes_go_to_titles_and_to_every_row_of_the_map(measured, tmp_path):
    keys = {"98_other": 20, "studies/99_test": 80}
    run = measured({key: {"seconds": value, "skipped": 0} for key, value in keys.items()})
    assert run.exit_code == 0, run.output
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\| ([^|]+) \|$", text, re.M) == [*["1.5 minutes"] * 2, "half a minute"]
    titles = [tools.read(tmp_path / f"{key}.ipynb").cells[0].source for key in keys]
    assert "45 minutes for you, about half a minute for the machine · next" in titles[0]
    assert "Runs in about 1.5 minutes on two CPU cores" in titles[1]


def test_minutes_that_were_not_measured_are_left_and_told(measured, tmp_path):
    run = measured(None)
    assert run.exit_code == 1
    assert run.stderr.startswith("No minutes were measured yet: run `make test`")
    run = measured({"98_other": {"seconds": 20, "skipped": 1}})
    assert run.exit_code == 1
    assert "98_other (skipped cells), studies/99_test (was not run)" in run.stderr
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == MAP


def test_damaged_minutes_are_told_in_one_sentence(measured, tmp_path):
    for odd in ([1], {"98_other": 3}, None):
        measured({})
        (tmp_path / "build" / "timings.json").write_text(json.dumps(odd), encoding="utf-8")
        run = measured(None)
        assert run.exit_code == 1
        assert run.stderr == (
            "build/timings.json is damaged: remove it, and run `make test` anew.\n"
        )


@pytest.mark.parametrize(("seconds", "ends"), [(60, False), (0.5, True)])
def test_a_cell_has_its_time_however_often_one_looks_for_its_reply(monkeypatch, seconds, ends):
    """The kernel is pretended, and the clock: a second passes whenever it is read."""
    monkeypatch.setattr(tools, "CELL_SECONDS", seconds)
    cell = nbformat.v4.new_code_cell("1")
    client = tools.Client(nbformat.v4.new_notebook(cells=[cell]), timeout=tools.LOOK_AGAIN)
    clock = iter(range(100))
    monkeypatch.setattr(tools, "time", types.SimpleNamespace(monotonic=lambda: next(clock)))

    async def wait():
        for _ in range(5):
            assert await client._async_handle_timeout(tools.LOOK_AGAIN, cell) is None

    if ends:
        with pytest.raises(CellTimeoutError, match=r"timed out"):
            asyncio.run(wait())
    else:
        asyncio.run(wait())


ODD = [None, 3, "text", [], ["x"], [[]], {}, [{}], [{"says": 1}], [{"measured": "x"}],
       [{"says": "a", "verdict": "upheld", "measured": [[1]]}], [None]]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_metadata_are_told_and_stop_nothing(odd):
    cell = nbformat.v4.new_code_cell("1", id="98-a", metadata={"older": odd})
    told = tools.older_problems(cell, {"A claim."})
    assert all(each.startswith("98-a: ") for each in told)
    assert told or odd in ([], {})


# Each mutant keeps the cells named, and changes one line; `None` is the control, which must pass.
FREEZING = ("studies/05_similar_domains", ["begin", "recipe-pictures", "recipe-top", "freeze"])
TOP = (
    "studies/04_new_classifiers",
    ["begin", "recipe-pictures", "recipe-top", "data-claim", "first-top", "model"],
)
MUTANTS = {
    "control_05": (*FREEZING, None, None),
    "control_04": (*TOP, None, None),
    "unfrozen": (*FREEZING, "base.trainable = False", "base.trainable = True"),
    "not_preprocessed": (*TOP, "model.predict(models.preprocess(images", "model.predict((images"),
    "wrong_labels": (*TOP, "maps[learn], labels[learn])", "maps[learn], labels[learn][::-1])"),
    "sign_flipped": (*FREEZING, "* 300 < counts", "* 300 > counts"),
    "claim_reworded": (*FREEZING, "Fewer than 1 in 300", "Fewer than 1 in 200"),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """Run nbval over all mutants at once; return mutant → how many cells passed and failed."""
    folder = ROOT / "build" / f"mutants-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (key, slugs, old, new) in MUTANTS.items():
        path = tools.NOTEBOOKS / f"{key}.ipynb"
        notebook = tools.read(path)
        ids = [f"{path.name[:2]}-{slug}" for slug in slugs]
        notebook.cells = [cell for cell in notebook.cells if cell.id in ids]
        assert [cell.id for cell in notebook.cells] == ids
        if old:
            places = [cell for cell in notebook.cells if old in cell.source]
            assert len(places) == 1, f"{name}: {old!r} stands in {len(places)} cells"
            places[0].source = places[0].source.replace(old, new)
        tools.write(folder / f"{name}.ipynb", notebook)
    report = tmp_path_factory.mktemp("mutants") / "report.xml"
    environment = {**os.environ, "TLCOURSE_BUILD": str(tmp_path_factory.mktemp("build"))}
    command = ["pytest", "--nbval", "-n", "2", "-q", f"--junitxml={report}", str(folder)]
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert report.is_file(), run.stdout + run.stderr
    counts = {name: [0, 0] for name in MUTANTS}
    for case in ElementTree.parse(report).iter("testcase"):
        name = re.search(r"mutants-\d+[./](\w+)", case.get("classname"))[1]
        failed = case.find("failure") is not None or case.find("error") is not None
        counts[name][failed] += case.find("skipped") is None
    return counts


@pytest.mark.parametrize("name", MUTANTS)
def test_nbval_fails_on_each_mutant_and_on_no_control(name, verdicts):
    passed, failed = verdicts[name]
    if name.startswith("control"):
        assert (passed, failed) == (len(MUTANTS[name][1]), 0)
    else:
        assert failed >= 1
        assert passed >= 1  # the net caught the change, not a lesson that does not start


def test_lesson_02s_three_steps_reach_their_accuracy_on_labelled_photographs():
    """Preprocess, predict, decode, on a folder of ImageNet photographs, in plain Keras."""
    if reason := needs.REQUIREMENTS["labelled"]():
        pytest.skip(reason)
    runtime.load_tensorflow()
    import keras
    from keras.applications import mobilenet_v2

    files = photographs.labelled()
    square = keras.layers.Resizing(224, 224, crop_to_aspect_ratio=True)
    pictures = np.stack([np.array(square(photographs.load(path))) for path, _ in files])
    scaled = mobilenet_v2.preprocess_input(pictures)
    model = mobilenet_v2.MobileNetV2(weights="imagenet")
    likeliest = np.argsort(-model.predict(scaled, verbose=0))
    targets = np.array([weights.class_names()[wordnet][0] for _, wordnet in files])
    right = likeliest == targets[:, np.newaxis]
    assert len(files) >= 200
    assert right[:, 0].mean() >= 0.80
    assert right[:, :5].any(axis=1).mean() >= 0.93
