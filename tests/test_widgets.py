"""The controls call what they should, and show a first view; test_browser.py plays with one."""

import datetime
import io

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from tlcourse import widgets


def test_choosing_draws_the_choice():
    drawn = []
    control = widgets.chooser(["ResNet50", "VGG16"], lambda option: drawn.append(option))
    assert drawn == ["ResNet50"]
    control.children[0].value = "VGG16"
    assert drawn == ["ResNet50", "VGG16"]


def uploaded(name, content):
    now = datetime.datetime.now(datetime.UTC)
    return {
        "name": name, "type": "", "size": len(content), "content": memoryview(content),
        "last_modified": now,
    }  # fmt: skip


def test_an_upload_becomes_a_photograph():
    drawn = []
    control = widgets.upload(lambda image, name: drawn.append((image, name)))
    stream = io.BytesIO()
    Image.new("L", (4, 3), 7).save(stream, "PNG")
    control.children[0].value = (uploaded("grey.png", stream.getvalue()),)
    ((image, name),) = drawn
    assert name == "grey.png"
    np.testing.assert_array_equal(image, np.full((3, 4, 3), 7, "uint8"))


def test_an_upload_that_is_no_picture_is_told_in_one_sentence():
    control = widgets.upload(lambda image, name: None)
    control.children[0].value = (uploaded("broken.png", b"no picture"),)
    said = control.children[1].outputs[0]["text"]
    assert "broken.png is not a picture this course can read" in said
    assert said.count("\n") == 1


def test_an_upload_may_begin_with_an_example():
    drawn = []
    control = widgets.upload(lambda *picture: drawn.append(picture), example=("pixels", "elephant"))
    assert drawn == [("pixels", "elephant")]
    control.children[0].value = (uploaded("broken.png", b"no picture"),)
    assert drawn == [("pixels", "elephant")]


def test_an_error_in_drawing_is_told():
    with pytest.raises(ZeroDivisionError):
        widgets.chooser([0, 1], lambda option: 1 / option)
    control = widgets.chooser([1, 0], lambda option: 1 / option)
    control.children[0].value = 0
    assert control.children[1].outputs[0]["text"] == "ZeroDivisionError: division by zero"


def test_a_reader_without_a_kernel_sees_the_first_view():
    source = (
        "import matplotlib.pyplot as plt\n"
        "from tlcourse import plots, widgets\n"
        "def draw(option):\n"
        "    print(f'<{option}>')\n"
        "    plots.show(plt.figure(), alt=f'A plot of {option}.')\n"
        "widgets.chooser(['ResNet50', 'VGG16'], draw)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=60).execute()
    ((data,),) = ([output["data"] for output in cell.outputs] for cell in notebook.cells)
    assert data["text/plain"] == "(run this cell to use the control)"
    assert "&lt;ResNet50&gt;" in data["text/html"]
    assert 'alt="A plot of ResNet50."' in data["text/html"]
    assert "VGG16" not in data["text/html"]
