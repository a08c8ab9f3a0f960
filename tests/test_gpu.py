"""`make test-gpu`: what it says, and that no compared output depends on a device's name."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import typer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import gpu  # noqa: E402

import notebooks as pages  # noqa: E402


@pytest.mark.parametrize("path", pages.pages(), ids=pages.key)
def test_no_compared_output_names_a_device(path):
    if pages.key(path) == gpu.LEDGER:
        pytest.skip("it tells from a file on which device each claim was measured")
    assert gpu.devices_named(pages.read(path)) == []


def test_a_device_in_a_compared_output_is_found():
    said = nbformat.v4.new_output("stream", name="stdout", text="GPU: NVIDIA H200\n")
    tags = {"tags": ["nbval-ignore-output"]}
    cells = [
        nbformat.v4.new_code_cell("x", id="05-seen", outputs=[said]),
        nbformat.v4.new_code_cell("x", id="05-tagged", outputs=[said], metadata=tags),
        nbformat.v4.new_code_cell("x", id="05-other"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert gpu.devices_named(notebook) == ["05-seen"]
    assert [cell.id for cell in gpu.compared(notebook)] == ["05-seen", "05-other"]


@pytest.fixture
def asked(monkeypatch):
    """Let nothing run; return the commands that were asked for."""
    commands = []

    def run(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(gpu.subprocess, "run", run)
    return commands


def test_without_a_gpu_it_says_what_it_would_compare(monkeypatch, capsys, asked):
    monkeypatch.setattr(gpu, "gpus", dict)
    gpu.main("05")
    assert "code cells are compared with a CPU's outputs" in capsys.readouterr().out
    assert asked == []


def test_with_a_gpu_its_notebooks_are_run(monkeypatch, asked):
    monkeypatch.setattr(gpu, "gpus", lambda: {"/physical_device:GPU:0": True})
    with pytest.raises(typer.Exit) as ended:
        gpu.main("notebooks/05")
    assert ended.value.exit_code == 3
    assert asked[0][-2:] == ["--nbval", str(ROOT / "notebooks" / "05_similar_domains.ipynb")]


def test_a_gpu_whose_memory_does_not_grow_is_told(monkeypatch, capsys, asked):
    monkeypatch.setattr(gpu, "gpus", lambda: {"/physical_device:GPU:0": False})
    with pytest.raises((SystemExit, typer.Exit)):
        gpu.main("05")
    assert "All memory would be taken of /physical_device:GPU:0" in capsys.readouterr().err
    assert asked == []


def test_each_gpu_is_asked_whether_its_memory_grows(monkeypatch):
    here = [SimpleNamespace(name=f"/physical_device:GPU:{number}") for number in range(2)]
    config = SimpleNamespace(
        list_physical_devices=lambda kind: here if kind == "GPU" else [],
        experimental=SimpleNamespace(get_memory_growth=lambda one: one is here[0] or None),
    )
    monkeypatch.setattr(gpu.runtime, "load_tensorflow", lambda: SimpleNamespace(config=config))
    assert gpu.gpus() == {"/physical_device:GPU:0": True, "/physical_device:GPU:1": False}
