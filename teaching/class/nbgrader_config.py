"""nbgrader's settings for this class. They are yours: change what you like."""

import json
import os
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
c = get_config()  # noqa: F821  (nbgrader defines it)
c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = "tlcourse"
# nbgrader calls `alembic`, which lies beside it.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

# What learners find in place of a solution, as in the course's own exercises.
c.ClearSolutions.code_stub = {"python": '# Your code here\nraise NotImplementedError("write me")'}

# What one submission may use while it is graded; None is no limit. limits.py sets all but the first
# two in the kernel, where the platform has them: Linux has all, macOS all but memory, Windows none.
# teaching/grading.md in the course says what they do not stop.
LIMITS = {
    "cell_seconds": 120,  # a cell that takes longer is interrupted, and gets no points
    "telling_seconds": 30,  # and, where it does not end then either, its submission is not graded
    "processor_seconds": 1200,  # of all cells together, summed over all cores
    "memory_gib": 6,
    "more_processes": 512,  # and threads, more than you have now; not for root
    "file_mib": 512,  # the largest file that may be written
}
c.Execute.timeout = LIMITS["cell_seconds"]
c.Execute.iopub_timeout = LIMITS["telling_seconds"]
c.Execute.extra_arguments = [
    "--HistoryManager.hist_file=:memory:",
    f"--IPKernelApp.exec_files={json.dumps([str(here / 'limits.py')])}",
]
os.environ["TLCOURSE_CLASS_LIMITS"] = json.dumps(LIMITS)

# Feedback shows what was wrong, not how the checks are built.
c.LimitOutput.max_traceback = 4
c.LimitOutput.max_lines = 200
