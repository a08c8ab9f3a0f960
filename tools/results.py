"""Run the studies' experiments over arms and seeds and keep what came out: `make results`.

A study's cells tagged `recipe` define functions and `EXPERIMENTS`, which maps a name to
(function, list of settings). They are written to build/recipes as a module and imported from there:
what is stored was made by the code that stands on the page. Each finished run is stored at once in
data/results/NN_topic.json, and a run that is stored is not made again unless the code that it
depends on, or the weights that it names, have changed. Two runs at a time, one thread each.
"""

import ast
import importlib.util
import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

import nbformat
import typer
from fingerprints import definitions, fingerprint

import notebooks

ROOT = Path(__file__).resolve().parents[1]
STUDIES = ROOT / "notebooks" / "studies"
RESULTS = ROOT / "data" / "results"
BUILD = ROOT / "build" / "recipes"
GRID = "EXPERIMENTS"


def recipe(path: Path) -> str:
    """Return the source of a notebook's cells tagged `recipe`, one after the other."""
    cells = nbformat.read(path, as_version=4).cells
    tagged = [cell.source for cell in cells if "recipe" in cell.metadata.get("tags", [])]
    return "\n\n\n".join(tagged)


def chosen(prefix: str) -> list[Path]:
    """Return the studies with a recipe that `prefix` means; where none does, say which there are.

    The prefix is that of `make notebooks`: `05`, `05_similar` or `studies/05`.
    """
    studies = [path for path in sorted(STUDIES.glob("*.ipynb")) if recipe(path)]
    paths = [path for path in studies if notebooks.means(prefix, path)]
    if not paths:
        print(
            f"No study with a recipe begins with {prefix!r}; there are: "
            f"{', '.join(path.stem for path in studies) or 'none'}.",
            file=sys.stderr,
        )
        raise typer.Exit(1)
    return paths


def load(path: Path):
    """Write the recipe of a notebook to build/recipes and import it."""
    from tlcourse import runtime

    runtime.load_tensorflow()
    BUILD.mkdir(parents=True, exist_ok=True)
    module_path = BUILD / f"study_{path.stem}.py"
    partial = module_path.with_suffix(f".part{os.getpid()}")
    partial.write_text(recipe(path) + "\n", encoding="utf-8")
    partial.replace(module_path)
    spec = importlib.util.spec_from_file_location(module_path.stem, module_path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def weights_of(settings: dict, source: str) -> dict[str, str]:
    """Return the sha256 of the course's weights that a run uses.

    They are named by a setting, or by `pretrained("…")` in the recipe.
    """
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    loaded = [call.args[0] for call in calls if ast.unparse(call.func).endswith("pretrained")]
    words = {part.value for part in loaded if isinstance(part, ast.Constant)}
    words |= {value for value in settings.values() if isinstance(value, str)}
    cards = sorted((ROOT / "data" / "weights").glob("*.json"))
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["sha256"]
        for path in cards
        if path.stem in words
    }


def stored(path: Path) -> dict:
    """Return what data/results holds for a notebook, empty where there is nothing yet."""
    target = RESULTS / f"{path.stem}.json"
    return json.loads(target.read_text(encoding="utf-8")) if target.is_file() else {}


def write(path: Path, results: dict) -> None:
    """Write a notebook's results in one step, one run a line."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    parts = []
    for name, entry in results.items():
        head = {key: value for key, value in entry.items() if key != "runs"}
        runs = sorted(entry["runs"], key=lambda run: json.dumps(run["settings"]))
        lines = ",\n".join(json.dumps(run) for run in runs)
        parts.append(f'{json.dumps(name)}: {json.dumps(head)[:-1]}, "runs": [\n{lines}\n]}}')
    partial = RESULTS / f"{path.stem}.part"
    partial.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    partial.replace(RESULTS / f"{path.stem}.json")


def wanted(path: Path) -> dict:
    """Map each experiment of a notebook to its recipe's hash and the heads of all its runs.

    A run's head tells its settings and the weights that it uses.
    """
    source = recipe(path)
    if GRID not in definitions(source):
        return {}
    return {
        name: (
            fingerprint(source, function.__name__),
            [{"settings": each, "weights": weights_of(each, source)} for each in settings],
        )
        for name, (function, settings) in getattr(load(path), GRID).items()
    }


def head(run: dict) -> dict:
    """Return of a stored run what it was made with."""
    return {"settings": run["settings"], "weights": run["weights"]}


def work(path: Path, name: str, about: dict) -> dict:
    """Make one run, in a worker of its own; returns the line to store."""
    if path.stem not in sys.modules:
        sys.modules[path.stem] = load(path)
    import keras
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    function, _ = getattr(sys.modules[path.stem], GRID)[name]
    keras.backend.clear_session()
    began = time.perf_counter()
    result = function(**about["settings"])
    return {
        **about,
        "result": result,
        "seconds": round(time.perf_counter() - began, 1),
    }


def main(prefix: str = typer.Argument("", help="as 05; by default all studies")) -> None:
    """Make the runs that are missing."""
    from tqdm import tqdm

    os.environ["TLCOURSE_THREADS"] = "1"
    context, failed = multiprocessing.get_context("spawn"), []
    for path in chosen(prefix):
        before, results, tasks = stored(path), {}, []
        for name, (made_by, heads) in wanted(path).items():
            runs = before[name]["runs"] if before.get(name, {}).get("recipe") == made_by else []
            runs = [run for run in runs if head(run) in heads]
            results[name] = {"recipe": made_by, "tensorflow": version("tensorflow"), "runs": runs}
            done = [head(run) for run in runs]
            tasks += [(name, each) for each in heads if each not in done]
        if not tasks:
            continue
        with ProcessPoolExecutor(max(1, os.cpu_count() or 1), mp_context=context) as pool:
            futures = {pool.submit(work, path, *task): task for task in tasks}
            for future in tqdm(as_completed(futures), total=len(tasks), desc=path.stem):
                name, about = futures[future]
                if future.exception():  # the others go on; `make results` again makes this one
                    failed.append(f"{path.stem}, {name}, {about['settings']}: {future.exception()}")
                    continue
                results[name]["runs"].append(future.result())
                write(path, results)
    if failed:
        print(*failed, f"{len(failed)} runs failed; the finished ones are stored.", sep="\n")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
