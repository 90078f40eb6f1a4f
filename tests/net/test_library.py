# SPDX-License-Identifier: GPL-2.0-only
"""The library as another program uses it: by ctypes."""

import errno
import os
import select
import subprocess

import pytest

import libknetctl
from libknetctl import DETACHED, RESUME, Knetctl, KnetctlError
from vsftpd import PASSWORD, USER
from world import CLIENT4, SERVER4

BUILT = os.path.join(os.path.dirname(__file__), "..", "..", "build", "user", "tests", "unit")
CONTENT = bytes(range(256)) * 3000


@pytest.fixture
def handle(world):
    with Knetctl() as handle:
        yield handle


@pytest.fixture
def file(directory):
    with open(directory / "f", "wb") as f:
        yield f


def read(file):
    with open(file.name, "rb") as f:
        return f.read()


def test_open_start_events_wait(vsftpd, handle, file):
    vsftpd.file("f", CONTENT)
    handle.subscribe()
    ident = handle.ftp_get(f"ftp://{USER}:{PASSWORD}@{SERVER4}/f", file.fileno())
    job = handle.job_wait(ident)
    assert (job.state_name, job.bytes, job.size) == ("done", len(CONTENT), len(CONTENT))
    assert job.user == USER and job.pathname == "f" and job.path_name == "buffered"
    assert job.remote == (SERVER4, 21) and job.local[0] == CLIENT4
    assert read(file) == CONTENT
    # What came while it waited was kept, in order.
    events = handle.synced_events()
    assert [e.name for e in events if e.name != "job-progress"] == ["job-started", "job-done"]
    assert [e.seq for e in events] == list(range(events[0].seq, events[0].seq + len(events)))


@pytest.fixture(scope="module")
def example():
    """The first program of docs/library.md, as the build has it from there."""
    top = os.path.join(os.path.dirname(__file__), "..", "..")
    with open(os.path.join(top, "docs", "library.md"), encoding="utf-8") as f:
        source = f.read().split("```c\n", 1)[1].split("```", 1)[0]
    with open(os.path.join(BUILT, "example.c"), encoding="utf-8") as f:
        assert f.read() == source, "make user is to be run again"
    main = source[source.index("int main"):].rstrip("\n").split("\n")
    assert len(main) < 15 and "" not in main
    return os.path.join(BUILT, "example")


def test_example(vsftpd, example, directory):
    vsftpd.file("f", CONTENT)
    target = directory / "f"
    subprocess.run([example, SERVER4, "f", target], check=True)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("host, path, target, message", [
    (SERVER4, "none", "g", "Failed to open file"), (SERVER4, "f", "f", "fd"),
    ("none.invalid", "f", "g", "addresses"), (SERVER4, "f", None, "fd")])
def test_example_fails(vsftpd, example, directory, host, path, target, message):
    (directory / "f").write_bytes(b"mine")
    args = [example, host, path, *([directory / target] if target else [])]
    got = subprocess.run(args, check=False, capture_output=True, text=True)
    assert got.returncode == 1 and message in got.stderr
    assert (directory / "f").read_bytes() == b"mine"


def test_poll(scripted, handle, file):
    """With somebody else's loop: fd, events, timeout, process."""
    server = scripted(files={"f": CONTENT})
    handle.subscribe()
    ident = handle.ftp_get(server.url(), file.fileno())
    poll = select.poll()
    poll.register(handle.fileno(), handle.lib.knetctl_events(handle.handle))
    seen = []
    while not seen or seen[-1].name != "job-done":
        own = handle.timeout()
        poll.poll(20000 if own < 0 else own)
        while event := handle.process():
            seen.append(event)
    assert seen[-1].job.id == ident and seen[-1].job.state_name == "done"


def test_list_get_cancel(scripted, handle, file):
    server = scripted("data-stalls", files={"f": CONTENT})
    ident = handle.ftp_get(server.url(), file.fileno())
    server.await_stall()
    assert [j.id for j in handle.job_list() if j.state_name == "running"] == [ident]
    job = handle.job_get(ident)
    assert job.state_name == "running" and job.bound and not job.active
    with pytest.raises(KnetctlError) as caught:
        handle.job_wait(ident, timeout=0.05)
    assert caught.value.errno == errno.ETIMEDOUT
    assert handle.status().jobs == 1
    handle.job_cancel(ident)
    job = handle.job_wait(ident)
    assert (job.state_name, job.errno_name) == ("cancelled", "ECANCELED")
    with pytest.raises(KnetctlError) as caught:
        handle.job_cancel(ident)
    assert caught.value.errno == errno.EALREADY


def test_close_cancels(scripted, world, file):
    server = scripted("data-stalls", files={"f": CONTENT})
    with Knetctl() as other:
        with Knetctl() as handle:
            bound = handle.ftp_get(server.url(), file.fileno())
            server.await_stall()
            free = handle.ftp_get(server.url(), file.fileno(), flags=DETACHED)
        assert other.job_wait(bound).state_name == "cancelled"
        server.gate.set()
        assert other.job_wait(free).state_name == "done"


def test_resume(scripted, handle, file):
    server = scripted(files={"f": CONTENT})
    file.write(CONTENT[:1000])
    file.flush()
    ident = handle.ftp_get(server.url(), file.fileno(), flags=RESUME, offset=1000)
    job = handle.job_wait(ident)
    assert job.state_name == "done" and job.offset == 1000
    assert read(file) == CONTENT


def test_closed_after_the_start(scripted, handle, directory):
    """The job has its own reference to the file."""
    server = scripted("data-stalls", files={"f": CONTENT})
    with open(directory / "f", "wb") as f:
        ident = handle.ftp_get(server.url(), f.fileno())
        server.await_stall()
    os.unlink(directory / "f")
    server.gate.set()
    assert handle.job_wait(ident).bytes == len(CONTENT)


def test_refusals_name_the_attribute(handle, file, directory):
    with open(file.name, "rb") as reader, pytest.raises(KnetctlError) as caught:
        handle.ftp_get(f"ftp://{SERVER4}:1/f", reader.fileno())
    assert caught.value.attribute == "fd" and caught.value.errno == errno.EBADF
    assert "not open for writing" in str(caught.value)
    with pytest.raises(KnetctlError) as caught:
        handle.ftp_get_start(file.fileno(), [(SERVER4, 0)], "f")
    assert caught.value.errno == errno.EINVAL and caught.value.attribute.startswith("remote")
    with pytest.raises(KnetctlError) as caught:
        handle.ftp_get_start(file.fileno(), [(SERVER4, 21)], "a\nb")
    assert caught.value.errno == errno.EINVAL and caught.value.attribute == "ftp.pathname"
    with pytest.raises(KnetctlError) as caught:
        handle.job_get(0x7fffffff)
    assert caught.value.errno == errno.ENOENT


def test_wait_for_a_job_of_somebody_else(scripted, handle, file):
    server = scripted(files={"f": CONTENT})
    with Knetctl() as other:
        ident = other.ftp_get(server.url(), file.fileno(), flags=DETACHED)
    assert handle.job_wait(ident).state_name == "done"


def test_after_fork(handle):
    """The child may close the handle, and not use it."""
    pid = os.fork()
    if not pid:
        status = 1
        try:
            handle.status()
        except KnetctlError as e:
            status = 0 if e.errno == errno.ECHILD else 2
        finally:
            handle.close()
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert handle.status().version


def test_fork_and_close_leave_the_parents_job(scripted, handle, file):
    server = scripted("data-stalls", files={"f": CONTENT})
    ident = handle.ftp_get(server.url(), file.fileno())
    server.await_stall()
    pid = os.fork()
    if not pid:
        handle.close()
        os._exit(0)
    os.waitpid(pid, 0)
    server.gate.set()
    assert handle.job_wait(ident).state_name == "done"


def test_descriptors_are_closed_on_exec(handle):
    handle.subscribe()
    for fd in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{fd}").startswith("socket:"):
                assert not os.get_inheritable(int(fd))
        except FileNotFoundError:
            pass


def test_many_handles(scripted, directory, world):
    """One job each; their results do not mix."""
    contents = {str(n): os.urandom(1000 + n) for n in range(10)}
    server = scripted(files=contents)
    handles = [Knetctl() for _ in contents]
    started = []
    for handle, name in zip(handles, contents):
        with open(directory / name, "wb") as f:
            started.append(handle.ftp_get(server.url(name), f.fileno()))
    for handle, ident, name in zip(handles, started, contents):
        assert handle.job_wait(ident).bytes == len(contents[name])
        assert (directory / name).read_bytes() == contents[name]
        handle.close()


def test_subscribe_twice_and_unknown(handle):
    handle.subscribe()
    handle.subscribe(libknetctl.GROUP_JOB)
    with pytest.raises(KnetctlError) as caught:
        handle.subscribe(1 << 30)
    assert caught.value.errno == errno.EINVAL
    assert handle.set_rcvbuf(1 << 20) >= 1 << 20


def test_names():
    assert libknetctl.library().knetctl_version()
