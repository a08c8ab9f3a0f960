"""Measure what tabletop and its general weights promise, and print it beside the bars: `make bars`.

What needs real ImageNet weights or real photographs is measured where KERAS_HOME has the weights
and where TLCOURSE_REAL names a folder that holds `grocery_100px` and `vehicles_100px`; elsewhere
those rows are left out.
The figures go to data/tabletop/bars.json. `make bars BARS="proxy probes"` measures some only.
"""

import json
import os
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "data" / "tabletop" / "bars.json"
SEEDS = range(5)


def probe(features, labels, test_features, test_labels) -> float:
    """Accuracy of a logistic regression on standardised features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=300))
    return float(model.fit(features, labels).score(test_features, test_labels))


def subset(labels, count: int, seed: int) -> np.ndarray:
    """Indices of `count` pictures a class, drawn at random."""
    rng = np.random.default_rng(seed)
    chosen = [rng.permutation(np.flatnonzero(labels == k))[:count] for k in np.unique(labels)]
    return np.concatenate(chosen)


def pooled(base, images) -> np.ndarray:
    """Average-pooled features of pictures (n, 100, 100, 3) of 0 to 255."""
    from tlcourse import models

    return base.predict(models.preprocess(np.asarray(images)), batch_size=200, verbose=0).mean(
        (1, 2)
    )


def folder_arrays(folder: Path, group: str = ""):
    """Pictures and labels of a folder a class, of real photographs at 100 × 100."""
    from PIL import Image

    def read(split):
        paths = sorted(
            p
            for p in (folder / split / group).glob("**/*")
            if p.suffix.lower() in (".jpg", ".jpeg", ".png")
        )
        images = np.stack(
            [np.asarray(Image.open(p).convert("RGB").resize((100, 100))) for p in paths]
        )
        return images, np.array([p.parent.name for p in paths])

    return {split: read(split) for split in ("train", "test")}


def probes() -> dict:
    """Probe general features against the same network untrained: 25 images a class, 5 seeds."""
    import keras

    from tlcourse import data, models, trials

    sets = {}
    for config in ("vegetable", "vehicle", "noodle", "fruit"):
        train, test = data.arrays(config, "train"), data.arrays(config, "test")
        sets[config] = {
            "train": (train["image"], train["label"]),
            "test": (test["image"], test["label"]),
        }
    real = Path(os.environ.get("TLCOURSE_REAL", "nowhere"))
    if (real / "grocery_100px").is_dir():
        sets["real vegetables (grocery_100px)"] = folder_arrays(
            real / "grocery_100px", "vegetables"
        )
        sets["real fruit (grocery_100px)"] = folder_arrays(real / "grocery_100px", "fruit")
        sets["real vehicles (vehicles_100px)"] = folder_arrays(real / "vehicles_100px")
    bases = {"general": [models.pretrained("general")], "untrained": []}
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        bases["untrained"].append(models.residual_network())
    result = {}
    for name, splits in sets.items():
        (train, labels), (test, test_labels) = splits["train"], splits["test"]
        accuracies = {"general": [], "untrained": []}
        for kind, networks in bases.items():
            test_features = [pooled(base, test) for base in networks]
            for seed in SEEDS:
                some, which = subset(labels, 25, seed), seed % len(networks)
                features = pooled(networks[which], train[some])
                score = probe(features, labels[some], test_features[which], test_labels)
                accuracies[kind].append(score)
        gain = np.subtract(accuracies["general"], accuracies["untrained"])
        result[name] = {
            "general": round(float(np.mean(accuracies["general"])), 4),
            "untrained": round(float(np.mean(accuracies["untrained"])), 4),
            "gain": [round(float(v), 4) for v in trials.mean_interval(gain)],
        }
        print(name, result[name], flush=True)
    return result


def proxy() -> dict:
    """Top-1 and top-5 of MobileNetV2 (ImageNet) on test pictures of classes that ImageNet has."""
    from keras.applications import mobilenet_v2
    from PIL import Image

    from tlcourse import data, weights

    if not weights.status().here:
        return {"not measured": weights.status().sentence}
    known = {name.lower(): name for _, name in weights.class_names().values()}
    network = mobilenet_v2.MobileNetV2(weights="imagenet")
    result = {}
    for config in ("fruit", "vegetable"):
        test = data.arrays(config, "test")
        for k, name in enumerate(data.names(config)):
            wanted = known.get(name.replace(" ", "_").lower())
            if wanted is None:
                continue
            images = [
                Image.fromarray(image).resize((224, 224), Image.BICUBIC)
                for image in test["image"][test["label"] == k]
            ]
            batch = mobilenet_v2.preprocess_input(np.stack(images).astype("float32"))
            rows = mobilenet_v2.decode_predictions(network.predict(batch, verbose=0), top=5)
            hits = np.array([[label == wanted for _, label, _ in row] for row in rows])
            result[name] = {
                "top_1": round(float(hits[:, 0].mean()), 3),
                "top_5": round(float(hits.any(1).mean()), 3),
            }
            print(name, result[name], flush=True)
    for key in ("top_1", "top_5"):
        result[f"all, {key}"] = round(
            float(np.mean([r[key] for n, r in result.items() if isinstance(r, dict)])), 3
        )
    return result


def shortcuts() -> dict:
    """What the thing's mean colour alone, and the background's colours alone, tell of the class."""
    from sklearn.ensemble import RandomForestClassifier

    from tlcourse import data

    def colours(arrays):
        things, rest = [], []
        for image, mask in zip(arrays["image"], arrays["mask"][..., 0], strict=True):
            inside = (mask > 0) & (mask != 200)
            things.append(image[inside].mean(0))
            outside = image[~inside].astype(float)
            bins = [np.histogram(outside[:, c], 8, (0, 256))[0] / len(outside) for c in range(3)]
            rest.append(np.concatenate([outside.mean(0), outside.std(0), *bins]))
        return np.array(things), np.array(rest)

    result = {}
    for config in ("fruit", "vegetable", "vehicle", "noodle"):
        train, test = data.arrays(config, "train"), data.arrays(config, "test")
        found = {}
        for which, (known, new) in zip(
            ("mean colour", "background"),
            zip(colours(train), colours(test), strict=True),
            strict=True,
        ):
            forest = RandomForestClassifier(300, random_state=0, n_jobs=2).fit(
                known, train["label"]
            )
            found[which] = round(float(forest.score(new, test["label"])), 3)
        result[config] = {**found, "chance": round(1 / len(data.names(config)), 3)}
        print(config, result[config], flush=True)
    return result


def most_confused(labels, predicted, names: list[str], count: int) -> list[str]:
    """The pairs of classes that are taken for one another most often."""
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix(labels, predicted, normalize="true")
    np.fill_diagonal(table, -1)
    places = np.argsort(table, axis=None)[::-1][:count]
    pairs = zip(*np.unravel_index(places, table.shape), strict=True)
    return [f"{names[i]} taken for {names[j]}: {table[i, j]:.0%}" for i, j in pairs]


def fruit() -> dict:
    """The shipped `fruit` weights: trained from scratch, with augmentation."""
    from tlcourse import data, models

    test = data.arrays("fruit", "test")
    network = models.pretrained("fruit", include_top=True)
    predicted = network.predict(models.preprocess(test["image"]), verbose=0).argmax(1)
    return {
        "accuracy": round(float((predicted == test["label"]).mean()), 4),
        "epochs": models.card("fruit")["recipe"]["epochs"],
        "most confused": most_confused(test["label"], predicted, data.names("fruit"), 5),
    }


def scratch(epochs: int = 20) -> dict:
    """Training on fruit from scratch without augmentation, from one seed."""
    import keras

    from tlcourse import data, models

    train, test = data.arrays("fruit", "train"), data.arrays("fruit", "test")
    names = data.names("fruit")
    keras.utils.set_random_seed(0)
    network = models.residual_network(len(names))
    steps = epochs * len(train["label"]) // 32
    network.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, steps)),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    began = time.perf_counter()
    network.fit(models.preprocess(train["image"]), train["label"], 32, epochs, verbose=2)
    seconds = time.perf_counter() - began
    predicted = network.predict(models.preprocess(test["image"]), verbose=0).argmax(1)
    return {
        "accuracy": round(float((predicted == test["label"]).mean()), 4),
        "epochs": epochs,
        "training images a second": round(steps * 32 / seconds),
        "most confused": most_confused(test["label"], predicted, names, 5),
    }


def twins() -> dict:
    """The pairs of classes that a probe on the general features confuses most."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from tlcourse import data, models

    base, result = models.pretrained("general"), {}
    for config in ("fruit", "vegetable", "vehicle", "noodle"):
        train, test = data.arrays(config, "train"), data.arrays(config, "test")
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=300))
        model.fit(pooled(base, train["image"]), train["label"])
        predicted = model.predict(pooled(base, test["image"]))
        result[config] = {
            "accuracy": round(float((predicted == test["label"]).mean()), 3),
            "most confused": most_confused(test["label"], predicted, data.names(config), 4),
        }
        print(config, result[config], flush=True)
    return result


def reading() -> dict:
    """Pictures a second that `tlcourse.data.tabletop` gives, first pass and after."""
    from tlcourse import data

    result = {}
    for config in data.configs():
        pictures = data.tabletop(config, "train")
        rates = []
        for _ in range(3):
            began = time.perf_counter()
            count = sum(1 for _ in pictures.batch(32).as_numpy_iterator()) and len(pictures)
            rates.append(count / (time.perf_counter() - began))
        result[config] = {"first pass": round(rates[0]), "later": round(max(rates[1:]))}
    return result


def network() -> dict:
    """Parameters, last map, and training images a second of the course's network."""
    from tlcourse import models

    model = models.residual_network(20)
    model.compile("adam", "sparse_categorical_crossentropy")
    images = np.random.default_rng(0).uniform(-1, 1, (640, 100, 100, 3)).astype("float32")
    labels = np.arange(640) % 20
    model.fit(images, labels, 32, verbose=0)
    began = time.perf_counter()
    model.fit(images, labels, 32, 3, verbose=0)
    rate = 3 * 640 / (time.perf_counter() - began)
    return {
        "parameters": model.count_params(),
        "last map": list(model.get_layer("pool").input.shape[1:]),
        "training images a second": round(rate),
    }


PARTS = {f.__name__: f for f in (network, reading, shortcuts, proxy, probes, twins, fruit, scratch)}


def table(found: dict) -> list[tuple[str, str, str]]:
    """Rows of (bar, wanted, measured) from what was measured."""
    rows = []
    if "proxy" in found and "all, top_5" in found["proxy"]:
        classes = {n: r for n, r in found["proxy"].items() if isinstance(r, dict)}
        worst = min(classes, key=lambda n: classes[n]["top_5"])
        rows += [
            ("ImageNet classes under the proxy", "≥ 16", str(len(classes))),
            ("top-5 over all of them", "≥ 75 %", f"{found['proxy']['all, top_5']:.1%}"),
            (f"top-5 of the worst class ({worst})", "≥ 40 %", f"{classes[worst]['top_5']:.1%}"),
            ("top-1 over all of them", "≥ 50 %", f"{found['proxy']['all, top_1']:.1%}"),
        ]
    wanted = {
        "vegetable": 20,
        "fruit": None,
        "real fruit (grocery_100px)": None,
    }
    for name, row in found.get("probes", {}).items():
        bar = wanted.get(name, 10)
        mean, low, high = (100 * value for value in row["gain"])
        text = f"{mean:.1f} points ({low:.1f} to {high:.1f}): "
        text += f"{row['untrained']:.1%} → {row['general']:.1%}"
        rows.append((f"probe: {name}", f"≥ {bar} points" if bar else "–", text))
    for name, row in found.get("shortcuts", {}).items():
        rows.append((f"mean colour alone: {name}", "< 60 %", f"{row['mean colour']:.1%}"))
        rows.append(
            (f"background alone: {name}", f"< {3 * row['chance']:.1%}", f"{row['background']:.1%}")
        )
    for part, bar, wanted in (
        ("fruit", "fruit from scratch, with augmentation", "70–97 %"),
        ("scratch", "the same without augmentation", "–"),
    ):
        if part in found:
            accuracy, epochs = found[part]["accuracy"], found[part]["epochs"]
            rows.append((f"{bar}, {epochs} epochs", wanted, f"{accuracy:.1%}"))
    if "network" in found:
        rows.append(("parameters", "≤ 1.3 M", f"{found['network']['parameters']:,}"))
        rows.append(
            ("training images a second", "≥ 250", str(found["network"]["training images a second"]))
        )
    if "reading" in found:
        slowest = min(row["later"] for row in found["reading"].values())
        rows.append(
            (
                "pictures read a second, later passes, slowest",
                "≥ 2,000",
                f"{slowest:,}",
            )
        )
    return rows


def cards(found: dict) -> None:
    """Write what was measured, and the files' sums, into data/README.md, between its markers."""
    path = ROOT / "data" / "README.md"
    text = path.read_text(encoding="utf-8")
    sums = json.loads((ROOT / "data" / "tfds" / "sha256.json").read_text(encoding="utf-8"))
    shards = [(name, value) for name, value in sums.items() if ".tfrecord" in name]
    blocks = {
        "files": [("file under `data/tfds/tabletop`", "MB", "sha256")]
        + [
            (
                f"`{name.removeprefix('tabletop/').replace('/1.0.0/tabletop-', ' · ')}`",
                f"{(ROOT / 'data' / 'tfds' / name).stat().st_size / 1e6:.1f}",
                f"`{value}`",
            )
            for name, value in shards
        ],
        "bars": [("bar", "wanted", "measured"), *table(found)],
        "proxy": [("class", "top-1", "top-5")]
        + [
            (name, f"{row['top_1']:.0%}", f"{row['top_5']:.0%}")
            for name, row in found.get("proxy", {}).items()
            if isinstance(row, dict)
        ],
        "twins": [("configuration", "accuracy", "most frequent mistakes")]
        + [
            (name, f"{row['accuracy']:.1%}", "; ".join(row["most confused"]))
            for name, row in found.get("twins", {}).items()
        ],
    }
    for name, (head, *rows) in blocks.items():
        lines = [head, tuple("---" for _ in head), *rows]
        block = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        before, rest = text.split(f"<!-- {name} -->")
        after = rest.split(f"<!-- /{name} -->")[1]
        text = f"{before}<!-- {name} -->\n\n{block}\n\n<!-- /{name} -->{after}"
    path.write_text(text, encoding="utf-8")


def main(parts: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Measure `parts` (all by default), keep the figures, print the table."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    found = json.loads(OUT.read_text(encoding="utf-8")) if OUT.is_file() else {}
    for name in parts or PARTS:
        print(f"— {name}", flush=True)
        found[name] = PARTS[name]()
        OUT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if (ROOT / "data" / "tfds" / "sha256.json").is_file():
        cards(found)
    for row in table(found):
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    typer.run(main)
