// SPDX-License-Identifier: GPL-2.0-only
/* Send many SYNs by a raw socket: syns ADDRESS PORT COUNT; each is an attempt of its own. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 512

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct tcphdr tcp = { .doff = sizeof(tcp) / 4, .syn = 1, .window = htons(1024) };
	struct iovec iov = { &tcp, sizeof(tcp) };
	struct mmsghdr msg[BATCH];
	long left, n;
	int fd, i, sent;

	if (argc != 4 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 2;
	tcp.source = htons(1234);
	tcp.dest = htons((uint16_t)atoi(argv[2]));
	left = atol(argv[3]);
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
	if (fd < 0) {
		perror("socket");
		return 1;
	}
	memset(msg, 0, sizeof(msg));
	for (i = 0; i < BATCH; i++) {
		msg[i].msg_hdr.msg_name = &to;
		msg[i].msg_hdr.msg_namelen = sizeof(to);
		msg[i].msg_hdr.msg_iov = &iov;
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	for (; left > 0; left -= sent) {
		n = left < BATCH ? left : BATCH;
		sent = sendmmsg(fd, msg, (unsigned int)n, 0);
		if (sent < 0) {
			perror("sendmmsg");
			return 1;
		}
	}
	return 0;
}
