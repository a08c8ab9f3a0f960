"""The one place that makes a run quiet and repeatable: logs, threads, seeds, device."""

import hashlib
import os
import re
import stat
import sys
import tempfile
import uuid
import warnings
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import platformdirs

# Read by TensorFlow and Keras when they are imported, so they must stand before that.
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",  # what C++ logs stays hidden; what fails still raises
    "TF_ENABLE_ONEDNN_OPTS": "1",  # faster on CPUs; on everywhere, so that runs agree
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",  # a class can share one GPU
}
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more of them and TensorFlow's block each other


class Sentence:
    """An error whose text is one sentence that names the way out; notebooks show that alone."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class Session:
    """What `begin` found out about this run; `claim` stores it beside each claim."""

    lesson: str | None = None
    device: str | None = None
    profile: str | None = None


def root() -> Path:
    """Return the course's folder: the nearest one above the working folder that holds `tlcourse`.

    Outside of it, where a notebook was copied elsewhere, it is the one `tlcourse` was loaded from;
    of an installed course, what was installed with it (see setup.py).
    """
    here, installed = Path.cwd(), Path(__file__).resolve().parents[1]
    for folder in (here, *here.parents, installed):
        if (folder / "pyproject.toml").is_file() and (folder / "tlcourse").is_dir():
            return folder
    shipped = Path(__file__).resolve().parent / "course"
    return shipped if shipped.is_dir() else here


def build_folder() -> Path:
    """Return the folder for what a run writes: `TLCOURSE_BUILD`, else `build/` in the course.

    Where that cannot be written, as in a shared course, it is `tlcourse` in the user's cache (of
    platformdirs) where that is the user's alone, else a new one in the temporary folder. Raises
    OSError where there is none of these.
    """
    folder = Path(os.environ.get("TLCOURSE_BUILD") or root() / "build")
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    with suppress(RuntimeError):  # no home is known; older versions then name a relative folder
        own = platformdirs.user_cache_path("tlcourse", appauthor=False)
        if own.is_absolute() and _is_private(own):
            return own
    return _last_resort()


def _is_private(folder: Path) -> bool:
    """Make a folder that nobody else can open; return whether it is that, and no trap."""
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.lstat()  # of a link, that of the link
        if stat.S_ISDIR(about.st_mode) and about.st_uid == getattr(os, "getuid", lambda: 0)():
            folder.chmod(0o700)
            return os.access(folder, os.W_OK)
    return False


@cache
def _last_resort() -> Path:
    return Path(tempfile.mkdtemp(prefix="tlcourse-"))


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; until it is whole, no other write knows its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def home() -> Path:
    """Return the user's home; where none is known, as in some containers, `build_folder()`."""
    try:
        return Path.home()
    except RuntimeError:
        return build_folder()


def keras_home() -> Path:
    """Return the folder that Keras uses: `KERAS_HOME`, or `~/.keras`; it can always be written.

    A relative one counts from the course's folder. Of one that cannot be written, as a class may
    share it, Keras would use nothing (`keras.utils.get_file` then looks in `/tmp/.keras`): so its
    models are linked into a folder of one's own.
    """
    named = os.environ.get("KERAS_HOME")
    shared = root() / os.path.expanduser(named) if named else home() / ".keras"  # noqa: PTH111
    there = next(path for path in (shared, *shared.parents) if os.path.exists(path))  # noqa: PTH110
    if os.access(there, os.W_OK):
        return shared
    own = build_folder() / "keras" / hashlib.sha256(str(shared).encode()).hexdigest()[:12]
    (own / "models").mkdir(parents=True, exist_ok=True)
    for path in (shared / "models").glob("*"):
        link = own / "models" / path.name
        if not link.exists():
            _link(path, link)
    return own


def _link(path: Path, link: Path) -> None:
    """Link or copy a file; where neither can be done, as on a full disk, it counts as missing."""
    with suppress(OSError):
        link.symlink_to(path)
    with suppress(OSError):  # Windows without the right to link
        if not link.exists():
            put(link, path.read_bytes())


def short(path: Path) -> str:
    """Write a path without what is private to this machine: from the course's folder, or from ~."""
    for base, name in ((root(), "."), (home(), "~")):
        if path.is_relative_to(base):
            return str(Path(name) / path.relative_to(base))
    return path.name


@contextmanager
def held_back_stderr():
    """Hold back what C++ code prints to file descriptor 2; print it after all on an exception."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(saved, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def load_tensorflow():
    """Import TensorFlow quietly, pin threads, share the GPU; return the module.

    `TLCOURSE_THREADS` (a whole number; the test run sets 2) pins the threads of one operation and
    of independent operations: their number moves a training's last digits. Once is enough.
    """
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"]
    os.environ.update(ENVIRONMENT)
    if (used := keras_home()) != home() / ".keras":
        os.environ["KERAS_HOME"] = str(used)
    threads = os.environ.get("TLCOURSE_THREADS", "").strip() or "0"
    if not re.fullmatch(r"\d{1,3}", threads, re.ASCII):
        warnings.warn(f"TLCOURSE_THREADS is {threads!r}, no number: left out.", stacklevel=2)
        threads = 0
    with held_back_stderr():
        import tensorflow as tf

        if threads := int(threads):
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)
    tf.get_logger().setLevel("ERROR")
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")  # by tensorflow_hub
    return tf


def device_name() -> str:
    """Return what TensorFlow computes on, as `GPU: NVIDIA …` or `CPU: 2 cores`."""
    tf = load_tensorflow()
    if gpus := tf.config.list_physical_devices("GPU"):
        return "GPU: " + tf.config.experimental.get_device_details(gpus[0]).get("device_name", "?")
    return f"CPU: {os.cpu_count()} cores"
