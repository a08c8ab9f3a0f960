"""A learner's road: `make lab`, lesson 00 in a real browser, a guess, a picture of one's own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import chromium
import numpy as np
import pytest
from PIL import Image
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).parents[1]
START = "my_course/00_start_here.ipynb"
pytestmark = [
    pytest.mark.skipif(
        not (chromium.BROWSER and chromium.DRIVER), reason="needs Chromium and chromedriver"
    ),
    pytest.mark.skipif(
        not Path(sys.prefix, ".ready").is_file(), reason="needs the environment of `make env`"
    ),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a copy of the course, as a fresh clone."""
    copy = tmp_path_factory.mktemp("course")
    for name in ("Makefile", "pyproject.toml", "setup.py", "requirements.lock"):
        shutil.copy2(ROOT / name, copy)
    for name in ("notebooks", "data", "tlcourse"):
        shutil.copytree(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """Start `make lab` there, with settings of its own; yield its link."""
    own = tmp_path_factory.mktemp("jupyter")
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "share"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
        "TLCOURSE_BUILD": str(own / "build"),
    }
    environment.pop("TLCOURSE_HOME", None)
    options = "--no-browser --ServerApp.port=0 --LabApp.expose_app_in_browser=True"
    log = own / "lab.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            ["make", "lab", f"VENV={sys.prefix}", f"LAB_ARGS={options}"],
            cwd=course, env=environment, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    link = re.compile(rf"http://127\.0\.0\.1:\d+/lab/tree/{re.escape(START)}\?token=\w+")
    try:
        deadline = time.monotonic() + 120
        while not (found := link.search(log.read_text())):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield found[0]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    driver = chromium.start(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


def until(browser, script, seconds, what):
    """Wait until a JavaScript expression on the open notebook is true."""
    return WebDriverWait(browser, seconds, poll_frequency=0.5).until(
        lambda driver: driver.execute_script(
            "const panel = window.jupyterapp?.shell.currentWidget;"
            "const cells = panel?.content?.model?.cells;"
            f"return cells ? ({script}) : null;"
        ),
        message=what,
    )


CODE = "Array.from(cells).filter(cell => cell.type === 'code')"


def outputs(browser):
    """Return the outputs of every code cell of the open notebook, as stored."""
    script = f"JSON.stringify({CODE}.map(cell => cell.outputs.toJSON()))"
    return json.loads(until(browser, script, 10, "the outputs"))


def opened(browser, link, name):
    """Open one of the copies, and wait until it has its kernel."""
    browser.get(link.replace(START, f"my_course/{name}"))
    until(browser, f"panel.context.path === 'my_course/{name}'", 90, name)
    until(browser, "panel.sessionContext.session?.kernel?.status === 'idle'", 60, "a kernel")
    assert all(not each for each in outputs(browser))  # nothing gives an answer away


def run(browser, seconds, *commands):
    """Run JupyterLab's commands one after another; no cell may end in an error."""
    calls = [f"() => window.jupyterapp.commands.execute('{command}')" for command in commands]
    chain = "".join(f".then({call})" for call in [*calls, "() => { window.finished = true; }"])
    browser.execute_script(f"window.finished = false; Promise.resolve(){chain};")
    until(browser, "window.finished", seconds, "the cells run")
    shown = [output for cell in outputs(browser) for output in cell]
    assert [output for output in shown if output["output_type"] == "error"] == []
    assert "✗ " not in json.dumps(shown, ensure_ascii=False)
    return shown


def goto(browser, condition):
    """Make the first cell of a kind the active one and scroll to it, as a reader does."""
    browser.execute_script(
        "const panel = window.jupyterapp.shell.currentWidget;"
        f"const index = panel.content.widgets.findIndex(cell => {condition});"
        "panel.content.activeCellIndex = index; return panel.content.scrollToItem(index, 'center');"
    )


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_lesson_00_runs_in_the_learners_copy_and_the_course_stays_as_it_was(lab, browser, course):
    before = contents(course / "notebooks")
    opened(browser, lab, "00_start_here.ipynb")
    run(browser, 240, "notebook:run-all-cells")
    until(browser, f"{CODE}.every(cell => cell.executionCount > 0)", 30, "every cell counted")

    goto(browser, "cell.model.type === 'code' && cell.model.sharedModel.source.includes('.guess(')")
    WebDriverWait(browser, 30).until(
        lambda driver: driver.find_elements(
            By.CSS_SELECTOR, ".widget-slider, .widget-radio-box, .widget-radio"
        ),
        message="a control to guess with",
    )

    run(browser, 30, "docmanager:save")
    until(browser, "!panel.context.model.dirty", 30, "saved")
    saved = json.loads((course / START).read_text(encoding="utf-8"))
    assert any(cell.get("outputs") for cell in saved["cells"])
    assert contents(course / "notebooks") == before


def test_lesson_02_takes_a_picture_of_ones_own(lab, browser, tmp_path):
    opened(browser, lab, "02_imagenet_prediction.ipynb")
    goto(browser, "cell.model.id === '02-upload'")
    run(browser, 240, "notebook:run-all-above", "notebook:run-cell")

    wide = tmp_path / "my_wide_picture.png"
    noise = np.random.default_rng(0).integers(0, 256, (1500, 3000, 3), dtype="uint8")
    Image.fromarray(noise).save(wide)
    assert wide.stat().st_size > 12e6  # a large photograph passes through the server too
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture at all")
    choose(browser, wide)
    until_shown(browser, "img")  # the chart of the new picture
    choose(browser, broken)
    until_shown(browser, "pre", "broken.png is not a picture this course can read")


def choose(browser, path):
    """Scroll to the upload control, and give it a file."""
    goto(browser, "cell.model.id === '02-upload'")
    button = WebDriverWait(browser, 30).until(
        lambda driver: driver.find_element(By.CSS_SELECTOR, "button.widget-upload"),
        message="the upload control",
    )
    # The control opens the system's file dialog through an input that is on no page.
    browser.execute_script(
        "HTMLInputElement.prototype.click = function () {"
        "  this.id = 'chooser'; document.body.append(this); };"
    )
    button.click()
    browser.find_element(By.ID, "chooser").send_keys(str(path))


def until_shown(browser, selector, words=""):
    """Wait until the control's own output has such an element, with these words in it."""

    def shown(driver):
        found = driver.find_elements(By.CSS_SELECTOR, f".widget-output {selector}")
        return any(words in element.text for element in found)

    waiting = WebDriverWait(browser, 60, ignored_exceptions=[StaleElementReferenceException])
    waiting.until(shown, message=f"{selector} {words}")
