// SPDX-License-Identifier: GPL-2.0-only
/*
 * A server as one writes it: accepts, prints a line a connection, and closes it.
 *
 * epoll PORT [hold | idle]   hold: does not close; idle: does not even accept
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener(int port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) || listen(fd, 65535))
		err(1, "listen");
	return fd;
}

/* All that wait. */
static void serve(int from, bool hold)
{
	struct sockaddr_in in;
	char text[INET_ADDRSTRLEN];
	socklen_t len;
	int fd;

	for (;;) {
		len = sizeof(in);
		fd = accept4(from, (struct sockaddr *)&in, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && errno == EAGAIN)
			return;
		if (fd < 0)
			err(1, "accept");
		inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
		printf("accepted %s:%u\n", text, ntohs(in.sin_port));
		if (!hold)
			close(fd);
	}
}

int main(int argc, char **argv)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = listener(argc > 1 ? atoi(argv[1]) : 0), ep = epoll_create1(0);
	struct rlimit limit = { 65536, 65536 };

	if (argc > 2 && !strcmp(argv[2], "idle"))
		pause();
	setrlimit(RLIMIT_NOFILE, &limit);
	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event))
		err(1, "epoll");
	for (;;) {
		if (epoll_wait(ep, &event, 1, -1) != 1)
			err(1, "epoll_wait");
		serve(fd, argc > 2);
		/* As soon as the monitor does: when nothing more waits. */
		fflush(stdout);
	}
}
