"""The site: built from the stored outputs without a warning, whole, and nothing leaves a page."""

import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from packaging.requirements import Requirement
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

ROOT = Path(__file__).parents[1]
SITE = ROOT / ".site" / "bin" / "python"
sys.path.insert(0, str(ROOT / "tools"))
import notebooks  # noqa: E402

PAGES = [path for path in notebooks.pages() if path.stem != "claims"]
LEDGER = json.loads((ROOT / "data/results/claims.json").read_text(encoding="utf-8"))
LOADING = {("script", "src"), ("img", "src"), ("img", "srcset"), ("source", "srcset"),
           ("iframe", "src"), ("audio", "src"), ("video", "src"), ("embed", "src"),
           ("object", "data"), ("form", "action")}  # fmt: skip
NAMES = ["Open in Colab", "Open in Binder", "Download"]
sphinx = pytest.mark.skipif(
    not (ROOT / ".site" / ".ready").is_file(), reason="needs the environment of `make site-env`"
)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_sites_lock_has_hashes_and_no_addresses():
    text = (ROOT / "requirements-site.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]
    assert len(blocks) > 50
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"://|^-|@ file", text, re.M)


def test_the_sites_lock_names_versions_that_are_asked_for():
    text = (ROOT / "requirements-site.lock").read_text(encoding="utf-8")
    locked = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", text, re.M)
    wanted = (ROOT / "site" / "requirements.in").read_text(encoding="utf-8").split()
    for want in map(Requirement, wanted):
        versions = [version for name, version in locked if normal(name) == normal(want.name)]
        assert versions, want.name
        assert all(want.specifier.contains(version) for version in versions)
    assert not [name for name, _ in locked if name.startswith("tensorflow")]


class Page(HTMLParser):
    """What a page has, loads and links to."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loads, self.nameless, self.maths = set(), [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        self.ids |= {has[key] for key in ("id", "name") if has.get(key)}
        self.maths += tag == "math"
        if tag == "a" and "href" in has:
            self.links.append(has["href"])
        if tag == "img" and not has.get("alt", "").strip():
            self.nameless.append(has.get("src", "")[:60])
        self.loads += [value for key, value in attributes if (tag, key) in LOADING and value]
        if tag == "link" and not {"next", "prev", "author", "canonical"} & set(
            (has.get("rel") or "").split()
        ):
            self.loads.append(has.get("href", ""))


def away(page):
    """Return what a page loads from elsewhere."""
    return [each[:80] for each in page.loads if urlsplit(each.strip()).netloc]


def lost(path, page, pages):
    """Return the links of the page at `path` that lead nowhere."""
    wrong = []
    for link in page.links:
        parts = urlsplit(unescape(link))
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        there = pages[target].ids if target in pages else None
        name = unquote(parts.fragment)
        if not target.is_file() or (name and there is not None and name not in there):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize(("text", "kind"), [
    ('<script src="https://example.org/x.js"></script>', "away"),
    ('<img alt="x" src="//example.org/x.png">', "away"),
    ('<link rel="stylesheet" href="http://example.org/x.css">', "away"),
    ('<img src="data:image/png;base64,AA==">', "nameless"),
    ('<a href="nowhere.html">x</a>', "lost"),
    ('<b id="here"></b><a href="#there">x</a>', "lost"),
    ('<a href="https://example.org">x</a><a href="#here" id="here">x</a>', None),
])  # fmt: skip
def test_each_slip_is_found(text, kind, tmp_path):
    path, page = (tmp_path / "page.html").resolve(), Page(text)
    path.touch()
    found = {"away": away(page), "nameless": page.nameless, "lost": lost(path, page, {path: page})}
    assert {name for name, each in found.items() if each} == ({kind} if kind else set())


def run(code, *words):
    """Run code with the site's tools in the site's environment."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tools")}
    command = [str(SITE), "-c", f"import sys, website; from pathlib import Path; {code}", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site once."""
    folder = tmp_path_factory.mktemp("site").resolve() / "site"
    built = run("website.main(Path(sys.argv[1]), '')", str(folder))
    assert built.returncode == 0, built.stdout + built.stderr
    assert "WARNING" not in (built.stdout + built.stderr).replace("pip", "")
    return folder


@pytest.fixture(scope="module")
def pages(site):
    found = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert len(found) > len(PAGES)
    return found


@sphinx
def test_a_link_that_leads_nowhere_stops_the_build(tmp_path):
    pages, site = tmp_path / "pages", tmp_path / "site"
    pages.mkdir()
    (pages / "index.md").write_text("# One\n\n[two](two.md)\n", encoding="utf-8")
    built = run("sys.exit(website.build(*map(Path, sys.argv[1:])))", str(pages), str(site))
    assert built.returncode != 0
    assert "two.md" in built.stderr


@sphinx
def test_every_link_within_the_site_leads_somewhere(pages):
    wrong = {path.name: found for path, page in pages.items() if (found := lost(path, page, pages))}
    assert wrong == {}


@sphinx
def test_no_page_loads_anything_from_elsewhere(site, pages):
    assert {path.name: found for path, page in pages.items() if (found := away(page))} == {}
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert len(styles) > 3
    for style in [*styles, *(path.read_text(encoding="utf-8") for path in pages)]:
        assert not re.search(r"url\([\"']?(https?:)?//|@import\s+[\"'](https?:)?//", style)


@sphinx
def test_every_picture_has_its_words(pages):
    nameless = {path.name: page.nameless for path, page in pages.items() if page.nameless}
    assert nameless == {}


@sphinx
@pytest.mark.parametrize("path", PAGES, ids=notebooks.key)
def test_every_notebook_is_there_with_its_outputs(path, site):
    text = (site / "notebooks" / f"{notebooks.key(path)}.html").read_text(encoding="utf-8")
    cells = [cell for cell in notebooks.read(path).cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    shown = "".join(out.get("data", {}).get("text/html", "") for out in outputs)
    assert text.count('src="data:image/') == shown.count("<img ")
    plain = unescape(re.sub(r"<[^>]*>", "", text))
    for out in outputs:
        if out.output_type == "stream" and (lines := out.text.split("\n")):
            assert lines[0] in plain
    assert [cell.id for cell in cells if f'id="{cell.id}"' not in text] == []


@sphinx
def test_the_navigation_leads_to_every_lesson_and_study(site, pages):
    for folder in ("", "studies", "exercises"):
        index = site / "notebooks" / folder / "index.html"
        listed = {Path(urlsplit(link).path).stem for link in pages[index].links}
        here = {path.stem for path in (ROOT / "notebooks" / folder).glob("[0-9]*.ipynb")}
        assert here <= listed
    doors = ("notebooks/00_start_here", "teaching/README", "notebooks/claims")
    assert {f"{door}.html" for door in doors} <= set(pages[site / "index.html"].links)


@sphinx
def test_the_ledger_shows_every_claim_and_every_older_text(site):
    text = (site / "notebooks" / "claims.html").read_text(encoding="utf-8")
    assert text.count("<tr data-on=") == len(LEDGER["claims"])
    assert text.count("<tr data-verdict=") == len(LEDGER["older"])
    plain = unescape(text)
    assert [row["sentence"] for row in LEDGER["claims"] if row["sentence"] not in plain] == []


@sphinx
def test_formulas_need_no_program(site, pages):
    with_formulas = 0
    for path in PAGES:
        texts = [cell.source for cell in notebooks.read(path).cells if cell.cell_type == "markdown"]
        if re.search(r"\$[^$\n]+\$", re.sub(r"`[^`]*`", "", "\n".join(texts))):
            with_formulas += 1
            assert pages[site / "notebooks" / f"{notebooks.key(path)}.html"].maths
    assert with_formulas
    loaded = [each for page in pages.values() for each in page.loads]
    assert [each for each in loaded if "mathjax" in each.lower() or "require" in each] == []


@sphinx
def test_the_buttons_follow_the_setting(site, tmp_path):
    for path in site.rglob("*.html"):
        assert 'class="elsewhere"' not in path.read_text(encoding="utf-8")
    assert not (site / "colab").exists()
    laid = run("website.lay_out(Path(sys.argv[1]), 'https://github.com/who/what')", str(tmp_path))
    assert laid.returncode == 0, laid.stderr
    for path in (tmp_path / "notebooks").glob("[0-9]*.ipynb"):
        title = notebooks.read(path).cells[0].source
        assert re.findall(r">([\w ]+)</a>", title) == NAMES
        assert title.count(f"notebooks/{path.name}") == 2
        assert f"lab/tree/my_course/{path.name}" in title
        assert title.count("who/what/") == 3


@sphinx
def test_what_opens_and_closes_has_a_name(site):
    """The theme leaves some without; site/course_pages.py names them."""
    text = (site / "notebooks/studies/05_similar_domains.html").read_text(encoding="utf-8")
    assert 'aria-label="Pages of this part"' in text
    assert '<summary><span class="toctree-toggle"' not in text
    assert "Show the code" in text
    assert "Toggle hidden content" not in text


@pytest.fixture(scope="module")
def browser():
    """A browser with a page as wide as a phone's, that notes what pages ask for."""
    driver = shutil.which("chromedriver")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not (driver and chromium):
        pytest.skip("needs Chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(option)
    options.page_load_strategy = "eager"  # pictures have their size before they are there
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    opened.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True},
    )
    yield opened
    opened.quit()


@sphinx
def test_pages_fit_a_phone_and_ask_for_nothing(browser, site):
    wide = {}
    studies = sorted((site / "notebooks" / "studies").glob("*.html"))[-1:]
    exercises = sorted((site / "notebooks" / "exercises").glob("*.html"))[-1:]
    more = [site / name for name in ("index.html", "README.html", "docs/security.html")]
    some = [*(site / "notebooks").glob("*.html"), *studies, *exercises, *more]
    for path in some:
        browser.get(path.as_uri())
        if (width := browser.execute_script("return innerWidth")) > 390:
            wide[path.name] = width
    assert wide == {}
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [each for each in asked if each["method"] == "Network.requestWillBeSent"]
    addresses = [each["params"]["request"]["url"] for each in asked]
    assert len(addresses) > len(some) > 10
    assert [each for each in addresses if not each.startswith(("file:", "data:", "blob:"))] == []


@sphinx
def test_the_ledger_is_searched_and_filtered(browser, site):
    browser.get((site / "notebooks" / "claims.html").as_uri())
    claims, older = browser.find_elements(By.CSS_SELECTOR, ".ledger")

    def shown(part):
        script = (
            "return [...arguments[0].querySelectorAll('tbody tr')].filter(row => row.offsetParent)"
        )
        return browser.execute_script(f"{script}.map(row => row.textContent.toLowerCase())", part)

    claims.find_element(By.TAG_NAME, "input").send_keys("FROZEN beats")
    rows = shown(claims)
    assert 0 < len(rows) < len(LEDGER["claims"])
    assert all("frozen" in row and "beats" in row for row in rows)
    assert claims.find_element(By.TAG_NAME, "output").text.startswith(f"{len(rows)} of ")
    refuted = [row for row in LEDGER["older"] if row["verdict"] == "refuted"]
    Select(older.find_element(By.TAG_NAME, "select")).select_by_visible_text("refuted")
    assert len(shown(older)) == len(refuted)
