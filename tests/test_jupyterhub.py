"""A hub for a class: who gets in, who may read what, and that the pages about it are true.

With root, npm's proxy and `make jupyterhub-env` a real hub is started on this machine, with two
users of the system who are made for it and removed.
"""

import json
import os
import re
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
import yaml
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import bench_hub  # noqa: E402
from test_house import locked, normal  # noqa: E402

CLASSROOM = ROOT / "classroom"
README = (CLASSROOM / "README.md").read_text(encoding="utf-8")
ASSIGNMENT = "05_similar_domains"


@pytest.fixture(scope="module")
def hub():
    """Give a hub with two learners who have come in, each with a running server."""
    try:
        with bench_hub.running(2) as hub:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(bench_hub.Learner.come_in, hub.learners))
                list(pool.map(bench_hub.Learner.start, hub.learners))
            yield hub
    except bench_hub.NoHub as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize(
    "path", ["", "hub/home", "hub/spawn", "user/{}/lab", "user/{}/files/my_course/claims.ipynb"]
)
def test_without_a_login_there_is_the_login_page_alone(hub, path):
    stranger = hub.learners[0].new_browser()
    page = stranger.get(f"{hub.address}/{path.format(hub.learners[0].name)}", timeout=30)
    assert "/hub/login" in page.url
    assert 'name="password"' in page.text


@pytest.mark.parametrize("path", ["hub/api/users", "user/{}/api/contents", "user/{}/api/kernels"])
def test_the_token_is_asked_for(hub, path):
    stranger = hub.learners[0].new_browser()
    address = f"{hub.address}/{path.format(hub.learners[0].name)}"
    assert stranger.get(address, timeout=30).status_code == 403
    assert stranger.get(f"{address}?token=guess", timeout=30).status_code == 403
    assert hub.learners[1].ask("GET", path.format(hub.learners[0].name)).status_code in (403, 404)


def test_a_wrong_password_is_refused(hub):
    one = hub.learners[0]
    stranger = bench_hub.Learner(one.name, one.address)
    assert stranger.login("wrong").status_code == 403
    assert stranger.web.get(f"{hub.address}/hub/home", timeout=30).url.count("/hub/login") == 1


def listening(user):
    """Return the ports at which processes of a user listen, with the address."""
    found = [each.net_connections("tcp") for each in bench_hub.processes(user)]
    return [one.laddr for each in found for one in each if one.status == psutil.CONN_LISTEN]


def test_all_listen_on_this_machine_alone_and_a_server_asks_even_there(hub):
    own = [listening(one.user) for one in hub.learners]
    family = psutil.Process(hub.process.pid)
    hubs = [listening_of(each) for each in [family, *family.children()]]
    places = [place for each in [*own, *hubs] for place in each]
    assert len(places) >= 5  # web, the proxy's own, hub, two servers
    assert {place.ip for place in places} == {"127.0.0.1"}
    (server,) = own[0]
    inside = f"http://127.0.0.1:{server.port}/user/{hub.learners[0].name}/api/contents"
    assert hub.learners[1].new_browser().get(inside, timeout=30).status_code == 403


def listening_of(process):
    return [one.laddr for one in process.net_connections("tcp") if one.status == psutil.CONN_LISTEN]


def run(learner, code):
    """Run code in a notebook of a learner's own, through the hub; return the JSON it prints."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    place = f"user/{learner.name}/api/contents/tried.ipynb"
    learner.ask("PUT", place, json={"type": "notebook", "content": notebook}).raise_for_status()
    return json.loads(learner.run("tried.ipynb")[0])


ABOUT = """
import json, os, resource, tlcourse
open("written", "w").close()
print(json.dumps({
    "user": os.getuid(), "home": os.getcwd(), "course": tlcourse.__file__,
    "modes": [oct(os.stat(name).st_mode & 0o777) for name in (".", "written")],
    "memory": resource.getrlimit(resource.RLIMIT_DATA)[1],
    "lessons": sorted(os.listdir("my_course"))[:3],
    "keras": os.access(os.environ["KERAS_HOME"], os.R_OK),
    "threads": os.environ["TLCOURSE_THREADS"],
}))
"""


def test_a_learner_runs_a_notebook_as_the_own_user_beside_the_copies(hub):
    one = hub.learners[0]
    about = run(one, ABOUT)
    assert "Kernel is running over TCP without encryption" not in hub.log()
    assert about["user"] == one.user
    assert about["home"] == str(one.home)
    assert about["course"] == str(ROOT / "tlcourse" / "__init__.py")
    assert about["modes"] == ["0o700", "0o600"]
    assert about["memory"] == 4 * 2**30
    assert about["keras"]
    assert about["threads"] == "2"
    assert ".copied.json" in about["lessons"]
    copied = one.home / "my_course" / "00_start_here.ipynb"
    assert copied.stat().st_uid == one.user
    assert not any(cell.get("outputs") for cell in nbformat.read(copied, as_version=4).cells)


def test_a_cell_that_fails_is_told(hub):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run(hub.learners[0], "1 / 0")


TRIED = """
import json, os
from pathlib import Path

def refused(path, what):
    try:
        what(Path(path))
    except PermissionError:
        return True
    return False

def read(path):
    os.listdir(path) if path.is_dir() else path.read_bytes()

def write(path):
    (path / "mine").touch() if path.is_dir() else path.open("a")

print(json.dumps([[path for path in {read} if not refused(path, read)],
                  [path for path in {write} if not refused(path, write)]]))
"""


def test_nobody_reads_anothers_home_or_grades_or_writes_the_course(hub, tmp_path):
    other, one = hub.learners
    grades = hub.place / "class"  # as `make class` makes it
    grades.mkdir(mode=0o700)
    (grades / "grades.csv").write_text("secret", encoding="utf-8")
    closed = [other.home, other.home / "my_course", other.home / "my_course" / "claims.ipynb",
              grades, grades / "grades.csv", hub.place / "state",
              hub.place / "state" / "jupyterhub_cookie_secret"]  # fmt: skip
    shared = [ROOT, ROOT / "tlcourse" / "__init__.py", ROOT / "notebooks", ROOT / "classroom",
              ROOT / "data" / "tfds", hub.place / "keras", hub.place / "keras" / "models",
              bench_hub.PYTHON.parent, Path(sys.prefix)]  # fmt: skip
    assert all(path.exists() for path in [*closed, *shared])
    paths = {"read": [str(path) for path in closed], "write": [str(path) for path in shared]}
    code = TRIED.replace("{read}", repr(paths["read"])).replace("{write}", repr(paths["write"]))
    assert run(one, code) == [[], []]
    mine = repr([str(one.home), str(ROOT)])  # and what may be read is found to be
    code = TRIED.replace("{read}", mine).replace("{write}", repr([str(one.home)]))
    assert run(one, code) == [[str(one.home), str(ROOT)], [str(one.home)]]


def snippet(word):
    """Return the shell commands of the README that contain a word."""
    (found,) = [text for text in re.findall(r"```sh\n(.*?)```", README, re.S) if word in text]
    return found


def test_the_readmes_lines_hand_out_and_collect_with_each_learners_own_rights(hub, tmp_path):
    one, other = hub.learners
    (tmp_path / "release" / ASSIGNMENT).mkdir(parents=True)
    (tmp_path / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").write_text("handed out")
    group = one.name[:-1]

    def shell(word):
        lines = snippet(word).replace("cd /srv/class", f"cd {tmp_path}")
        lines = lines.replace("group learners", f"group {group}")
        done = subprocess.run(["sh", "-c", lines], capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stderr

    shell("release/")
    copies = [each.home / "my_course" / "assignments" / f"{ASSIGNMENT}.ipynb"
              for each in (one, other)]  # fmt: skip
    assert [path.read_text() for path in copies] == ["handed out"] * 2
    assert [path.stat().st_uid for path in copies] == [one.user, other.user]
    copies[0].write_text("my answer")
    copies[1].unlink()
    copies[1].symlink_to(copies[0])  # a trap: to get another's work as one's own
    shell("submitted/")
    got = [tmp_path / "submitted" / each.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
           for each in (one, other)]  # fmt: skip
    assert got[0].read_text() == "my answer"
    assert not got[1].exists()


def test_servers_stop_and_nothing_is_left(hub):
    """The last one: it ends the hub."""
    one, other = hub.learners
    pid = int((hub.place / "state" / "jupyterhub-proxy.pid").read_text())
    assert psutil.pid_exists(pid)
    one.stop()
    bench_hub.until(lambda: not bench_hub.processes(one.user), 60, "the end of a server")
    assert bench_hub.processes(other.user)
    hub.process.terminate()
    bench_hub.until(lambda: hub.process.poll() is not None, 90, "the end of the hub")
    bench_hub.until(lambda: not bench_hub.processes(other.user), 60, "the end of the others")
    bench_hub.until(lambda: not psutil.pid_exists(pid), 60, "the end of the proxy")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(hub.address.rpartition(":")[2])), timeout=5)


# What follows needs no hub.


@pytest.fixture
def config(monkeypatch):
    return PyFileConfigLoader("jupyterhub_config.py", str(CLASSROOM)).load_config()


def test_the_configuration_listens_here_and_lets_in_one_group_with_passwords(config):
    assert config.JupyterHub.bind_url.startswith("http://127.0.0.1:")
    assert config.JupyterHub.hub_ip == "127.0.0.1"
    assert config.JupyterHub.authenticator_class == "pam"
    assert config.PAMAuthenticator.allowed_groups == {"learners"}
    assert "Authenticator" not in config  # nobody else is allowed
    text = (CLASSROOM / "jupyterhub_config.py").read_text(encoding="utf-8")
    assert not re.search(r"allow_all|xsrf|allow_origin|IdentityProvider|admin", text)


def test_the_configurations_files_are_there(config):
    assert Path(config.Spawner.cmd[-1]).is_file()
    assert config.Spawner.environment["PYTHONPATH"] == str(ROOT)


def test_without_root_no_hub_is_tried(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "as root" in bench_hub.missing()
    with pytest.raises(bench_hub.NoHub), bench_hub.running(1):
        pass


def hub_lock():
    text = (ROOT / "requirements-hub.lock").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]
    return text, blocks


def test_the_hubs_lock_has_hashes_and_no_addresses_and_the_courses_versions():
    text, blocks = hub_lock()
    assert not re.search(r"://|^-|@ file", text, re.M)
    assert len(blocks) > 40
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    own = {normal(name): version for name, version in re.findall(r"^(\S+?)==([^\s;]+)", text, re.M)}
    course = locked()
    assert {name for name in own if name in course and own[name] not in course[name]} == set()
    wanted = (CLASSROOM / "requirements.in").read_text(encoding="utf-8").split()
    assert wanted == [f"jupyterhub=={own['jupyterhub']}"]


def test_the_proxys_lock_has_hashes_and_no_addresses():
    packages = json.loads((CLASSROOM / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((CLASSROOM / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert packages.pop("")["dependencies"] == wanted
    assert len(packages) > 20
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert [name for name, one in packages.items() if "sha512-" not in one["integrity"]] == []


def test_the_table_tells_ratios_and_what_thirty_need():
    row = {
        "learners": 1,
        "fastest": 90.0,
        "slowest": 100.0,
        "cores": 120.0,
        "each": 2.0,
        "all": 2.0,
    }
    more = row | {"learners": 4, "slowest": 250.0, "cores": 130.0, "each": 1.5, "all": 6.0}
    text = bench_hub.table([row, more])
    assert "| 4 | 90 | 250 | 2.5 | 1.50 | 6.00 |" in text
    assert "uses 120 core seconds. Thirty at once need 49 GiB, and 15 minutes on four" in text


def measured():
    """Return the rows of the README's table of measurements, as numbers."""
    rows = re.findall(r"^\| (\d) \| (.+) \|$", README, re.M)
    return {int(count): [float(each) for each in cells.split(" | ")] for count, cells in rows}


def test_four_at_once_stay_under_the_bar_and_thirty_are_computed_from_them():
    rows = measured()
    assert set(rows) == {1, 2, 4}
    fastest, slowest, ratio, each, _ = rows[4]
    assert fastest <= slowest
    assert ratio == pytest.approx(slowest / rows[1][1], abs=0.1)
    assert ratio <= 6
    text = " ".join(README.split())
    gib = int(re.search(r"thirty at once need (\d+) GiB", text)[1])
    work = int(re.search(r"One alone uses (\d+) core seconds", text)[1])
    told = re.search(r"takes (\d+) minutes on four cores, (\d+) on eight", text)
    assert gib == pytest.approx(30 * each + bench_hub.SYSTEM_GIB, abs=1)
    assert int(told[1]) == round(bench_hub.minutes(work, 4))
    assert int(told[2]) == round(bench_hub.minutes(work, 8))


def test_the_limits_are_above_what_was_measured_and_agree(config):
    most = max(row[3] for row in measured().values())
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.S)
    values = yaml.safe_load(text)["singleuser"]
    assert config.Spawner.mem_limit == values["memory"]["limit"] == "4G"
    assert most < 4
    assert float(values["memory"]["guarantee"].rstrip("G")) >= most - 0.25
    assert config.Spawner.cpu_limit == values["cpu"]["limit"]
    assert "limits.memory 4G" in README


def test_the_page_says_what_was_not_tried():
    for title in ("Littlest JupyterHub", "Kubernetes"):
        (part,) = [each for each in re.split(r"^## ", README, flags=re.M) if title in each[:60]]
        assert "not tried yet" in part.lower()


def test_links_lead_somewhere_and_commands_exist():
    targets = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README)
    assert targets
    assert [each for each in targets if not (CLASSROOM / each.partition("#")[0]).exists()] == []
    rules = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    asked = set(re.findall(r"\bmake ((?:[a-z]+-?)+)", README))
    assert {"jupyterhub", "jupyterhub-env", "bench-hub"} <= asked <= set(rules)


def test_a_class_that_make_makes_is_closed_to_others(tmp_path):
    classroom = pytest.importorskip("classroom", reason="nbgrader is not installed")
    made = classroom.closed(tmp_path / "class")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
