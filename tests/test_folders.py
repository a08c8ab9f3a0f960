"""Any folder is told in plain sentences, and stays as it was; the bad ones come first."""

import ast
import io
import json
import os
import random
import re
import runpy
import struct
import subprocess
import sys
import time
import zlib
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tlcourse import cli, copies, folders, photographs, serve
from tlcourse.folders import FolderError

ROOT = Path(__file__).parents[1]
TEMPLATE = nbformat.read(ROOT / "notebooks/templates/my_pictures.ipynb", as_version=4)

NAMES = [
    "cat",
    "two words",
    "猫",
    "🐈 kitten",
    "قطة",
    "Ünïcode",
    "dot.ted",
    "UPPER",
    "a'b\"c",
    "-n",
]


@cache
def picture(seed, *, side=64):
    """Return a picture that no other seed's looks like."""
    soft = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), dtype="uint8")
    return Image.fromarray(soft).resize((side, side), Image.Resampling.BICUBIC)


@cache
def saved(seed, kind="JPEG", mode="RGB"):
    stream = io.BytesIO()
    picture(seed).convert(mode).save(stream, kind)
    return stream.getvalue()


def filled(folder, *, seed=0, names=("cat", "dog"), each=11):
    """Write `each` pictures a class into the folder; return it."""
    for place, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for number in range(each):
            data = saved(1000 * seed + 100 * place + number)
            (folder / name / f"{number:02}.jpg").write_bytes(data)
    return folder


def state(folder):
    """Return of everything in a folder what a change would change; links are not followed."""
    about = {}
    for place, inside, names in os.walk(folder):
        for path in (Path(place, name) for name in inside + names):
            stat = path.lstat()
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
            link = os.readlink(path) if path.is_symlink() else None  # noqa: PTH115
            about[path] = (stat.st_mtime_ns, stat.st_mode, stat.st_size, content, link)
    return about


def sixteen_bits():
    stream = io.BytesIO()
    grey = np.asarray(picture(77).convert("L")).astype("uint16") * 257
    Image.fromarray(grey).save(stream, "PNG")
    return stream.getvalue()


def moving():
    stream = io.BytesIO()
    picture(81).save(stream, "GIF", save_all=True, append_images=[picture(82), picture(83)])
    return stream.getvalue()


def bomb():
    """A PNG of few bytes that says it is 30,000 × 30,000 pixels."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def written(name, data):
    def write(folder, first):
        (first / name).write_bytes(data() if callable(data) else data)

    return write


def linked(to, name="link"):
    def link(folder, first):
        (first / name).symlink_to(to(folder, first))

    return link


def made(function):
    return lambda folder, first: function(first)


def named(name):
    """A whole class of this name; what is printed of it must be printable."""
    return lambda folder, first: filled(folder, seed=7, names=[name])


def empty_class(folder, first):
    (folder / "nothing here").mkdir()


def scarce_class(folder, first):
    filled(folder, seed=5, names=["rare"], each=3)


def nested(folder, first):
    (first / "one" / "two").mkdir(parents=True)
    (first / "one" / "two" / "deep.jpg").write_bytes(saved(90))


def deep(folder, first):
    place = first.joinpath(*["d"] * 30)
    place.mkdir(parents=True)
    (place / "too deep.jpg").write_bytes(saved(91))


def copy(folder, first):
    (first / "again.jpg").write_bytes((first / "00.jpg").read_bytes())


def in_two_classes(folder, first):
    (folder / "dog" / "both.jpg").write_bytes((first / "00.jpg").read_bytes())


def near(folder, first):
    Image.open(first / "01.jpg").resize((56, 56)).save(first / "small.png")


def near_in_two(folder, first):
    Image.open(first / "02.jpg").resize((56, 56)).save(folder / "dog" / "small.png")


def outside(folder, first):
    place = folder.parent / "outside"
    place.mkdir(exist_ok=True)
    (place / "x.jpg").write_bytes(saved(92))
    return place


DEFECTS = {  # what is done to a good folder → what is said of it
    "text": (written("notes.txt", b"hello"), "is no picture"),
    "text as JPEG": (written("notes.jpg", b"hello"), "not a picture this course can read"),
    "HEIC": (written("IMG_1.HEIC", b"\0\0\0\x18ftypheic" + bytes(99)), "iPhone's HEIC too"),
    "film": (written("film.mp4", b"\0\0\0\x18ftypisom"), "is no picture"),
    "PDF": (written("scan.pdf", b"%PDF-1.4"), "is no picture"),
    "PostScript": (written("a.jpg.eps", b"%!PS-Adobe-3.0 EPSF-3.0\nshowpage\n"), "is no picture"),
    "SVG": (written("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "this course can read"),
    "zero bytes": (written("none.jpg", b""), "is empty"),
    "truncated": (written("half.jpg", saved(70)[:400]), "is damaged: save or copy"),
    "half a PNG": (written("half.png", saved(71, "PNG")[:600]), "is damaged: save or copy"),
    "zeros": (written("zeros.bmp", saved(72, "BMP")[:4000] + bytes(4000)), "is damaged"),
    "all zeros": (written("zeros.jpg", bytes(5000)), "not a picture"),
    "random bytes": (written("x.png", random.Random(1).randbytes(900)), "not a picture"),
    "bomb": (written("bomb.png", bomb), "million pixels"),
    "CMYK": (written("cmyk.jpg", saved(73, "JPEG", "CMYK")), ""),
    "16 bit": (written("deep.png", sixteen_bits), ""),
    "palette": (written("few.png", saved(74, "PNG", "P")), ""),
    "transparent": (written("clear.png", saved(75, "PNG", "RGBA")), ""),
    "grey": (written("grey.tif", saved(76, "TIFF", "L")), ""),
    "PNG named JPEG": (written("liar.jpg", saved(78, "PNG")), ""),
    "no ending": (written("picture", saved(79)), ""),
    "moving": (written("dance.gif", moving), "Pictures of several frames"),
    "one pixel": (written("dot.png", lambda: saved_side(1)), "less than 32 pixels"),
    "hidden": (written("._00.jpg", b"resource fork"), ""),
    "Windows": (written("Thumbs.db", b"thumbs"), ""),
    "newline in a name": (written("a\nb.jpg", b"x"), r"a\?b.jpg"),
    "terminal codes in a name": (written("a\x1b[31mb.jpg", b"x"), r"a\?\[31mb.jpg"),
    "turned letters": (written("a\u202egpj.jpg", b"x"), r"a\?gpj.jpg"),
    "bytes in a name": (written("caf\udce9.jpg", b"x"), "in UTF-8: rename it"),
    "bytes in a class": (named("caf\udce9"), "name that is not written in UTF-8: rename it"),
    "long name": (written("x" * 240 + ".jpg", b"x"), "xxx…xxx"),
    "beside": (lambda folder, first: (folder / "loose.jpg").write_bytes(saved(80)), "has no class"),
    "empty class": (empty_class, "the class nothing here; of 10 different pictures it has 0"),
    "scarce class": (scarce_class, "the class rare; of 10 different pictures it has 3"),
    "nested": (nested, ""),
    "deep": (deep, "deeper than 20"),
    "copy": (copy, "exact copy"),
    "in two classes": (in_two_classes, "lies in two classes"),
    "near": (near, "Groups that look nearly the same"),
    "near in two classes": (near_in_two, "Such groups in two classes"),
    "link to itself": (linked(lambda folder, first: first / "link"), "is a link"),
    "link in a circle": (linked(lambda folder, first: folder, "circle"), "is a link"),
    "link up": (linked(lambda folder, first: "..", "up"), "is a link"),
    "link outside": (linked(outside, "outside"), "is a link"),
    "link to a picture": (linked(lambda f, first: first / "00.jpg", "same.jpg"), "is a link"),
    "link to nothing": (linked(lambda folder, first: "gone", "dangling.jpg"), "is a link"),
    "link to a device": (linked(lambda folder, first: "/dev/zero", "zero.jpg"), "is a link"),
    "pipe": (made(lambda first: os.mkfifo(first / "pipe.jpg")), "is no picture"),
    "a folder named as a picture": (made(lambda first: (first / "x.jpg").mkdir()), ""),
} | {f"class {name}": (named(name), "") for name in NAMES if name != "cat"}  # fmt: skip


def saved_side(side):
    stream = io.BytesIO()
    picture(84).resize((side, side)).save(stream, "PNG")
    return stream.getvalue()


def cases():
    """Return 200 lists of defects: each alone, then two to five at once."""
    chance = random.Random(16)
    alone = [[name] for name in DEFECTS]
    return alone + [
        chance.sample(sorted(DEFECTS), chance.randint(2, 5)) for _ in range(200 - len(alone))
    ]


@pytest.mark.parametrize("defects", cases(), ids=" + ".join)
def test_every_broken_folder_is_told_in_sentences_and_stays_as_it_was(
    defects, tmp_path, monkeypatch
):
    folder = filled(tmp_path / "my pictures")
    for defect in defects:
        DEFECTS[defect][0](folder, folder / "cat")
    before = state(tmp_path)
    monkeypatch.setenv("TLCOURSE_HOME", str(tmp_path.parent / f"{tmp_path.name} copies"))
    found = folders.look(folder)
    run = CliRunner().invoke(cli.app, ["new", str(folder)])
    assert run.exit_code == 0
    assert state(tmp_path) == before
    report = found.report
    assert report in run.output
    for defect in defects:
        assert re.search(DEFECTS[defect][1], report), report
    for line in report.splitlines():
        assert line.isprintable()
        assert line.endswith(".")
    assert {"cat", "dog"} <= set(found.class_names)
    assert found.class_names == sorted(found.class_names)
    for row in found.table.itertuples():
        assert Path(row.path).is_relative_to(folder)
        assert not Path(row.path).is_symlink()
        assert photographs.square(row.path, 32).shape == (32, 32, 3)
    assert not found.table.exact.duplicated().any()


def train_and_test(folder):
    for part in ("train", "test"):
        filled(folder / part, seed=len(part))


def one_inside(folder):
    filled(folder / "pets")


def one_class(folder):
    filled(folder, names=["cat"])


def flat(folder):
    filled(folder)
    for number, path in enumerate(sorted(folder.rglob("*.jpg"))):
        path.rename(folder / f"{number}.jpg")
    for name in ("cat", "dog"):
        (folder / name).rmdir()


def only_links(folder):
    filled(folder.parent / "elsewhere")
    folder.mkdir()
    for name in ("cat", "dog"):
        (folder / name).symlink_to(folder.parent / "elsewhere" / name)


def look_alikes(folder):
    """Forty shots of one thing a class, as the frames of a film."""
    for place, name in enumerate(("cat", "dog")):
        (folder / name).mkdir(parents=True)
        for number in range(40):
            shot = picture(place).resize((60 + number, 60 + number))
            shot.save(folder / name / f"{number}.png")


IMPOSSIBLE = {
    "missing": (lambda folder: None, "There is no folder .*: check the spelling"),
    "a file": (lambda folder: folder.write_bytes(b"x"), "no folder: name the folder"),
    "nothing in it": (lambda folder: folder.mkdir(), "has 0 classes.*make a sub-folder for each"),
    "one class": (one_class, "one sub-folder, cat: .*add a second class"),
    "one folder around all": (one_inside, "one sub-folder, pets: .*folders inside it, name it"),
    "pictures without sub-folders": (flat, "make a sub-folder for each.*22 .*no class"),
    "too few": (lambda folder: filled(folder, each=9), "of 10 different pictures it has 9"),
    "train and test": (train_and_test, "split already: name one part alone, as .*test"),
    "only links": (only_links, "is a link, which is not followed"),
    "links that loop": (lambda folder: folder.symlink_to(folder), "cannot be opened .*name"),
    "look-alikes": (look_alikes, "cat; of 10 different pictures it has 1"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_what_makes_work_impossible_names_the_way_out(case, tmp_path):
    make, words = IMPOSSIBLE[case]
    make(tmp_path / "pictures")
    before = state(tmp_path)
    with pytest.raises(FolderError, match=words) as caught:
        folders.look(tmp_path / "pictures")
    assert str(caught.value).isprintable()
    assert caught.value._render_traceback_() == [f"FolderError: {caught.value}"]
    run = CliRunner().invoke(cli.app, ["new", str(tmp_path / "pictures")])
    assert (run.exit_code, run.output.strip()) == (1, str(caught.value))
    assert state(tmp_path) == before


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "~nobody that there is/pictures", ""])
def test_odd_names_of_a_folder_are_a_sentence(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FolderError) as caught:
        folders.look(name)
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()


def test_what_may_not_be_opened_is_told(tmp_path, monkeypatch):
    folder = filled(tmp_path / "p", names=["a", "b", "shut"])
    scandir, read = os.scandir, Path.read_bytes

    def guarded(path="."):
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    def forbidden(path):
        if path.name == "00.jpg":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(os, "scandir", guarded)
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    report = folders.look(folder).report
    assert re.search(r"3 \(shut, 00.jpg, 00.jpg\); each may not be opened: check its rig", report)
    with pytest.raises(FolderError, match="You may not open "):
        folders.look(folder / "shut")


def test_a_folder_that_changes_while_it_is_read(tmp_path, monkeypatch):
    folder, about = filled(tmp_path / "p", each=12), folders._about

    def changing(path):
        if path.name == "00.jpg":
            (path.parent / "07.jpg").unlink()
            (path.parent / "08.jpg").write_bytes(b"")
            (path.parent / "new.jpg").write_bytes(saved(1))
        return about(path)

    listed = folders._files
    monkeypatch.setattr(folders, "_files", lambda *both: sorted(listed(*both)))
    monkeypatch.setattr(folders, "_about", changing)
    found = folders.look(folder)
    assert "2 (07.jpg, 07.jpg); each was gone when its turn came." in found.report
    assert "2 (08.jpg, 08.jpg); each is empty" in found.report
    assert len(found.table) == 20


def test_a_folder_without_end_is_refused_early(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MOST", 15)
    with pytest.raises(FolderError, match="more than 15 files: name a smaller"):
        folders.look(filled(tmp_path / "p"))


def test_the_table_tells_size_class_and_group(tmp_path):
    folder = filled(tmp_path / "p")
    picture(500, side=96).save(folder / "dog" / "large.png")
    Image.open(folder / "dog" / "03.jpg").save(folder / "dog" / "harder.jpg", quality=30)
    table = folders.look(folder).table.set_index("path")
    row = table.loc[str(folder / "dog" / "large.png")]
    assert (row.class_name, row.width, row.height, len(row.exact)) == ("dog", 96, 96, 64)
    twins = [table.loc[str(folder / "dog" / name)].group for name in ("03.jpg", "harder.jpg")]
    assert twins[0] == twins[1]
    assert table.group.nunique() == len(table) - 1


def test_strangers_do_not_share_a_group_and_harder_copies_do():
    import imagehash

    bits = [imagehash.phash(picture(seed), 16).hash.ravel() for seed in range(1500)]
    again = [
        imagehash.phash(picture(seed).resize((50, 50)), 16).hash.ravel() for seed in range(1500)
    ]
    groups = folders._groups(bits + again)
    assert len(set(groups)) == 1500  # over the 1,000 that are compared at once, too
    assert (groups[:1500] == groups[1500:]).all()


def test_classes_of_very_different_size_are_told(tmp_path):
    folder = filled(tmp_path / "p", names=["many"], each=70)
    filled(folder, names=["few"], seed=3)
    assert "Pictures of many for each of few; look at every class's" in folders.look(folder).report


def test_a_large_jpeg_is_read_smaller_and_looks_the_same(tmp_path):
    picture(3, side=1600).save(tmp_path / "large.jpg", quality=95)
    small, whole = (photographs.load(tmp_path / "large.jpg", side=side) for side in (100, None))
    assert small.shape == (200, 200, 3)
    again = np.asarray(Image.fromarray(whole).resize((200, 200), Image.Resampling.BOX))
    assert np.abs(small.astype(int) - again).mean() < 2


def test_a_square_is_the_middle_not_squeezed():
    wide = np.zeros((40, 120, 3), "uint8")
    wide[:, 40:80] = 255
    stream = io.BytesIO()
    Image.fromarray(wide).save(stream, "PNG")
    assert photographs.square(stream.getvalue(), 40).min() == 255


def first_cell(page):
    """Return the values of a notebook's first cell of code, read without running it."""
    cells = nbformat.read(page, as_version=4).cells
    source = next(cell.source for cell in cells if cell.cell_type == "code")
    body = ast.parse(source).body
    return {line.targets[0].id: ast.literal_eval(line.value) for line in body}


def new(folder):
    return CliRunner().invoke(cli.app, ["new", str(folder)])


def test_the_notebook_is_filled_in_and_a_second_one_leaves_the_first_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("TLCOURSE_HOME", str(tmp_path / "copies"))
    folder = filled(tmp_path / 'it\'s "mine"\n🐈', names=NAMES)
    assert new(folder).exit_code == 0
    page = tmp_path / "copies" / "my_pictures.ipynb"
    wanted = {"FOLDER": str(folder), "CLASS_NAMES": sorted(NAMES), "RESULTS": "my_pictures"}
    assert first_cell(page) == wanted
    cells = nbformat.read(page, as_version=4).cells
    assert [cell.id for cell in cells] == [cell.id for cell in TEMPLATE.cells]
    whole = page.read_bytes()
    assert new(folder).exit_code == 0  # as after a kill: the same page, so that it goes on
    assert [each.name for each in page.parent.iterdir()] == ["my_pictures.ipynb"]
    assert page.read_bytes() == whole
    page.write_text("my work")
    (tmp_path / "copies" / "my_pictures-2").mkdir()  # what an older one made
    assert new(folder).exit_code == 0
    assert page.read_text() == "my work"
    assert first_cell(page.with_name("my_pictures-3.ipynb"))["RESULTS"] == "my_pictures-3"
    assert sorted(each.name for each in page.parent.iterdir()) == [
        "my_pictures-2", "my_pictures-3.ipynb", "my_pictures.ipynb",
    ]  # fmt: skip


def test_where_the_copies_cannot_be_written_it_is_one_sentence(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("TLCOURSE_HOME", str(tmp_path / "copies"))
    folder = filled(tmp_path / "p")
    monkeypatch.setattr(copies, "put", full)
    run = new(folder)
    assert run.exit_code == 1
    assert run.output.splitlines()[-1] == "copies cannot be written: No space left on device."


def test_the_course_does_not_write_into_the_folder_that_it_looks_at(tmp_path, monkeypatch):
    folder = filled(tmp_path / "p")
    monkeypatch.setenv("TLCOURSE_HOME", str(folder / "cat" / "copies"))
    before = state(tmp_path)
    run = new(folder)
    assert run.exit_code == 1
    assert "lies in this folder: name a folder of pictures alone." in run.output
    assert state(tmp_path) == before


def test_the_template_has_no_outputs_and_no_settings_of_anybody():
    for cell in TEMPLATE.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert cell.id.startswith("my-")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """Return how to start the notebook's cells in a process of their own, and where they write."""
    place = tmp_path_factory.mktemp("program")
    folder = filled(place / "pictures of two", each=14)
    copied = place / "copies"
    copied.mkdir()
    values = {"FOLDER": str(folder), "CLASS_NAMES": ["cat", "dog"], "RESULTS": "my_pictures"}
    lines = [f"{name} = {value!r}" for name, value in values.items()]
    sources = [cell.source for cell in TEMPLATE.cells if cell.cell_type == "code"]
    (place / "program.py").write_text("\n".join([*lines, *sources[1:]]), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1",
                   "KERAS_HOME": str(place / "keras"), "TLCOURSE_OFFLINE": "1"}  # fmt: skip
    (place / "keras").mkdir()

    def start(log):
        with (place / log).open("w") as out:
            command = [sys.executable, str(place / "program.py")]
            return subprocess.Popen(command, cwd=copied, env=environment, stdout=out, stderr=out)

    return start, place


@pytest.fixture(scope="module")
def gone_on(program):
    """Kill the program after two epochs and start it again; return where, and the epoch to be."""
    start, place = program
    results = place / "copies" / "my_pictures"
    running = start("first.log")
    while not list(results.glob("backup/*/training_metadata.json.bkp")):  # two epochs are done
        assert running.poll() is None, (place / "first.log").read_text()
        time.sleep(0.05)
    running.kill()
    running.wait()
    done = json.loads(next(results.glob("backup/*/training_metadata.json")).read_text() or "{}")
    before = state(place / "pictures of two")
    assert start("second.log").wait() == 0, (place / "second.log").read_text()
    assert state(place / "pictures of two") == before
    return place, done.get("epoch", 1) + 1


def test_killed_in_the_middle_it_goes_on_after_the_last_finished_epoch(gone_on):
    place, epoch = gone_on
    epochs = re.findall(r"^Epoch (\d)/8", (place / "second.log").read_text(), re.M)
    assert int(epochs[0]) == epoch
    assert not list((place / "copies" / "my_pictures").glob("backup/*"))


def test_what_it_leaves_is_whole(gone_on):
    place, _ = gone_on
    results = place / "copies" / "my_pictures"
    assert sorted(each.name for each in results.iterdir() if each.is_file()) == [
        "about.json", "features.npy", "model.keras", "model.tflite", "model_card.md",
    ]  # fmt: skip
    card = (results / "model_card.md").read_text(encoding="utf-8")
    for words in (
        "# Model card: cat, dog", "the course's own network", "95 % interval",
        "| cat | 10 | 2 | 2 |", "Both files answer as the model did", "**Limits.**",
    ):  # fmt: skip
        assert words in card
    assert str(place) not in card
    answerer = serve.load(results)
    answer = answerer.answer((place / "pictures of two" / "cat" / "03.jpg").read_bytes(), "03")
    assert {name for name, _ in answer["likeliest"]} == {"cat", "dog"}
    assert answer["none"] is False


def backup_class(folder):
    """Return the notebook's class `Backup`, from its source."""
    source = next(cell.source for cell in TEMPLATE.cells if cell.id == "my-tuned")
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    lines = ["import pathlib, shutil, keras", *map(ast.unparse, classes)]
    (folder / "backup.py").write_text("\n".join(lines))
    return runpy.run_path(str(folder / "backup.py"))["Backup"]


CUT = {  # what a kill may leave, and the epoch that is then the last whole one
    "nothing cut": (lambda folder: None, 3),
    "no number": (lambda folder: (folder / "training_metadata.json").write_text(""), 2),
    "half a number": (lambda folder: (folder / "training_metadata.json").write_text('{"ep'), 2),
    "no weights": (lambda folder: (folder / "latest.weights.h5").write_bytes(b""), 2),
    "half the weights": (lambda folder: os.truncate(folder / "latest.weights.h5", 5000), 2),
    "few weights": (lambda folder: os.truncate(folder / "latest.weights.h5", 900), 2),
    "first epoch, no number": (lambda folder: first_epoch(folder, "training_metadata.json"), 0),
    "first epoch, no weights": (lambda folder: first_epoch(folder, "latest.weights.h5"), 0),
    "half a copy": (lambda folder: os.truncate(folder / "latest.weights.h5.bkp", 900), 3),
}


def first_epoch(folder, name):
    for path in folder.glob("*.bkp"):
        path.unlink()
    (folder / name).write_bytes(b"")


@pytest.mark.parametrize("case", CUT)
def test_a_backup_that_was_itself_cut_off_is_no_end(case, tmp_path):
    from tlcourse.runtime import load_tensorflow

    load_tensorflow()
    import keras

    Backup, folder = backup_class(tmp_path), tmp_path / "backup"
    cut, whole = CUT[case]

    def fit(*callbacks):
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(40), keras.layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        keep = Backup(folder, double_checkpoint=True)
        data = np.ones((8, 4)), np.ones((8, 1))
        return model.fit(*data, epochs=5, verbose=0, callbacks=[keep, *callbacks]).epoch

    def stop(epoch, logs):
        if epoch == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(keras.callbacks.LambdaCallback(on_epoch_begin=stop))
    cut(folder)
    assert fit() == list(range(whole, 5))
    assert not folder.exists()


def test_a_run_prints_what_its_cells_print_and_ends_in_a_sentence(tmp_path, capsys):
    cells = [nbformat.v4.new_code_cell(source) for source in ("print('so far')", "1 / 0")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "page.ipynb")
    with pytest.raises(SystemExit, match=r"page.ipynb stopped: ZeroDivisionError: division by"):
        cli.execute(tmp_path / "page.ipynb")
    assert "so far" in capsys.readouterr().out
    kept = nbformat.read(tmp_path / "page.ipynb", as_version=4)
    assert kept.cells[0].outputs[0].text == "so far\n"
