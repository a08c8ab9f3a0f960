"""The recipes of tabletop: names and counts here; the drawing itself where Blender is installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlcourse import data

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "data"))
from tabletop import domains, render, sheet  # noqa: E402

RENDER = Path(os.environ.get("RENDER", ROOT / ".render")) / "bin" / "python"
blender = pytest.mark.skipif(
    not RENDER.is_file(), reason="needs Blender's bpy: `make render-env` (Python 3.11)"
)


def test_class_names_are_unique_and_counts_as_promised():
    for config in domains.CONFIGS.values():
        assert len(set(config["classes"])) == len(config["classes"])
        assert set(config["counts"]) <= set(domains.SPLITS)
    lengths = {name: len(config["classes"]) for name, config in domains.CONFIGS.items()}
    assert lengths == {
        "fruit": 20,
        "vegetable": 20,
        "vehicle": 12,
        "noodle": 20,
        "house": 1,
        "fruit_shelf": 20,
        "curio": 100,
    }


def test_a_pictures_random_numbers_depend_on_its_name_alone():
    names = [
        ("fruit", "fig", "train", 3),
        ("fruit", "fig", "test", 3),
        ("fruit", "fig", "train", 4),
        ("fruit", "plum", "train", 3),
        ("fruit_shelf", "fig", "train", 3),
    ]
    draws = [render.generator(*name).random(4).tolist() for name in names]
    assert draws == [render.generator(*name).random(4).tolist() for name in names]
    assert len({tuple(one) for one in draws}) == len(names)


def test_a_picture_that_is_there_is_not_drawn_again(tmp_path):
    before = list(render.tasks("noodle", tmp_path))
    before[0][-1].parent.mkdir(parents=True)
    before[0][-1].write_bytes(b"")
    part = before[1][-1].with_name(".00000.123.png")  # what a killed run leaves
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"half")
    assert list(render.tasks("noodle", tmp_path)) == before[1:]


def test_an_early_look_shows_every_class():
    first = list(render.tasks("fruit", ROOT / "nowhere"))[:20]
    assert {task[1] for task in first} == set(domains.FRUIT)


def test_a_sheet_has_a_row_a_class(tmp_path):
    for name in domains.VEHICLE:
        folder = tmp_path / "vehicle" / "train" / name.replace(" ", "_")
        folder.mkdir(parents=True)
        Image.new("RGBA", (100, 100), "red").save(folder / "00000.png")
    with Image.open(sheet.sheet("vehicle", tmp_path, columns=3)) as page:
        assert page.size == (110 + 3 * 102, 12 * 102)


def draw(config, label, split, index, path):
    code = "import sys, json; from tabletop import render; render.draw(*json.loads(sys.argv[1]))"
    task = json.dumps([config, label, split, index, str(path)])
    environment = os.environ | {"PYTHONPATH": str(ROOT / "data")}
    run = subprocess.run(
        [str(RENDER), "-c", code, task], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    with Image.open(path) as opened:
        return np.asarray(opened), json.loads(opened.text["truth"])


@blender
@pytest.mark.parametrize("config", sorted(set(domains.CONFIGS) - {"curio"}))
def test_the_recipe_draws_the_picture_that_is_shipped(config, tmp_path):
    """Within what JPEG changes; truth and mask as stored."""
    arrays = data.arrays(config, "test")
    name = arrays["file"][0].decode()
    label = name.split("/")[1].replace("_", " ")
    label = next(one for one in domains.CONFIGS[config]["classes"] if one == label)
    pixels, truth = draw(config, label, "test", int(Path(name).stem), tmp_path / "again.png")
    difference = np.abs(pixels[..., :3].astype(int) - arrays["image"][0])
    assert difference.mean() < 4
    assert (pixels[..., 3] == arrays["mask"][0, ..., 0]).mean() > 0.99
    assert np.allclose(np.array(truth["box"]) / 100, arrays["box"][0], atol=0.021)


@blender
def test_the_same_name_gives_the_same_bytes(tmp_path):
    first, _ = draw("curio", "curio 042", "train", 7, tmp_path / "a.png")
    again, _ = draw("curio", "curio 042", "train", 7, tmp_path / "b.png")
    assert first.tobytes() == again.tobytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]
