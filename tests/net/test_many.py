# SPDX-License-Identifier: GPL-2.0-only
"""Many small files in one list, from a real server."""

import json
import os
import threading

import pytest

from command import knetctl, status
from vsftpd import PASSWORD, USER
from world import SERVER4

SLOW = os.environ.get("KNETCTL_SLOW") == "1"
SESSIONS, SIZE = 8, 4096


class Watch:
    """Looks at the server's control connections and at our memory until it is closed."""

    def __init__(self, netns, pause):
        self.netns = netns
        self.pause = pause
        self.most = 0
        self.slab = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _connections(self):
        """Those that stand, of the port 21; the socket that listens is none."""
        peers = set()	# a line may come twice when the table changes while it is read
        for name in ("tcp", "tcp6"):
            with open(f"/proc/thread-self/net/{name}", encoding="ascii") as f:
                for _, local, peer, state, *_ in map(str.split, f):
                    if local.endswith(":0015") and state == "01":
                        peers.add(peer)
        return len(peers)

    def _memory(self):
        with open("/proc/meminfo", encoding="ascii") as f:
            fields = dict(line.split(":") for line in f)
        return sum(int(fields[name].split()[0]) for name in ("Slab", "VmallocUsed"))

    def _run(self):
        self.netns.enter()
        while not self._over.wait(self.pause):
            self.most = max(self.most, self._connections())
            self.slab.append(self._memory())

    def close(self):
        self._over.set()
        self._thread.join()


@pytest.mark.parametrize("count", [200, pytest.param(10000, marks=pytest.mark.slow)])
def test_get(world, vsftpd, directory, monkeypatch, count):
    """All are right, over no more connections than were allowed."""
    monkeypatch.chdir(directory)
    place = f"many{count}"
    os.mkdir(vsftpd.path(place))
    os.chmod(vsftpd.path(place), 0o755)
    contents = {}
    for i in range(count):
        contents[f"f{i}"] = i.to_bytes(4, "big") * (SIZE // 4)
        vsftpd.file(f"{place}/f{i}", contents[f"f{i}"])
    (directory / "list").write_text("".join(
        f"ftp://{USER}:{PASSWORD}@{SERVER4}/{place}/{name}\n" for name in contents))
    # The table of connections has all that have ended within a minute: it takes time to read.
    watch = Watch(world.server, 0.01 if count < 1000 else 0.5)
    try:
        got = knetctl("-j", "ftp", "get", "--sessions", SESSIONS, "--list", "list", limit=1500)
    finally:
        watch.close()
    got.ok()
    summary = json.loads(got.out.splitlines()[-1])
    assert (summary["files"], summary["failed"], summary["bytes"]) == (count, 0, count * SIZE)
    for name, content in contents.items():
        with open(name, "rb") as f:
            assert f.read() == content, name
    assert 1 < watch.most <= SESSIONS
    assert status()["jobs"] == 0
    if count > 1000:
        # What the files themselves take in tmpfs (an inode and a page) is not ours; beyond that
        # the second half needs no more than the first one did, whatever it has done.
        half = len(watch.slab) // 2
        first, second = max(watch.slab[:half]), max(watch.slab[half:])
        assert second - first < count // 2 * 2 + 8192, (first, second)
