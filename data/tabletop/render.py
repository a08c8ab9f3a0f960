"""Draw one picture: `draw(config, label, split, index)`; and the command that draws a whole configuration.

    python -m tabletop.render fruit             (from the folder `data`, in the environment that has bpy)
    python -m tabletop.render fruit --preview 8 --only "Granny Smith,banana" --out build/preview

Every picture is one PNG under `build/tabletop/<config>/<split>/<label>/<index>.png`: red, green, blue, and the mask as
alpha; the truth stands in the PNG's text field `truth` as JSON. A file is written under another name and renamed when
it is whole, so a run that was killed goes on where it was.
"""

import argparse
import importlib
import json
import os
import sys
import zlib
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from .domains import CONFIGS, SPLITS

ROOT = Path(__file__).resolve().parents[2]


def generator(config, label, split, index):
    """The picture's own random numbers: they depend on its name alone."""
    return np.random.default_rng([zlib.crc32(f"{config}/{label}".encode()), SPLITS.index(split), index])


def draw(config, label, split, index, path):
    """Render one picture to `path`, whole or not at all; returns its truth (a dict)."""
    from PIL import Image, PngImagePlugin

    from . import scene

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = generator(config, label, split, index)
    module = importlib.import_module(f".{CONFIGS[config]['module']}", __package__)
    scene.reset()
    truth = module.compose(rng, label, config)
    part = path.with_name(f".{path.stem}.{os.getpid()}.png")
    mask = scene.picture(part, int(rng.integers(2**31)))
    rows, columns = np.nonzero((mask > 0) & (mask != scene.CLUTTER))
    if len(rows) < 40:
        raise RuntimeError(f"{config} / {label} / {split} / {index}: the subject covers only {len(rows)} pixels")
    truth["box"] = [int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1]
    truth["label"] = label
    with Image.open(part) as opened:
        pixels = np.dstack([np.array(opened.convert("RGB")), mask])
    text = PngImagePlugin.PngInfo()
    text.add_text("truth", json.dumps(truth, sort_keys=True))
    Image.fromarray(pixels, "RGBA").save(part, pnginfo=text)
    part.replace(path)
    return truth


def _work(task):
    """Draw one picture with Blender's own lines held back; returns None, or what went wrong."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    kept = os.dup(1)
    os.dup2(quiet, 1)  # Blender prints two lines a picture
    try:
        draw(*task)
    except Exception as error:  # one bad recipe must not stop a run of hours
        return f"{' / '.join(map(str, task[:4]))}: {error!r}"
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(quiet)
    return None


def tasks(config, out, counts=None, only=None):
    """What is still to be drawn, the classes in turn, so that an early look shows them all."""
    names = [n for n in CONFIGS[config]["classes"] if not only or n in only]
    counts = counts or CONFIGS[config]["counts"]
    for split in SPLITS:
        for index in range(counts.get(split, 0)):
            for name in names:
                path = Path(out) / config / split / name.replace(" ", "_") / f"{index:05d}.png"
                if not path.exists():
                    yield config, name, split, index, path


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("configs", nargs="+", choices=sorted(CONFIGS))
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--preview", type=int, help="draw this many training pictures a class and stop")
    parser.add_argument("--only", help="class names, separated by commas")
    parser.add_argument("--out", default=ROOT / "build" / "tabletop", type=Path)
    options = parser.parse_args(arguments)
    from tqdm import tqdm

    only = options.only.split(",") if options.only else None
    counts = {"train": options.preview} if options.preview else None
    failed = []
    for config in options.configs:
        todo = list(tasks(config, options.out, counts, only))
        if not todo:
            print(f"{config}: nothing left to draw.")
            continue
        # Blender keeps some memory from picture to picture: a fresh worker every 400.
        with get_context("spawn").Pool(options.workers, maxtasksperchild=400) as pool:
            done = tqdm(pool.imap_unordered(_work, todo), total=len(todo), desc=config, mininterval=5)
            failed += [problem for problem in done if problem]
    for problem in failed:
        print(problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
