"""Hub models: checked before they are loaded, and the right one for each profile."""

import shutil

import pytest

from tlcourse import savedmodels
from tlcourse.runtime import root
from tlcourse.savedmodels import SavedModelError


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A course of which one may break the hub models."""
    folder = shutil.copytree(root() / "data" / "hub", tmp_path / "data" / "hub")
    monkeypatch.setattr(savedmodels, "root", lambda: tmp_path)
    return folder


def test_whole_models_are_returned_as_a_folder(copied):
    for name in ("fruit_classification", "general_feature_vector"):
        assert savedmodels.checked(name) == str(copied / name)


def test_a_damaged_model_is_told_and_the_other_one_is_not(copied):
    path = copied / "fruit_classification" / "saved_model.pb"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(SavedModelError, match=r"saved_model\.pb is damaged: run `git checkout"):
        savedmodels.checked("fruit_classification")
    assert savedmodels.checked("general_feature_vector")


def test_missing_files_and_names_are_told_in_one_sentence(copied):
    (copied / "general_feature_vector" / "saved_model.pb").unlink()
    with pytest.raises(SavedModelError, match=r"saved_model\.pb is missing"):
        savedmodels.checked("general_feature_vector")
    with pytest.raises(SavedModelError, match="no hub model 'resnet'"):
        savedmodels.checked("resnet")
    (copied / "sha256.json").unlink()
    with pytest.raises(SavedModelError, match=r"sha256\.json is missing") as caught:
        savedmodels.checked("fruit_classification")
    assert len(caught.value._render_traceback_()) == 1


@pytest.mark.parametrize("profile", ["imagenet", "offline", "photographs"])
def test_without_a_network_it_is_the_courses_own(profile, monkeypatch, capsys):
    monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
    monkeypatch.delenv("TLCOURSE_HUB", raising=False)
    handle, size = savedmodels.feature_vector(profile)
    assert (handle, size) == (savedmodels.checked("general_feature_vector"), 100)
    assert "the course's own feature vector, 100 px" in capsys.readouterr().out


def test_a_named_folder_comes_first_and_its_path_is_not_printed(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("TLCOURSE_HUB", str(tmp_path / "mobilenet_v2_035_96_feature_vector"))
    handle, size = savedmodels.feature_vector("offline")
    assert handle.startswith(str(tmp_path))
    assert size == 96
    assert str(tmp_path) not in capsys.readouterr().out


@pytest.mark.parametrize("brought", [True, False])
def test_photographs_take_the_published_model_where_it_can_be_had(brought, monkeypatch, capsys):
    monkeypatch.delenv("TLCOURSE_HUB", raising=False)
    monkeypatch.setattr(savedmodels, "network_answers", lambda: True)

    def resolve(handle):
        if not brought:
            raise OSError("no route")
        return "/somewhere"

    monkeypatch.setattr("tensorflow_hub.resolve", resolve)
    handle, size = savedmodels.feature_vector("photographs")
    said = capsys.readouterr().out
    assert (handle == savedmodels.PUBLISHED) == brought
    assert size == (96 if brought else 100)
    assert brought or "could not be had (OSError)" in said


@pytest.mark.parametrize(
    ("handle", "size"),
    [
        (savedmodels.PUBLISHED, 96),
        ("https://www.kaggle.com/models/google/mobilenet-v2/TensorFlow2/100-224-feature-vector/2",
         224),
        ("mobilenet_v1_025_128_feature_vector", 128),
        ("a_model_without_a_number", 224),
    ],
)  # fmt: skip
def test_the_size_of_the_pictures_stands_in_the_name(handle, size):
    assert savedmodels._size(handle) == size


def test_redraw_leaves_nothing_of_what_was_learned():
    import tensorflow_hub as hub

    module = hub.load(savedmodels.checked("general_feature_vector"))
    before = [variable.numpy() for variable in module.variables]
    savedmodels.redraw(module)
    for variable, old in zip(module.variables, before, strict=True):
        new, name = variable.numpy(), variable.name.split("/")[-1]
        if new.ndim > 1:
            fan_in = new.size // new.shape[-1]
            assert (new != old).all()
            assert 0.8 < new.std() * (fan_in / 2) ** 0.5 < 1.2
        else:
            assert (new == name.startswith(("gamma", "moving_variance"))).all()
