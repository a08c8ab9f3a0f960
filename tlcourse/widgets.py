"""Controls to play with; each shows what the cells above it have already taught."""

from html import escape

import ipywidgets
from IPython.utils.capture import capture_output

from tlcourse import photographs

NO_KERNEL = "(run this cell to use the control)"


class Control(ipywidgets.VBox):
    """Controls in a box; a reader without a kernel sees `words`, or the HTML `first` in its place.

    `words` are the plain text that nbval compares. Live, JupyterLab prefers the controls to both.
    """

    def __init__(self, children, *, words=NO_KERNEL, first=""):
        super().__init__(children)
        self.words, self.first = words, first

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options) | {"text/plain": self.words}
        return bundle | {"text/html": self.first} if self.first else bundle


def chooser(options, draw, *, description: str = "model") -> Control:
    """Return a drop-down list over `options`; `draw(option)` shows what belongs to the choice.

    The first option's view is stored in the notebook. Fix the axes in `draw` (`set(xlim=…)`), so
    that choices can be compared.
    """
    choice = ipywidgets.Dropdown(options=options, description=description)
    return _redrawn(lambda: draw(choice.value), [choice], choice)


def upload(draw, *, example: tuple | None = None) -> Control:
    """Return a control that takes one picture file and calls `draw(image, name)` with it.

    `image` is an array (height, width, 3), uint8, 0 to 255, RGB; a file that cannot be used is told
    in one sentence. The file goes to the notebook's own kernel and nowhere else. `example` is an
    (image, name) to begin with, which is also stored in the notebook.
    """
    button = ipywidgets.FileUpload(accept="image/*", multiple=False, description="your picture")

    def show():
        try:
            for file in button.value:
                draw(photographs.load(file["content"], name=file["name"]), file["name"])
        except photographs.PhotographError as error:
            print(error)
        if example and not button.value:
            draw(*example)

    return _redrawn(show, [button], button)


def _redrawn(draw, controls, box) -> Control:
    """Return `box` above what `draw()` shows, now and after each change of one of `controls`."""
    view = ipywidgets.Output()

    def redraw(change):
        try:
            view.outputs = _shown_by(draw)
        except Exception as error:  # else only the browser's log would tell it
            told = f"{type(error).__name__}: {error}"
            view.outputs = ({"output_type": "stream", "name": "stderr", "text": told},)

    for control in controls:
        control.observe(redraw, names="value")
    view.outputs = _shown_by(draw)
    first = "".join(_as_html(output) for output in view.outputs)
    return Control([box, view], first=f"<p><i>{NO_KERNEL}</i></p>{first}" if first else "")


def _shown_by(draw) -> tuple[dict, ...]:
    """Return as a notebook's outputs what `draw()` prints and displays."""
    with capture_output(stderr=False) as captured:
        draw()
    text = {"output_type": "stream", "name": "stdout", "text": captured.stdout}
    rich = [
        {"output_type": "display_data", "data": output.data, "metadata": output.metadata}
        for output in captured.outputs
    ]
    return (*([text] if captured.stdout else []), *rich)


def _as_html(output: dict) -> str:
    data = output.get("data", {"text/plain": output.get("text")})
    return data.get("text/html") or f"<pre>{escape(data['text/plain'])}</pre>"
