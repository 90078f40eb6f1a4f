/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the socket that a job has for a file, and standard input or output. */
#ifndef KNETCTL_CLI_PUMP_H
#define KNETCTL_CLI_PUMP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define PUMP_FDS 2

struct knetctl;

struct pump {
	int job;	/* the job's end, until pump_given() */
	int own;	/* ours */
	int fd;		/* standard input or output, or the same file opened anew */
	bool out;	/* to standard output */
	bool spliced;	/* @fd is a pipe: the bytes do not come by */
	bool stream;	/* @fd is a socket */
	bool full;	/* the side that takes has no room */
	bool over;	/* nothing is left to be done */
	int err;	/* of @fd, why it is over */
	char *buf;
	size_t at, left;
};

/* 0 or -errno. */
int pump_open(struct pump *p, struct knetctl *handle, bool out);
/* The job has its end. */
void pump_given(struct pump *p);
/* What to wait for; PUMP_FDS of them. */
void pump_poll(const struct pump *p, struct pollfd *fds);
/* Move what can be moved without waiting; @fds as poll() left them. */
void pump_move(struct pump *p, const struct pollfd *fds);
void pump_close(struct pump *p);

#endif
