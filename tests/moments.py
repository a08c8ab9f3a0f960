"""Kill a program at each of its writes, or let each fail; then run it again. For test_moments.py.

`python moments.py JOB FAULT FOLDER [ADDRESS]` prints a line of JSON: how many moments there were,
and what was wrong after which. Python tells an audit hook of every file that is opened for writing,
renamed or removed: these are the moments. A fork does the work, so that all is imported once.

Faults: `kill` before each write, `cut` (killed by the system in the middle of a file's bytes), and
the errors of a full disk (`ENOSPC`), a quota (`EDQUOT`), a missing right (`EACCES`) and a disk that
was mounted read-only (`EROFS`), from that write on.
"""

import errno
import hashlib
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
EVENTS = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CUTS = (0, 1, 100, 300, 600, 1000, 2000, 4000)  # bytes after which a file may grow no further
IN_THE_WAY = ("os.remove", "os.rmdir")  # work on a full disk, too


def watch(folder, moment, fault):
    """From now on, let the write number `moment` in a folder fail, and those after it."""
    seen = [0]

    def hook(event, arguments):
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, str | bytes | os.PathLike) or not flags & WRITES:
                return
        elif event not in EVENTS:
            return
        if not Path(os.fsdecode(arguments[0])).is_relative_to(folder):
            return
        seen[0] += 1
        if seen[0] == moment and fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if seen[0] >= moment and fault != "kill" and event not in IN_THE_WAY:
            number = getattr(errno, fault)
            raise OSError(number, os.strerror(number), os.fsdecode(arguments[0]))
        (folder.parent / "seen").write_text(str(seen[0])) if fault == "count" else None

    sys.addaudithook(hook)


def fork(work, folder, moment=None, fault=None):
    """Do the work in a process of its own; return its status (a signal: negative) and words."""
    said = folder.parent / "said"
    sys.stdout.flush()
    if not (child := os.fork()):
        status = 1
        try:
            out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(out, 1), os.dup2(out, 2)
            if fault == "cut":
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                resource.setrlimit(resource.RLIMIT_FSIZE, (moment, moment))
            elif fault:
                watch(folder, moment, fault)
            status = work(folder) or 0
        except SystemExit as error:
            if isinstance(error.code, str):
                print(error.code)
            status = error.code if isinstance(error.code, int) else bool(error.code)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(int(status))
    _, ended = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(ended), said.read_text(encoding="utf-8", errors="replace")


def notebook(text):
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": text, "outputs": []}
    whole = {"cells": [cell | {"execution_count": None}], "metadata": {}}
    return json.dumps(whole | {"nbformat": 4, "nbformat_minor": 5})


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def visible(folder):
    return [path for path in folder.rglob("*.ipynb") if not path.name.startswith(".")]


class Copies:
    """`make copies` with a newer course, over copies of which the learner has changed one."""

    NAMES = ("00_start.ipynb", "01_next.ipynb", "claims.ipynb", "studies/04_a.ipynb")
    LOADS = ("tlcourse.cli", "tlcourse.copies")
    TOLD = "my_course cannot be written: {reason}."

    def prepare(self, folder):
        for name in ("pyproject.toml", "tlcourse/x"):
            put(folder / name, "")
        for name in self.NAMES:
            put(folder / "notebooks" / name, notebook("first"))
        fork(self.run, folder)
        put(folder / "my_course" / self.NAMES[0], notebook("mine"))
        for name in self.NAMES:
            put(folder / "notebooks" / name, notebook("second"))

    def run(self, folder):
        from tlcourse import cli

        os.chdir(folder)
        os.environ["TLCOURSE_HOME"] = str(folder / "my_course")
        cli.copy()

    def fault(self, folder):
        assert self.text(folder, self.NAMES[0]) == "mine"
        for path in visible(folder / "my_course"):
            assert self.text(folder, path) in ("first", "second", "mine"), path.name

    def done(self, folder):
        assert self.text(folder, self.NAMES[0]) == "mine"
        assert self.text(folder, "00_start.new.ipynb") == "second"
        assert [self.text(folder, name) for name in self.NAMES[1:]] == ["second"] * 3
        assert len(visible(folder / "my_course")) == 5

    def text(self, folder, name):
        cells = json.loads((folder / "my_course" / name).read_text(encoding="utf-8"))["cells"]
        return "".join(cells[0]["source"])


class Page:
    """`make new`: the notebook that learns a folder of pictures."""

    LOADS = ("tlcourse.cli", "tlcourse.copies", "tlcourse.folders")
    TOLD = "copies cannot be written: {reason}."

    def prepare(self, folder):
        import numpy as np
        from PIL import Image

        draw = np.random.default_rng(0)
        for label in ("cat", "dog"):
            (folder / "pictures" / label).mkdir(parents=True)
            for number in range(10):
                pixels = draw.integers(0, 255, (24, 24, 3), "uint8")
                Image.fromarray(pixels).save(folder / "pictures" / label / f"{number}.png")
        self.before = self.sums(folder)

    def sums(self, folder):
        paths = sorted((folder / "pictures").rglob("*.png"))
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]

    def run(self, folder):
        from tlcourse import cli

        os.chdir(ROOT)
        os.environ["TLCOURSE_HOME"] = str(folder / "copies")
        cli.new(str(folder / "pictures"))

    def fault(self, folder):
        assert self.sums(folder) == self.before
        for path in visible(folder / "copies"):
            assert "FOLDER = " in path.read_text(encoding="utf-8")
            assert json.loads(path.read_text(encoding="utf-8"))["nbformat"] == 4

    def done(self, folder):
        self.fault(folder)
        assert [path.name for path in visible(folder / "copies")] == ["my_pictures.ipynb"]


class Run(Page):
    """`make new RUN=1`, to the end: what a run has shown is put into the page."""

    LOADS = (*Page.LOADS, "nbclient", "nbformat")

    def run(self, folder):
        import nbclient

        from tlcourse import cli

        class Pretended:
            def __init__(self, page, **options):
                self.page = page

            def execute(self):
                for cell in self.page.cells:
                    if cell["cell_type"] == "code":
                        cell["execution_count"] = 1

        nbclient.NotebookClient = Pretended
        os.chdir(ROOT)
        os.environ["TLCOURSE_HOME"] = str(folder / "copies")
        cli.new(str(folder / "pictures"), run=True)

    def done(self, folder):
        self.fault(folder)
        assert any(
            '"execution_count": 1' in path.read_text() for path in visible(folder / "copies")
        )


class Claims:
    """A lesson's claims, kept beside those of another lesson."""

    LOADS = ("tlcourse.claims",)
    TOLD = "Claims are shown, but not stored in build: {reason}."
    GOES_ON = True

    def prepare(self, folder):
        put(folder / "claims.json", json.dumps([{"lesson": "00", "sentence": "Older."}]))

    def run(self, folder):
        os.environ["TLCOURSE_BUILD"] = str(folder)
        from tlcourse import claims

        for words in ("One.", "Two.", "Three."):
            claims.claim(words, True)

    def kept(self, folder):
        stored = json.loads((folder / "claims.json").read_text(encoding="utf-8"))
        return [each["sentence"] for each in stored]

    def fault(self, folder):
        assert "Older." in self.kept(folder)

    def done(self, folder):
        assert sorted(self.kept(folder)) == ["Older.", "One.", "Three.", "Two."]


RECIPE = """
def measure(arm, seed):
    return {"accuracy": FACTOR * seed}


EXPERIMENTS = {"only": (measure, [{"arm": a, "seed": s} for a in ("one", "two") for s in range(2)])}
"""


class Study:
    """`make studies` of a recipe that has changed since; its workers are pretended."""

    LOADS = ("results", "tlcourse.runtime")
    TOLD = "98_test: build or data/results cannot be written: {reason}; what is stored stays."

    def prepare(self, folder):
        self.write(folder, factor=2)
        status, said = fork(self.run, folder)
        assert status == 0, said
        self.write(folder, factor=3)

    def write(self, folder, factor):
        page = json.loads(notebook(f"FACTOR = {factor}\n{RECIPE}"))
        page["cells"][0]["metadata"]["tags"] = ["recipe"]
        put(folder / "notebooks" / "studies" / "98_test.ipynb", json.dumps(page))

    def run(self, folder):
        from concurrent.futures import Future

        import results

        from tlcourse import runtime

        runtime.load_tensorflow = lambda: None
        results.ROOT, results.STUDIES = folder, folder / "notebooks" / "studies"
        results.RESULTS, results.BUILD = folder / "results", folder / "build"

        def finished(path, source, tasks, workers):
            function, _ = results.load(path, source).EXPERIMENTS["only"]
            for name, about in tasks:
                future = Future()
                future.set_result({**about, "result": function(**about["settings"]), "seconds": 0})
                yield name, about, future

        results.finished = finished
        results.typer.Exit = SystemExit
        results.main("98", drop=False, workers=1)

    def runs(self, folder, name):
        path = folder / "results" / name
        if not path.is_file():
            return {}
        entry = json.loads(path.read_text(encoding="utf-8"))["only"]
        return {tuple(run["settings"].values()): run["result"]["accuracy"] for run in entry["runs"]}

    def fault(self, folder):
        stored, newer = self.runs(folder, "98_test.json"), self.runs(folder, "98_test.newer.part")
        old = {(arm, seed): 2 * seed for arm in ("one", "two") for seed in range(2)}
        new = {(arm, seed): 3 * seed for arm in ("one", "two") for seed in range(2)}
        assert stored in (old, new), stored  # all runs, of one recipe
        assert newer.items() <= new.items()

    def done(self, folder):
        self.fault(folder)
        assert self.runs(folder, "98_test.json")["one", 1] == 3
        assert not (folder / "results" / "98_test.newer.part").exists()


class Fetch:
    """`make fetch`, from a server that stands in for Keras's; its files are small."""

    LOADS = ("tlcourse.cli", "tlcourse.weights")
    TOLD = "could not be downloaded ("

    def __init__(self, address):
        self.address = address

    def prepare(self, folder):
        (folder / "models").mkdir(parents=True)

    def run(self, folder):
        import pooch

        from tlcourse import cli, weights

        os.environ["KERAS_HOME"] = str(folder)
        weights.PLACE, weights.CLASS_INDEX_URL = self.address, self.address + weights.CLASS_INDEX
        weights.network_answers = lambda: True
        about = pooch.retrieve(self.address + "about.json", None, path=folder.parent / "about")
        weights.ARRAYS, weights.SHA256, weights.CLASS_INDEX_MD5 = json.loads(
            Path(about).read_text()
        )
        cli.fetch()

    def fault(self, folder):
        for path in (folder / "models").glob("*.*"):
            if path.is_file():
                assert path.stat().st_size > 5000, path.name

    def done(self, folder):
        self.fault(folder)
        assert len([path for path in (folder / "models").glob("*.*") if path.is_file()]) == 3


JOBS = {
    "copies": Copies,
    "page": Page,
    "run": Run,
    "claims": Claims,
    "study": Study,
    "fetch": Fetch,
}


def after(job, folder, moment, fault):
    """Let one moment fail, look, and do it again; return None when there were not so many."""
    prepared = folder.parent / "prepared"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(prepared, folder)
    status, said = fork(job.run, folder, moment, fault)
    killed = status in (-signal.SIGKILL, -signal.SIGXFSZ)
    if status == 0 and job.TOLD.split("{")[0] not in said:
        job.done(folder)
        return None
    job.fault(folder)
    if fault not in ("kill", "cut"):
        assert "Traceback" not in said, said
        assert job.TOLD.format(reason=os.strerror(getattr(errno, fault))) in said, said
        assert status == (0 if getattr(job, "GOES_ON", False) else 1), (status, said)
    else:
        assert killed, said
    status, said = fork(job.run, folder)
    assert status == 0, said
    job.done(folder)
    return moment


def main(name, fault, place, *address):
    job, folder = JOBS[name](*address), Path(place).resolve() / "place"
    folder.mkdir(parents=True)
    for module in job.LOADS:
        importlib.import_module(module)
    job.prepare(folder)
    folder.rename(folder.parent / "prepared")
    wrong, moments = [], 0
    for moment in CUTS if fault == "cut" else range(1, 200):
        try:
            if after(job, folder, moment, fault) is None:
                if fault == "cut":
                    continue
                break
        except AssertionError as error:
            wrong.append([moment, str(error)[-600:]])
        moments += 1
    print(json.dumps({"moments": moments, "wrong": wrong}))


if __name__ == "__main__":
    main(*sys.argv[1:])
