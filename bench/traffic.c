// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the rows of the benchmark let happen on the network, as cheaply as a program can.
 *
 * traffic trips N                 a byte back and forth over one TCP connection on loopback
 * traffic connects N              connect, accept, reset on loopback
 * traffic attempts N PREFIX       connect and forget, to the ports of 10.PREFIX.9.9
 * traffic syns N PREFIX           SYNs by a raw socket, to the addresses of 10.PREFIX.9.0/24
 * traffic storm N PORT BURST      connect to 127.0.0.1 in bursts, wait for the other's close, close
 * traffic hold N PORT             connect to 127.0.0.1; a line; until standard input ends
 * traffic fetch N BYTES PORT PATH N clients at once, each of whom wants BYTES; PATH "" asks
 *                                 for nothing, another is asked for by HTTP
 * traffic sink 0 PORT             take datagrams and drop them
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in address(in_addr_t addr, int port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(addr),
		.sin_port = htons(port),
	};

	return in;
}

static int tcp(int flags)
{
	int fd = socket(AF_INET, SOCK_STREAM | flags, 0);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

static int connected(int port)
{
	struct sockaddr_in in = address(INADDR_LOOPBACK, port);
	int fd = tcp(0);

	if (connect(fd, (struct sockaddr *)&in, sizeof(in)))
		err(1, "connect");
	return fd;
}

static int listener(int *port)
{
	struct sockaddr_in in = address(INADDR_LOOPBACK, 0);
	socklen_t len = sizeof(in);
	int fd = tcp(0);

	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) || listen(fd, 128) ||
	    getsockname(fd, (struct sockaddr *)&in, &len))
		err(1, "listen");
	*port = ntohs(in.sin_port);
	return fd;
}

static int accepted(int fd)
{
	fd = accept(fd, NULL, NULL);
	if (fd < 0)
		err(1, "accept");
	return fd;
}

static void no_delay(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void trips(long n)
{
	int port, from = listener(&port), a = connected(port), b = accepted(from);
	char byte = 0;

	no_delay(a);
	no_delay(b);
	while (n--)
		if (write(a, &byte, 1) != 1 || read(b, &byte, 1) != 1 ||
		    write(b, &byte, 1) != 1 || read(a, &byte, 1) != 1)
			err(1, "trip");
}

static void reset(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

static void connects(long n)
{
	int port, from = listener(&port), a, b;

	while (n--) {
		a = connected(port);
		b = accepted(from);
		reset(a);
		close(b);
	}
}

static void attempts(long n, long prefix)
{
	struct sockaddr_in in;
	int fd;

	while (n--) {
		/* Each to another port, or it is the same connection to conntrack. */
		in = address(10 << 24 | prefix << 16 | 0x0909, 1 + n % 65535);
		fd = tcp(SOCK_NONBLOCK);
		if (!connect(fd, (struct sockaddr *)&in, sizeof(in)) || errno != EINPROGRESS)
			err(1, "connect");
		close(fd);
	}
}

/* As far as they are looked at: a header without a checksum. */
static void syns(long n, long prefix)
{
	struct tcphdr tcp = { .source = htons(7), .dest = htons(80), .doff = 5, .syn = 1 };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
	struct sockaddr_in in;

	while (n--) {
		in = address(10 << 24 | prefix << 16 | 0x0900 | (n & 0xff), 0);
		if (sendto(fd, &tcp, sizeof(tcp), 0, (struct sockaddr *)&in, sizeof(in)) < 0)
			err(1, "sendto");
	}
}

static void storm(long n, int port, int burst)
{
	int i, fd[1024];
	char byte;

	if (burst > 1024)
		errx(2, "at most 1024 at once");
	for (; n > 0; n -= burst) {
		for (i = 0; i < burst; i++)
			fd[i] = connected(port);
		for (i = 0; i < burst; i++) {
			if (read(fd[i], &byte, 1))
				err(1, "no end");
			close(fd[i]);
		}
	}
}

static void sink(int port)
{
	struct sockaddr_in in = address(INADDR_LOOPBACK, port);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 16 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)))
		err(1, "bind");
	while (recv(fd, NULL, 0, MSG_TRUNC) >= 0)
		;
	err(1, "recv");
}

static void files(long n)
{
	struct rlimit limit = { n + 64, n + 64 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "setrlimit");
}

static void hold(long n, int port)
{
	char byte;

	files(n);
	while (n--)
		connected(port);
	puts("held");
	fflush(stdout);
	if (read(0, &byte, 1))
		err(1, "read");
}

static void request(int fd, const char *path)
{
	char text[256];
	int len;

	if (!*path)
		return;
	len = snprintf(text, sizeof(text), "GET %s HTTP/1.0\r\n\r\n", path);
	if (write(fd, text, len) != len)
		err(1, "write");
}

/* Nothing is copied: what comes is for nobody. All of it, or a failure. */
static void fetch(long n, long bytes, int port, const char *path)
{
	struct epoll_event event = { .events = EPOLLIN }, events[64];
	long long total = 0;
	int i, got, ep = epoll_create1(0);
	ssize_t len;
	long open = n;

	files(n);
	for (i = 0; i < n; i++) {
		event.data.fd = connected(port);
		epoll_ctl(ep, EPOLL_CTL_ADD, event.data.fd, &event);
		request(event.data.fd, path);
	}
	while (open) {
		got = epoll_wait(ep, events, 64, -1);
		for (i = 0; i < got; i++) {
			len = recv(events[i].data.fd, NULL, 1 << 20, MSG_TRUNC);
			if (len < 0)
				err(1, "recv");
			total += len;
			if (len)
				continue;
			close(events[i].data.fd);
			open--;
		}
	}
	/* HTTP has a header. */
	if (total < n * bytes || total > n * (bytes + 1024) || (!*path && total != n * bytes))
		errx(1, "%lld bytes", total);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	long n = argc > 2 ? atol(argv[2]) : 0;

	if (argc == 3 && !strcmp(what, "trips"))
		trips(n);
	else if (argc == 3 && !strcmp(what, "connects"))
		connects(n);
	else if (argc == 4 && !strcmp(what, "attempts"))
		attempts(n, atol(argv[3]));
	else if (argc == 4 && !strcmp(what, "syns"))
		syns(n, atol(argv[3]));
	else if (argc == 5 && !strcmp(what, "storm"))
		storm(n, atoi(argv[3]), atoi(argv[4]));
	else if (argc == 4 && !strcmp(what, "sink"))
		sink(atoi(argv[3]));
	else if (argc == 4 && !strcmp(what, "hold"))
		hold(n, atoi(argv[3]));
	else if (argc == 6 && !strcmp(what, "fetch"))
		fetch(n, atol(argv[3]), atoi(argv[4]), argv[5]);
	else
		errx(2, "usage: see bench/traffic.c");
	return 0;
}
