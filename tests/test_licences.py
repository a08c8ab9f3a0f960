"""What a reader needs to reuse the course: licences that agree, and a citation that can be read."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_citation_file_has_what_its_format_asks_for():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "license", "version"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] in ("software", "dataset")
    assert citation["authors"] == [{"name": "The tlcourse authors"}]
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"].split(" AND ")[0]  # the code's


def test_the_licences_are_there():
    assert [name for name in PROJECT["license-files"] if not (ROOT / name).is_file()] == []
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("MIT License")
    assert "(c) 2026 the tlcourse authors" in text
    others = (ROOT / "LICENSE-TEXTS.md").read_text(encoding="utf-8")
    assert "https://creativecommons.org/licenses/by/4.0/" in others
    assert "CC0 1.0" in others


@pytest.mark.parametrize("name", ["LICENSE-TEXTS.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", text)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
