"""The one place that makes a run quiet and repeatable: logs, threads, seeds, device."""

import getpass
import hashlib
import os
import shutil
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

# Read by TensorFlow and Keras when they are imported, so they must stand before that.
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",  # what C++ logs stays hidden; what fails still raises
    "TF_ENABLE_ONEDNN_OPTS": "1",  # faster on CPUs; on everywhere, so that runs agree
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",  # a class can share one GPU
}


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

    Where that cannot be written, as in a shared course, it is one in the temporary folder.
    """
    folder = Path(os.environ.get("TLCOURSE_BUILD") or root() / "build")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    folder = Path(tempfile.gettempdir(), f"tlcourse-{getpass.getuser()}")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keras_home() -> Path:
    """Return the folder that Keras uses: `KERAS_HOME`, or `~/.keras`; it can always be written.

    A relative one counts from the course's folder. Of one that cannot be written, as a class may
    share it, Keras would use nothing (`keras.utils.get_file` then looks in `/tmp/.keras`): so its
    models are linked into a folder of one's own.
    """
    named = os.environ.get("KERAS_HOME")
    home = root() / Path(named).expanduser() if named else Path.home() / ".keras"
    if not home.is_dir() or os.access(home, os.W_OK):
        return home
    own = build_folder() / "keras" / hashlib.sha256(str(home).encode()).hexdigest()[:12]
    (own / "models").mkdir(parents=True, exist_ok=True)
    for path in (home / "models").glob("*"):
        link = own / "models" / path.name
        if not link.exists():
            try:
                link.symlink_to(path)
            except OSError:  # Windows without the right to link, or another notebook was quicker
                if not link.exists():
                    partial = link.with_name(f"{path.name}.{os.getpid()}.part")
                    shutil.copyfile(path, partial)
                    partial.replace(link)
    return own


def short(path: Path) -> str:
    """Write a path without what is private to this machine: from the course's folder, or from ~."""
    for base, name in ((root(), "."), (Path.home(), "~")):
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

    `TLCOURSE_THREADS` (a whole number; the test run sets 2) pins the threads of one operation
    and of independent operations, since their number moves the last digits of a training.
    Calling it again does nothing more.
    """
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"]
    os.environ.update(ENVIRONMENT)
    if (home := keras_home()) != Path.home() / ".keras":
        os.environ["KERAS_HOME"] = str(home)
    threads = int(os.environ.get("TLCOURSE_THREADS") or 0)
    with held_back_stderr():
        import tensorflow as tf

        if threads:
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
