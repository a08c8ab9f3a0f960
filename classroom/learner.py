"""Become one learner's JupyterLab under the hub: closed home, limit of memory, copies, server.

JupyterHub runs it as the learner, in the learner's home.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Prepare the home, then become `jupyterhub-singleuser` with the same words."""
    os.umask(0o077)
    Path.home().chmod(0o700)
    if limit := int(os.environ.get("MEM_LIMIT", "0")):  # bytes, by `c.Spawner.mem_limit`
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    # Where the copies cannot be written it says so in the hub's log; the learner can still come in.
    subprocess.run([sys.executable, "-P", "-m", "tlcourse", "copy"], check=False)
    server = [sys.executable, "-P", "-m", "jupyterhub.singleuser", *sys.argv[1:]]
    os.execv(sys.executable, server)


if __name__ == "__main__":
    main()
