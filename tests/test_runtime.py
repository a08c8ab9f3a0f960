"""The quiet, repeatable runtime; importing the package stays cheap."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tlcourse import runtime


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


BEGIN = """
import tlcourse
tlcourse.begin("99_test", seed=3)
import keras, numpy as np, tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="relu"),
                          keras.layers.Dropout(0.5), keras.layers.Dense(1)])
model.compile("adam", "mse")
data = np.random.normal(size=(64, 4))
model.fit(data, data[:, :1], epochs=2, verbose=0)
print("sum", repr(float(sum(np.abs(w).sum() for w in model.get_weights()))))
print("threads", tf.config.threading.get_intra_op_parallelism_threads())
"""


def test_begin_is_quiet_and_repeats_bit_for_bit(tmp_path):
    runs = [python(BEGIN, TLCOURSE_BUILD=str(tmp_path), TLCOURSE_THREADS="2") for _ in range(2)]
    assert [run.stderr for run in runs] == ["", ""]
    assert runs[0].stdout == runs[1].stdout
    assert "Lesson 99_test, seed 3, on " in runs[0].stdout
    assert "threads 2" in runs[0].stdout


def test_an_old_keras_json_does_not_turn_the_lessons_round(tmp_path):
    (tmp_path / "keras.json").write_text('{"image_data_format": "channels_first"}')
    code = "import tlcourse, keras; tlcourse.begin('99'); print(keras.config.image_data_format())"
    said = python(code, KERAS_HOME=str(tmp_path), TLCOURSE_BUILD=str(tmp_path)).stdout
    assert "Your keras.json asks for channels first" in said
    assert said.endswith("channels_last\n")


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
