# SPDX-License-Identifier: GPL-2.0-only
"""ftp ls: what a listing says, whatever the server's way to say it."""

import pytest

from command import knetctl

FILES = {"d/a": b"12345", "d/b c": b"", "d/sub/x": b"x"}


def ls(*args):
    return knetctl("-j", "ftp", "ls", *args)


def names(got):
    return [(e["name"], e["type"], e["size"]) for e in got]


def test_mlsd(store):
    server = store(FILES)
    got = ls(server.url("d/")).ok().json
    assert names(got) == [("a", "file", 5), ("b c", "file", 0), ("sub", "dir", None)]
    assert got[0]["mtime"] == "2020-01-02T03:04:05.000000000Z" and got[0]["perm"] == "adfrw"
    assert "LIST" not in server.verbs()


def test_list(store):
    server = store(FILES, refused=["MLSD"])
    got = ls(server.url("d")).ok().json
    assert names(got) == [("a", "file", 5), ("b c", "file", 0), ("sub", "dir", 4096)]
    assert got[0]["mtime"] == "2020-01-02T00:00:00.000000000Z"
    assert (got[0]["mode"], got[0]["owner"], got[0]["group"]) == ("0644", "ftp", "ftp")


def test_nlst(store):
    server = store(FILES, refused=["MLSD", "LIST"])
    assert names(ls(server.url("d")).ok().json) == [
        ("a", None, None), ("b c", None, None), ("sub", None, None)]


def test_none(store):
    server = store(FILES, refused=["MLSD", "LIST", "NLST"])
    got = ls(server.url("d"))
    assert got.rc == 1 and got.out == "" and got.error["ftp_code"] == 502


def test_missing(store):
    """That the directory is missing is no reason to ask in another way."""
    server = store(FILES)
    assert ls(server.url("none")).error["ftp_code"] == 550
    assert "LIST" not in server.verbs()


@pytest.mark.parametrize("option", [(), ("--raw",)])
def test_missing_and_nothing_said(store, option):
    """vsftpd lists nothing then, and calls it a success."""
    server = store(FILES, dirs=["empty"], refused=["MLSD"], vague=True)
    server.listings["empty"] = b""
    assert ls(*option, server.url("none")).error["ftp_code"] == 550
    assert ls(*option, server.url("empty")).ok().json == ({"text": ""} if option else [])


def test_login_directory(store):
    server = store(FILES)
    assert names(ls(server.url("")).ok().json) == [("d", "dir", None)]
    assert ls(f"ftp://{server.host}").ok().json == ls(server.url("")).ok().json


def test_empty(store):
    server = store(dirs=["d"])
    assert ls(server.url("d")).ok().out == "[]\n"
    got = knetctl("ftp", "ls", server.url("d")).ok()
    assert (got.out, got.err) == ("", "")


def test_text(store):
    server = store(FILES)
    lines = knetctl("ftp", "ls", server.url("d")).ok().out.splitlines()
    assert lines == [
        "-?????????            5 2020-01-02 03:04 a",
        "-?????????            0 2020-01-02 03:04 b c",
        "d?????????            - 2020-01-02 03:04 sub",
    ]


def test_raw(store):
    server = store(FILES)
    got = knetctl("ftp", "ls", "--raw", server.url("d")).ok().out
    assert got.startswith("total 8") and "MLSD" not in server.verbs()
    assert ls("--raw", server.url("d")).ok().json["text"].startswith("total 8\r\n")


@pytest.mark.parametrize("line", [b"type=file; \x1b[31mred\x9b\x07", b"type=file; a\rb",
                                  b"type=file; \xff\xfe"])
def test_hostile_names(store, line):
    """Nothing gets to the terminal that moves its cursor."""
    server = store(dirs=["d"])
    server.listings["d"] = line + b"\r\n"
    out = knetctl("ftp", "ls", server.url("d")).ok().out
    assert all(" " <= c or c == "\n" for c in out) and "\\x" in out
    assert len(ls(server.url("d")).ok().json) == 1


def test_nonsense(store):
    server = store(dirs=["d"])
    server.listings["d"] = b"what?\r\n\0\0\0\r\ntype=file;size=1; x\r\ntype=fi"
    got = knetctl("ftp", "ls", server.url("d")).ok()
    assert len(got.out.splitlines()) == 1 and "3 lines" in got.err


