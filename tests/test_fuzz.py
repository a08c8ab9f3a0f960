"""Bytes and JSON that nobody meant, drawn at random: each is read, or refused in one sentence.

`make fuzz` draws 10,000 in all, a run of the tests some hundred; a draw follows from its number.
"""

import io
import json
import os
import random
import sys
import warnings
from collections import Counter
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

from tlcourse import claims, copies, evidence, models, photographs, trials

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import notebooks  # noqa: E402

DRAWS = int(os.environ.get("TLCOURSE_FUZZ", "400")) // 5  # for each of the five readers
PIECES = [
    b"",
    b"null",
    b"[",
    b"{}",
    b'"',
    b"\xff\xfe",
    b"\0" * 9,
    b"1e999",
    b"-1",
    b"NaN",
    b"\\ud800",
]
VALUES = [None, True, -1, 0, 2**70, 1.5, float("nan"), "", "text", "Zoë", "\ud800", "a" * 5000]


def damaged(draw, whole):
    """Return bytes of which some places were cut, doubled, swapped, changed or moved."""
    data = bytearray(whole)
    for _ in range(draw.randint(1, 5)):
        start, end = sorted(draw.choices(range(len(data) + 1), k=2))
        end = min(end, start + draw.choice([1, 4, 20, 500]))
        others = [
            data[start:end] * 2,
            draw.randbytes(draw.randint(1, 4)),
            data[:8],
            data[end : end + 9],
        ]
        data[start:end] = draw.choice([*PIECES, *others])
    return bytes(data[: draw.choice([len(data)] * 4 + [draw.randint(0, len(data))])])


def odd(draw, deep=0):
    """Return a value as JSON may hold it."""
    if deep > 3 or draw.random() < 0.5:
        return draw.choice(VALUES)
    if draw.random() < 0.5:
        return [odd(draw, deep + 1) for _ in range(draw.randint(0, 3))]
    keys = ["says", "verdict", "measured", "where", "cells", "source", "metadata", "tags", "", "x"]
    return {draw.choice(keys): odd(draw, deep + 1) for _ in range(draw.randint(0, 4))}


def one_sentence(error):
    text = str(error)
    assert text
    assert "\n" not in text
    assert "Traceback" not in text


def pictures():
    pixels = np.random.default_rng(0).integers(0, 255, (12, 10, 3), "uint8")
    rgb, found = Image.fromarray(pixels), []
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind, options in {
        "PNG": {}, "JPEG": {"exif": exif}, "GIF": {}, "TIFF": {}, "WEBP": {}, "BMP": {}, "PPM": {},
    }.items():  # fmt: skip
        for mode in ("RGB", "L") if kind != "WEBP" else ("RGB",):
            stream = io.BytesIO()
            rgb.convert(mode).save(stream, kind, **options)
            found.append(stream.getvalue())
    for picture in (Image.new("I;16", (5, 4), 9), Image.new("RGBA", (5, 4)), rgb.quantize(4)):
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        found.append(stream.getvalue())
    return found


PICTURES = pictures()


def read_photograph(draw, folder):
    try:
        array = photographs.load(damaged(draw, draw.choice(PICTURES)), name="it")
    except photographs.PhotographError as error:
        one_sentence(error)
        return "refused"
    assert array.dtype == np.uint8
    assert array.ndim == 3
    assert array.shape[2] == 3
    return "read"


def read_metadata(draw, folder):
    cell = nbformat.v4.new_code_cell("1", id="98-a")
    cell.metadata = nbformat.from_dict({"older": odd(draw)})
    told = notebooks.older_problems(cell, {"A claim."})
    assert all(each.startswith("98-a: ") for each in told)
    page = {"cells": [odd(draw), {"cell_type": "code", "metadata": odd(draw), "source": "1"}]}
    content = damaged(draw, json.dumps(page | {"metadata": odd(draw)}).encode())
    assert len(copies.fingerprint(content)) == 64
    return "refused" if told else "read"


CLAIM = {"lesson": "studies/98", "sentence": "A claim.", "cell": "98-a", "profile": "offline",
         "value": 1.5, "threshold": 0, "interval": [0, 2], "holds": True, "seeds": 5}  # fmt: skip


def read_claims(draw, folder):
    row = CLAIM | {draw.choice(list(CLAIM)): odd(draw)}
    content = json.dumps(draw.choice([[row, CLAIM], {"claims": [row, CLAIM]}])).encode()
    content = draw.choice([content, damaged(draw, content)])
    (folder / "claims.json").write_bytes(content)
    kept = claims._read(folder / "claims.json")
    assert all({"lesson", "sentence"} <= each.keys() for each in kept)
    (folder / "data" / "results" / "claims.json").write_bytes(content)
    try:
        found = evidence.find("studies/98", "A claim.")
    except evidence.EvidenceError as error:
        one_sentence(error)
        return "refused"
    assert found["sentence"].startswith("A claim.")
    return "read"


def read_results(draw, folder):
    run = {"settings": {"seed": 1, "rate": 0.1}, "result": {"accuracy": 0.5}, "seconds": 2}
    entry = {"recipe": "0" * 16, "runs": [run, run | {draw.choice(list(run)): odd(draw)}]}
    content = json.dumps({"only": draw.choice([entry, entry | {"runs": odd(draw)}])}).encode()
    content = draw.choice([content, damaged(draw, content)])
    (folder / "data" / "results" / "98_test.json").write_bytes(content)
    try:
        table = trials.stored("98_test", "only")
    except trials.ResultsError as error:
        one_sentence(error)
        return "refused"
    assert "seed" in table.columns
    return "read"


def read_card(draw, folder):
    card = {"classes": ["a"], "file": "x.h5", "sha256": "0" * 64, "preprocessing": "x"}
    content = json.dumps(card | {draw.choice(list(card)): odd(draw)}).encode()
    content = draw.choice([content, damaged(draw, content)])
    (folder / "data" / "weights" / "general.json").write_bytes(content)
    models.card.cache_clear()
    try:
        models.check("general")
    except models.ModelError as error:
        one_sentence(error)
        return "refused"
    return "read"


READERS = [read_photograph, read_metadata, read_claims, read_results, read_card]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("results", "weights"):
        (tmp_path / "data" / name).mkdir(parents=True)
    for module in (evidence, models, trials):
        monkeypatch.setattr(module, "root", lambda: tmp_path)
    yield tmp_path
    models.card.cache_clear()


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__.removeprefix("read_"))
def test_what_nobody_meant_is_read_or_refused_in_one_sentence(read, folder):
    ended = Counter()
    for number in range(DRAWS):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                ended[read(random.Random(f"{read.__name__} {number}"), folder)] += 1
            except Exception as error:
                raise AssertionError(f"draw {number} of {read.__name__}: {error!r}") from error
    print(f"{read.__name__}: {dict(ended)}")
    assert ended["refused"] > DRAWS // 20
    assert sum(ended.values()) == DRAWS
