"""Controls to play with; each shows what the cells above it have already taught."""

import ipywidgets
import pandas as pd
from IPython.display import clear_output, display

from tlcourse import photographs


def sortable(table: pd.DataFrame) -> ipywidgets.Widget:
    """Return a control that shows a table in the order of a chosen column."""
    column = ipywidgets.Dropdown(options=list(table.columns), description="sort by")
    falling = ipywidgets.Checkbox(description="largest first")

    def draw(column, falling):
        display(table.sort_values(column, ascending=not falling))

    output = ipywidgets.interactive_output(draw, {"column": column, "falling": falling})
    return ipywidgets.VBox([ipywidgets.HBox([column, falling]), output])


def chooser(options, draw, *, description: str = "model") -> ipywidgets.Widget:
    """Return a drop-down list over `options`; `draw(option)` shows what belongs to the choice."""
    choice = ipywidgets.Dropdown(options=options, description=description)
    output = ipywidgets.interactive_output(draw, {"option": choice})
    return ipywidgets.VBox([choice, output])


def upload(draw) -> ipywidgets.Widget:
    """Return a control that takes one picture file and calls `draw(image, name)` with it.

    `image` is an array (height, width, 3), uint8, 0 to 255, RGB; a file that cannot be used is told
    in one sentence. The file goes to the notebook's own kernel and nowhere else.
    """
    button = ipywidgets.FileUpload(accept="image/*", multiple=False, description="your picture")
    output = ipywidgets.Output()

    def changed(change):
        with output:
            clear_output(wait=True)
            for file in change["new"]:
                try:
                    draw(photographs.load(file["content"], name=file["name"]), file["name"])
                except photographs.PhotographError as error:
                    print(error)

    button.observe(changed, names="value")
    return ipywidgets.VBox([button, output])
