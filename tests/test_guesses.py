"""A guess waits for nobody, is kept when it is made, and stands beside what was measured."""

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbclient import NotebookClient

from tlcourse import guesses, page, plots


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """Forget former questions; collect controls, figures and sentences that would be displayed."""
    collected = []
    monkeypatch.setattr(guesses, "_asked", {})
    monkeypatch.setattr(guesses, "get_ipython", lambda: True)
    monkeypatch.setattr(guesses, "display", collected.append)
    monkeypatch.setattr(plots, "show", lambda figure, alt: collected.append((figure, alt)))
    monkeypatch.setattr(page, "put", lambda text, html: collected.append((text, html)))
    yield collected
    plt.close("all")


def ask(**options):
    guesses.guess("scratch", "How many of 100?", **({"low": 0, "high": 100, "unit": "%"} | options))


def test_without_a_person_the_guess_stays_open(shown):
    ask()
    guesses.reveal({"scratch": 23.0})
    _, (figure, alt), (plain, html) = shown
    assert alt == "Bars: scratch; a triangle marks each guess."
    assert plain == "Your guess beside what was measured."
    assert html == "<p>scratch: <b>23 %</b>. No guess this time.</p>"
    assert figure.axes[0].lines[:] == []


def test_a_moved_slider_is_a_guess_even_back_at_its_first_place(shown):
    ask()
    _, slider, said = shown[0].children
    assert said.value == "No guess yet."
    slider.value = 40
    assert said.value == "Your guess: 40 %"
    slider.value = 0
    guesses.reveal({"scratch": 23.0})
    assert "you guessed 0 %, measured <b>23 %</b>." in shown[-1][1]


def test_the_triangle_stands_at_the_guess_on_a_fixed_axis(shown):
    ask()
    shown[0].children[1].value = 40
    guesses.reveal({"scratch": 23.0})
    axes = shown[1][0].axes[0]
    assert axes.get_xlim() == (0, 100)
    assert list(axes.lines[0].get_xdata()) == [40]
    assert axes.lines[0].get_marker() == "v"
    assert axes.patches[0].get_width() == 23


def test_the_bar_of_a_difference_begins_at_zero(shown):
    ask(low=-20, high=30)
    guesses.reveal({"scratch": 5.0})
    bar = shown[1][0].axes[0].patches[0]
    assert (bar.get_x(), bar.get_width()) == (0, 5)
    guesses.reveal({"scratch": -5.0})
    axes = shown[3][0].axes[0]
    assert (axes.patches[0].get_width(), axes.texts[0].get_position()[0]) == (-5, 0)  # beside it


def test_words_that_nbval_compares_hold_nothing_measured(shown):
    for measured in (23.4, 71):
        ask()
        guesses.reveal({"scratch": measured})
    assert shown[1][1] == shown[4][1]
    assert shown[2][0] == shown[5][0]


def test_keys_of_one_scale_share_a_figure(shown):
    ask()
    guesses.guess("frozen", "And frozen?", low=0, high=100, unit="%")
    guesses.guess("seconds", "How long?", low=0, high=3, unit="s")
    guesses.reveal({"scratch": 23, "frozen": 61, "seconds": 0.5})
    alts = [item[1] for item in shown if isinstance(item, tuple) and item[1].startswith("Bars")]
    assert alts == [
        "Bars: scratch, frozen; a triangle marks each guess.",
        "Bars: seconds; a triangle marks each guess.",
    ]


def test_choices_are_radio_buttons_with_none_chosen(shown):
    guesses.guess("mistake", "Which is worse?", choices=["BGR", "scaling"])
    buttons = shown[0].children[1]
    assert buttons.value is None
    guesses.reveal({"mistake": "scaling"})
    assert shown[-1] == ("Answer: mistake", "<p>mistake: <b>scaling</b>. No guess this time.</p>")
    buttons.value = "BGR"
    guesses.reveal({"mistake": "scaling"})
    assert shown[-1][1] == "<p>mistake: you said BGR; it is <b>scaling</b>.</p>"
    buttons.value = "scaling"
    guesses.reveal({"mistake": "scaling"})
    assert shown[-1][1] == "<p>mistake: you said scaling, and it is <b>scaling</b>.</p>"


def test_a_cell_run_again_keeps_the_guess(shown):
    ask()
    shown[0].children[1].value = 40
    ask()
    assert shown[1].children[1].value == 40
    ask(high=50)  # another question: the old guess says nothing about it
    assert shown[2].children[2].value == "No guess yet."


def test_an_unknown_key_is_told_in_one_sentence():
    with pytest.raises(LookupError, match="No guess is kept as 'tuned': run the cell"):
        guesses.reveal({"tuned": 3})


def test_a_question_needs_a_range_or_choices():
    with pytest.raises(ValueError, match="needs low and high, or choices"):
        guesses.guess("scratch", "How many?", low=0)


def test_a_run_without_a_browser_stores_the_question_for_readers_and_nbval():
    source = (
        "from tlcourse import guesses\n"
        "guesses.guess('scratch', 'How many of 100 & more?', low=0, high=100, unit='%')\n"
        "guesses.reveal({'scratch': 23})"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=60).execute()
    control, bars, sentence = (output["data"] for output in notebook.cells[0].outputs)
    assert control["text/plain"] == "Your guess: How many of 100 & more?"
    assert "How many of 100 &amp; more?" in control["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in control
    assert bars["text/plain"] == "Bars: scratch; a triangle marks each guess."
    assert 'alt="Bars: scratch; a triangle marks each guess."' in bars["text/html"]
    assert sentence["text/plain"] == "Your guess beside what was measured."
