"""Pack the drawn pictures as TensorFlow Datasets: `python -m tabletop.prepare fruit vegetable …`.

Reads build/tabletop/<config>, writes data/tfds/tabletop/<config>/1.0.0 (one shard a split) and the table of sums
data/tfds/sha256.json. Runs where tensorflow-datasets is installed; needs no Blender.
"""

import argparse
import hashlib
import io
import json
import os
import shutil
from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from .domains import CONFIGS, LIGHTS, SHELF_LIGHTS, SHELF_SURFACES, SPLITS, SURFACES

ROOT = Path(__file__).resolve().parents[2]
QUALITY = 93  # of the JPEG pictures, colour at full resolution; masks are PNG
VERSION = "1.0.0"
NAMES = {"light": LIGHTS + SHELF_LIGHTS, "surface": SURFACES + SHELF_SURFACES}  # one numbering for all configurations
TARGET = {"house": "price"}
DESCRIPTION = "Rendered photographs of things on a table, with class, mask, box and the scene's parameters (CC0)."


def pictures(folder: Path, split: str) -> list[Path]:
    """All pictures of a split, in the order of their names."""
    return sorted((folder / split).glob("*/[0-9]*.png"))


def truth_of(path: Path) -> dict:
    """The truth that was stored in a picture."""
    with Image.open(path) as opened:
        return json.loads(opened.text["truth"])


def features(config: str, truths: list[dict]) -> tfds.features.FeaturesDict:
    """Types of everything that a configuration's pictures tell: text becomes a class, numbers stay numbers."""
    found = {
        "image": tfds.features.Image(shape=(100, 100, 3), encoding_format="jpeg", doc="RGB, 0 to 255"),
        "mask": tfds.features.Image(shape=(100, 100, 1), encoding_format="png", doc="0 table, 200 clutter"),
        "box": tfds.features.BBoxFeature(doc="the thing's extent: ymin, xmin, ymax, xmax, 0 to 1"),
        "file": tfds.features.Text(doc="the picture's name before packing"),
    }  # fmt: skip
    if config not in TARGET:
        found["label"] = tfds.features.ClassLabel(names=CONFIGS[config]["classes"])
    for key, value in truths[0].items():
        if key in ("box", "label"):
            continue
        if isinstance(value, str):
            names = NAMES.get(key) or sorted({truth[key] for truth in truths})
            found[key] = tfds.features.ClassLabel(names=names)
        elif isinstance(value, list):
            found[key] = tfds.features.Tensor(shape=(len(value),), dtype=np.float32)
        else:
            found[key] = tfds.features.Scalar(dtype=np.float32 if isinstance(value, float) else np.int64)
    return tfds.features.FeaturesDict(found)


class Tabletop(tfds.core.GeneratorBasedBuilder):
    """Rendered photographs of things on a table."""

    VERSION = tfds.core.Version(VERSION)
    BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=name) for name in CONFIGS if name != "curio"]  # noqa: RUF012
    source = ROOT / "build" / "tabletop"

    def _info(self):
        folder = self.source / self.builder_config.name
        truths = [truth_of(path) for split in SPLITS for path in pictures(folder, split)]
        return tfds.core.DatasetInfo(
            builder=self,
            description=DESCRIPTION,
            features=features(self.builder_config.name, truths),
            supervised_keys=("image", TARGET.get(self.builder_config.name, "label")),
            license="CC0 1.0",
        )

    def _split_generators(self, _):
        folder = self.source / self.builder_config.name
        return {split: self._generate_examples(folder, split) for split in SPLITS if pictures(folder, split)}

    def _generate_examples(self, folder, split):
        for path in pictures(folder, split):
            truth = truth_of(path)
            with Image.open(path) as opened:
                image, mask = io.BytesIO(), io.BytesIO()
                opened.convert("RGB").save(image, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
                opened.getchannel("A").save(mask, "PNG", optimize=True)
            example = {key: truth[key] for key in self.info.features if key in truth}
            name = path.relative_to(folder).as_posix()
            box = tfds.features.BBox(*(edge / 100 for edge in truth["box"]))
            yield name, example | {"image": io.BytesIO(image.getvalue()), "mask": io.BytesIO(mask.getvalue()),
                                   "box": box, "file": name}  # fmt: skip


def sums(folder: Path) -> dict[str, str]:
    """sha256 of every file of the prepared sets, by its path under data/tfds."""
    paths = sorted(path for path in (folder / "tabletop").rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("configs", nargs="+", choices=[name for name in CONFIGS if name != "curio"])
    parser.add_argument("--source", type=Path, default=Tabletop.source)
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "tfds")
    options = parser.parse_args(arguments)
    Tabletop.source = options.source
    for config in options.configs:
        final = options.out / "tabletop" / config / VERSION
        part = options.out / f".part.{os.getpid()}"
        builder = Tabletop(config=config, data_dir=part)
        builder.download_and_prepare(download_config=tfds.download.DownloadConfig(num_shards=1, try_download_gcs=False))
        shutil.rmtree(final, ignore_errors=True)
        final.parent.mkdir(parents=True, exist_ok=True)
        (part / "tabletop" / config / VERSION).rename(final)
        shutil.rmtree(part)
        size = sum(path.stat().st_size for path in final.iterdir()) / 1e6
        print(f"{config}: {dict((k, v.num_examples) for k, v in builder.info.splits.items())}, {size:.1f} MB")
    table = json.dumps(sums(options.out), indent=1) + "\n"
    (options.out / "sha256.json").write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
