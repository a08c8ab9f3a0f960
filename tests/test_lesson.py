"""A lesson begins with one line, stands on one of three profiles, and gives the same pictures."""

import os
import subprocess
import sys

import numpy as np
import pytest

import tlcourse
from tlcourse import data, lesson, models, real, runtime, weights

HERE = os.environ.get("TFDS_DATA_DIR")


def files(*there, network=False):
    """Return stand-ins for `weights.status` and `weights.network_answers`."""

    def status(what="classifier"):
        name = {"base": weights.BASE, "classifier": weights.CLASSIFIER}.get(what, what)
        if name in there:
            return weights.Status(True, f"{name}, found in models")
        return weights.Status(False, f"{name} is not in models; run `make fetch`.")

    return {"status": status, "network_answers": lambda seconds=3: network}


@pytest.fixture
def stand(monkeypatch):
    """Choose what this machine seems to have, and what `TLCOURSE_PROFILE` says."""

    def on(*there, named=None, network=False):
        for name, stand_in in files(*there, network=network).items():
            monkeypatch.setattr(weights, name, stand_in)
        monkeypatch.delenv("TLCOURSE_PROFILE", raising=False)
        if named is not None:
            monkeypatch.setenv("TLCOURSE_PROFILE", named)

    return on


@pytest.mark.parametrize(
    ("there", "include_top", "found"),
    [
        ((), False, "offline"),
        ((), True, "offline"),
        ((weights.BASE,), False, "imagenet"),
        ((weights.BASE,), True, "offline"),  # predicting needs the classifier
        ((weights.CLASSIFIER,), False, "offline"),
        ((weights.CLASSIFIER,), True, "imagenet"),
        ((weights.BASE, weights.CLASSIFIER), False, "imagenet"),
    ],
)
@pytest.mark.parametrize("named", [None, "", " "])
def test_without_a_name_the_profile_is_what_is_there(stand, there, include_top, found, named):
    stand(*there, named=named)
    assert lesson.profile_name(include_top=include_top) == found


@pytest.mark.parametrize("named", ["imagenet", "offline", "photographs", " ImageNet "])
def test_the_environment_names_the_profile(stand, named):
    stand(weights.BASE, weights.CLASSIFIER, named=named)
    assert lesson.profile_name() == named.strip().lower()


def one_sentence(caught):
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    assert caught.value._render_traceback_() == [f"ProfileError: {text}"]
    return text


def test_a_misspelt_profile_is_told_in_one_sentence(stand):
    stand(weights.BASE, named="imagnet")
    with pytest.raises(lesson.ProfileError) as caught:
        lesson.profile_name()
    assert one_sentence(caught) == (
        "TLCOURSE_PROFILE is 'imagnet'; it can be imagenet, offline, photographs."
    )


@pytest.mark.parametrize(
    ("include_top", "lacking"), [(False, weights.BASE), (True, weights.CLASSIFIER)]
)
def test_imagenet_that_is_asked_for_and_not_there_is_told(stand, include_top, lacking):
    stand(*{weights.BASE, weights.CLASSIFIER} - {lacking}, named="imagenet", network=True)
    with pytest.raises(lesson.ProfileError) as caught:
        lesson.profile_name(include_top=include_top)
    assert one_sentence(caught).startswith(
        f"TLCOURSE_PROFILE asks for imagenet, but {lacking} is not in models; run `make fetch`"
    )


def begin(*, include_top=False, seed=0):
    return lesson.begin("99_test", include_top=include_top, seed=seed)


@pytest.mark.parametrize("include_top", [False, True])
def test_photographs_need_weights_that_are_there_or_can_be_fetched(stand, monkeypatch, include_top):
    side = 224 if runtime.device_name().startswith("GPU") else 128
    wanted = weights.NO_TOP.format(alpha=1.0, side=side)
    wanted = weights.CLASSIFIER if include_top else wanted
    stand(weights.BASE, named="photographs")
    with pytest.raises(lesson.ProfileError) as caught:
        begin(include_top=include_top)
    assert f"asks for photographs, but {wanted} is not in" in one_sentence(caught)
    stand(weights.BASE, named="photographs", network=True)
    assert begin(include_top=include_top).weights == "imagenet"
    stand(wanted, named="photographs")
    begun = begin(include_top=include_top)
    assert begun.profile == "photographs"
    assert begun.image_size == ((224, 224) if include_top else (side, side))


SHOWN = {
    "imagenet": "MobileNetV2 (0.35, 96 px) with ImageNet's weights · tabletop's pictures",
    "offline": "TabletopResNet (100 px), the course's own network · tabletop's pictures",
    "photographs": "px) with ImageNet's weights · real photographs",
}


@pytest.mark.parametrize("profile", lesson.PROFILES)
def test_one_line_says_what_the_lesson_stands_on(stand, capfd, profile):
    stand(weights.BASE, weights.CLASSIFIER, named=profile, network=True)
    begun = begin()
    said, wrong = capfd.readouterr()
    assert wrong == ""
    assert said.count("\n") == 1
    assert SHOWN[profile] in said
    assert said.endswith(f"{runtime.device_name()} · other ways to run this: lesson 00\n")
    assert begun.profile == runtime.Session.profile == profile
    assert runtime.Session.lesson == begun.name == "99_test"


def test_the_fallback_is_said_and_how_to_leave_it(stand, capsys):
    stand()
    assert begin().profile == "offline"
    said = capsys.readouterr().out
    assert "as ImageNet's weights are not here (`make fetch` brings them)" in said
    stand(named="offline")  # wanted, so nothing is missing
    begin()
    assert "make fetch" not in capsys.readouterr().out


BEGIN = """
import tlcourse
lesson = tlcourse.begin("99_test", seed=3)
import keras, numpy as np, tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="relu"),
                          keras.layers.Dropout(0.5), keras.layers.Dense(1)])
model.compile("adam", "mse")
numbers = tf.data.Dataset.from_tensor_slices((np.random.normal(size=(64, 4)), np.ones(64)))
model.fit(numbers.shuffle(64, seed=1).batch(8), epochs=2, verbose=0)
print("sum", repr(float(sum(np.abs(w).sum() for w in model.get_weights()))))
print("threads", tf.config.threading.get_intra_op_parallelism_threads())
print(keras.config.image_data_format())
"""


def test_begin_is_one_line_in_a_fresh_python_and_repeats_bit_for_bit(tmp_path):
    environment = {
        **os.environ, "KERAS_HOME": str(tmp_path), "TLCOURSE_BUILD": str(tmp_path / "build"),
        "TLCOURSE_THREADS": "2", "TLCOURSE_OFFLINE": "1",
    }  # fmt: skip
    environment.pop("TLCOURSE_PROFILE", None)
    runs = []
    for _ in range(2):
        runs.append(
            subprocess.run(
                [sys.executable, "-c", BEGIN], capture_output=True, text=True, timeout=200,
                check=True, env=environment,
            )
        )  # fmt: skip
        # The second time with an old keras.json, which must not turn the lessons round.
        (tmp_path / "keras.json").write_text('{"image_data_format": "channels_first"}')
    assert [run.stderr for run in runs] == ["", ""]
    (line, *rest), (turned, again, *same) = (run.stdout.splitlines() for run in runs)
    assert line.startswith("TabletopResNet (100 px), the course's own network, as ImageNet's")
    assert line.endswith(" · other ways to run this: lesson 00")
    assert turned.startswith("Your keras.json asks for channels first")
    assert [again, *same] == [line, *rest]
    assert rest[1:] == ["threads 2", "channels_last"]


@pytest.fixture
def begun(stand, capsys):
    """Return a function that begins in a profile and swallows the line."""

    def in_profile(profile="offline", **options):
        stand(weights.BASE, weights.CLASSIFIER, named=profile, network=True)
        found = begin(**options)
        capsys.readouterr()
        return found

    return in_profile


def test_the_package_offers_begin():
    assert tlcourse.begin is lesson.begin


@pytest.mark.parametrize("profile", ["imagenet", "offline"])
def test_the_network_is_called_the_same_in_each_profile(begun, profile):
    here = begun(profile)
    side = {"imagenet": 96, "offline": 100}[profile]
    assert (here.image_size, here.image_shape) == ((side, side), (side, side, 3))
    assert here.weights == {"imagenet": "imagenet", "offline": "general"}[profile]
    base = here.network(
        include_top=False,
        weights=here.weights if profile == "offline" else None,  # no file is needed to see this
        input_shape=here.image_shape,
        pooling=None,
    )
    assert base.input.shape == (None, *here.image_shape)
    assert len(base.output.shape) == 4
    pictures = np.array([[[0, 127.5, 255]]], "float32")
    assert here.preprocess_input(pictures).tolist() == [[[-1, 0, 1]]]


def test_the_own_classifier_names_fruit(begun):
    here = begun(include_top=True)
    network = here.network(weights=here.weights)
    test = data.arrays("fruit", "test")
    answers = network.predict(here.preprocess_input(test["image"][:8].copy()), verbose=0)
    names = {name for _, name, _ in here.decode_predictions(answers, top=1)[0]}
    assert names <= set(models.card("fruit")["classes"])


PARTS = ("train", "validation", "test")


def taken(dataset):
    """Return all pictures and labels of a pass."""
    images, labels = zip(*dataset.as_numpy_iterator(), strict=True)
    return np.concatenate(images), np.concatenate(labels)


def pictures(here, **options):
    return here.pictures(tabletop="vegetable", photographs="tf_flowers", **options)


@pytest.fixture(params=["imagenet", "offline", "photographs"])
def anywhere(request, begun, monkeypatch):
    """Return a lesson in each profile; photographs where the environment names their folder."""
    here = begun(request.param)
    if request.param == "photographs":
        if not HERE:
            pytest.skip("TFDS_DATA_DIR does not name a folder with real photographs")
        monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
        monkeypatch.setattr(real, "MOST", 400)
        real.load.cache_clear()
        data.parts.cache_clear()
    yield here
    data.parts.cache_clear()


def test_pictures_are_as_keras_gives_them(anywhere):
    import tensorflow as tf

    sets = pictures(anywhere, per_class=4, batch_size=16)
    kind = "photographs" if anywhere.profile == "photographs" else "tabletop"
    name = {"photographs": "tf_flowers", "tabletop": "vegetable"}[kind]
    for dataset in sets:
        assert isinstance(dataset, tf.data.Dataset)
        assert dataset.class_names == data.class_names(kind, name)
        images, labels = dataset.element_spec
        assert (images.dtype, labels.dtype) == (tf.float32, tf.int64)
        assert images.shape.as_list() == [None, *anywhere.image_shape]
        first, numbers = next(dataset.as_numpy_iterator())
        assert len(first) == len(numbers) == 16
        assert 0 <= first.min() < 60
        assert 195 < first.max() <= 255
        assert first.max() > 1


def test_no_picture_is_in_two_parts(anywhere):
    parts = [{image.tobytes() for image in taken(each)[0]} for each in pictures(anywhere)]
    assert all(parts)
    assert sum(map(len, parts)) == len(set().union(*parts))


def test_per_class_limits_training_alone(anywhere):
    few, many = pictures(anywhere, per_class=3), pictures(anywhere)
    counts = np.bincount(taken(few[0])[1])
    assert counts.tolist() == [3] * len(few[0].class_names)
    for one, other in zip(few[1:], many[1:], strict=True):
        assert np.array_equal(taken(one)[1], taken(other)[1])
    # And the call for all of them is not spoilt by the one for a few before it.
    assert len(taken(many[0])[1]) > len(counts) * 3


def test_the_seed_chooses_the_pictures_and_nothing_else(anywhere):
    def chosen(seed):
        return {
            image.tobytes() for image in taken(pictures(anywhere, per_class=3, seed=seed)[0])[0]
        }

    assert chosen(0) == chosen(0)
    assert chosen(0) != chosen(1)
    zero, one = (pictures(anywhere, per_class=3, seed=seed) for seed in (0, 1))
    for part in (1, 2):
        assert np.array_equal(taken(zero[part])[0], taken(one[part])[0])


def test_training_is_shuffled_each_epoch_the_others_keep_their_order(begun):
    here = begun()
    train, validation, test = pictures(here, per_class=10)
    first, second = taken(train)[1], taken(train)[1]
    assert not np.array_equal(first, second)
    assert np.array_equal(np.sort(first), np.sort(second))
    for each in (validation, test):
        assert np.array_equal(taken(each)[0], taken(each)[0])
    known = data.arrays("vegetable", "test")
    assert np.array_equal(taken(test)[1], known["label"])
    assert np.array_equal(taken(test)[0], known["image"].astype("float32"))


def test_the_epochs_of_a_seed_repeat(begun):
    orders = []
    for _ in range(2):
        train = pictures(begun(), per_class=10)[0]
        orders.append([taken(train)[1].tolist() for _ in range(2)])
    assert orders[0] == orders[1]


def test_they_train_a_keras_model_and_are_told_by_it(begun, recwarn):
    import keras

    train, validation, test = pictures(begun(), per_class=2)
    model = keras.Sequential(
        [
            keras.Input((100, 100, 3)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(len(train.class_names), activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train, validation_data=validation, epochs=1, verbose=0)
    assert 0 <= model.evaluate(test, verbose=0, return_dict=True)["accuracy"] <= 1
    assert [str(w.message) for w in recwarn if "shuffle" in str(w.message)] == []


def test_unknown_pictures_are_answered_in_one_sentence(begun):
    here = begun()
    for ask in (here.pictures, here.picture_folder):
        with pytest.raises(data.DataError, match="There is no tabletop/vegetables; there are: fr"):
            ask(tabletop="vegetables", photographs="tf_flowers")


def test_the_other_profiles_names_are_not_looked_at(begun):
    begun().pictures(tabletop="vehicle", photographs="no_such_set", per_class=1)


def folder(here, per_class=3):
    return here.picture_folder(tabletop="fruit", photographs="tf_flowers", per_class=per_class)


def test_a_picture_folder_lies_in_the_work_folder(begun, tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path))
    place = folder(begun())
    assert place == tmp_path / "work" / "fruit_3"
    assert len(list(place.glob("*/000[123].jpg"))) == 60


def test_a_learners_copy_works_beside_itself(begun, tmp_path, monkeypatch):
    (tmp_path / ".copied.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert folder(begun()).resolve() == (tmp_path / "work" / "fruit_3").resolve()


@pytest.mark.skipif(not HERE, reason="TFDS_DATA_DIR names no folder with real photographs")
def test_a_folder_of_photographs_holds_none_of_the_test(begun, tmp_path, monkeypatch):
    import keras

    monkeypatch.setenv("TLCOURSE_BUILD", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
    monkeypatch.setattr(real, "MOST", 100)
    data.parts.cache_clear()
    here = begun("photographs")
    found = keras.utils.image_dataset_from_directory(
        folder(here, per_class=100), image_size=here.image_size, crop_to_aspect_ratio=True,
        shuffle=False, verbose=False,
    )  # fmt: skip
    images, tests = taken(found)[0], taken(pictures(here)[2])[0]
    data.parts.cache_clear()
    assert len(images) + len(tests) == 100
    # Saved as JPEG again, so compared by distance: a picture and its copy differ by a few levels.
    small = [each[:, ::8, ::8].reshape(len(each), -1) for each in (images, tests)]
    nearest = np.abs(small[0][:, None] - small[1][None]).mean(-1).min()
    assert nearest > 12


def test_guess_reveal_and_evidence_are_at_hand(begun):
    from tlcourse import evidence, guesses

    here = begun()
    assert (here.guess, here.reveal) == (guesses.guess, guesses.reveal)
    assert here.evidence == evidence.card
