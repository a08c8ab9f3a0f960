"""The net around the notebooks: the rules catch each slip, and nbval catches each mutation."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tlcourse import needs

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import notebooks as tools  # noqa: E402

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSONS = [path for path in NOTEBOOKS if path.name[0].isdigit()]  # the ledger's page is none


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_keeps_the_rules(path):
    assert tools.problems(path) == []


def test_every_notebook_keeps_the_style():
    assert tools.style(NOTEBOOKS) == ""


def test_every_lesson_has_claims_a_control_and_its_parts():
    for path in LESSONS:
        text = "\n".join(cell.source for cell in tools.read(path).cells)
        assert text.count("tlcourse.claim(") >= 4, path.name
        for part in ("Predict first", "Break it", "What older texts say", "In this lesson we",
                     "**References.**", "## Exercises", "<details>"):  # fmt: skip
            assert part in text, f"{path.name} lacks {part!r}"


def lesson(tmp_path, change):
    """Write a small notebook that keeps the rules, after `change` has been made to it."""
    title = nbformat.v4.new_markdown_cell(
        "# 99 · Test\n\n*Runs in about 1 minute on two CPU cores*"
    )
    code = nbformat.v4.new_code_cell("1 + 1", execution_count=1)
    title.id, code.id = "99-title", "99-sum"
    notebook = nbformat.v4.new_notebook(cells=[title, code], metadata=tools.METADATA)
    change(notebook)
    path = tmp_path / "99_test.ipynb"
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


ERROR = nbformat.v4.new_output("error", ename="E", evalue="e", traceback=[])
SLIPS = {
    "title block": lambda nb: nb.cells.pop(0),
    "tell the minutes": lambda nb: nb.cells[0].update(source="# 99 · Test"),
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
}


@pytest.mark.parametrize("words", SLIPS)
def test_each_slip_is_found(words, tmp_path):
    found = tools.problems(lesson(tmp_path, SLIPS[words]))
    assert any(words in problem for problem in found), found


def test_what_keeps_the_rules_passes(tmp_path):
    fine = [output("✓ Two is two."), picture(**{"image/png": {"alt": "Two dots."}})]
    path = lesson(tmp_path, lambda nb: nb.cells[1].update(outputs=fine))
    assert tools.problems(path) == []
    path = lesson(tmp_path, judged(measured=["One is one."], remark="Count."))
    assert tools.problems(path) == []


def test_a_page_that_is_no_lesson_has_its_name_in_its_ids(tmp_path):
    path = lesson(tmp_path, lambda nb: None)
    page = path.with_name("page.ipynb")
    page.write_text(path.read_text(encoding="utf-8").replace("99-", "page-"), encoding="utf-8")
    assert tools.problems(page) == []
    path.rename(page)
    assert any("not page-name-of-the-step" in problem for problem in tools.problems(page))


def test_style_sees_cells_behind_needs(tmp_path):
    source = "%%needs imagenet: a slip\nimport os"
    path = lesson(tmp_path, lambda nb: nb.cells[1].update(source=source))
    assert "F401" in tools.style([path])


def test_executing_cleans_what_is_not_for_readers():
    widget = nbformat.v4.new_output(
        "display_data", data={tools.WIDGET: {"model_id": "random"}, "text/plain": "VBox(...)"}
    )
    log = nbformat.v4.new_output("stream", name="stderr", text="warning")
    metadata = {"execution": {"t": "1"}, "older": [{"says": "One is two."}]}
    cell = nbformat.v4.new_code_cell("x", outputs=[log, widget], metadata=metadata)
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"state": {}}})
    tools.clean(notebook)
    assert notebook.metadata == tools.METADATA
    assert cell.metadata == {"older": [{"says": "One is two."}]}
    assert [out.data for out in cell.outputs] == [
        {"text/plain": "(run this cell to use the control)"}
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "half a minute"), (31, "1 minute"), (61, "1.5 minutes"), (95, "2 minutes")],
)
def test_minutes_are_rounded_up_to_halves(seconds, words):
    assert tools.in_words(seconds) == words


# Each mutant keeps the cells named, and changes one line; `None` is the control, which must pass.
FREEZING = ("01_prebuilt_models", ["begin", "catalogue", "fit", "freeze"])
FEEDING = (
    "02_imagenet_prediction",
    ["begin", "weights", "picture", "crop", "preprocess", "model", "ways-code", "ways-claims"],
)
MUTANTS = {
    "control_01": (*FREEZING, None, None),
    "control_02": (*FEEDING, None, None),
    "unfrozen": (*FREEZING, 'layer.name == "predictions"', "True"),
    "not_preprocessed": (*FEEDING, "return mobilenet_v2.preprocess_input(", "return ("),
    "sign_flipped": (*FEEDING, "== [-1, 1]", "!= [-1, 1]"),
    "claim_reworded": (*FEEDING, "maps black to -1", "maps black to 0"),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """Run nbval over all mutants at once; return mutant → how many cells passed and failed."""
    folder = ROOT / "build" / f"mutants-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (stem, slugs, old, new) in MUTANTS.items():
        notebook = tools.read(ROOT / "notebooks" / f"{stem}.ipynb")
        ids = [f"{stem[:2]}-{slug}" for slug in slugs]
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


def test_lesson_02_reaches_its_accuracy_on_labelled_photographs(tmp_path, monkeypatch):
    """The lesson's own cells, on a folder of ImageNet photographs and MobileNetV2's weights."""
    if reason := needs.REQUIREMENTS["labelled"]():
        pytest.skip(reason)
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path))
    notebook = tools.read(ROOT / "notebooks" / "02_imagenet_prediction.ipynb")
    slugs = [*FEEDING[1], "labelled", "labelled-right"]
    notebook.cells = [cell for cell in notebook.cells if cell.id.removeprefix("02-") in slugs]
    measure = "import json\nprint(json.dumps([top_1, top_5, len(targets)]))"
    notebook.cells.append(nbformat.v4.new_code_cell(measure))
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}
    NotebookClient(notebook, timeout=300, resources=resources).execute()
    top_1, top_5, count = json.loads(notebook.cells[-1].outputs[0].text)
    assert count >= 200
    assert top_1 >= 0.80
    assert top_5 >= 0.93
