"""The recipes of tabletop: names and counts here; the drawing itself where Blender is installed."""

import hashlib
import json
import os
import re
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


def draw(*tasks):
    """Draw pictures in Blender's environment; return pixels and truth of each."""
    code = (
        "import sys, json; from tabletop import render\n"
        "for task in json.loads(sys.argv[1]): render.draw(*task)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "data")}
    run = subprocess.run(
        [str(RENDER), "-c", code, json.dumps(tasks)],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    drawn = []
    for *_, path in tasks:
        with Image.open(path) as opened:
            drawn.append((np.asarray(opened), json.loads(opened.text["truth"])))
    return drawn


@blender
@pytest.mark.parametrize("config", sorted(set(domains.CONFIGS) - {"curio"}))
def test_every_class_is_drawn_as_it_is_shipped(config, tmp_path):
    """One picture of each class. Processors differ by a level here and there, masks do not."""
    arrays = data.arrays(config, "test")
    names = [name.decode() for name in arrays["file"]]
    first = {
        name.split("/")[1].replace("_", " "): at for at, name in reversed(list(enumerate(names)))
    }
    assert set(first) == set(domains.CONFIGS[config]["classes"])
    tasks = [
        (config, label, "test", int(Path(names[at]).stem), str(tmp_path / f"{at}.png"))
        for label, at in first.items()
    ]  # fmt: skip
    for (pixels, truth), (label, at) in zip(draw(*tasks), first.items(), strict=True):
        difference = np.abs(pixels[..., :3].astype(int) - arrays["image"][at])
        assert difference.mean() < 4, label  # what JPEG changes
        assert np.median(difference) <= 2, label
        assert (pixels[..., 3] == arrays["mask"][at, ..., 0]).mean() > 0.999, label
        assert np.allclose(np.array(truth["box"]) / 100, arrays["box"][at], atol=0.021), label


@blender
@pytest.mark.parametrize("first", range(0, 100, 25))
def test_every_curio_is_drawn_as_it_was(first, tmp_path):
    """They are not shipped: tests/curio.json holds a hash of each one's mask."""
    labels = domains.CURIO[first : first + 25]
    tasks = [("curio", label, "train", 0, str(tmp_path / f"{label}.png")) for label in labels]
    found = {
        truth["label"]: hashlib.sha256(pixels[..., 3].tobytes()).hexdigest()[:16]
        for pixels, truth in draw(*tasks)
    }
    known = json.loads((ROOT / "tests" / "curio.json").read_text(encoding="utf-8"))
    assert found == {label: known[label] for label in labels}


@blender
def test_the_same_name_gives_the_same_bytes(tmp_path):
    task = ("curio", "curio 042", "train", 7)
    (first, _), (again, _) = draw(
        (*task, str(tmp_path / "a.png")), (*task, str(tmp_path / "b.png"))
    )
    assert first.tobytes() == again.tobytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_a_kinds_module_draws_its_classes_and_no_class_is_lost():
    """Read as text: Blender need not be here."""
    for config in ("fruit", "vegetable"):
        folder = ROOT / "data" / "tabletop" / config
        text = (folder / "__init__.py").read_text(encoding="utf-8")
        rows = re.findall(r'^    "(.+)": (\w+)\.(\w+),$', text, re.M)
        assert sorted(label for label, *_ in rows) == sorted(domains.CONFIGS[config]["classes"])
        for _, module, recipe in rows:
            assert f"def {recipe}(rng, age):" in (folder / f"{module}.py").read_text(
                encoding="utf-8"
            )
