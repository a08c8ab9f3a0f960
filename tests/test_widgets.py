"""The controls call what they should with what they should; test_browser.py plays with one."""

import datetime
import io

import numpy as np
import pandas as pd
from PIL import Image

from tlcourse import widgets


def test_choosing_draws_the_choice():
    drawn = []
    control = widgets.chooser(["ResNet50", "VGG16"], lambda option: drawn.append(option))
    assert drawn == ["ResNet50"]
    control.children[0].value = "VGG16"
    assert drawn == ["ResNet50", "VGG16"]


def test_the_table_is_sorted_by_the_chosen_column(monkeypatch):
    shown = []
    monkeypatch.setattr(widgets, "display", lambda table: shown.append(list(table["model"])))
    table = pd.DataFrame({"model": ["b", "a", "c"], "size": [2, 3, 1]})
    column, falling = widgets.sortable(table).children[0].children
    assert shown[-1] == ["a", "b", "c"]
    column.value = "size"
    assert shown[-1] == ["c", "b", "a"]
    falling.value = True
    assert shown[-1] == ["a", "b", "c"]
    assert list(table["model"]) == ["b", "a", "c"]


def uploaded(name, content):
    now = datetime.datetime.now(datetime.UTC)
    return {
        "name": name, "type": "", "size": len(content), "content": memoryview(content),
        "last_modified": now,
    }  # fmt: skip


def test_an_upload_becomes_a_photograph(capsys):
    drawn = []
    control = widgets.upload(lambda image, name: drawn.append((image, name)))
    stream = io.BytesIO()
    Image.new("L", (4, 3), 7).save(stream, "PNG")
    control.children[0].value = (uploaded("grey.png", stream.getvalue()),)
    ((image, name),) = drawn
    assert name == "grey.png"
    np.testing.assert_array_equal(image, np.full((3, 4, 3), 7, "uint8"))


def test_an_upload_that_is_no_picture_is_told_in_one_sentence(capsys):
    control = widgets.upload(lambda image, name: None)
    control.children[0].value = (uploaded("broken.png", b"no picture"),)
    said = capsys.readouterr().out
    assert "broken.png is not a picture this course can read" in said
    assert said.count("\n") == 1
