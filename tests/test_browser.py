"""A person's road: `make lab`, lesson 02 in a real browser, every cell run, the control used."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).parents[1]
LESSON = "notebooks/02_imagenet_prediction.ipynb"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs Chromium and chromedriver"),
    pytest.mark.skipif(
        not Path(sys.prefix, ".ready").is_file(), reason="needs the environment of `make env`"
    ),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start `make lab` in a copy of the course, so that saving changes nothing; yield its link."""
    copy = tmp_path_factory.mktemp("course")
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy2(ROOT / name, copy)
    for name in ("notebooks", "data", "tlcourse"):
        shutil.copytree(ROOT / name, copy / name)
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(copy / "config"),
        "JUPYTER_DATA_DIR": str(copy / "share"),
        "JUPYTER_RUNTIME_DIR": str(copy / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(copy / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(copy / "workspaces"),
        "IPYTHONDIR": str(copy / "ipython"),
    }
    options = "--no-browser --ServerApp.port=0 --LabApp.expose_app_in_browser=True"
    log = copy / "lab.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            ["make", "lab", f"VENV={sys.prefix}", f"LAB_ARGS={options}"],
            cwd=copy, env=environment, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    link = re.compile(
        r"http://127\.0\.0\.1:(\d+)/lab/tree/notebooks/00_start_here\.ipynb\?token=\w+"
    )
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
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic",
        "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--window-size=1300,1000",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):  # fmt: skip
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
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


def test_lesson_02_runs_in_the_browser_and_its_control_reacts(lab, browser, tmp_path):
    browser.get(lab.replace("notebooks/00_start_here.ipynb", LESSON))
    until(browser, "panel.context.path.endsWith('02_imagenet_prediction.ipynb')", 90, "the lesson")
    until(browser, "panel.sessionContext.session?.kernel?.status === 'idle'", 60, "a kernel")
    browser.execute_script("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    until(browser, f"{CODE}.every(cell => cell.outputs.length === 0)", 30, "no outputs")
    browser.execute_script(
        "window.finished = false; window.jupyterapp.commands.execute('notebook:run-all-cells')"
        ".then(() => { window.finished = true; })"
    )
    until(browser, "window.finished", 240, "all cells run")
    until(browser, f"{CODE}.every(cell => cell.executionCount > 0)", 30, "every cell counted")

    kinds = [output["output_type"] for cell in outputs(browser) for output in cell]
    assert "error" not in kinds
    text = json.dumps(outputs(browser), ensure_ascii=False)
    assert "✓ MobileNetV2's preprocessing maps black to -1 and white to 1." in text
    assert "✗" not in text

    wide = tmp_path / "my_wide_picture.png"
    noise = np.random.default_rng(0).integers(0, 256, (1500, 3000, 3), dtype="uint8")
    Image.fromarray(noise).save(wide)
    assert wide.stat().st_size > 12e6  # a large photograph passes through the server too
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture at all")
    choose(browser, wide)
    until_shown(browser, "img")  # all outputs were cleared: this is the chart of the new picture
    choose(browser, broken)
    until_shown(browser, "pre", "broken.png is not a picture this course can read")


def choose(browser, path):
    """Scroll to the upload control, as a reader does, and give it a file."""
    browser.execute_script(
        "const panel = window.jupyterapp.shell.currentWidget;"
        "const index = panel.content.widgets.findIndex(cell => cell.model.id === '02-upload');"
        "panel.content.activeCellIndex = index; return panel.content.scrollToItem(index, 'center');"
    )
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
