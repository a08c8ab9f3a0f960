"""Making the weights: both parts run, and a run stopped in the second does not repeat the first."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tlcourse import models

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import pretrain  # noqa: E402


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Two kinds of picture, dark and bright, in place of curio; noise in place of the teacher."""

    def curio(split):
        count = {"train": 32, "validation": 4, "test": 8}[split]
        labels = np.arange(count) % 2
        noise = np.random.default_rng(0).integers(0, 60, (count, 100, 100, 3))
        return (
            (noise + 150 * labels[:, None, None, None]).astype("uint8"),
            labels,
            ["dark", "light"],
        )

    def views(images):
        features = np.random.default_rng(0).normal(size=(2, len(images), 16)).astype("float16")
        return np.stack([images, images]), features

    monkeypatch.setattr(pretrain, "SETS", {"general": (curio, 1)})
    for name, value in {
        "curio": curio, "views": views, "VIEWS": 2, "COMPONENTS": 4, "DISTIL_EPOCHS": 1,
        "BATCH": 16, "BUILD": tmp_path / "build", "OUT": tmp_path / "weights",
    }.items():  # fmt: skip
        monkeypatch.setattr(pretrain, name, value)
    pretrain.BUILD.mkdir()
    return tmp_path


def test_both_parts_are_made_and_the_first_is_not_made_twice(small, monkeypatch):
    whole = pretrain.distil

    def stopped(network, rate, seed):
        raise KeyboardInterrupt

    monkeypatch.setattr(pretrain, "distil", stopped)
    with pytest.raises(KeyboardInterrupt):
        pretrain.main(["general"], epochs=1)
    assert not (small / "weights").exists()  # nothing half done is shipped

    monkeypatch.setattr(pretrain, "distil", whole)
    monkeypatch.setattr(pretrain, "train", stopped)  # a second first part would stop here
    pretrain.main(["general"], epochs=1)
    card = json.loads((small / "weights" / "general.json").read_text(encoding="utf-8"))
    assert card["classes"] == ["dark", "light"]
    assert card["recipe"]["epochs"] == card["then"]["epochs"] == 1
    assert 0 <= card["test_accuracy"] <= 1
    network = models.residual_network(2)
    network.load_weights(small / "weights" / card["file"])
    assert np.isfinite(network.predict(np.zeros((1, 100, 100, 3), "float32"), verbose=0)).all()
    assert not (pretrain.BUILD / "pretrain_first.json").exists()
