# SPDX-License-Identifier: GPL-2.0-only
"""What a listener and its connections cost, beside servers in user space."""

import os
import subprocess
import time

import measure
from figures import BIN, TRAFFIC, Daemon, Figures, kernel_memory, run, short

MIB = 1 << 20


def listens(port):
    return f":{port} " in run("ss -Hltn")


class Accept(Figures):
    """Accept, tell of it, close."""
    name = "accept"
    title = "accept a connection, report it, close it"
    note = ("*storm*: 64 clients at once; *singly*: one after the other, each until it is closed. "
            "Without the\nclients is without what their process costs, in whose time on loopback "
            "most of both sides' TCP is.\nknetctl reports two events a connection, that it was "
            "accepted and that it was closed;\nthe server prints one line, and is woken for each. "
            "knetctl takes a connection of the service close without\na socket of its own, and in "
            "the storm it is woken for many: 45 thousand without the clients were 32 after\nthe one "
            "and 21 after the other. Of these, by perf, 9 are TCP's close, 2 softirqs after it, and 7 "
            "the monitor,\nwhich writes two lines. The clients' 67, most of it the handshake and "
            "their own close, are the same\nfor both servers: with them the goal would leave 14 for "
            "all that the server and the monitor do.")
    columns = tuple((f"{key}_{part}", f"{title}, instructions a connection{whose}", ".0f")
                    for key, title in (("storm", "storm"), ("one", "singly"))
                    for part, whose in (("whole", ""), ("server", ", without the clients")))
    count = 3200
    port = 7001

    def prepare(self):
        self.peer = measure.cgroup("peer")
        self.out = f"{self.directory}/accept"

    def traffic(self, burst):
        return f"{TRAFFIC} storm {self.count} {self.port} {burst}"

    def tools(self):
        traffic = [short(self.traffic(n)) for n in (64, 1)]
        return {"knetctl": [f"knetctl listener add 127.0.0.1:{self.port} service close",
                            "knetctl monitor connection", *traffic],
                "epoll": [f"epoll {self.port}", *traffic]}

    def lines(self):
        with open(self.out) as f:
            return sum("accepted" in line for line in f)

    def measure(self, meter, tool):
        if tool == "knetctl":
            run(f"knetctl listener add 127.0.0.1:{self.port} service close")
            daemon = Daemon("knetctl monitor connection", self.out)
            time.sleep(1)
        else:
            daemon = Daemon(f"{BIN}/epoll {self.port}", self.out,
                            ready=lambda: listens(self.port))
        result = {}
        for key, burst in (("storm", 64), ("one", 1)):
            cost = meter.run(["sh", "-c", f"{self.traffic(burst)}; exec sleep 1.5"], self.peer)
            result[f"{key}_whole"] = cost["whole"] / self.count
            result[f"{key}_server"] = (cost["whole"] - cost["peer"]) / self.count
        daemon.end()
        if tool == "knetctl":
            run(f"knetctl listener del 127.0.0.1:{self.port}")
        if self.lines() != 2 * self.count:
            raise SystemExit(f"bench: accept: {tool} tells of {self.lines()} connections")
        return result

    def goals(self, of):
        return [(f"{text} costs epoll so many times what it costs knetctl",
                 of("epoll", key) / of("knetctl", key), "at least", 1.4)
                for key, text in (("storm_whole", "a connection of the storm"),
                                  ("storm_server", "without the clients it"))]


class ServiceFile(Figures):
    """Static content."""
    name = "service-file"
    title = "a file of 1 MiB to 1,000 clients at once"
    note = ("From tmpfs. nginx is asked by HTTP, has one worker, sendfile and tcp_nopush, and "
            "writes no log.\nThe clients are one process that drops what it gets; what it costs "
            "is shown apart, and has in it,\non loopback, some of the server's TCP. knetctl sends from "
            "one worker a processor, as long as it\nneed not wait for the file system: with many "
            "side by side, which kept the clients from reading,\nit was 831 without the clients' "
            "process. The clients have a quarter more packets to take than from\nnginx, as knetctl "
            "has handed whole files to TCP before they read; less at once (TCP_NOTSENT_LOWAT\nof "
            "256 KiB) made it 1,088 and not less.")
    columns = (("whole", "thousand instructions a client", ".1f"),
               ("server", "without the clients' process", ".1f"))
    clients = 1000
    conf = """\
worker_processes 1;
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log;
events {{ worker_connections 4096; }}
http {{
	access_log off;
	sendfile on;
	tcp_nopush on;
	server {{ listen 127.0.0.1:7003 backlog=4096; root {root}; }}
}}
"""

    def prepare(self):
        self.peer = measure.cgroup("peer")
        self.file = self.server.file("file/mebi", MIB)
        self.conf_file = f"{self.directory}/nginx.conf"
        with open(self.conf_file, "w") as f:
            f.write(self.conf.format(directory=self.directory, root=os.path.dirname(self.file)))
        os.makedirs("/var/lib/nginx", exist_ok=True)
        os.makedirs("/var/log/nginx", exist_ok=True)
        # What TCP has learnt of loopback with one server is not for the next one.
        run("sysctl -qw net.ipv4.tcp_no_metrics_save=1")
        run("ip tcp_metrics flush")

    def servers(self):
        return {"knetctl": (f"knetctl listener add 127.0.0.1:7002 service file {self.file}", 7002,
                            "''"),
                "nginx": (f"nginx -c {self.conf_file}", 7003, "/mebi")}

    def fetch(self, tool):
        _, port, path = self.servers()[tool]
        return f"{TRAFFIC} fetch {self.clients} {MIB} {port} {path}"

    def tools(self):
        return {tool: [command, short(self.fetch(tool))]
                for tool, (command, _, _) in self.servers().items()}

    def measure(self, meter, tool):
        command, port, _ = self.servers()[tool]
        if tool == "knetctl":
            run(command)
        else:
            daemon = Daemon(command, ready=lambda: listens(port))
        cost = meter.run(["sh", "-c", self.fetch(tool)], self.peer)
        if tool == "knetctl":
            run(f"knetctl listener del 127.0.0.1:{port}")
        else:
            daemon.end()
        return {"whole": cost["whole"] / self.clients / 1e3,
                "server": (cost["whole"] - cost["peer"]) / self.clients / 1e3}

    def goals(self, of):
        return [(f"a client costs nginx so many times what it costs knetctl{text}",
                 of("nginx", key) / of("knetctl", key), "at least", 1)
                for key, text in (("whole", ""), ("server", ", without the clients' process"))]


def object_size(cache):
    """Bytes that an object of a slab cache takes."""
    with open("/proc/slabinfo") as f:
        return next(int(line.split()[3]) for line in f if line.split()[0] == cache)


class Held(Figures):
    """Memory of a connection that is held."""
    name = "held"
    title = "the memory of a held connection"
    note = ("What slab, vmalloc and per-CPU memory grow by with each connection, less the same "
            "for connections\nthat wait in the backlog of a listener: those have the TCP sockets "
            "of both ends already, and a\nrequest that the accept frees. Beside its socket is "
            "what is neither that nor the `socket_alloc` with\nits inode.")
    columns = (("all", "bytes a connection", ".0f"), ("beside", "beside its socket", ".0f"))
    count = 2000
    port = 7004

    def prepare(self):
        run("sysctl -qw net.core.somaxconn=65535")

    def servers(self):
        return {"knetctl": f"knetctl listener add 127.0.0.1:{self.port} service hold",
                "epoll": f"{BIN}/epoll {self.port} hold",
                "backlog": f"{BIN}/epoll {self.port} idle"}

    def tools(self):
        traffic = short(f"{TRAFFIC} hold {self.count} {self.port}")
        return {tool: [short(command), traffic] for tool, command in self.servers().items()
                if tool != "backlog"}

    def grown(self, tool):
        command = self.servers()[tool]
        daemon = None
        if tool == "knetctl":
            run(command)
        else:
            daemon = Daemon(command, ready=lambda: listens(self.port))
        time.sleep(5)
        before = kernel_memory()
        with subprocess.Popen([TRAFFIC, "hold", str(self.count), str(self.port)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            child.stdout.readline()
            time.sleep(5)
            grown = kernel_memory() - before
            child.stdin.close()
        if daemon:
            daemon.end()
        else:
            run(f"knetctl listener del 127.0.0.1:{self.port}")
        time.sleep(5)
        return grown / self.count

    def measure(self, meter, tool):
        more = self.grown(tool) - self.grown("backlog") + object_size("request_sock_TCP")
        return {"all": more, "beside": more - object_size("sock_inode_cache")}

    def goals(self, of):
        return [("bytes of a connection beside its socket", of("knetctl", "beside"), "at most",
                 1024)]


ROWS = [Accept, ServiceFile, Held]
