# SPDX-License-Identifier: GPL-2.0-only
"""ftp put, rm, mkdir and mv: what the server has afterwards."""

import os

import pytest

import vsftpd as vsftpd_module
from command import knetctl
from vsftpd import PASSWORD, USER, Vsftpd
from world import SERVER4, SERVER6

CONTENT = bytes(range(256)) * 3000
HALF = len(CONTENT) // 2


@pytest.fixture
def source(directory):
    path = directory / "source"
    path.write_bytes(CONTENT)
    os.utime(path, (1577934245, 1577934245))
    return path


def put(*args):
    return knetctl("-j", "ftp", "put", *args)


def commands(server, *which):
    return [(verb, arg) for verb, arg in server.commands if verb in which]


# --- bytes ---------------------------------------------------------------------

@pytest.mark.parametrize("size", [0, 1, 65537, len(CONTENT)])
@pytest.mark.parametrize("way", ["--passive", "--active"])
def test_bytes(store, source, size, way):
    server = store({"f": b"the old one"})
    source.write_bytes(CONTENT[:size])
    got = put(way, source, server.url()).ok().json
    assert server.files == {"f": CONTENT[:size]}
    assert (got["kind"], got["state"], got["bytes"]) == ("ftp-put", "done", size)


@pytest.mark.parametrize("host", [SERVER4, f"[{SERVER6}]"])
def test_vsftpd(world, tmp_path_factory, source, monkeypatch, host):
    monkeypatch.setattr(vsftpd_module, "CONFIG",
                        vsftpd_module.CONFIG.replace("write_enable=NO", "write_enable=YES"))
    directory = str(tmp_path_factory.mktemp("vsftpd"))
    for part in (directory, os.path.dirname(directory),
                 os.path.dirname(os.path.dirname(directory))):
        os.chmod(part, 0o755)
    server = Vsftpd(world.server, directory)
    url = f"ftp://{USER}:{PASSWORD}@{host}"
    try:
        os.chmod(server.root, 0o777)
        put("--create-dirs", "--atomic", source, f"{url}/a/b/f").ok()
        assert open(server.path("a/b/f"), "rb").read() == CONTENT
        with open(server.path("a/b/f"), "r+b") as f:
            f.truncate(HALF)
        assert put("--resume", source, f"{url}/a/b/f").ok().json["bytes"] == len(CONTENT) - HALF
        assert open(server.path("a/b/f"), "rb").read() == CONTENT
        put("--append", source, f"{url}/a/b/f").ok()
        assert os.path.getsize(server.path("a/b/f")) == 2 * len(CONTENT)
        listed, = knetctl("-j", "ftp", "ls", f"{url}/a/b").ok().json
        assert (listed["name"], listed["size"]) == ("f", 2 * len(CONTENT))
        knetctl("ftp", "mv", f"{url}/a/b/f", "a/g").ok()
        knetctl("ftp", "rm", f"{url}/a/b/").ok()
        knetctl("ftp", "rm", f"{url}/a/g").ok()
        knetctl("ftp", "mkdir", f"{url}/a/new").ok()
        assert os.listdir(server.path("a")) == ["new"]
    finally:
        server.close()


# --- resume and append -----------------------------------------------------------

@pytest.mark.parametrize("have, bytes_sent, verbs", [
    (None, len(CONTENT), ["SIZE", "STOR"]),
    (0, len(CONTENT), ["SIZE", "STOR"]),
    (HALF, len(CONTENT) - HALF, ["SIZE", "REST", "STOR"]),
    (len(CONTENT), 0, ["SIZE"]),
])
def test_resume(store, source, have, bytes_sent, verbs):
    server = store({} if have is None else {"f": CONTENT[:have]})
    got = put("--resume", source, server.url()).ok().json
    assert server.files["f"] == CONTENT and got["bytes"] == bytes_sent
    assert [v for v, _ in commands(server, "SIZE", "REST", "STOR", "APPE")] == verbs


def test_resume_larger(store, source):
    server = store({"f": CONTENT + b"more"})
    got = put("--resume", source, server.url())
    assert got.rc == 1 and got.error["errno"] == "EFBIG"
    assert server.files["f"] == CONTENT + b"more" and "STOR" not in server.verbs()


def test_resume_without_rest(store, source):
    server = store({"f": CONTENT[:HALF]}, refused=["REST"])
    put("--resume", source, server.url()).ok()
    assert server.files["f"] == CONTENT and "APPE" in server.verbs()


def test_resume_without_size(store, source):
    server = store({"f": CONTENT[:HALF]}, refused=["SIZE"])
    assert put("--resume", source, server.url()).rc == 1
    assert server.files["f"] == CONTENT[:HALF]


def test_append(store, source):
    server = store({"f": b"before"})
    put("--append", source, server.url()).ok()
    assert server.files["f"] == b"before" + CONTENT


# --- atomic, directories, time --------------------------------------------------

def test_atomic(store, source):
    server = store({"d/f": b"old"})
    put("--atomic", source, server.url("d/f")).ok()
    assert server.files == {"d/f": CONTENT}
    (_, temp), = commands(server, "STOR")
    assert temp.startswith("d/.f.") and len(temp) == len("d/.f.XXXXXX")


def test_atomic_refused(store, source):
    """The old one stays, and nothing else is left."""
    server = store({"f": b"old"})
    server.read_only.add("f")
    got = put("--atomic", source, server.url())
    assert got.rc == 1 and server.files == {"f": b"old"}


def test_create_dirs(store, source):
    server = store(dirs=["a"])
    assert put(source, server.url("a/b/c/f")).rc == 1
    put("--create-dirs", source, server.url("a/b/c/f")).ok()
    assert server.files == {"a/b/c/f": CONTENT}
    assert commands(server, "MKD") == [("MKD", "a"), ("MKD", "a/b"), ("MKD", "a/b/c")]


def test_remote_time(store, source):
    server = store()
    put("--remote-time", source, server.url()).ok()
    assert server.times == {"f": "20200102030405"}
    server.refused.add("MFMT")
    put("--remote-time", source, server.url()).ok()


# --- verify --------------------------------------------------------------------

@pytest.mark.parametrize("refused, name", [
    ([], "SHA-256"), (["HASH"], "SHA-256"), (["HASH", "XSHA256"], "CRC32"),
    (["HASH", "XSHA256", "XCRC"], None),
])
def test_verify(store, source, directory, refused, name):
    server = store(refused=refused)
    assert put("--verify", source, server.url()).ok().json["verified"] == name
    got = knetctl("-j", "ftp", "get", "--verify", server.url(), directory / "back").ok().json
    assert got["verified"] == name


@pytest.mark.parametrize("refused", [[], ["HASH"], ["HASH", "XSHA256"]])
def test_verify_differs(store, source, directory, refused):
    server = store({"f": CONTENT}, refused=refused)
    server.lies["f"] = CONTENT[:-1] + b"!"
    got = put("--verify", source, server.url())
    assert got.rc == 1 and got.error["errno"] == "EBADMSG"
    target = directory / "back"
    target.write_bytes(b"old")
    got = knetctl("-j", "ftp", "get", "--verify", "--force", server.url(), target)
    assert got.rc == 1 and target.read_bytes() == b"old"


# --- retry ---------------------------------------------------------------------

def test_retry_put(store, source):
    """It goes on behind what arrived."""
    server = store()
    server.cuts = [1000]
    put("--retry", "3", source, server.url()).ok()
    assert server.files["f"] == CONTENT
    assert ("REST", "1000") in server.commands


def test_retry_append(store, source):
    server = store({"f": b"before"})
    server.cuts = [1000]
    put("--retry", "3", "--append", source, server.url()).ok()
    assert server.files["f"] == b"before" + CONTENT


def test_retry_get(store, directory):
    server = store({"f": CONTENT})
    server.cuts = [HALF, 1000]
    got = knetctl("-j", "ftp", "get", "--retry", "3", server.url(), directory / "f").ok().json
    assert (directory / "f").read_bytes() == CONTENT and got["bytes"] == len(CONTENT)
    rests = [int(arg) for _, arg in commands(server, "REST")]
    assert len(rests) == 2 and 0 < rests[0] <= HALF and rests[1] <= rests[0] + 1000


def test_retry_get_without_size(store, directory):
    """Nothing proves that the rest fits: from the beginning."""
    server = store({"f": CONTENT}, refused=["SIZE"])
    server.cuts = [HALF]
    knetctl("-j", "ftp", "get", "--retry", "1", server.url(), directory / "f").ok()
    assert (directory / "f").read_bytes() == CONTENT and "REST" not in server.verbs()


def test_retry_gives_up(store, source):
    server = store()
    server.cuts = [10, 10]
    got = put("--retry", "1", source, server.url())
    assert got.rc == 1 and len(commands(server, "STOR")) == 2


def test_permanent_is_not_retried(store, source):
    server = store()
    server.read_only.add("f")
    assert put("--retry", "5", source, server.url()).rc == 1
    assert len(commands(server, "STOR")) == 1


def test_remote_time_get(store, directory):
    server = store({"f": CONTENT})
    knetctl("ftp", "get", "--remote-time", server.url(), directory / "f").ok()
    assert os.stat(directory / "f").st_mtime == 1577934245


# --- what is no file, and usage ---------------------------------------------------

def test_sources(store, directory):
    server = store()
    os.mkfifo(directory / "fifo")
    for name in ("fifo", ".", "missing"):
        assert put(directory / name, server.url()).rc == 1
    assert not server.commands


@pytest.mark.parametrize("args", [
    ["put", "f"], ["put"], ["put", "f", "ftp://h/"],
    ["put", "--append", "--resume", "f", "ftp://h/f"],
    ["put", "--append", "--atomic", "f", "ftp://h/f"],
    ["put", "--no-wait", "--retry", "1", "f", "ftp://h/f"], ["put", "--list", "l", "f"],
    ["put", "--no-wait", "--atomic", "f", "ftp://h/f"], ["rm", "ftp://h/"], ["mkdir"],
    ["mv", "ftp://h/f"], ["mv", "ftp://h/f", ""], ["ls"], ["get", "--list", "l", "ftp://h/f"],
    ["mirror", "ftp://h/"], ["mirror", "-R", "d"],
    ["mirror", "--size-only", "--only-newer", "ftp://h/", "d"],
])
def test_usage(world, args):
    got = knetctl("-j", "ftp", *args)
    assert got.rc == 2 and got.out == "" and got.error["errno"] == "EINVAL"


def test_no_wait(store, source):
    server = store()
    ident = put("--no-wait", source, server.url()).ok().json["id"]
    knetctl("job", "wait", ident).ok()
    assert server.files == {"f": CONTENT}


def test_manage(store):
    server = store({"d/f": CONTENT})
    assert knetctl("-j", "ftp", "rm", server.url("d/none")).error["ftp_code"] == 550
    knetctl("ftp", "mv", server.url("d/f"), "d/g").ok()
    knetctl("ftp", "rm", server.url("d/g")).ok()
    got = knetctl("-j", "ftp", "rm", server.url("d/")).ok().json
    assert got["kind"] == "ftp-rmdir" and server.dirs == {""}
    knetctl("ftp", "mkdir", server.url("e/")).ok()
    assert server.dirs == {"", "e"}
