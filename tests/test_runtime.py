"""The quiet, repeatable runtime; importing the package stays cheap."""

import os
import subprocess
import sys
from pathlib import Path

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


def test_a_course_that_cannot_be_written_uses_the_temporary_folder(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path / "file" / "build"))
    monkeypatch.setattr(runtime.tempfile, "gettempdir", lambda: str(tmp_path))
    assert runtime.build_folder().parent == tmp_path
    assert runtime.build_folder().name.startswith("tlcourse-")


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
