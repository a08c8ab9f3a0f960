"""Run lesson 05 on a hub by 1, 2 and 4 learners at once: `make bench-hub`, as root, on Linux.

The hub is classroom/jupyterhub_config.py on free ports of this machine, with users of the system
that are made for it and removed. Each learner logs in with a password, as a browser does, and runs
the own copy of the lesson cell by cell in the own server's kernel, through the hub's proxy. It
prints a table of seconds and memory, and writes it to build/bench_hub.md.
"""

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import requests
import websocket

from tlcourse.runtime import build_folder, keras_home

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".hub" / "bin" / "python"
LESSON = "my_course/05_similar_domains.ipynb"
THIRTY, SYSTEM_GIB = 30, 4  # a class; what the system and the hub take
# Root's home is closed. Where Python lies in it, the hub gets a root's home that has nothing else.
OPENED = """set -e
mount --bind "$1" "$2"
mount -t tmpfs -o mode=755 none "$HOME"
mkdir -p "$1"
mount --bind "$2" "$1"
shift 2
exec "$@"
"""


class NoHub(Exception):
    """No hub can be tried here; the text says why."""


def missing() -> str | None:
    """Return what a hub needs and this machine lacks, or None."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "a hub makes its users' servers as root, on Linux"
    if not PYTHON.with_name("jupyterhub").is_file():
        return "make jupyterhub-env has not been run, which needs npm"
    commands = ("useradd", "userdel", "groupadd", "groupdel", "chpasswd", "runuser", "unshare")
    lacking = [name for name in commands if not shutil.which(name)]
    return f"{', '.join(lacking)} cannot be found" if lacking else None


def until(found, seconds: float, what: str):
    """Return what `found` returns as soon as it is true; raise TimeoutError after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.1)
    raise TimeoutError(f"{what}: not within {seconds} seconds")


def processes(user: int) -> list[psutil.Process]:
    """Return the processes of a user of the system."""
    found = psutil.process_iter(["uids"])
    return [one for one in found if one.info["uids"] and one.info["uids"].real == user]


class Learner:
    """A user of the system who comes to the hub over HTTP, as a browser does."""

    def __init__(self, name: str, address: str):
        self.name, self.address, self.password = name, address, secrets.token_urlsafe(12)
        self.web = self.new_browser()
        account = pwd.getpwnam(name)
        self.user, self.home = account.pw_uid, Path(account.pw_dir)

    @staticmethod
    def new_browser() -> requests.Session:
        browser = requests.Session()
        browser.trust_env = False  # a proxy of the network must not be asked for 127.0.0.1
        return browser

    def login(self, password: str | None = None) -> requests.Response:
        """Send the form of the login page."""
        page = self.web.get(f"{self.address}/hub/login", timeout=30)
        form = {"username": self.name, "password": password or self.password}
        marks = {"_xsrf": self.web.cookies.get("_xsrf", path="/hub/")}
        return self.web.post(page.url, params=marks, data=form, timeout=30)

    def come_in(self) -> None:
        """Log in, and take a token for the API of hub and server."""
        self.login()
        marks = {"X-XSRFToken": self.web.cookies.get("_xsrf", path="/hub/")}
        made = self.web.post(
            f"{self.address}/hub/api/users/{self.name}/tokens",
            headers=marks | {"Referer": f"{self.address}/hub/token"}, json={}, timeout=30,
        )  # fmt: skip
        made.raise_for_status()
        self.token = made.json()["token"]

    def ask(self, method: str, path: str, **words) -> requests.Response:
        """Ask hub or server with the own token."""
        tokens = {"Authorization": f"token {self.token}"}
        browser = self.new_browser()
        return browser.request(
            method, f"{self.address}/{path}", headers=tokens, timeout=60, **words
        )

    def model(self) -> dict:
        return self.ask("GET", f"hub/api/users/{self.name}").json()

    def start(self) -> None:
        """Start the own server, and wait until it answers."""
        self.ask("POST", f"hub/api/users/{self.name}/server").raise_for_status()
        until(self.is_ready, 180, f"the server of {self.name}")

    def is_ready(self) -> bool:
        servers = self.model()["servers"]
        if not servers:
            raise RuntimeError(f"the server of {self.name} did not start: see the hub's log")
        return servers[""]["ready"]

    def stop(self) -> None:
        self.ask("DELETE", f"hub/api/users/{self.name}/server").raise_for_status()
        until(lambda: not self.model()["servers"], 60, f"the end of {self.name}'s server")

    def cells(self, page: str) -> list[str]:
        """Return the code of a notebook of the own home, through the server."""
        got = self.ask("GET", f"user/{self.name}/api/contents/{page}")
        got.raise_for_status()
        return [
            cell["source"] for cell in got.json()["content"]["cells"] if cell["cell_type"] == "code"
        ]

    def run(self, page: str) -> list[str]:
        """Run a notebook's cells in a kernel of the own server; return what each has printed.

        Raises RuntimeError with the kernel's words where a cell fails.
        """
        wanted = {"path": page, "name": page, "type": "notebook", "kernel": {"name": "python3"}}
        made = self.ask("POST", f"user/{self.name}/api/sessions", json=wanted)
        made.raise_for_status()
        kernel = made.json()["kernel"]["id"]
        line = websocket.create_connection(
            f"{self.address}/user/{self.name}/api/kernels/{kernel}/channels".replace("http", "ws"),
            header={"Authorization": f"token {self.token}"}, http_no_proxy=["127.0.0.1"],
            timeout=600,
        )  # fmt: skip
        try:
            return [execute(line, code) for code in self.cells(page)]
        finally:
            line.close()
            self.ask("DELETE", f"user/{self.name}/api/sessions/{made.json()['id']}")


def execute(line: websocket.WebSocket, code: str) -> str:
    """Run code by a kernel's websocket, in Jupyter's protocol; return what it prints."""
    asked, printed, ended = uuid.uuid4().hex, [], set()
    header = {"msg_id": asked, "msg_type": "execute_request", "session": asked, "version": "5.4",
              "username": "", "date": ""}  # fmt: skip
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {},
               "allow_stdin": False, "stop_on_error": True}  # fmt: skip
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content,
               "channel": "shell", "buffers": []}  # fmt: skip
    line.send(json.dumps(message))
    while len(ended) < 2:  # the reply, and that all output has come
        kind, raw = line.recv_data()
        if kind != websocket.ABNF.OPCODE_TEXT:
            continue  # a widget's picture
        got = json.loads(raw)
        if got["parent_header"].get("msg_id") != asked:
            continue
        told = got["content"]
        if got["msg_type"] == "stream":
            printed.append(told["text"])
        if got["msg_type"] == "execute_reply" or told.get("execution_state") == "idle":
            ended.add(got["msg_type"])
        if got["msg_type"] == "execute_reply" and told["status"] != "ok":
            raise RuntimeError(f"{told.get('ename')}: {told.get('evalue')}")
    return "".join(printed)


def free_ports(count: int) -> list[int]:
    places = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [place.getsockname()[1] for place in places]
    for place in places:
        place.close()
    return ports


def way_in(user: str, place: Path) -> list[str]:
    """Return what must stand before the hub's command, so that its users can run its Python.

    Nothing, if they can. Raises NoHub where they cannot.
    """
    (place / "python").mkdir()
    base = subprocess.check_output([PYTHON, "-c", "import sys; print(sys.base_prefix)"], text=True)
    apart = ["unshare", "--mount", "sh", "-c", OPENED, "sh", base.strip(), str(place / "python")]
    look = [str(PYTHON), "-P", "-c", "import tlcourse, jupyterlab"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": "/root"}
    for prefix in ([], apart):
        command = [*prefix, "runuser", "-u", user, "--", *look]
        done = subprocess.run(command, env=environment, capture_output=True, cwd="/", check=False)
        if done.returncode == 0:
            return prefix
    raise NoHub("other users cannot read the course or its Python: they lie in a closed folder")


class Hub:
    """A running hub: its learners, its place for files, its process."""

    def __init__(self, place: Path, learners: list[Learner], process: subprocess.Popen):
        self.place, self.learners, self.process = place, learners, process
        self.address = learners[0].address

    def log(self) -> str:
        return (self.place / "hub.log").read_text(encoding="utf-8", errors="replace")


def settings(place: Path, group: str, ports: list[int]) -> Path:
    """Write a configuration that takes the course's, and moves it to free ports."""
    web, hub, proxy = ports
    path = place / "config.py"
    path.write_text(
        f"load_subconfig({str(ROOT / 'classroom' / 'jupyterhub_config.py')!r})\n"
        f"c.JupyterHub.bind_url = 'http://127.0.0.1:{web}'\n"
        f"c.JupyterHub.hub_port = {hub}\n"
        f"c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{proxy}'\n"
        f"c.PAMAuthenticator.allowed_groups = {{{group!r}}}\n",
        encoding="utf-8",
    )
    return path


@contextmanager
def accounts(count: int, place: Path, address: str):
    """Make a group and its users for the time of a test; all of theirs is removed afterwards."""
    group = f"tl{secrets.token_hex(4)}"
    names = [f"{group}{letter}" for letter in "abcdefgh"[:count]]
    subprocess.run(["groupadd", group], check=True)
    made = []
    try:
        for name in names:
            subprocess.run(
                ["useradd", "--create-home", "--base-dir", place, "--groups", group,
                 "--shell", "/bin/sh", name], check=True,
            )  # fmt: skip
            made.append(Learner(name, address))
        words = "".join(f"{one.name}:{one.password}\n" for one in made)
        subprocess.run(["chpasswd"], input=words, text=True, check=True)
        yield group, made
    finally:
        for one in made:
            for process in processes(one.user):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            until(lambda one=one: not processes(one.user), 20, f"the end of {one.name}")
            subprocess.run(["userdel", "--remove", one.name], capture_output=True, check=False)
        subprocess.run(["groupdel", group], check=False)


def shared_weights(place: Path) -> Path:
    """Lay Keras's weights where all may read them, as a class shares them."""
    folder = place / "keras"
    (folder / "models").mkdir(parents=True)
    for path in (keras_home() / "models").glob("*"):
        if "_0.35_96_" in path.name or path.suffix == ".json":
            shutil.copy(path, folder / "models")
            (folder / "models" / path.name).chmod(0o444)
    return folder


@contextmanager
def running(count: int):
    """Give a hub with `count` learners who have not come yet; end it, and remove all of it."""
    if reason := missing():
        raise NoHub(reason)
    place = Path(tempfile.mkdtemp(prefix="tlcourse-hub-"))
    place.chmod(0o755)
    ports = free_ports(3)
    environment = {
        "PATH": os.environ["PATH"], "HOME": "/root", "LANG": "C.UTF-8",
        "KERAS_HOME": str(shared_weights(place)), "TLCOURSE_OFFLINE": "1",
    }  # fmt: skip
    try:
        with accounts(count, place, f"http://127.0.0.1:{ports[0]}") as (group, learners):
            start = [str(PYTHON), "-m", "jupyterhub", "--config", settings(place, group, ports)]
            command = [*way_in(learners[0].name, place), *start]
            state = place / "state"
            state.mkdir(mode=0o700)
            with (place / "hub.log").open("w") as log:
                process = subprocess.Popen(command, cwd=state, env=environment, stdout=log,
                                           stderr=log, start_new_session=True)  # fmt: skip
                hub = Hub(place, learners, process)
                try:
                    until(lambda: answers(hub), 120, "the hub")
                    yield hub
                except Exception:
                    print(hub.log()[-5000:])
                    raise
                finally:
                    end(process)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def answers(hub: Hub) -> bool:
    if hub.process.poll() is not None:
        raise RuntimeError("the hub ended")
    with suppress(requests.ConnectionError):
        return Learner.new_browser().get(f"{hub.address}/hub/health", timeout=5).ok
    return False


def end(process: subprocess.Popen) -> None:
    """Ask the hub to end, which ends servers and proxy; whatever is left of it is killed."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(60)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


class Watch(threading.Thread):
    """Looks each second at the memory of learners: the proportional part of what is shared."""

    def __init__(self, learners: list[Learner]):
        super().__init__(daemon=True)
        self.learners, self.over = learners, threading.Event()
        self.most = dict.fromkeys((one.name for one in learners), 0.0)
        self.together = 0.0

    def run(self) -> None:
        while not self.over.wait(1):
            now = {one.name: gib_of(one.user) for one in self.learners}
            self.most = {name: max(self.most[name], gib) for name, gib in now.items()}
            self.together = max(self.together, sum(now.values()))


def gib_of(user: int) -> float:
    """Return the memory of a user's processes in GiB, what they share counted in parts (PSS)."""
    total = 0
    for process in processes(user):
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total / 2**20


def core_seconds(learner: Learner) -> float:
    """Return the seconds of cores that a learner's processes have used, ended kernels included."""
    times = [process.cpu_times() for process in processes(learner.user)]
    return sum(one.user + one.system + one.children_user + one.children_system for one in times)


def together(learners: list[Learner], page: str) -> dict:
    """Let learners run a page at the same moment; return what it took."""
    watch, before = Watch(learners), sum(core_seconds(one) for one in learners)
    watch.start()
    start = time.monotonic()

    def one(learner):
        learner.run(page)
        return time.monotonic() - start

    with ThreadPoolExecutor(len(learners)) as pool:
        seconds = list(pool.map(one, learners))
    watch.over.set()
    watch.join()
    cores = (sum(core_seconds(one) for one in learners) - before) / len(learners)
    return {"learners": len(learners), "fastest": min(seconds), "slowest": max(seconds),
            "cores": cores, "each": max(watch.most.values()), "all": watch.together}  # fmt: skip


def minutes(work: float, cores: int) -> float:
    """Return how long a class takes that runs the whole page at the same moment."""
    return THIRTY * work / cores / 60


def table(rows: list[dict]) -> str:
    """Return what was measured as a table in Markdown, and below it what thirty would need."""
    lines = [
        "| at once | fastest, s | slowest, s | times one alone | GiB a learner | GiB together |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        ratio = row["slowest"] / rows[0]["slowest"]
        lines.append(
            f"| {row['learners']} | {row['fastest']:.0f} | {row['slowest']:.0f} | {ratio:.1f} |"
            f" {row['each']:.2f} | {row['all']:.2f} |"
        )
    work, gib = rows[0]["cores"], THIRTY * rows[-1]["each"] + SYSTEM_GIB
    lines += [
        "",
        f"One alone uses {work:.0f} core seconds. Thirty at once need {gib:.0f} GiB, and"
        f" {minutes(work, 4):.0f} minutes on four cores, {minutes(work, 8):.0f} on eight.",
    ]
    return "\n".join(lines) + "\n"


def main(page: str = LESSON, counts: tuple[int, ...] = (1, 2, 4)) -> None:
    """Measure, print, and write the table."""
    print(f"Load before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores.", flush=True)
    with running(max(counts)) as hub:
        start = time.monotonic()
        with ThreadPoolExecutor(max(counts)) as pool:
            list(pool.map(Learner.come_in, hub.learners))
            list(pool.map(Learner.start, hub.learners))
        print(f"{max(counts)} servers started at once in {time.monotonic() - start:.0f} s; "
              f"one idles with {gib_of(hub.learners[0].user):.2f} GiB.", flush=True)  # fmt: skip
        rows = []
        for count in counts:
            rows.append(together(hub.learners[:count], page))
            print(rows[-1], flush=True)
    made = table(rows)
    print(made)
    folder = build_folder()
    (folder / "bench_hub.md").write_text(made, encoding="utf-8")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except NoHub as error:
        sys.exit(f"No hub was tried: {error}.")
