"""Make the course's own weights: `make weights`, or this file with `general` or `fruit`.

`general` learns to tell the hundred kinds of curio apart, from the pictures under
build/tabletop/curio (draw them first: `make render CONFIGS=curio`), and then also to predict what
MobileNetV2 with ImageNet's weights makes of the same pictures. `fruit` learns tabletop's fruits
from scratch. Each writes data/weights/NAME.weights.h5 and its card, NAME.json. A run that was
stopped goes on from its last epoch.
"""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "data" / "weights"
CURIO = ROOT / "build" / "tabletop" / "curio"
BUILD = ROOT / "build"
BATCH = 64
VIEWS, COMPONENTS, WEIGHT, DISTIL_EPOCHS = 8, 256, 3.0, 14  # of the teacher's features


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


def fruit(split: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return tabletop's fruits in the same form."""
    from tlcourse import data

    arrays = data.arrays("fruit", split)
    return arrays["image"], arrays["label"], data.names("fruit")


SETS = {  # what each learns, and its epochs
    "general": (curio, 40),
    "fruit": (fruit, 40),
}


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


def optimizer(rate: float, steps: int, epochs: int):
    """AdamW whose rate rises over one epoch of `steps` steps and then falls along a cosine."""
    import keras

    falling = keras.optimizers.schedules.CosineDecay(
        rate / 10, steps * epochs, warmup_target=rate, warmup_steps=steps
    )
    return keras.optimizers.AdamW(falling, weight_decay=0.05)


def views(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return augmented views and what the teacher makes of them, each view stored when it is done.

    `images` is (n, 100, 100, 3) uint8; the views are (VIEWS, n, 100, 100, 3) uint8, the features
    (VIEWS, n, 1280) float16: MobileNetV2's average-pooled last map at 224 pixels.
    """
    import keras
    import tensorflow as tf
    from tqdm import tqdm

    from tlcourse import weights

    if sentence := weights.missing():
        raise SystemExit(sentence)
    network = keras.applications.MobileNetV2()
    teacher = keras.Model(network.input, network.get_layer("global_average_pooling2d").output)

    @tf.function
    def see(batch):
        resized = tf.image.resize(batch, [224, 224], antialias=True)
        return teacher(resized / 127.5 - 1, training=False)

    folder = BUILD / "pretrain_views"
    folder.mkdir(parents=True, exist_ok=True)
    for number in tqdm(range(VIEWS), desc="the teacher looks"):
        path = folder / f"{number}.npz"
        if path.is_file():
            continue
        data = tf.data.Dataset.from_tensor_slices((images, np.arange(len(images), dtype="int32")))
        data = data.map(
            lambda image, i, number=number: augment(
                tf.cast(image, tf.float32), tf.stack([i, number])
            ),
            num_parallel_calls=2,
        )
        pairs = [(batch.numpy(), see(batch).numpy()) for batch in data.batch(50)]
        part = folder / "part.npz"
        np.savez(
            part,
            images=np.concatenate([np.round(batch).astype("uint8") for batch, _ in pairs]),
            features=np.concatenate([features.astype("float16") for _, features in pairs]),
        )
        part.replace(path)
    done = [np.load(folder / f"{number}.npz") for number in range(VIEWS)]
    return np.stack([each["images"] for each in done]), np.stack(
        [each["features"] for each in done]
    )


def distil(network, rate: float, seed: int) -> dict:
    """Go on from a trained network: the classes, and the main components of the teacher's features.

    "Patient and consistent": teacher and student see the same view (Beyer et al., 2022, arXiv
    2106.05237). Returns what the card tells of it.
    """
    import keras
    import tensorflow as tf
    from sklearn.decomposition import PCA

    from tlcourse import models

    began = time.perf_counter()
    images, labels, classes = curio("train")
    seen, features = views(images)
    flat = features.reshape(-1, features.shape[-1]).astype("float32")
    wanted = PCA(COMPONENTS, random_state=0).fit(flat[::4]).transform(flat)
    wanted = (wanted / wanted.std()).reshape(VIEWS, len(images), -1).astype("float32")
    one_hot = np.eye(len(classes), dtype="float32")[labels]
    steps = len(images) // BATCH

    def batches():
        rng = np.random.default_rng(seed)
        for _ in range(DISTIL_EPOCHS):
            view, order = rng.integers(0, VIEWS, len(images)), rng.permutation(len(images))
            for k in np.split(order[: steps * BATCH], steps):
                yield seen[view[k], k], one_hot[k], wanted[view[k], k]

    kinds = [((100, 100, 3), tf.uint8), ((len(classes),), tf.float32), ((COMPONENTS,), tf.float32)]
    data = tf.data.Dataset.from_generator(
        batches,
        output_signature=tuple(tf.TensorSpec((BATCH, *shape), kind) for shape, kind in kinds),
    )
    data = data.map(lambda view, label, teacher: (models.preprocess(view), (label, teacher)))
    guess = keras.layers.Dense(COMPONENTS, name="teacher")(network.get_layer("pool").output)
    student = keras.Model(network.input, [network.output, guess])
    student.compile(
        optimizer(rate, steps, DISTIL_EPOCHS),
        [keras.losses.CategoricalCrossentropy(label_smoothing=0.1), "mse"],
        loss_weights=[1.0, WEIGHT],
    )
    student.fit(data.prefetch(4), epochs=DISTIL_EPOCHS, steps_per_epoch=steps, verbose=2)
    test, truth, _ = curio("test")
    found = network.predict(models.preprocess(test), verbose=0).argmax(1)
    return {
        "then": {
            "what": "distilled from MobileNetV2's ImageNet features of the same pictures",
            "views": VIEWS,
            "components": COMPONENTS,
            "weight": WEIGHT,
            "epochs": DISTIL_EPOCHS,
            "batch": BATCH,
            "rate": rate,
            "seed": seed,
            "optimizer": "AdamW, cosine, weight decay 0.05",
            "seconds": round(time.perf_counter() - began),
        },
        "test_accuracy": round(float((found == truth).mean()), 4),
    }


def train(network, name: str, read, epochs: int, rate: float, seed: int) -> dict:
    """Fit `network` to what `read` gives; returns what the card tells of it."""
    import keras
    import tensorflow as tf

    from tlcourse import models

    sets = {split: read(split)[:2] for split in ("train", "validation", "test")}
    classes = read("test")[2]
    steps = len(sets["train"][0]) // BATCH
    network.compile(
        optimizer(rate, steps, epochs),
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
    backup = keras.callbacks.BackupAndRestore(str(BUILD / f"pretrain_{name}"))
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


def main(
    which: Annotated[list[str] | None, typer.Argument()] = None,
    epochs: int = 0,
    rate: float = 2e-3,
    seed: int = 0,
) -> None:
    """Train both, or those that are named."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    from tlcourse import models

    for name in which or SETS:
        keras.utils.set_random_seed(seed)
        read, default = SETS[name]
        network = models.residual_network(len(read("test")[2]))
        if name == "general":
            about = general(network, read, epochs or default, rate, seed)
        else:
            about = train(network, name, read, epochs or default, rate, seed)
        write(network, name, about)


def general(network, read, epochs: int, rate: float, seed: int) -> dict:
    """Learn curio's kinds, then distil; a run stopped in the second part keeps the first."""
    import keras

    first, said = BUILD / "pretrain_first.weights.h5", BUILD / "pretrain_first.json"
    if said.is_file():
        network.load_weights(first)
        about = json.loads(said.read_text(encoding="utf-8"))
    else:
        about = train(network, "general", read, epochs, rate, seed)
        network.save_weights(first)
        said.write_text(json.dumps(about), encoding="utf-8")
    keras.utils.set_random_seed(seed)
    about |= distil(network, rate, seed)
    said.unlink(missing_ok=True)
    return about


if __name__ == "__main__":
    typer.run(main)
