"""Run the notebooks with the newest packages there are: `make canary`, `make canary NB=01`.

An environment of its own, build/canary/venv, gets what pyproject.toml asks for without its upper
bounds; with PIN="tensorflow==2.20.* tf-keras==2.20.*" these instead, older ones too. Each notebook
then runs under nbval, whose claims and shapes are compared as ever. The page build/canary/page.md
tells which versions came, which lessons break, where the first difference is, and which bound would
hold: below the version that broke, or from the lock's on where an older one did.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import typer
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import notebooks as pages

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "canary"
WATCHED = ("tensorflow", "keras", "tf-keras", "nbval", "pytest", "jupyterlab", "numpy")


def unbound(text: str) -> str:
    """Return a requirement without its upper bounds."""
    need = Requirement(text)
    need.specifier = SpecifierSet(",".join(
        str(each) for each in need.specifier if each.operator in (">=", ">", "!=")
    ))  # fmt: skip
    return str(need)


def wanted(pins: str = "") -> list[str]:
    """Return what the course asks for, newest first, but for what is pinned.

    setuptools stays where its bound says.
    """
    pinned = {Requirement(pin).name: pin for pin in pins.split()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["test"]
    return [
        pinned.get(name) or (each if name == "setuptools" else unbound(each))
        for name, each in ((Requirement(each).name, each) for each in asked)
    ]


def environment(pins: str = "") -> Path:
    """Make the environment of the newest packages, or of the pinned; return its Python."""
    python = BUILD / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(BUILD / "venv")], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--upgrade", *wanted(pins)], check=True)
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--editable", "."], cwd=ROOT, check=True
    )
    return python


def versions(python: Path) -> dict[str, str]:
    """Return the versions that an environment holds of what is watched."""
    ask = [str(python), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    listed = json.loads(subprocess.run(ask, capture_output=True, check=True).stdout)
    found = {each["name"].lower().replace("_", "-"): each["version"] for each in listed}
    return {name: found[name] for name in WATCHED if name in found}


def locked() -> dict[str, str]:
    """Return the versions that the lock names, for this Python, of what is watched."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = [Requirement(line.rstrip("\\")) for line in re.findall(r"^\w\S*==.*", text, re.M)]
    here = [line for line in lines if not line.marker or line.marker.evaluate()]
    found = {line.name: str(line.specifier).removeprefix("==") for line in here}
    return {name: found[name] for name in WATCHED if name in found}


def first_difference(report: Path, path: Path) -> str | None:
    """Return the first cell that failed, and what nbval says of it; None where all passed."""
    if not report.is_file():
        return "it did not run"
    ids = [cell.id for cell in pages.read(path).cells if cell.cell_type == "code"]
    for case in ElementTree.parse(report).iter("testcase"):
        for kind in ("failure", "error"):
            if (found := case.find(kind)) is not None:
                number = re.search(r"\d+$", case.get("name"))
                cell = ids[int(number[0])] if number else case.get("name")
                said = re.sub(r"\x1b\[[0-9;]*m", "", found.text or "")
                lines = [line.strip() for line in said.splitlines() if line.strip()]
                return f"{cell}: {' / '.join(lines[:3])[:300]}"
    return None


def bound(name: str, known: str, tried: str) -> str:
    """Return the bound that keeps a package from the version that was tried."""
    return f"{name}<{tried}" if Version(tried) > Version(known) else f"{name}>={known}"


def page(newest: dict, known: dict, broken: dict, count: int) -> str:
    """Return the page, in Markdown."""
    rows = [f"| {name} | {known.get(name, '–')} | {version} |" for name, version in newest.items()]
    lines = [
        "# The course on other packages than its lock's",
        "",
        "| package | lock | tried |",
        "|---" * 3 + "|",
    ]
    lines += [*rows, "", f"{count - len(broken)} of {count} notebooks hold.", ""]
    for key, said in broken.items():
        lines += [f"- **{key}** breaks. {said}"]
    moved = [name for name, version in newest.items() if known.get(name) not in (None, version)]
    if broken and moved:
        bounds = ", ".join(f"`{bound(name, known[name], newest[name])}`" for name in moved)
        lines += ["", f"Bounds that hold, one of them or more: {bounds}."]
    elif not broken:
        lines += ["No bound is needed on this side of these versions."]
    return "\n".join(lines) + "\n"


def main(
    prefix: str = typer.Argument("", help="as 01; by default all notebooks"),
    pin: str = typer.Option("", help="as 'tensorflow==2.20.* tf-keras==2.20.*'"),
    keep: bool = typer.Option(False, help="use the environment that is there"),
) -> None:
    """Resolve, run, and write the page; exit with 1 where a lesson breaks."""
    python = BUILD / "venv" / "bin" / "python"
    if not (keep and python.is_file()):
        python = environment(pin)
    newest, broken, paths = versions(python), {}, pages.chosen(prefix)
    for path in paths:
        report = BUILD / f"{pages.key(path).replace('/', '_')}.xml"
        report.unlink(missing_ok=True)
        run = ["pytest", "-q", "--nbval", f"--junitxml={report}", str(path)]
        subprocess.run([str(python), "-m", *run], cwd=ROOT)
        if said := first_difference(report, path):
            broken[pages.key(path)] = said
        text = page(newest, locked(), broken, len(paths))
        (BUILD / "page.md").write_text(text, encoding="utf-8")
    print(text)
    raise typer.Exit(bool(broken))


if __name__ == "__main__":
    typer.run(main)
