"""Pack the course for a room with bad Wi-Fi: `make pack`.

One archive has the course, the wheels of the lock for this machine's system and Python, and
ImageNet's weights. Where it is unpacked, `make lab` sets up without a network: the Makefile takes
what lies in `packed/`.
"""

import hashlib
import os
import platform
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tlcourse import weights

ROOT = Path(__file__).resolve().parents[1]
WHEELS = "packed/wheels"  # within the course; pip, told of files, asks no network
WEIGHTS = (weights.BASE, weights.CLASSIFIER, weights.CLASS_INDEX)


def name() -> str:
    """Return the archive's name: for which system and Python it is."""
    system = sysconfig.get_platform().replace("-", "_")
    return f"tlcourse-{system}-python{'.'.join(platform.python_version_tuple()[:2])}"


def bring_wheels(lock: Path, folder: Path) -> None:
    """Download the lock's packages, hashes checked; what comes as source is built into a wheel."""
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder)]
    subprocess.run([*command, "-r", str(lock)], check=True)
    (folder / "requirements.lock").write_text(lock_of(folder), encoding="utf-8")


def lock_of(folder: Path) -> str:
    """Return a lock with place and hash of each wheel, seen from where the archive is unpacked."""
    lines = []
    for wheel in sorted(folder.glob("*.whl")):
        with wheel.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        lines.append(f"./{WHEELS}/{wheel.name} --hash=sha256:{digest}\n")
    return "".join(lines)


def course() -> list[Path]:
    """Return the course's own files, as git knows them."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [ROOT / each for each in listed.split("\0") if (ROOT / each).is_file()]


def write(archive: Path, files: list[Path], wheels: Path, models: Path) -> None:
    """Write the archive in one step; wheels and pictures are compressed already, so it is not."""
    partial = archive.with_suffix(".part")
    with tarfile.open(partial, "w") as tar:
        for path in files:
            tar.add(path, Path("tlcourse", path.relative_to(ROOT)))
        for path in sorted(wheels.iterdir()):
            tar.add(path, Path("tlcourse", WHEELS, path.name))
        for each in WEIGHTS:
            tar.add(models / each, Path("tlcourse", "packed", "keras", "models", each))
    partial.replace(archive)


def main(
    target: Annotated[Path, typer.Option(help="the folder to write")] = ROOT / "build",
    lock: Annotated[Path, typer.Option(help="the packages")] = ROOT / "requirements.lock",
) -> None:
    """Write the archive, and say how to use it."""
    try:
        print(f"ImageNet's weights: {weights.fetch().sentence}")
    except weights.WeightsError as error:
        print(error)
        raise typer.Exit(1) from None
    archive = target / f"{name()}.tar"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as folder:
        print("Bringing the wheels (about a gigabyte) ...", flush=True)
        bring_wheels(lock, Path(folder))
        write(archive, course(), Path(folder), weights.models_folder())
    size = archive.stat().st_size / 2**20
    print(f"{archive}: {size:,.0f} MiB. There: tar xf {archive.name} && cd tlcourse && make lab")


if __name__ == "__main__":
    os.environ.setdefault("PIP_NO_INPUT", "1")
    typer.run(main)
