"""The page of `tlcourse try`: it answers everybody, breaks at nothing, and tells nobody."""

import asyncio
import base64
import io
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import chromium
import nbformat
import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from typer.testing import CliRunner

from tlcourse import cli, serve

NAMES = ["<b>red</b>", "grün", "🔵 blue", "never"]


class Colours:
    """Stands in for a network: it answers with the red, green and blue of a picture."""

    def predict_on_batch(self, images):
        assert images.shape == (26, 32, 32, 3)
        assert images.dtype == np.float32
        light = images.max(axis=(1, 2)) + 1e-6
        return light, np.pad(light / light.sum(axis=1, keepdims=True), [(0, 0), (0, 1)])


@pytest.fixture(scope="module")
def link():
    """Serve the page from a thread of its own; yield its link."""
    answerer = serve.Answerer(NAMES, 32, 0.8, Colours(), np.eye(3))
    made, started, loop = [], threading.Event(), asyncio.new_event_loop()

    async def begin():
        made.append(serve.listen(answerer))
        started.set()

    def run():
        asyncio.set_event_loop(loop)
        loop.create_task(begin())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(20)
    yield made[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def saved(colour, *, side=(40, 40), kind="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", side, colour).save(stream, kind)
    return stream.getvalue()


def post(link, data, name="a.png", **headers):
    page, token = link.split("/?token=")
    request = urllib.request.Request(
        f"{page}/?name={urllib.parse.quote(name)}", data=data, headers={"X-Token": token, **headers}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


BAD = {
    "nothing.jpg": b"",
    "words.png": b"no picture",
    "half.jpg": saved("red", side=(300, 300), kind="JPEG")[:600],
    "photo.heic": b"\0\0\0\x18ftypheic" + bytes(99),
    "code.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "a\u202eb.gif": b"GIF89a",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_one_sentence(link, name):
    answer = post(link, BAD[name], name)
    assert list(answer) == ["error"]
    assert answer["error"].isprintable()
    assert answer["error"].startswith(name.replace("\u202e", "?") + " ")
    assert answer["error"].endswith(".")


def test_the_three_likeliest_come_with_their_shares_and_a_heat_map(link):
    answer = post(link, saved((200, 50, 0)))
    assert [name for name, _ in answer["likeliest"]] == NAMES[:3]
    np.testing.assert_allclose(
        [share for _, share in answer["likeliest"]], [0.8, 0.2, 0], atol=1e-4
    )
    assert answer["none"] is False


def test_the_heat_map_is_warm_where_covering_costs_most(link):
    image = np.zeros((40, 40, 3), "uint8")
    image[:8, 32:] = (255, 0, 0)  # all its red is in the upper right corner
    image[..., 2] = 100
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PNG")
    heat = post(link, stream.getvalue())["heat"].partition(",")[2]
    heat = np.asarray(Image.open(io.BytesIO(base64.b64decode(heat)))).astype(int)
    assert heat.shape == (32, 32, 3)
    assert heat[2, 29, 1] > heat[29, 2, 1] + 80


def test_what_is_unlike_all_that_it_knows_is_none_of_these(link):
    assert post(link, saved((100, 90, 80)))["none"] is True


def test_many_at_once_each_get_their_own_answer(link):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)] * 20
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda colour: post(link, saved(colour)), colours))
    said = [answer["likeliest"][0][0] for answer in answers]
    assert said == [NAMES[colour.index(255)] for colour in colours]


def refused(request):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    with caught.value as error:
        return error.code


def test_without_the_links_token_or_under_another_name_nothing_answers(link):
    page, token = link.split("?token=")
    request = urllib.request.Request
    assert refused(page) == 403
    assert refused(page + "?token=" + token[:-1]) == 403
    assert refused(request(page, data=saved("red"))) == 403
    assert refused(request(page, data=saved("red"), headers={"X-Token": "wrong"})) == 403
    assert refused(request(link, headers={"Host": "evil.example"})) == 403
    assert link.startswith("http://127.0.0.1:")


def test_the_page_may_load_nothing_from_elsewhere(link):
    with urllib.request.urlopen(link, timeout=30) as answer:
        policy, page = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert not re.search(r"https?://", page)
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", policy)[1]
    assert f'<script nonce="{nonce}">' in page
    assert "MOST_BYTES" not in page


def test_an_upload_over_the_limit_is_not_kept(link, monkeypatch):
    page, token = link.split("/?token=")
    data = io.BytesIO(bytes(serve.MOST_BYTES + 2**20))
    headers = {"X-Token": token, "Content-Length": str(serve.MOST_BYTES + 2**20)}
    with pytest.raises((urllib.error.URLError, ConnectionError)) as caught:
        urllib.request.urlopen(urllib.request.Request(page, data, headers), timeout=30)
    if isinstance(caught.value, urllib.error.HTTPError):
        caught.value.close()
    assert post(link, saved("red"))["likeliest"]  # and it goes on


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    driver = chromium.start(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


def give(browser, path):
    """Give the page a file, as a click on its field does."""
    browser.find_element(By.ID, "file").send_keys(str(path))


def until_said(browser, words):
    WebDriverWait(browser, 30, poll_frequency=0.05).until(
        lambda driver: driver.find_element(By.ID, "said").text == words, message=words
    )


@chromium.needed
def test_fifty_uploads_broken_files_and_a_large_picture(link, browser, tmp_path):
    browser.get(link)
    for number in range(50):
        colour = number % 3
        path = tmp_path / f"{number}.png"
        if number % 5 == 4:
            path.write_bytes(b"no picture")
            words = f"{path.name} is not a picture this course can read"
            give(browser, path)
            WebDriverWait(browser, 30, poll_frequency=0.05).until(
                lambda driver, words=words: driver.find_element(By.ID, "said").text.startswith(
                    words
                )
            )
            assert not browser.find_element(By.ID, "shown").is_displayed()
            continue
        path.write_bytes(saved(tuple(255 * (place == colour) for place in range(3))))
        give(browser, path)
        until_said(browser, f"{NAMES[colour]}, 100 % sure")
    assert len(browser.find_elements(By.CSS_SELECTOR, "#likeliest tr")) == 3
    assert browser.find_elements(By.TAG_NAME, "b") == []  # a class's name is text, not a tag
    assert browser.execute_script("return document.getElementById('heat').naturalWidth") == 32

    large = tmp_path / "sixty megapixels.jpg"
    Image.new("RGB", (10_000, 6_000), "blue").save(large)
    give(browser, large)
    until_said(browser, "🔵 blue, 100 % sure")
    vast = tmp_path / "vast.jpg"
    with vast.open("wb") as file:
        file.truncate(serve.MOST_BYTES + 1)
    give(browser, vast)
    until_said(browser, "vast.jpg is larger than 64 MB: save a smaller copy.")


@chromium.needed
def test_two_people_at_once(link, browser, tmp_path):
    windows, colours = [], ("red", "lime")
    for colour in colours:
        browser.switch_to.new_window("tab")
        browser.get(link)
        windows.append(browser.current_window_handle)
        (tmp_path / f"{colour}.png").write_bytes(saved(colour, side=(2000, 2000)))
    for window, colour in zip(windows, colours, strict=True):
        browser.switch_to.window(window)
        give(browser, tmp_path / f"{colour}.png")
    for window, name in zip(windows, NAMES, strict=False):
        browser.switch_to.window(window)
        until_said(browser, f"{name}, 100 % sure")


def test_a_folder_without_a_model_is_one_sentence(tmp_path):
    (tmp_path / "about.json").write_text("{}")
    for folder, words in (
        (tmp_path, "holds no features.npy"),
        (tmp_path / "gone", "holds no about"),
    ):
        run = CliRunner().invoke(cli.app, ["try", str(folder)])
        assert run.exit_code == 1
        assert words in run.output
        assert "Traceback" not in run.output


def test_a_damaged_model_is_one_sentence(tmp_path):
    (tmp_path / "about.json").write_text('{"class_names": ["a"], "side": 32, "threshold": 0.5}')
    np.save(tmp_path / "features.npy", np.eye(3))
    (tmp_path / "model.keras").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(serve.ModelFolderError, match=r"cannot be used .*again"):
        serve.load(tmp_path)


def test_a_saved_model_answers_and_a_folder_that_does_not_fit_is_refused(tmp_path):
    import keras

    keras.utils.set_random_seed(0)
    inputs = keras.Input((32, 32, 3))
    base = keras.Sequential([keras.layers.Conv2D(8, 3, strides=8, activation="relu")])
    pooled = keras.layers.GlobalAveragePooling2D()(base(keras.layers.Rescaling(1 / 255)(inputs)))
    shares = keras.layers.Softmax()(keras.layers.Dense(3)(pooled))
    model = keras.Model(inputs, shares)
    model.save(tmp_path / "model.keras")
    image = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype="uint8")
    row = keras.Model(inputs, pooled).predict(image[None].astype("float32"), verbose=0)
    np.save(tmp_path / "features.npy", (row / np.linalg.norm(row)).astype("float16"))
    about = {"class_names": ["a", "b", "c"], "side": 32, "threshold": 0.99}
    (tmp_path / "about.json").write_text(json.dumps(about))
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PNG")
    answer = serve.load(tmp_path).answer(stream.getvalue(), "itself")
    said = model.predict(image[None].astype("float32"), verbose=0)[0]
    assert answer["likeliest"][0][0] == "abc"[said.argmax()]
    np.testing.assert_allclose(answer["likeliest"][0][1], said.max(), atol=1e-5)
    assert answer["none"] is False
    assert serve.load(tmp_path).answer(saved("red", side=(32, 32)), "red")["none"] is True
    (tmp_path / "about.json").write_text(json.dumps(about | {"class_names": [*"abcd"]}))
    with pytest.raises(serve.ModelFolderError, match="names are not as many as its answers"):
        serve.load(tmp_path)
    np.save(tmp_path / "features.npy", np.array([{}]))  # an object, which only pickle could read
    with pytest.raises(serve.ModelFolderError, match="ValueError"):
        serve.load(tmp_path)


def test_a_kernel_that_dies_is_one_sentence_and_the_page_stays_for_the_next_try(tmp_path):
    page = tmp_path / "my_pictures.ipynb"
    cells = [nbformat.v4.new_code_cell("import os; os._exit(1)", id="end")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), page)
    before = page.read_bytes()
    with pytest.raises(SystemExit, match=r"^my_pictures.ipynb stopped, its kernel died: .*\.$"):
        cli.execute(page)
    assert page.read_bytes() == before
