"""Any picture becomes RGB uint8, or one clear sentence; the bad inputs come first."""

import io
import os
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from tlcourse import photographs
from tlcourse.photographs import PhotographError

RED = (255, 0, 0)


def saved(picture, kind="PNG", **options):
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def bomb():
    """A PNG of few bytes that says it is 30,000 × 30,000 pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def tiff(values, *, photometric=1, sample_format=1):
    """A TIFF of one grey strip, written by hand: Pillow writes neither white as 0 nor unsigned."""
    height, width = values.shape
    tags = {256: width, 257: height, 258: values.itemsize * 8, 259: 1, 262: photometric}
    tags |= {273: 8, 277: 1, 278: height, 279: values.nbytes, 339: sample_format}
    data = values.astype(values.dtype.newbyteorder("<")).tobytes()
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    header = b"II*\0" + struct.pack("<I", 8 + len(data))
    return header + data + struct.pack("<H", len(tags)) + table + struct.pack("<I", 0)


def damaged(kind, mode="RGB"):
    """A picture whose second half was never written, as on a disk that was full."""
    data = saved(Image.effect_noise((64, 64), 50).convert(mode), kind)
    return data[: len(data) // 2] + bytes(len(data) - len(data) // 2)


BAD = {
    "empty": (b"", "is empty"),
    "text": (b"this is not a picture", "JPEG or PNG"),
    "half a JPEG": (saved(Image.new("RGB", (64, 64), RED), "JPEG")[:300], "damaged"),
    "half a PNG": (saved(Image.effect_noise((64, 64), 50))[:500], "damaged"),
    "zeros in a TIFF": (damaged("TIFF"), "half of it is zeros; if it is that black, save it as"),
    "zeros in a BMP": (damaged("BMP"), "half of it is zeros"),
    "zeros in a PNG": (damaged("PNG"), "damaged"),
    "bomb": (bomb(), "smaller copy"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\nshowpage\n", "JPEG or PNG"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG or PNG"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_bytes_give_one_sentence(name, tmp_path):
    data, words = BAD[name]
    path = tmp_path / "picture.jpg"
    path.write_bytes(data)
    for source in (data, path):
        with pytest.raises(PhotographError, match=words) as caught:
            photographs.load(source, name="picture.jpg")
        assert str(caught.value).startswith("picture.jpg ")
        assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(PhotographError, match=r"There is no file .*cat\.jpg"):
        photographs.load(tmp_path / "cat.jpg")
    with pytest.raises(PhotographError, match="is a folder"):
        photographs.load(tmp_path)


@pytest.mark.parametrize("name", ["~nouser/cat.jpg", "~/no such/cat.jpg"])
def test_a_home_that_there_is_not_is_a_missing_file(name):
    with pytest.raises(PhotographError, match="There is no file ~"):
        photographs.load(name)


def test_odd_paths_are_refused_for_the_right_reason(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "vast").touch()
    os.truncate(tmp_path / "vast", photographs.MOST_BYTES + 1)
    odd = {"loop": "links.*name another file", "pipe": "no file of a picture", "vast": "no file of"}
    odd |= {"a\0b": "null (byte|character).*name another file"}
    odd |= {"x" * 300: "too long.*name another file"}
    for name, words in odd.items():
        with pytest.raises(PhotographError, match=words) as caught:
            photographs.load(tmp_path / name)
        assert "rights" not in str(caught.value)
    with pytest.raises(PhotographError, match="no file of a picture's size: name a picture"):
        photographs.load("/dev/zero")


def test_what_may_not_be_read_is_told(tmp_path, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", forbidden)
    (tmp_path / "cat.jpg").touch()
    with pytest.raises(PhotographError, match=r"You may not read .*cat\.jpg: check its rights"):
        photographs.load(tmp_path / "cat.jpg")


def test_the_notebook_shows_no_traceback():
    error = PhotographError("x is empty.")
    assert error._render_traceback_() == ["PhotographError: x is empty."]


def test_exif_rotation_is_applied():
    picture = Image.new("RGB", (40, 20), RED)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    assert photographs.load(saved(picture, "JPEG", exif=exif)).shape == (40, 20, 3)


def test_damaged_exif_is_no_reason_to_refuse():
    data = saved(Image.new("RGB", (40, 20), RED), "JPEG", exif=b"Exif\x00\x00MM\x00*garbage!")
    assert photographs.load(data).shape == (20, 40, 3)


MODES = {
    "grey": (Image.new("L", (4, 3), 128), "PNG", (128, 128, 128)),
    "black and white": (Image.new("1", (4, 3), 1), "PNG", (255, 255, 255)),
    "transparent": (Image.new("RGBA", (4, 3), (0, 0, 0, 0)), "PNG", (255, 255, 255)),
    "half transparent": (Image.new("RGBA", (4, 3), (255, 0, 0, 128)), "PNG", (255, 127, 127)),
    "grey with alpha": (Image.new("LA", (4, 3), (0, 0)), "PNG", (255, 255, 255)),
    "palette": (Image.new("RGB", (4, 3), RED).quantize(2), "PNG", RED),
    "CMYK": (Image.new("CMYK", (4, 3), (0, 255, 255, 0)), "TIFF", (255, 0, 0)),
    "16 bit": (Image.fromarray(np.full((3, 4), 32896, "uint16")), "PNG", (128, 128, 128)),
    "16 bit TIFF": (Image.fromarray(np.full((3, 4), 32896, "uint16")), "TIFF", (128, 128, 128)),
    "float": (Image.fromarray(np.full((3, 4), 0.5, "float32")), "TIFF", (128, 128, 128)),
}


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_becomes_rgb_uint8(mode):
    picture, kind, colour = MODES[mode]
    array = photographs.load(saved(picture, kind))
    assert array.shape == (3, 4, 3)
    assert array.dtype == np.uint8
    np.testing.assert_allclose(array[1, 1], colour, atol=1)


@pytest.mark.parametrize("unit", [257, 12])
def test_a_dark_16_bit_picture_stays_dark(unit):
    dark = np.array([[0, unit * 10], [unit * 20, unit * 2]], "uint16")
    array = photographs.load(saved(Image.fromarray(dark)))
    np.testing.assert_array_equal(array[..., 0], np.round(dark / 257))


GREY = np.array([[0, 51], [102, 255]])


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (tiff((GREY * 257).astype("uint16")), GREY),
        (tiff((GREY * 257).astype("uint16"), photometric=0), 255 - GREY),
        (tiff(GREY.astype("uint8"), photometric=0), 255 - GREY),
        (tiff((GREY / 255).astype("float32"), sample_format=3), GREY),
        (tiff((GREY / 255).astype("float32"), sample_format=3, photometric=0), 255 - GREY),
        (tiff((GREY * 16_843_009).astype("uint32")), GREY),  # up to 2³² − 1
        (tiff(GREY.astype("int32"), sample_format=2), GREY),
    ],
)
def test_grey_tiffs_of_every_kind_keep_their_light(data, shown):
    np.testing.assert_allclose(photographs.load(data)[..., 0].astype(int), shown, atol=1)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_no_number_leaves_the_others_as_they_are(odd):
    values = (GREY / 255).astype("float32")
    values[0, 0] = odd
    shown = photographs.load(tiff(values, sample_format=3))[..., 0]
    assert shown[0, 0] == (255 if odd == np.inf else 0)
    np.testing.assert_allclose(shown.flat[1:], GREY.flat[1:], atol=1)


def test_the_transparent_value_of_a_16_bit_png_is_laid_on_white():
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in GREY * 257)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 16, 0, 0, 0, 0))]
    parts += [
        (b"tRNS", struct.pack(">H", 51 * 257)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in [*parts, (b"IEND", b"")])
    assert photographs.load(data)[..., 0].tolist() == [[0, 255], [102, 255]]


def test_a_large_grey_picture_needs_few_bytes_a_pixel():
    """Of 88 million pixels, the most that are taken, float64 would need more than two gigabytes."""
    data, pixels = saved(Image.new("I;16", (4000, 3000), 30000)), 12e6
    tracemalloc.start()
    try:
        assert (photographs.load(data) == 117).all()
        assert tracemalloc.get_traced_memory()[1] / pixels < 18
    finally:
        tracemalloc.stop()


def test_an_animation_gives_its_first_frame():
    frames = [Image.new("RGB", (4, 3), colour) for colour in (RED, (0, 255, 0))]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_allclose(photographs.load(data)[0, 0], RED, atol=2)


@pytest.mark.parametrize("name", photographs.SAMPLES)
def test_every_sample_can_be_read(name):
    photo = photographs.sample(name)
    assert photo.dtype == np.uint8
    assert photo.ndim == 3
    assert photo.shape[2] == 3
    assert photo.std() > 5


def test_an_unknown_sample_tells_the_names():
    with pytest.raises(PhotographError, match=r"'dog'.*cat, coffee"):
        photographs.sample("dog")


def test_labels_come_from_file_or_folder_names(tmp_path, monkeypatch):
    for name in ("n01440764_tench.JPEG", "n02123045/val_1.JPEG", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.setenv("TLCOURSE_LABELLED", str(tmp_path))
    found = photographs.labelled()
    assert [(path.name, wordnet) for path, wordnet in found] == [
        ("n01440764_tench.JPEG", "n01440764"),
        ("val_1.JPEG", "n02123045"),
    ]
    assert photographs.labelled_missing() is None


def test_a_folder_without_labels_is_refused(tmp_path, monkeypatch):
    (tmp_path / "n01440764_notes.txt").write_text("no picture")
    with pytest.raises(PhotographError, match="WordNet id"):
        photographs.labelled(tmp_path)
    for named, words in ((tmp_path, "WordNet id"), (tmp_path / "gone", "names no folder")):
        monkeypatch.setenv("TLCOURSE_LABELLED", str(named))
        assert words in photographs.labelled_missing()
    monkeypatch.delenv("TLCOURSE_LABELLED")
    assert "name it in TLCOURSE_LABELLED" in photographs.labelled_missing()


def test_there_are_nine_pictures_to_name_each_with_the_names_one_would_accept(monkeypatch):
    monkeypatch.delenv("TLCOURSE_LABELLED", raising=False)
    for profile in ("imagenet", "photographs", "offline"):
        pictures = photographs.nameable(profile)
        assert len(pictures) == 9
        for image, names in pictures.values():
            assert image.dtype == np.uint8
            assert image.shape[2] == 3
            assert names
    assert set(photographs.nameable("offline")) == {
        name for _, names in photographs.nameable("offline").values() for name in names
    }


def test_an_elephant_comes_first_where_one_is_at_hand(tmp_path, monkeypatch):
    for name in ("n01440764_tench.jpg", "n02504458_African_elephant.jpg"):
        Image.new("RGB", (4, 3), RED).save(tmp_path / name)
    monkeypatch.setenv("TLCOURSE_LABELLED", str(tmp_path))
    pictures = photographs.nameable("imagenet")
    assert next(iter(pictures)) == "an elephant"
    assert "African_elephant" in pictures["an elephant"][1]
    assert len(pictures) == 10


def test_what_has_no_name_is_never_among_what_has_one():
    strange = photographs.nameless()
    assert len(strange) == 6
    assert not set(strange) & set(photographs.nameable("imagenet"))
