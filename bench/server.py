# SPDX-License-Identifier: GPL-2.0-only
"""vsftpd on loopback, with its files in tmpfs and a control group of its own."""

import os
import socket
import subprocess
import time

import measure

CONFIG = """\
listen=NO
listen_ipv6=YES
background=NO
anonymous_enable=YES
no_anon_password=NO
anon_root={root}
local_enable=NO
write_enable=YES
anon_upload_enable=YES
anon_umask=022
secure_chroot_dir={empty}
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
xferlog_enable=NO
setproctitle_enable=NO
"""


class Server:
    def __init__(self, directory, root):
        """`root` is where its program is: it shares /tmp with the guest."""
        self.root = f"{directory}/root"
        os.makedirs(self.root)
        os.makedirs(f"{directory}/empty")
        config = f"{directory}/vsftpd.conf"
        with open(config, "w") as f:
            f.write(CONFIG.format(root=self.root, empty=f"{directory}/empty"))
        self.group = measure.cgroup("server")
        self.process = subprocess.Popen(["vsftpd", config], stdin=subprocess.DEVNULL,
                                        preexec_fn=lambda: measure.join(self.group, root))
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", 21)).close()
                return
            except ConnectionRefusedError:
                time.sleep(0.1)
        raise SystemExit("bench: vsftpd does not listen")

    def incoming(self):
        """A directory that the server may write to."""
        path = f"{self.root}/incoming"
        os.makedirs(path, exist_ok=True)
        os.chmod(path, 0o777)
        return path

    def file(self, name, size):
        """Serve a file without a page that is like another."""
        path = f"{self.root}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        block = os.urandom(min(size, 1 << 20))
        with open(path, "wb") as f:
            for i in range(0, size, len(block)):
                f.write(i.to_bytes(8, "little") + block[8:size - i])
        return path
