"""Ship with the package what lessons need: an installed course finds it in `tlcourse/course`."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

COURSE = ("notebooks", "data/README.md", "data/catalogue.csv", "data/keras_table.csv", "data/hub",
          "data/results", "data/tfds", "data/weights")  # fmt: skip
NOT_OURS = shutil.ignore_patterns(".*", "__pycache__", "*.part")


class BuildWithCourse(build_py):
    """Copy the course's files beside the modules, unless the install is an editable one."""

    def run(self) -> None:
        super().run()
        target = Path(self.build_lib, "tlcourse", "course")
        shutil.rmtree(target, ignore_errors=True)  # an old build may lie here
        for name in () if self.editable_mode else COURSE:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if Path(name).is_dir():
                shutil.copytree(name, target / name, ignore=NOT_OURS)
            else:
                shutil.copy2(name, target / name)


setup(cmdclass={"build_py": BuildWithCourse})
