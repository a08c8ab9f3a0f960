"""`tlcourse try`: a page on this machine alone that says what a picture shows."""

import asyncio
import base64
import hmac
import io
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import tornado.httpserver
import tornado.netutil
import tornado.web
from PIL import Image

from tlcourse import photographs
from tlcourse.runtime import Sentence, load_tensorflow, root, short

MOST_BYTES = 64 * 2**20  # of an upload
GRID = 5  # squares a side of the heat map
ALLOWED = (
    "default-src 'none'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; script-src 'nonce-{0}'; style-src 'nonce-{0}'"
)


class ModelFolderError(Sentence, Exception):
    """A folder that holds no model to ask."""


@dataclass(frozen=True)
class Answerer:
    """A trained model: `network` gives its features (n, c) and shares (n, classes) of pictures."""

    names: list[str]
    side: int
    threshold: float
    network: object
    known: np.ndarray  # features of training pictures, (m, c), each of length 1

    def answer(self, data: bytes, name: str) -> dict:
        """Return what the page shows of a picture's file; an `error` is one sentence."""
        try:
            image = photographs.square(data, self.side, name=name)
        except photographs.PhotographError as error:
            return {"error": str(error)}
        features, shares = self.network.predict_on_batch(_covered(image).astype("float32"))
        best, likeness = np.argsort(-shares[0])[:3], self.known @ features[0]
        lost = np.maximum(shares[0, best[0]] - shares[1:, best[0]], 0).reshape(GRID, GRID)
        warm = Image.fromarray((255 * lost / max(lost.max(), 1e-9)).astype("uint8"))
        warm = matplotlib.colormaps["inferno"](np.asarray(warm.resize(image.shape[:2])))
        return {
            "likeliest": [[self.names[place], float(shares[0, place])] for place in best],
            "none": bool(likeness.max() < self.threshold * np.linalg.norm(features[0])),
            "picture": _png(image),
            "heat": _png((127 * warm[..., :3] + image / 2).astype("uint8")),
        }


def _covered(image) -> np.ndarray:
    """Return a picture, and it once more for each square that is covered in its mean colour."""
    made = np.stack([image] * (1 + GRID**2))
    ends = np.linspace(0, len(image), GRID + 1).astype(int)
    for number in range(GRID**2):
        row, column = divmod(number, GRID)
        rows, columns = slice(*ends[row : row + 2]), slice(*ends[column : column + 2])
        made[1 + number, rows, columns] = image.mean(axis=(0, 1))
    return made


def _png(image) -> str:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def load(folder: Path) -> Answerer:
    """Load the `model.keras` and `about.json` that `my_pictures.ipynb` saved; run no code of them.

    Raises ModelFolderError, in one sentence, where they are missing, damaged or of another make.
    """
    load_tensorflow()
    import keras

    for file in ("about.json", "features.npy", "model.keras"):
        if not (folder / file).is_file():
            raise ModelFolderError(f"{short(folder)} holds no {file}: run your whole notebook.")
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        known = np.load(folder / "features.npy", allow_pickle=False).astype("float32")
        model = keras.saving.load_model(folder / "model.keras", compile=False, safe_mode=True)
        pools = [layer for layer in model.layers if "pooling" in layer.name]
        network = keras.Model(model.inputs, [pools[-1].output, model.output])
        names, side, threshold = about["class_names"], int(about["side"]), float(about["threshold"])
        answerer = Answerer([*map(str, names)], side, threshold, network, known)
        blank = np.zeros((side, side, 3), "uint8")
        answerer.answer(base64.b64decode(_png(blank).partition(",")[2]), "a blank")
        if len(names) == model.output_shape[-1]:
            return answerer
        why = "its names are not as many as its answers"
    except Exception as error:  # Keras raises many kinds on damaged files
        why = f"{type(error).__name__}: cut off, or not of my_pictures.ipynb"
    raise ModelFolderError(f"{short(folder)} cannot be used ({why}): run your notebook again.")


class Page(tornado.web.RequestHandler):
    """The page, and the answers to what it sends; the link's token opens both."""

    def initialize(self, answerer, token, worker):
        self.answerer, self.token, self.worker = answerer, token, worker

    def prepare(self):
        given = self.request.headers.get("X-Token") or self.get_query_argument("token", "")
        here = self.request.host_name in ("127.0.0.1", "localhost")
        if not (here and hmac.compare_digest(given.encode(), self.token.encode())):
            raise tornado.web.HTTPError(403, reason="Open the link that the terminal shows")

    def get(self):
        nonce = secrets.token_urlsafe(16)
        self.set_header("Content-Security-Policy", ALLOWED.format(nonce))
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        page = (root() / "notebooks/templates/try.html").read_text(encoding="utf-8")
        self.finish(page.replace("NONCE", nonce).replace("MOST_BYTES", str(MOST_BYTES)))

    async def post(self):
        name = self.get_query_argument("name", "this picture")
        name = "".join(letter if letter.isprintable() else "?" for letter in name)[-80:]
        ask = self.answerer.answer, self.request.body, name
        self.finish(await asyncio.get_running_loop().run_in_executor(self.worker, *ask))


def listen(answerer: Answerer, port: int = 0) -> str:
    """Serve the page on 127.0.0.1 from the running loop; return its link, which holds a token."""
    token, worker = secrets.token_urlsafe(16), ThreadPoolExecutor(1)  # one picture after the other
    about = {"answerer": answerer, "token": token, "worker": worker}
    application = tornado.web.Application([("/", Page, about)], log_function=lambda handler: None)
    server = tornado.httpserver.HTTPServer(application, max_buffer_size=MOST_BYTES)
    sockets = tornado.netutil.bind_sockets(port, "127.0.0.1")
    server.add_sockets(sockets)
    return f"http://127.0.0.1:{sockets[0].getsockname()[1]}/?token={token}"
