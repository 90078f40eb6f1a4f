# SPDX-License-Identifier: GPL-2.0-only
"""Where a password comes from, and that it is seen nowhere."""

import json
import os
import pty
import select
import signal
import subprocess
import urllib.parse

import pytest

import genl
import uapi
from command import environment, get, jobs, knetctl, show, status
from vsftpd import ODD_PASSWORD, ODD_USER, PASSWORD, USER
from wait import PATIENCE, until
from world import SERVER4

CONTENT = b"for who knows the password"
SECRET = "hunter2-which-nobody-must-see"


@pytest.fixture
def ours(vsftpd):
    vsftpd.file("f", CONTENT)
    return vsftpd


def url(user=USER, password=None):
    login = user if password is None else user + ":" + password
    return f"ftp://{login}@{SERVER4}/f"


def private(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return path


# --- sources ----------------------------------------------------------------

def test_in_the_url(ours, directory):
    get(url(password=PASSWORD), directory / "f").ok()


def test_percent_encoding(ours, directory):
    """Each character of it, encoded."""
    encoded = urllib.parse.quote(ODD_PASSWORD, safe="")
    get(url(ODD_USER, encoded), directory / "f").ok()
    everything = "".join(f"%{byte:02x}" for byte in ODD_PASSWORD.encode())
    get(url(ODD_USER, everything), directory / "g").ok()


@pytest.mark.parametrize("text", [PASSWORD, PASSWORD + "\n", PASSWORD + "\r\n",
                                  PASSWORD + "\nsecond line\n"])
def test_password_file(ours, directory, text):
    path = private(directory / "pw", text)
    get(url(), directory / "f", "--password-file", path).ok()
    # It wins over the one in the URL.
    get(url(password="wrong"), directory / "g", "--password-file", path).ok()


def test_password_file_odd(ours, directory):
    path = private(directory / "pw", ODD_PASSWORD + "\n")
    get(url(ODD_USER), directory / "f", "--password-file", path).ok()


def test_password_file_missing(ours, directory):
    got = get(url(), directory / "f", "--password-file", directory / "none")
    assert got.rc == 1 and got.error["errno"] == "ENOENT"
    got = get(url(), directory / "f", "--password-file", private(directory / "pw", "x" * 300))
    assert got.rc == 1 and got.error["errno"] == "E2BIG"
    assert not os.path.exists(directory / "f")


def test_from_a_descriptor(ours, directory):
    """A password manager's output by way of /dev/stdin or a pipe."""
    got = subprocess.run(["knetctl", "ftp", "get", "--password-file", "/dev/stdin", url(),
                          directory / "f"], input=PASSWORD + "\n", text=True,
                         env=environment(), capture_output=True, check=False)
    assert got.returncode == 0, got


@pytest.mark.parametrize("text, options, fine", [
    (f"machine {SERVER4} login {USER} password {PASSWORD}\n", [], True),
    (f"machine {SERVER4}\n\tlogin {USER}\n\tpassword {PASSWORD}\n", [], True),
    (f"machine other login {USER} password wrong\ndefault login {USER} password {PASSWORD}\n",
     [], True),
    (f"machine {SERVER4} login {USER} password wrong\n", [], False),
    (f"machine {SERVER4} login x password y\nmachine {SERVER4} login {USER} password {PASSWORD}\n",
     ["--user", USER], True),
    (f"machine {SERVER4} login {ODD_USER} password {json.dumps(ODD_PASSWORD)}\n", [], True),
], ids=["line", "lines", "default", "wrong", "second", "quoted"])
def test_netrc(ours, directory, text, options, fine):
    if ODD_USER in text:
        text = text.replace(json.dumps(ODD_PASSWORD), '"' + ODD_PASSWORD.replace(
            "\\", "\\\\").replace('"', '\\"') + '"')
    private(directory / ".netrc", text)
    got = get(f"ftp://{SERVER4}/f", directory / "f", "--netrc", *options,
              env={"HOME": str(directory)})
    assert got.rc == (0 if fine else 1), got
    if fine:
        assert show(got.json["id"])["user"] in (USER, ODD_USER)


def test_netrc_readable_by_others(ours, directory):
    path = private(directory / "rc", f"machine {SERVER4} login {USER} password {PASSWORD}\n")
    path.chmod(0o644)
    got = get(f"ftp://{SERVER4}/f", directory / "f", "--netrc", env={"NETRC": str(path)})
    assert got.rc == 1 and "chmod 600" in got.error["message"]


def test_account(scripted, directory):
    server = scripted("wants-account", files={"f": CONTENT})
    got = get(server.url(login="u:p@"), directory / "f")
    assert got.rc == 1 and got.error["ftp_code"] == 332
    assert "--account" in got.error["hint"]
    get(server.url(login="u:p@"), directory / "f", "--account", "money").ok()
    assert ("ACCT", "money") in server.commands


def test_anonymous(scripted, directory):
    server = scripted(files={"f": CONTENT})
    get(server.url(), directory / "f").ok()
    assert server.passwords == [("anonymous", "anonymous@")]


# --- the prompt ---------------------------------------------------------------

class Terminal:
    """The command on a terminal of its own, with which we talk."""

    def __init__(self, *args):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execvpe("knetctl", ["knetctl", *map(str, args)], environment())
        self.seen = b""

    def read(self):
        if not select.select([self.fd], [], [], PATIENCE)[0]:
            raise AssertionError(f"nothing more came than {self.seen}")
        try:
            data = os.read(self.fd, 1000)
        except OSError:
            data = b""	# the other side has closed it
        self.seen += data
        return data

    def expect(self, text):
        while text not in self.seen:
            assert self.read(), self.seen

    def end(self):
        while self.read():
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_prompt(ours, directory):
    terminal = Terminal("ftp", "get", url(), directory / "f")
    terminal.expect(f"Password of {USER} at {SERVER4}: ".encode())
    os.write(terminal.fd, PASSWORD.encode() + b"\n")
    assert terminal.end() == 0, terminal.seen
    assert PASSWORD.encode() not in terminal.seen, "it was shown"
    assert (directory / "f").read_bytes() == CONTENT


def test_prompt_interrupted(ours, directory):
    terminal = Terminal("ftp", "get", url(), directory / "f")
    terminal.expect(b"Password of")
    os.write(terminal.fd, b"\x03")
    assert terminal.end() == 5, terminal.seen
    assert not os.path.exists(directory / "f")


def test_no_terminal(ours, directory):
    """No prompt, no hang: without a password the server decides."""
    got = get(url(), directory / "f", prefix=("setsid", "--wait"))
    assert got.rc == 1 and got.error["errno"] == "EACCES", got


def test_progress_bar(ours, directory):
    """On a terminal there is one, and it leaves one line."""
    terminal = Terminal("ftp", "get", url(password=PASSWORD), directory / "f")
    assert terminal.end() == 0
    last = terminal.seen.split(b"\x1b[K")[-1]
    assert last.startswith(str(directory / "f").encode() + b": 26 in ")


def test_interrupted_on_a_terminal(scripted, directory):
    server = scripted("data-stalls", files={"f": bytes(100000)})
    terminal = Terminal("ftp", "get", server.url(), directory / "f")
    server.await_stall()
    os.write(terminal.fd, b"\x03")
    assert terminal.end() == 5
    assert b"was cancelled" in terminal.seen and b"--resume" in terminal.seen


# --- where it must not be seen ----------------------------------------------------

def test_not_in_the_process_list(scripted, background, directory):
    server = scripted("data-stalls", files={"f": CONTENT})
    running = background("ftp", "get", server.url(login=f"u:{SECRET}@"), directory / "f")
    server.await_stall()
    with open(f"/proc/{running.pid}/cmdline") as f:
        line = f.read()
    assert "u:***" in line and SECRET not in line
    assert server.passwords == [("u", SECRET)]
    running.signal(signal.SIGINT)
    assert SECRET not in repr(running.wait()).replace(repr(running.args), "")


def test_not_told_by_anybody(scripted, monitor, directory):
    server = scripted("data-stalls", files={"f": CONTENT}, password=SECRET)
    mon = monitor()
    path = private(directory / "pw", SECRET)
    got = get(server.url(login="u@"), directory / "f", "--password-file", path, "--account",
              SECRET, "--no-wait").ok()
    server.await_stall()
    ident = got.json["id"]
    told = [json.dumps(jobs()), json.dumps(show(ident)), json.dumps(status()),
            knetctl("job", "list").out, knetctl("job", "show", ident).out]
    server.gate.set()
    mon.done(ident)
    told += [json.dumps(mon.events), knetctl("-v", "-j", "job", "wait", ident).out,
             subprocess.run(["dmesg"], capture_output=True, text=True, check=True).stdout]
    for text in told:
        assert text and SECRET not in text
    assert server.passwords == [("u", SECRET)]


def test_not_in_the_kernels_answers(scripted, directory, world):
    """Nor in the raw bytes of the protocol."""
    server = scripted("data-stalls", files={"f": CONTENT})
    get(server.url(login=f"u:{SECRET}@"), directory / "f", "--no-wait").ok()
    server.await_stall()
    with genl.Genl() as sock:
        raw = b"".join(attributes for _, attributes in sock.dump(uapi.CMD_JOB_GET))
    server.gate.set()
    assert b"f" in raw
    assert SECRET.encode() not in raw


def test_wrong_one_is_not_repeated(ours, directory):
    got = get(url(password=SECRET), directory / "f")
    assert got.rc == 1 and SECRET not in got.err
    got = knetctl("-v", "ftp", "get", url(password=SECRET).replace("/f", "/"), directory / "f")
    assert got.rc == 2 and SECRET not in got.err


def test_sessions_are_not_shared_over_passwords(scripted, directory):
    """A wrong password does not get in by way of somebody's session that is logged in."""
    server = scripted(files={"f": CONTENT}, password=SECRET)
    get(server.url(login=f"u:{SECRET}@"), directory / "1").ok()
    got = get(server.url(login="u:wrong@"), directory / "2")
    assert got.rc == 1 and got.error["ftp_code"] == 530
    get(server.url(login=f"u:{SECRET}@"), directory / "3").ok()
    assert server.passwords == [("u", SECRET), ("u", "wrong")]


def test_sessions_are_not_shared_over_users(scripted, directory):
    """Another user of this machine logs in anew."""
    server = scripted(files={"f": CONTENT})
    directory.chmod(0o777)
    get(server.url(), directory / "1").ok()
    get(server.url(), directory / "2", prefix=(
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+net_admin",
        "--ambient-caps=+net_admin")).ok()
    assert len(server.passwords) == 2
    until(lambda: len(server.sessions) == 2, "two sessions")
