"""The quiet, repeatable runtime; importing the package stays cheap."""

import builtins
import os
import stat
import subprocess
import sys
import warnings
from pathlib import Path
from unittest import mock

import pytest

from tlcourse import runtime, weights


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
        check=True,
    )


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, tlcourse; print([m for m in sys.modules if '.' not in m])"
    loaded = python(code).stdout
    for heavy in ("tensorflow", "keras", "matplotlib", "pandas", "scipy", "sklearn", "numpy"):
        assert f"'{heavy}'" not in loaded


def test_the_heavy_modules_load_tensorflow_when_it_is_used_and_not_before():
    code = "import sys; from tlcourse import data, lesson, real, weights; print(*sys.modules)"
    loaded = python(code).stdout.split()
    assert not {"tensorflow", "keras", "tensorflow_datasets"} & set(loaded)


KERAS = """
import os
asked = os.access
os.access = lambda path, mode, **k: str(path) != {locked!r} and asked(path, mode, **k)
from tlcourse import runtime
runtime.load_tensorflow()
import keras
network = keras.applications.MobileNetV2(alpha=0.35, input_shape=(96, 96, 3), include_top=False)
print(float(network.get_weights()[0].sum()))
print(runtime.keras_home())
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A Keras folder with (random) weights in the form that Keras publishes, and their sum."""
    import h5py

    runtime.load_tensorflow()
    import keras
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    folder = tmp_path_factory.mktemp("shared") / "keras"
    (folder / "models").mkdir(parents=True)
    network = keras.applications.MobileNetV2(
        alpha=0.35, input_shape=(96, 96, 3), include_top=False, weights=None
    )
    with h5py.File(folder / "models" / weights.BASE, "w") as file:
        save_weights_to_hdf5_group(file, network)
    return folder, float(network.get_weights()[0].sum())


def test_keras_loads_from_a_folder_that_cannot_be_written(home, tmp_path):
    """Keras itself would look in `/tmp/.keras`, and download anew."""
    folder, total = home
    code = KERAS.format(locked=str(folder))
    run = python(code, KERAS_HOME=str(folder), TLCOURSE_BUILD=str(tmp_path / "build"))
    found, where = run.stdout.splitlines()
    assert float(found) == pytest.approx(total)
    assert Path(where).is_relative_to(tmp_path / "build")
    assert [path.name for path in folder.rglob("*")] == ["models", weights.BASE]


def test_keras_loads_from_a_folder_that_is_named_from_the_course(home, tmp_path):
    """A notebook's working folder is another one than that from which Jupyter was started."""
    folder, total = home
    relative = os.path.relpath(folder, runtime.root())
    run = python(KERAS.format(locked=""), KERAS_HOME=relative)
    assert float(run.stdout.splitlines()[0]) == pytest.approx(total)


def test_links_of_a_shared_folder_are_made_once_and_follow_it(home, tmp_path, monkeypatch):
    folder, _ = home
    monkeypatch.setenv("KERAS_HOME", str(folder))
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path))
    asked = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != folder and asked(path, mode))
    own = runtime.keras_home()
    assert own == runtime.keras_home()
    assert [path.name for path in (own / "models").iterdir()] == [weights.BASE]
    (folder / "models" / "new.h5").write_bytes(b"more")
    assert (runtime.keras_home() / "models" / "new.h5").read_bytes() == b"more"
    (folder / "models" / "new.h5").unlink()
    assert not (runtime.keras_home() / "models" / "new.h5").exists()


BLAS = """
import tlcourse
tlcourse.begin
import scipy.linalg, threadpoolctl
found = threadpoolctl.threadpool_info()
print({each["num_threads"] for each in found if each["user_api"] == "blas"})
"""


def test_a_lesson_s_linear_algebra_has_one_thread(monkeypatch):
    """With two beside TensorFlow's, scikit-learn's LogisticRegression took 60 times as long."""
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert python(BLAS).stdout.strip() == "{1}"


CHANNELS_FIRST = """
from tlcourse import runtime
runtime.ENVIRONMENT["TF_ENABLE_ONEDNN_OPTS"] = "{switch}"
tf = runtime.load_tensorflow()
import keras, numpy as np
with tf.device("CPU"):
    try:
        out = keras.layers.Conv2D(8, 3, data_format="channels_first")(np.zeros((1, 3, 8, 8)))
        print("ran", tuple(out.shape))
    except Exception as error:
        print("only supports the NHWC" in str(error))
"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="oneDNN's kernels are for x86")
@pytest.mark.parametrize(("switch", "said"), [("1", "ran (1, 8, 6, 6)"), ("0", "True")])
def test_lesson_01_is_right_about_channels_first_on_a_cpu(switch, said):
    assert python(CHANNELS_FIRST.format(switch=switch)).stdout.strip() == said


def test_held_back_log_lines_come_out_only_on_failure(capfd):
    with runtime.held_back_stderr():
        os.write(2, b"chatter\n")
    assert capfd.readouterr().err == ""

    def fails():
        with runtime.held_back_stderr():
            os.write(2, b"the reason\n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert capfd.readouterr().err == "the reason\n"


def test_build_folder_can_be_moved(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path / "new"))
    assert runtime.build_folder() == tmp_path / "new"
    assert (tmp_path / "new").is_dir()


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """A course that cannot be written; return the folder that is then the user's own."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path / "file" / "build"))
    monkeypatch.setattr(runtime.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "own")
    monkeypatch.setattr(runtime.tempfile, "tempdir", str(tmp_path))
    runtime._last_resort.cache_clear()
    yield tmp_path / "own"
    runtime._last_resort.cache_clear()


def test_a_course_that_cannot_be_written_uses_a_folder_that_is_the_users_alone(shared):
    assert runtime.build_folder() == shared
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700
    shared.chmod(0o777)  # as an older umask may have left it
    assert runtime.build_folder() == shared
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700


def test_no_trap_in_its_place_is_stepped_into(shared, tmp_path, monkeypatch):
    def lay_link():
        (tmp_path / "elsewhere").mkdir()
        shared.symlink_to(tmp_path / "elsewhere")

    def lay_folder():
        shared.mkdir()
        monkeypatch.setattr(os, "getuid", lambda: shared.stat().st_uid + 1)

    for lay in (lay_link, shared.touch, lay_folder):
        lay()
        folder = runtime.build_folder()
        assert folder.parent == tmp_path
        assert folder.name.startswith("tlcourse-")
        assert folder == runtime.build_folder()  # the same one as long as this process lives
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        shared.rmdir() if lay is lay_folder else shared.unlink()
    assert list((tmp_path / "elsewhere").iterdir()) == []


NOBODY = """
import os, pwd
def unknown(uid):
    raise KeyError(f"getpwuid(): uid not found: {uid}")
pwd.getpwuid = unknown
os.environ.pop("HOME", None); os.environ.pop("USER", None); os.environ.pop("LOGNAME", None)
os.environ.pop("XDG_CACHE_HOME", None)
from tlcourse import claims, copies, runtime
build = runtime.build_folder()
assert build.is_dir() and build.is_absolute(), build
assert runtime.keras_home().is_absolute()
assert runtime.short(build)
assert copies.folder().is_absolute()
claims.claim("It goes on.", True)
print(build)
"""


def test_a_user_without_a_name_and_a_home_can_take_the_course(tmp_path):
    """As in a container that was started with another number for the user."""
    (tmp_path / "file").write_text("in the way")
    blocked = str(tmp_path / "file" / "build")
    run = python(NOBODY, TLCOURSE_BUILD=blocked, TMPDIR=str(tmp_path), KERAS_HOME="")
    said, build = run.stdout.splitlines()
    assert said == "✓ It goes on."
    assert Path(build).parent == tmp_path
    assert (Path(build) / "claims.json").is_file()


@pytest.fixture
def pretended(monkeypatch):
    """Let TensorFlow be pretended; return it."""
    tensorflow = mock.MagicMock()
    tensorflow.config.list_physical_devices.return_value = []
    real, asked = builtins.__import__, {"tensorflow"}
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setattr(
        builtins, "__import__", lambda name, *a: tensorflow if name in asked else real(name, *a)
    )
    return tensorflow


@pytest.mark.parametrize(
    ("said", "pinned"),
    [
        ("abc", None),
        ("-1", None),
        ("9" * 20, None),
        ("٣", None),
        (" 1 ", 1),
        ("", None),
        ("0", None),
    ],
)
def test_a_slip_in_the_number_of_threads_is_told_and_stops_no_lesson(
    pretended, monkeypatch, said, pinned
):
    monkeypatch.setenv("TLCOURSE_THREADS", said)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert runtime.load_tensorflow() is pretended
    set_to = pretended.config.threading.set_intra_op_parallelism_threads
    assert [call.args for call in set_to.call_args_list] == [(pinned,)] * (pinned is not None)
    slip = f"TLCOURSE_THREADS is {said!r}, no number: left out."
    odd = said.strip() not in ("", "0", "1")
    assert [str(each.message) for each in told] == [slip] * odd


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    runtime.put(tmp_path / "deep" / "file", b"first")

    def full(path, content):
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        runtime.put(tmp_path / "deep" / "file", b"second")
    assert [path.read_bytes() for path in (tmp_path / "deep").iterdir()] == [b"first"]


def test_a_full_disk_does_not_stop_keras_from_finding_its_folder(tmp_path, monkeypatch):
    folder = tmp_path / "shared"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / weights.BASE).touch()
    monkeypatch.setenv("KERAS_HOME", str(folder))
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path / "build"))
    asked = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != folder and asked(path, mode))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "symlink_to", full)
    monkeypatch.setattr(Path, "write_bytes", full)
    assert list((runtime.keras_home() / "models").iterdir()) == []


def test_keras_gets_a_folder_of_ones_own_where_the_home_cannot_be_written(tmp_path, monkeypatch):
    """Keras itself would use `/tmp/.keras`, which anybody may have laid there."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home" / ".keras"))
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path / "build"))
    asked = os.access
    locked = {tmp_path / "home", tmp_path}
    monkeypatch.setattr(os, "access", lambda path, mode: path not in locked and asked(path, mode))
    assert runtime.keras_home().is_relative_to(tmp_path / "build")


def test_root_is_found_from_the_notebooks_folder(monkeypatch, tmp_path):
    course = Path(__file__).parents[1]
    monkeypatch.chdir(course / "notebooks")
    assert runtime.root() == course
    monkeypatch.chdir(tmp_path)  # a notebook copied elsewhere
    assert runtime.root() == course


def test_shown_paths_hide_the_machine(monkeypatch):
    assert runtime.short(runtime.root() / "build") == "build"
    assert runtime.short(Path.home() / ".keras") == "~/.keras"
    assert runtime.short(Path("/opt/secret/python")) == "python"
