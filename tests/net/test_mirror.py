# SPDX-License-Identifier: GPL-2.0-only
"""ftp mirror: both sides are alike afterwards, and nothing else is touched."""

import json
import os

import pytest

from command import knetctl

FILES = {"pub/a": b"aaa", "pub/d/b": b"bb", "pub/d/e/c": b"c", "pub/x.tmp": b"tmp"}
TIME = 1577934245	# 2020-01-02 03:04:05


@pytest.fixture
def inside(directory, monkeypatch):
    monkeypatch.chdir(directory)
    return directory


def tree(root):
    found = {}
    for directory, _, names in os.walk(root):
        for name in names:
            path = os.path.join(directory, name)
            with open(path, "rb") as f:
                found["pub/" + os.path.relpath(path, root)] = f.read()
    return found


def mirror(*args):
    """The summary, of a success or of what went wrong too."""
    got = knetctl("-j", "ftp", "mirror", *args)
    got.lines = [json.loads(line) for line in got.out.splitlines()]
    got.summary = got.lines[-1] if got.lines else None
    return got


def retrieved(server):
    return sorted(arg for verb, arg in server.commands if verb == "RETR")


@pytest.mark.parametrize("refused", [[], ["MLSD"]], ids=["MLSD", "LIST"])
def test_down(store, inside, refused):
    server = store(dict(FILES), dirs=["pub/empty"], refused=refused)
    summary = mirror(server.url("pub"), "t").ok() and mirror(server.url("pub/"), "t").summary
    assert tree("t") == FILES and os.path.isdir("t/empty")
    assert (summary["files"], summary["same"]) == (0, 4)
    if not refused:
        assert os.stat("t/d/b").st_mtime == TIME


def test_file_named_dash(store, inside):
    """It is a file, not the standard output."""
    server = store({"pub/-": b"dash"})
    assert mirror(server.url("pub"), "t").ok().summary["files"] == 1
    assert tree("t") == {"pub/-": b"dash"}


@pytest.mark.parametrize("option", [(), ("--delete",)])
def test_directory_that_is_not_there(store, inside, option):
    """The listing is empty, as vsftpd has it, and nobody said that it is one."""
    server = store(dict(FILES), dirs=["empty"], refused=["MLSD"], vague=True)
    server.listings["empty"] = b""
    mirror(server.url("pub"), "t").ok()
    got = mirror(*option, server.url("puh"), "t")
    assert got.rc == 1 and "550 no such directory" in got.error["message"]
    assert tree("t") == FILES
    # One that is there has nothing in it, and that is meant.
    assert mirror(*option, server.url("empty"), "t").ok().summary["deleted"] == (
        3 if option else 0)
    assert ("CWD", "empty") in server.commands


def test_directory_that_nobody_can_tell(store, inside):
    """Without a proof nothing is deleted."""
    server = store(dict(FILES), refused=["MLSD", "CWD"], vague=True)
    mirror(server.url("pub"), "t").ok()
    assert mirror(server.url("puh"), "t").ok().summary["files"] == 0
    got = mirror("--delete", server.url("puh"), "t")
    assert got.rc == 1 and "whether it is there" in got.err
    assert tree("t") == FILES


def test_changed(store, inside):
    server = store(dict(FILES))
    mirror(server.url("pub"), "t").ok()
    server.commands.clear()
    server.files["pub/a"] = b"longer"
    server.times["pub/d/b"] = "20210101000000"
    server.files["pub/d/e/c"] = b"C"
    assert mirror(server.url("pub"), "t").ok().summary["files"] == 2
    assert retrieved(server) == ["pub/a", "pub/d/b"]


@pytest.mark.parametrize("option, names", [
    ("--size-only", ["pub/a"]), ("--only-newer", ["pub/d/b"]),
])
def test_kinds_of_change(store, inside, option, names):
    server = store(dict(FILES))
    mirror(server.url("pub"), "t").ok()
    server.commands.clear()
    server.files["pub/a"] = b"longer"
    server.times["pub/a"] = "20190101000000"
    server.times["pub/d/b"] = "20210101000000"
    mirror(option, server.url("pub"), "t").ok()
    assert retrieved(server) == names


def test_patterns(store, inside):
    server = store(dict(FILES))
    mirror("--exclude", "*.tmp", "--exclude", "d/e", server.url("pub"), "t").ok()
    assert sorted(tree("t")) == ["pub/a", "pub/d/b"]


def test_delete(store, inside):
    server = store(dict(FILES))
    os.makedirs("t/gone/deep")
    for name in ("gone/deep/f", "gone/g", "extra", "keep.tmp"):
        (inside / "t" / name).write_bytes(b"x")
    (inside / "precious").write_bytes(b"x")
    os.symlink("../precious", "t/gone/link")
    os.symlink("..", "t/up")
    mirror(server.url("pub"), "t").ok()
    assert os.path.exists("t/extra")
    mirror("--delete", "--exclude", "*.tmp", server.url("pub"), "t").ok()
    assert sorted(os.listdir("t")) == ["a", "d", "keep.tmp", "x.tmp"]
    assert (inside / "precious").read_bytes() == b"x"


def test_nothing_is_deleted_after_a_failure(store, inside):
    server = store(dict(FILES))
    os.mkdir("t")
    (inside / "t/extra").write_bytes(b"x")
    server.listings["pub/d"] = b"what?\r\n"
    got = mirror("--delete", server.url("pub"), "t")
    assert got.rc == 1 and os.path.exists("t/extra")


def test_failure_names_the_file(store, inside):
    server = store(dict(FILES), dirs=["up"])
    server.replaced["retr"] = lambda session, arg: session.reply(550, "no")
    got = mirror(server.url("pub"), "t")
    said = [json.loads(line)["error"]["message"] for line in got.err.splitlines()]
    assert got.rc == 1
    assert sorted(text.partition(": ")[0] for text in said) == ["a", "d/b", "d/e/c", "x.tmp"]
    os.makedirs("s/d")
    (inside / "s/d/f").write_bytes(b"x")
    server.replaced["stor"] = lambda session, arg: session.reply(553, "no")
    got = mirror("-R", "s", server.url("up"))
    assert got.rc == 1 and got.error["message"].startswith("d/f: ")


def test_dry_run(store, inside):
    server = store(dict(FILES))
    got = mirror("--dry-run", "--delete", server.url("pub"), "t").ok()
    assert not os.path.exists("t") and not retrieved(server)
    assert sorted(line["path"] for line in got.lines[:-1]) == ["a", "d/b", "d/e/c", "x.tmp"]
    os.mkdir("t")
    (inside / "t/extra").write_bytes(b"x")
    got = mirror("--dry-run", "--delete", server.url("pub"), "t").ok()
    assert {"action": "delete", "path": "extra"} in got.lines and os.listdir("t") == ["extra"]


@pytest.mark.parametrize("name", ["../out", "..", "/etc/x", "d/../../out", "a/b", "x\x1b[31m", ""])
@pytest.mark.parametrize("kind", ["file", "dir"])
def test_names_that_lead_out(store, inside, name, kind):
    """They are refused, and the others come all the same."""
    server = store({"pub/good": b"good"})
    server.listings["pub"] = (f"type={kind};size=4; {name}\r\n"
                              "type=file;size=4; good\r\n").encode()
    os.mkdir("t")
    got = mirror(server.url("pub"), "t")
    assert got.rc == (0 if name == ".." else 1)
    assert sorted(os.listdir()) == ["t"] and os.listdir("t") == ["good"]


def test_symlinks_here(store, inside):
    """Neither a link to a directory nor one to a file leads the bytes out."""
    server = store(dict(FILES))
    os.makedirs("t")
    os.mkdir("out")
    os.symlink("../out", "t/d")
    os.symlink("../out/a", "t/a")
    got = mirror(server.url("pub"), "t")
    assert got.rc == 1 and os.listdir("out") == []
    assert not os.path.islink("t/a") and (inside / "t/a").read_bytes() == b"aaa"


def test_symlinks_there(store, inside):
    server = store({"pub/good": b"good"})
    server.listings["pub"] = (b"type=OS.unix=slink:/etc; l\r\ntype=OS.unix=slink:/etc/passwd; p\r\n"
                              b"type=file;size=4; good\r\n")
    mirror(server.url("pub"), "t").ok()
    assert os.listdir("t") == ["good"]


def test_endless_depth(store, inside):
    """A server whose directories never end."""
    server = store({"pub/f": b""})
    path = "pub"
    for _ in range(100):
        server.dirs.add(path := path + "/d")
    got = mirror(server.url("pub"), "t")
    assert got.rc == 1 and "too deep" in got.err


@pytest.fixture
def source(inside):
    for name, content in FILES.items():
        path = inside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (TIME, TIME))
    (inside / "pub/empty").mkdir()
    return "pub"


@pytest.mark.parametrize("refused", [[], ["MLSD"]], ids=["MLSD", "LIST"])
def test_up(store, source, refused):
    server = store(dirs=["pub"], refused=refused)
    mirror("-R", source, server.url("pub")).ok()
    assert server.files == FILES and "pub/empty" in server.dirs
    assert server.times["pub/d/e/c"] == "20200102030405"
    assert mirror("-R", source, server.url("pub")).ok().summary["files"] == 0
    os.utime("pub/a")
    assert mirror("-R", source, server.url("pub")).ok().summary["files"] == 1


def test_up_delete(store, source):
    server = store(dict(FILES) | {"pub/gone/deep/f": b"x", "pub/gone/g": b"x", "pub/extra": b"x",
                                  "other": b"x"})
    mirror("-R", source, server.url("pub")).ok()
    assert "pub/extra" in server.files
    mirror("-R", "--delete", source, server.url("pub")).ok()
    assert server.files == dict(FILES) | {"other": b"x"} and "pub/gone" not in server.dirs


@pytest.mark.parametrize("url, dirs", [("new", []), ("old/new", ["old"])])
def test_up_new(store, source, url, dirs):
    """The directory that it goes to is made, but not those above it."""
    server = store(dirs=dirs)
    got = mirror("-R", "--dry-run", source, server.url(url)).ok()
    assert server.dirs == {"", *dirs} and {"action": "mkdir", "path": "."} in got.lines
    mirror("-R", source, server.url(url)).ok()
    assert server.files == {url + name[3:]: content for name, content in FILES.items()}


def test_up_nowhere(store, source):
    server = store()
    got = mirror("-R", source, server.url("none/new"))
    assert got.rc == 1 and got.error["ftp_code"] == 550 and not server.files


def test_up_symlinks(store, source, inside):
    (inside / "secret").write_bytes(b"secret")
    os.symlink("../secret", "pub/link")
    os.symlink("..", "pub/up")
    server = store(dirs=["pub"])
    mirror("-R", source, server.url("pub")).ok()
    assert server.files == FILES


def test_up_dry_run(store, source):
    server = store(dirs=["pub"])
    got = mirror("-R", "--dry-run", source, server.url("pub")).ok()
    assert server.files == {} and server.dirs == {"", "pub"}
    assert {"action": "put", "path": "a", "size": 3} in got.lines


def test_sessions(store, inside):
    server = store({f"pub/{i % 10}/{i}": bytes(i) for i in range(100)})
    mirror("--sessions", "2", server.url("pub"), "t").ok()
    assert len(tree("t")) == 100 and server.most <= 2
