"""docs/security.md says what is so: its sentences name tests, and these are among them."""

import ast
import json
import re
from pathlib import Path

import pytest

from tlcourse import cli, savedmodels, weights

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", PAGE)))
WITHOUT = ("Notebooks are programs",)  # true of Jupyter, not of the course
OFF = re.compile(r"--\S*(token|password|disable_check_xsrf|allow_origin|allow_remote)", re.I)


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_the_page_names_exists(file, test):
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_promise_names_its_test():
    promises = re.split(r"^- ", PAGE, flags=re.M)[1:]
    assert len(promises) > 12
    without = [each for each in promises if "::test_" not in each]
    assert [each for each in without if not each.startswith(WITHOUT)] == []


@pytest.mark.parametrize(
    ("asked", "listens"),
    [
        ([], ["--ip=127.0.0.1"]),
        (["--ip=0.0.0.0"], ["--ip=0.0.0.0"]),
        (["--ip", "::"], ["--ip", "::"]),
        (["--ServerApp.ip=10.0.0.1"], ["--ServerApp.ip=10.0.0.1"]),
        (["--zip=1", "--no-browser"], ["--ip=127.0.0.1"]),
    ],
)
def test_the_lab_listens_on_this_machine_alone_unless_told_otherwise(
    monkeypatch, tmp_path, asked, listens
):
    from jupyter_server.serverapp import ServerApp
    from jupyterlab.labapp import LabApp
    from traitlets.config.loader import KVArgParseConfigLoader

    begun = []
    monkeypatch.setattr(LabApp, "launch_instance", begun.extend)
    monkeypatch.setattr(cli, "copy", lambda: tmp_path / "my_course")
    monkeypatch.setattr(weights, "fetch", lambda: weights.Status(True, "here"))
    monkeypatch.setenv("PATH", "/bin")

    class Asked:
        args = asked

    cli.lab(Asked)
    told = [each for each in begun if re.match(r"--(\w+\.)?ip|::", each)]
    assert told == listens
    read = KVArgParseConfigLoader(told, classes=[ServerApp], aliases={"ip": "ServerApp.ip"})
    assert str(read.load_config().ServerApp.ip) == re.split("[= ]", " ".join(listens))[-1]


def test_the_labs_token_stays_on():
    assert [each for each in cli.lab_options(ROOT / "my_course") if OFF.match(each)] == []
    sources = [*ROOT.glob("tlcourse/*.py"), ROOT / "Makefile"]
    assert [path for path in sources if OFF.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(("user", "told"), [(0, True), (1000, False)])
def test_only_root_is_let_in_as_root(monkeypatch, user, told):
    monkeypatch.setattr(cli.os, "geteuid", lambda: user)
    assert ("--allow-root" in cli.lab_options(ROOT / "my_course")) is told


def test_all_that_is_downloaded_comes_over_https():
    for address in (weights.PLACE, weights.CLASS_INDEX_URL, savedmodels.PUBLISHED):
        assert address.startswith("https://")
    sources = [path.read_text(encoding="utf-8") for path in ROOT.glob("tlcourse/*.py")]
    assert [
        text for text in sources if re.search(r"http://(?!www\.w3\.org|127\.0\.0\.1)", text)
    ] == []


def test_safe_mode_is_never_switched_off():
    off = re.compile(r"safe_mode\s*=\s*False|enable_unsafe_deserialization|allow_pickle\s*=\s*True")
    programs = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("t*/*.py")}
    for path in ROOT.glob("notebooks/**/*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        programs[path] = "\n".join(code)
    programs.pop(Path(__file__))
    assert len(programs) > 50
    assert [path.name for path, program in programs.items() if off.search(program)] == []


def test_the_readme_leads_to_the_page():
    assert "(docs/security.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
