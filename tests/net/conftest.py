# SPDX-License-Identifier: GPL-2.0-only
"""What the tests share. A test lives in the client's network namespace."""

import os
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
pytest.register_assert_rewrite("command", "ftpserver", "wait")

import command  # noqa: E402
import ftpserver  # noqa: E402
import ftpstore  # noqa: E402
import module  # noqa: E402
from vsftpd import Vsftpd  # noqa: E402
from world import World  # noqa: E402

def pytest_collection_modifyitems(config, items):
    # Each of n guests runs every n-th test (tests/vm/parallel).
    part, parts = map(int, os.environ.get("KNETCTL_PART", "1/1").split("/"))
    config.hook.pytest_deselected(
        items=[item for i, item in enumerate(items) if i % parts != part - 1])
    items[:] = items[part - 1::parts]
    if os.environ.get("KNETCTL_SLOW") == "1":
        return
    skip = pytest.mark.skip(reason="slow, set KNETCTL_SLOW=1")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(skip)


def pytest_terminal_summary(terminalreporter):
    """For tests/net/run: passed, failed, skipped."""
    path = os.environ.get("KNETCTL_COUNTS")
    if not path:
        return
    stats = terminalreporter.stats
    passed = len(stats.get("passed", []))
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    with open(path, "w") as f:
        f.write(f"{passed} {failed} {len(stats.get('skipped', []))}\n")


@pytest.fixture(scope="session", autouse=True)
def loaded():
    module.load()


@pytest.fixture(scope="module")
def world():
    world = World()
    yield world
    # What a failed test left behind must not fail the next ones.
    world.leave()
    subprocess.run(["knetctl", "-n", world.client.name, "job", "cancel", "--all"], check=False,
                   capture_output=True)
    world.close()


@pytest.fixture(scope="module")
def vsftpd(world, tmp_path_factory):
    directory = str(tmp_path_factory.mktemp("vsftpd"))
    for part in (directory, os.path.dirname(directory), os.path.dirname(
            os.path.dirname(directory))):
        os.chmod(part, 0o755)
    server = Vsftpd(world.server, directory)
    yield server
    server.close()
    shutil.rmtree(directory)


@pytest.fixture
def directory(tmp_path):
    """A directory of the test's own, gone afterwards: memory is dear."""
    os.chmod(tmp_path, 0o755)
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def scripted(world):
    """scripted(*behaviours, files={...}): a scripted FTP server."""
    servers = []

    def start(*behaviours, **kwargs):
        servers.append(ftpserver.Server(world.server, behaviours, **kwargs))
        return servers[-1]
    yield start
    for server in servers:
        server.close()


@pytest.fixture
def store(world):
    """store({path: content}, ...): a scripted FTP server that stores as well."""
    servers = []

    def start(files=None, **kwargs):
        servers.append(ftpstore.Store(world.server, files=files or {}, **kwargs))
        return servers[-1]
    yield start
    for server in servers:
        server.close()


@pytest.fixture
def background():
    """background(*args): the command in the background, ended with the test."""
    running = []

    def start(*args, **kwargs):
        running.append(command.Running(args, **kwargs))
        return running[-1]
    yield start
    for one in running:
        one.close()


@pytest.fixture
def monitor(world):
    """monitor(*args): knetctl -j monitor, already subscribed."""
    monitors = []

    def start(*args):
        monitors.append(command.Monitor(*args))
        return monitors[-1]
    yield start
    for one in monitors:
        one.close()
