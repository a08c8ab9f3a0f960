"""Make the course's general weights: `make weights`.

The network learns to tell the hundred kinds of curio apart, from the pictures under
build/tabletop/curio (draw them first: `make render CONFIGS=curio`). Writes
data/weights/general.weights.h5 and its card, general.json. A run that was stopped goes on from its
last epoch.
"""

import hashlib
import json
import os
import time
from pathlib import Path

import numpy as np
import typer

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "data" / "weights"
CURIO = ROOT / "build" / "tabletop" / "curio"
BATCH = 64


def curio(split: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return drawn images (n, 100, 100, 3) uint8, labels (n,) and the kinds' names."""
    from PIL import Image
    from tqdm import tqdm

    names = sorted(path.name for path in (CURIO / "train").iterdir())
    found = [
        (path, k)
        for k, name in enumerate(names)
        for path in sorted((CURIO / split / name).glob("[0-9]*.png"))
    ]
    images = np.empty((len(found), 100, 100, 3), "uint8")
    for i, (path, _) in enumerate(tqdm(found, desc=f"reading curio, {split}", mininterval=5)):
        with Image.open(path) as opened:
            images[i] = np.asarray(opened.convert("RGB"))
    return images, np.array([k for _, k in found]), [name.replace("_", " ") for name in names]


def augment(image, seed):
    """Flip, shift, zoom and change the light of one picture: (100, 100, 3), float32, 0 to 255."""
    import tensorflow as tf

    seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 8))
    image = tf.image.stateless_random_flip_left_right(image, seeds[0])
    image = tf.pad(image, [[14, 14], [14, 14], [0, 0]], "SYMMETRIC")
    side = tf.random.stateless_uniform([], seeds[1], 72, 129, tf.int32)
    image = tf.image.stateless_random_crop(image, tf.stack([side, side, 3]), seeds[2])
    image = tf.image.resize(image, [100, 100])
    image = tf.image.stateless_random_brightness(image / 255, 0.15, seeds[3])
    image = tf.image.stateless_random_contrast(image, 0.6, 1.5, seeds[4])
    image = tf.image.stateless_random_saturation(tf.clip_by_value(image, 0, 1), 0.5, 1.5, seeds[5])
    image = tf.image.stateless_random_hue(image, 0.06, seeds[6])
    return tf.clip_by_value(image, 0, 1) * 255


def train(network, name: str, read, epochs: int, rate: float, seed: int) -> dict:
    """Fit `network` to what `read` gives; returns what the card tells of it."""
    import keras
    import tensorflow as tf

    from tlcourse import models

    sets = {split: read(split)[:2] for split in ("train", "validation", "test")}
    classes = read("test")[2]
    steps = len(sets["train"][0]) // BATCH
    network.compile(
        keras.optimizers.AdamW(
            keras.optimizers.schedules.CosineDecay(
                rate / 10, steps * epochs, warmup_target=rate, warmup_steps=steps
            ),
            weight_decay=0.05,
        ),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy"],
    )

    def pairs(split):
        images, labels = sets[split]
        return tf.data.Dataset.from_tensor_slices((images, tf.one_hot(labels, len(classes))))

    def vary(pair, number):
        image, label = pair
        varied = augment(tf.cast(image, tf.float32), tf.stack([tf.cast(number, tf.int32), seed]))
        return models.preprocess(varied), label

    data = pairs("train").shuffle(len(sets["train"][0]), seed=seed).repeat()
    data = tf.data.Dataset.zip((data, tf.data.Dataset.counter()))
    data = data.map(vary, num_parallel_calls=2).batch(BATCH, drop_remainder=True).prefetch(4)
    plain = {
        split: pairs(split)
        .batch(200)
        .map(lambda images, labels: (models.preprocess(images), labels))
        for split in ("validation", "test")
    }
    began = time.perf_counter()
    backup = keras.callbacks.BackupAndRestore(str(ROOT / "build" / f"pretrain_{name}"))
    history = network.fit(
        data,
        epochs=epochs,
        steps_per_epoch=steps,
        validation_data=plain["validation"],
        verbose=2,
        callbacks=[backup],
    )
    return {
        "classes": classes,
        "images": {split: len(images) for split, (images, _) in sets.items()},
        "recipe": {
            "epochs": epochs,
            "batch": BATCH,
            "rate": rate,
            "seed": seed,
            "label_smoothing": 0.1,
            "optimizer": "AdamW, cosine, weight decay 0.05",
        },
        "test_accuracy": round(
            network.evaluate(plain["test"], verbose=0, return_dict=True)["accuracy"], 4
        ),
        "seconds": round(time.perf_counter() - began),
        "epochs_in_these_seconds": len(history.epoch),
    }


def write(network, name: str, about: dict) -> None:
    """Write weights and card, each whole or not at all."""
    from tlcourse import models

    OUT.mkdir(parents=True, exist_ok=True)
    path, part = OUT / f"{name}.weights.h5", OUT / f"{name}.part.weights.h5"
    bare = models.residual_network(
        len(about["classes"])
    )  # a compiled one would save its optimizer too
    bare.set_weights(network.get_weights())
    bare.save_weights(part)
    part.replace(path)
    card = {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "network": "tlcourse.models.residual_network",
        "parameters": network.count_params(),
        **about,
    }
    (OUT / "part.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    (OUT / "part.json").replace(OUT / f"{name}.json")
    print(f"{name}: {card['test_accuracy']:.1%} of {card['images']['test']} test pictures right")


def main(epochs: int = 40, rate: float = 2e-3, seed: int = 0) -> None:
    """Pretrain on curio and write weights and card."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    from tlcourse import models

    keras.utils.set_random_seed(seed)
    network = models.residual_network(len(curio("test")[2]))
    write(network, "general", train(network, "general", curio, epochs, rate, seed))


if __name__ == "__main__":
    typer.run(main)
