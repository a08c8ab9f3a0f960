"""JupyterHub for a class on one machine; README.md beside it tells how, `make jupyterhub` reads it.

The course lies here once, and no learner can write in it. Each learner is a user of the system,
works in a home that nobody else can open, and finds the lessons' copies in ~/my_course.

Settings of your own: a file that begins with load_subconfig("/path/to/this/file"), read by
`make jupyterhub HUB_CONFIG=/path/to/yours`.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (JupyterHub defines it)
COURSE = Path(__file__).resolve().parents[1]
HUB, PACKAGES = Path(sys.prefix), COURSE / ".venv"

# Where it listens: on this machine alone. Others come through a web server with TLS before it.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.hub_ip = "127.0.0.1"
c.ConfigurableHTTPProxy.command = [str(HUB / "proxy/node_modules/.bin/configurable-http-proxy")]

# Who comes in: members of one group of the system, with their own password there.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"learners"}

# What a learner gets: JupyterLab as that user, at lesson 00.
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.JupyterHub.concurrent_spawn_limit = 5  # thirty begin at nine o'clock, five at a time
c.Spawner.cmd = [sys.executable, "-P", str(COURSE / "classroom" / "learner.py")]
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = "/lab/tree/my_course/00_start_here.ipynb"
c.Spawner.http_timeout = 180  # where many begin at once a server takes a minute until it answers

# How much: memory is for each process, and learner.py sees to it; of the cores TensorFlow is told.
c.Spawner.mem_limit = "4G"
c.Spawner.cpu_limit = 2

# Packages and weights are shared, and only read.
c.Spawner.environment = {
    "PYTHONPATH": str(COURSE),
    "PATH": os.pathsep.join([str(PACKAGES / "bin"), os.environ.get("PATH", os.defpath)]),
    "JUPYTER_PATH": str(PACKAGES / "share" / "jupyter"),
    "JUPYTER_CONFIG_PATH": str(PACKAGES / "etc" / "jupyter"),
    "JUPYTERLAB_DIR": str(PACKAGES / "share" / "jupyter" / "lab"),
    "KERAS_HOME": os.environ.get("KERAS_HOME", "/srv/keras"),
    "TLCOURSE_HOME": "~/my_course",
    "TLCOURSE_THREADS": str(c.Spawner.cpu_limit),
}
c.Spawner.env_keep = ["LANG", "LC_ALL", "TFDS_DATA_DIR", "TLCOURSE_PROFILE", "TLCOURSE_OFFLINE"]

# What nobody uses gives its memory back: a kernel after half an hour, a server after an hour.
# What a server and its kernels say to each other on this machine is encrypted.
c.Spawner.args = [
    "--KernelManager.transport_encryption=required",
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=120",
    "--ServerApp.shutdown_no_activity_timeout=3600",
    f"--ServerApp.tornado_settings={{'websocket_max_message_size': {200 * 2**20}}}",
]
