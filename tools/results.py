"""Run the studies' experiments over arms and seeds and keep what came out: `make studies`.

A study's cells tagged `recipe` define functions and `EXPERIMENTS`, which maps a name to
(function, list of settings). They are written to build/recipes as a module and imported from there:
what is stored was made by the code that stands on the page. Each finished run is stored at once in
data/results/NN_topic.json, and a run that is stored is not made again unless the code that it
depends on, or the weights that it names, have changed. Then the older runs stay until the newer
ones are whole; these wait beside them in NN_topic.newer.part.

Dask runs them: two processes on this machine, one thread each, or the cluster that
`DASK_SCHEDULER_ADDRESS` names. Its workers need one thread each, the course's environment, and this
folder under the same path. A run that fails, or whose worker dies, is told at the end; the next
call makes it again.
"""

import ast
import importlib.util
import json
import logging
import os
import sys
import time
from collections import Counter
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import nbformat
import typer
from filelock import FileLock, Timeout
from fingerprints import definitions, fingerprint

import notebooks
from tlcourse.runtime import put

ROOT = Path(__file__).resolve().parents[1]
STUDIES = ROOT / "notebooks" / "studies"
RESULTS = ROOT / "data" / "results"
BUILD = ROOT / "build" / "recipes"
GRID = "EXPERIMENTS"
STORED, NEWER = ".json", ".newer.part"  # what is a .part is not shipped


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


def load(path: Path, source: str):
    """Write a notebook's recipe to build/recipes and import it, once in a process."""
    from tlcourse import runtime

    name = f"study_{path.stem}_{sha256(source.encode()).hexdigest()[:16]}"
    if name not in sys.modules:
        runtime.load_tensorflow()
        put(BUILD / f"{name}.py", f"{source}\n".encode())
        spec = importlib.util.spec_from_file_location(name, BUILD / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
    return sys.modules[name]


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


def stored(path: Path, kind: str = STORED) -> dict:
    """Return what data/results holds for a notebook, empty where there is nothing yet."""
    target = RESULTS / f"{path.stem}{kind}"
    return json.loads(target.read_text(encoding="utf-8")) if target.is_file() else {}


def write(path: Path, results: dict, kind: str = STORED) -> None:
    """Write a notebook's results in one step, one run a line."""
    parts = []
    for name, entry in results.items():
        head = {key: value for key, value in entry.items() if key != "runs"}
        runs = sorted(entry["runs"], key=lambda run: json.dumps(run["settings"]))
        lines = ",\n".join(json.dumps(run) for run in runs)
        parts.append(f'{json.dumps(name)}: {json.dumps(head)[:-1]}, "runs": [\n{lines}\n]}}')
    put(RESULTS / f"{path.stem}{kind}", ("{\n" + ",\n".join(parts) + "\n}\n").encode())


def wanted(path: Path, source: str) -> dict:
    """Map each experiment of a recipe to its code's hash and the heads of all its runs.

    A run's head tells its settings and the weights that it uses.
    """
    if GRID not in definitions(source):
        return {}
    return {
        name: (
            fingerprint(source, function.__name__),
            [{"settings": each, "weights": weights_of(each, source)} for each in settings],
        )
        for name, (function, settings) in getattr(load(path, source), GRID).items()
    }


def head(run: dict) -> dict:
    """Return of a stored run what it was made with."""
    return {"settings": run["settings"], "weights": run["weights"]}


def valid(path: Path, plan: dict) -> dict:
    """Return the results that are stored already, in either file, as the plan wants them."""
    files, results = [stored(path), stored(path, NEWER)], {}
    for name, (made_by, heads) in plan.items():
        entries = [kept[name] for kept in files if kept.get(name, {}).get("recipe") == made_by]
        runs = {json.dumps(head(run)): run for entry in entries for run in entry["runs"]}
        runs = [run for run in runs.values() if head(run) in heads]
        results[name] = {"recipe": made_by, "tensorflow": version("tensorflow"), "runs": runs}
    return results


def missing(results: dict, plan: dict) -> list[tuple[str, dict]]:
    """Return (experiment, head) of each run that is still to be made."""
    done = {name: [head(run) for run in entry["runs"]] for name, entry in results.items()}
    return [(name, each) for name in plan for each in plan[name][1] if each not in done[name]]


def older(path: Path, plan: dict) -> list[tuple[str, dict]]:
    """Return (experiment, settings) of each stored run that the plan does not want as it is."""
    return [
        (name, run["settings"])
        for name, entry in stored(path).items()
        for run in entry["runs"]
        if name not in plan or entry["recipe"] != plan[name][0] or head(run) not in plan[name][1]
    ]


def settle(path: Path, plan: dict, results: dict, drop: bool) -> list[str]:
    """Put whole results in the place of older ones; return what has to be told instead.

    Runs that no newer ones replace are dropped only if `drop` says so.
    """
    there = [(name, each["settings"]) for name in plan for each in plan[name][1]]
    old, newer = older(path, plan), RESULTS / f"{path.stem}{NEWER}"
    if (lost := [each for each in old if each not in there]) and not drop:
        way_out = f"`make studies NB={path.stem} DROP=1` drops them"
        return [f"{path.stem}: the page no longer asks for {len(lost)} stored runs; {way_out}."]
    if old or newer.is_file():
        write(path, results)
        newer.unlink(missing_ok=True)
    return []


def leave_seeds_alone() -> None:
    """Give Dask a generator of its own: it measures sizes beside a run, and draws for that.

    It would draw from Python's, which Keras seeds and draws from: a seed would not repeat.
    """
    import random

    import dask.sizeof

    dask.sizeof.random = random.Random()


def work(path: Path, source: str, name: str, about: dict) -> dict:
    """Make one run, in a worker of Dask's; returns the line to store."""
    os.environ["TLCOURSE_THREADS"] = "1"  # read when TensorFlow is loaded
    leave_seeds_alone()
    module = load(path, source)
    import keras
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
    function, _ = getattr(module, GRID)[name]
    keras.backend.clear_session()
    began = time.perf_counter()
    result = function(**about["settings"])
    return {
        **about,
        "result": result,
        "seconds": round(time.perf_counter() - began, 1),
    }


def cluster(address: str):
    """Connect to a Dask scheduler; where none answers for half a minute, say so and leave."""
    from distributed import Client

    try:
        return Client(address)
    except OSError:
        print(f"No Dask scheduler answers at DASK_SCHEDULER_ADDRESS={address}.", file=sys.stderr)
        raise typer.Exit(1) from None


def local(workers: int):
    """Start processes of one thread each; they end with this one, even when it is killed."""
    from distributed import Client

    return Client(
        n_workers=workers,
        threads_per_worker=1,
        memory_limit=0,  # Dask would stop a run that takes more than its share
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"allowed_failures": 0},  # of workers, before a run counts as failed
        silence_logs=logging.CRITICAL,  # what fails is told at the end
    )


def finished(path: Path, source: str, tasks: list, workers: int):
    """Yield (experiment, head, future) of each run as it ends.

    Dask is given no more runs than it has workers: who kills its worker takes no other with it.
    """
    from distributed import as_completed

    waiting, given, count = iter(tasks), {}, 1
    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    with cluster(address) if address else local(workers) as client:
        ended = as_completed()
        while True:
            with suppress(TimeoutError):  # one that died comes back within seconds
                client.wait_for_workers(count, timeout=30)
            count = len(client.nthreads()) or 1
            for task in islice(waiting, max(0, count - len(given))):
                future = client.submit(work, path, source, *task, pure=False)
                given[future] = task
                ended.add(future)
            if not given:
                return
            future = next(ended)
            yield *given.pop(future), future


def why(error: Exception) -> str:
    """Tell what a run failed of."""
    if type(error).__name__ == "KilledWorker":
        return "its worker was killed, perhaps because memory ran out"
    return f"{type(error).__name__}: {error}"


def study(path: Path, drop: bool, workers: int) -> list[str]:
    """Make a study's missing runs; return a sentence for each that failed."""
    from tqdm import tqdm

    source, failed = recipe(path), []
    plan = wanted(path, source)
    results = valid(path, plan)
    kind = NEWER if older(path, plan) and not drop else STORED
    if tasks := missing(results, plan):
        ending = finished(path, source, tasks, workers)
        for name, about, future in tqdm(ending, total=len(tasks), desc=path.stem):
            if error := future.exception():  # the others go on; the next `make studies` makes it
                failed.append(f"{path.stem}, {name}, {about['settings']}: {why(error)}")
                continue
            results[name]["runs"].append(future.result())
            write(path, results, kind)
    if failed:
        return [*failed, f"{path.stem}: {len(failed)} runs failed; the finished ones are stored."]
    return settle(path, plan, results, drop)


def agreed(path: Path) -> bool:
    """Tell which stored runs would be dropped and ask; True where there are none.

    Raises typer.Abort where nobody answers. A change that voids more than was meant is seen here.
    """
    if not (old := older(path, wanted(path, recipe(path)))):
        return True
    counts = Counter(name for name, _ in old)
    told = ", ".join(f"{count} of {name!r}" for name, count in counts.items())
    return typer.confirm(f"{path.stem}: drop the stored runs {told}?", err=True)


def lock(path: Path):
    """Return the lock of a study's results, held. Raises filelock.Timeout where another has it."""
    BUILD.mkdir(parents=True, exist_ok=True)
    return FileLock(BUILD / f"{path.stem}.lock").acquire(timeout=0)


def main(
    prefix: str = typer.Argument("", help="as 05; by default all studies"),
    drop: bool = typer.Option(False, help="drop runs of older recipes before newer ones are whole"),
    workers: int = typer.Option(2, min=1, help="processes on this machine, one thread each"),
) -> None:
    """Make the runs that are missing."""
    told = []
    for path in chosen(prefix):
        try:
            with lock(path):
                told += study(path, drop and agreed(path), workers)
        except Timeout:
            told.append(f"{path.stem}: another runner is at work on it; let it finish or stop it.")
        except OSError as error:  # after `Timeout`, which is one, too
            why_not = f"build or data/results cannot be written: {error.strerror or error}"
            told.append(f"{path.stem}: {why_not}; what is stored stays.")
    if told:
        print(*told, sep="\n", file=sys.stderr)
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
