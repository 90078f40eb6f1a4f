# SPDX-License-Identifier: GPL-2.0-only
"""What people do, with the servers that they meet: every operation, active and
passive, IPv4 and IPv6.

KNETCTL_SLOW=1 runs all of it, otherwise all with one way and a part with the
others. KNETCTL_SERVERS_TABLE names a file that gets the table of docs/servers.md.
"""

import os
import shutil

import pytest

from command import knetctl
from servers import SERVERS
from world import SERVER4, SERVER6

CONTENT = os.urandom(300_001)
PART = 100_000

HOSTS = {"IPv4": SERVER4, "IPv6": f"[{SERVER6}]"}
WAYS = [(way, family) for family in HOSTS for way in ("passive", "active")]

# {(server, operation, way, family): what stands in the table}
cells = {}
versions = {}


@pytest.fixture(scope="module", params=SERVERS)
def server(request, world, tmp_path_factory):
    directory = tmp_path_factory.mktemp("server")
    for part in (directory, directory.parent, directory.parent.parent):
        os.chmod(part, 0o755)
    one = SERVERS[request.param](world.server, str(directory))
    versions[one.name] = one.version
    yield one
    one.close()
    shutil.rmtree(directory)


@pytest.fixture(scope="module", autouse=True)
def table():
    yield
    path = os.environ.get("KNETCTL_SERVERS_TABLE")
    if path:
        with open(path, "w") as f:
            f.write(table_text())


class At:
    """One way to one server."""

    def __init__(self, server, way, family):
        self.server = server
        self.host = HOSTS[family]
        self.options = ["--" + way, "--reply-timeout", "20", "--connect-timeout", "20"]

    def url(self, path=""):
        return self.server.url(self.host, path)

    def ftp(self, verb, *args):
        return knetctl("-j", "ftp", verb, *self.options, *args)

    def store(self, name, content):
        path = self.server.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.chmod(os.path.dirname(path), 0o777)
        with open(path, "wb") as f:
            f.write(content)
        os.chmod(path, 0o666)

    def stored(self, name):
        with open(self.server.path(name), "rb") as f:
            return f.read()


def get(at, here):
    at.store("f", CONTENT)
    got = at.ftp("get", at.url("f"), here / "f").ok().json
    assert (here / "f").read_bytes() == CONTENT and got["bytes"] == len(CONTENT)


def resume_get(at, here):
    at.store("f", CONTENT)
    (here / "f").write_bytes(CONTENT[:PART])
    got = at.ftp("get", "--resume", at.url("f"), here / "f").ok().json
    assert (here / "f").read_bytes() == CONTENT and got["bytes"] == len(CONTENT) - PART


def put(at, here):
    at.store("f", b"the old one")
    (here / "f").write_bytes(CONTENT)
    at.ftp("put", here / "f", at.url("f")).ok()
    assert at.stored("f") == CONTENT
    at.ftp("put", "--create-dirs", "--atomic", here / "f", at.url("a/b/f")).ok()
    assert at.stored("a/b/f") == CONTENT and os.listdir(at.server.path("a/b")) == ["f"]


def resume_put(at, here):
    at.store("f", CONTENT[:PART])
    (here / "f").write_bytes(CONTENT)
    got = at.ftp("put", "--resume", here / "f", at.url("f")).ok().json
    assert at.stored("f") == CONTENT and got["bytes"] == len(CONTENT) - PART


def append(at, here):
    at.store("f", CONTENT[:PART])
    (here / "f").write_bytes(CONTENT[PART:])
    at.ftp("put", "--append", here / "f", at.url("f")).ok()
    assert at.stored("f") == CONTENT


def ls(at, _):
    at.store("d/f", CONTENT)
    at.store("d/a name", b"")
    at.store("d/sub/x", b"x")
    got = at.ftp("ls", at.url("d")).ok().json
    assert [(e["name"], e["type"]) for e in got] == [
        ("a name", "file"), ("f", "file"), ("sub", "dir")]
    assert got[1]["size"] == len(CONTENT)
    assert at.ftp("ls", at.url("d/sub/")).ok().json[0]["name"] == "x"
    assert "a name" in at.ftp("ls", "--raw", at.url("d")).ok().json["text"]


def mirror(at, here):
    files = {"m/a": b"a", "m/d/b c": CONTENT, "m/d/e/f": b""}
    for name, content in files.items():
        at.store(name, content)
    at.ftp("mirror", at.url("m"), here / "m").ok()
    assert {name: (here / name).read_bytes() for name in files} == files
    at.ftp("mirror", "-R", here / "m", at.url("up")).ok()
    assert {name: at.stored("up" + name[1:]) for name in files} == files
    os.remove(here / "m/a")
    at.ftp("mirror", "--delete", "-R", here / "m", at.url("up")).ok()
    assert sorted(os.listdir(at.server.path("up"))) == ["d"]


def batch(at, here):
    files = {f"b/{i}": os.urandom(1000 + i) for i in range(6)}
    for name, content in files.items():
        at.store(name, content)
    down = "".join(f"{at.url(name)} {here / name[2:]}\n" for name in files)
    (here / "list").write_text(down)
    at.ftp("get", "--sessions", "2", "--list", here / "list").ok()
    assert {name: (here / name[2:]).read_bytes() for name in files} == files
    up = "".join(f"{here / name[2:]}\t{at.url('up' + name[2:])}\n" for name in files)
    (here / "list").write_text(up)
    at.ftp("put", "--sessions", "2", "--list", here / "list").ok()
    assert {name: at.stored("up" + name[2:]) for name in files} == files


OPERATIONS = {"get": get, "get --resume": resume_get, "put": put, "put --resume": resume_put,
              "put --append": append, "ls": ls, "mirror": mirror, "--list": batch}


def lack(server, way, family):
    """The command that this way would need and that the server does not have."""
    command = {("active", "IPv6"): "EPRT"}.get((way, family))
    return command if command in server.lacks else None


def refused(at, here, command):
    """Then the server says so, knetctl tells it, and nothing is left."""
    said = at.server.ask(SERVER6, *at.server.login(), command + " |2|fd00::1|40000|")
    assert said.startswith(at.server.lacks[command])
    at.store("f", CONTENT)
    got = at.ftp("get", at.url("f"), here / "f")
    assert got.rc == 1 and got.error["ftp_code"] == int(said[:3]) and not os.listdir(here)


def quick(operation, way, family):
    return (way, family) == ("passive", "IPv4") or operation == "get"


PARAMETERS = [pytest.param(operation, way, family,
                           marks=() if quick(operation, way, family) else pytest.mark.slow)
              for operation in OPERATIONS for way, family in WAYS]


@pytest.mark.parametrize("operation, way, family", PARAMETERS)
def test_server(server, directory, operation, way, family):
    cell = server.name, operation, way, family
    cells[cell] = "**fails**"
    at = At(server, way, family)
    # What one left is not there for the next one.
    for entry in os.scandir(server.root):
        shutil.rmtree(entry) if entry.is_dir() else os.remove(entry)
    missing = lack(server, way, family)
    if missing:
        refused(at, directory, missing)
        cells[cell] = f"no {missing}"
    else:
        OPERATIONS[operation](at, directory)
        cells[cell] = "yes"


HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0-only -->
# With which servers

Made by `make servers`, which is `tests/net/test_servers.py` on Linux {release}: each cell is a
test that ran, *yes* that the bytes on both sides and the results were right. `get` and `put`
are of one file, `--list` of several over two sessions, `mirror` is both directions.
Where a server refuses a command, another one does: EPSV or PASV, EPRT or PORT; MLSD, LIST or
NLST; REST or APPE.
"""


def table_text():
    """What ran, in the order of the lists above."""
    lines = [HEAD.format(release=".".join(os.uname().release.split(".")[:2]))]
    for name, version in versions.items():
        lines += [f"## {name} {version}", "",
                  "| | " + " | ".join(f"{way}, {family}" for way, family in WAYS) + " |",
                  "|---" * (len(WAYS) + 1) + "|"]
        for operation in OPERATIONS:
            row = [cells.get((name, operation, way, family), "not run")
                   for way, family in WAYS]
            lines.append(f"| `{operation}` | " + " | ".join(row) + " |")
        lines.append("")
        if any(cells.get((name, *rest)) == "no EPRT" for rest in
               ((o, w, f) for o in OPERATIONS for w, f in WAYS)):
            lines += ["*no EPRT*: the server cannot connect to an IPv6 address. It says so, and "
                      "so does\nknetctl, which does not take another way by itself: it would "
                      "tell more of the client than\nwas asked for.", ""]
    return "\n".join(lines[:-1]) + "\n"
