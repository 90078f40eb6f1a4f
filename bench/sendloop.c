// SPDX-License-Identifier: GPL-2.0-only
/* Datagrams as one sends them: sendloop ADDR PORT SIZE COUNT */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	static char data[65536];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	long size, count;

	if (argc != 5 || inet_pton(AF_INET, argv[1], &in.sin_addr) != 1)
		errx(2, "usage: sendloop ADDR PORT SIZE COUNT");
	in.sin_port = htons(atoi(argv[2]));
	size = atol(argv[3]);
	count = atol(argv[4]);
	if (fd < 0 || connect(fd, (struct sockaddr *)&in, sizeof(in)))
		err(1, "connect");
	while (count--)
		if (send(fd, data, size, 0) != size)
			err(1, "send");
	return 0;
}
