/* SPDX-License-Identifier: GPL-2.0-only */
/* A job whose data go to, or come from, a program by a pair of sockets. */
#ifndef _KNETCTL_PIPE_H
#define _KNETCTL_PIPE_H

#include "sock.h"

struct file;
struct knet_stream;

/**
 * struct knet_pipe - our end of the pair, while a session has the job
 * @ks: of the job's file, which holds it; no socket when the job has another file
 * @buf: bytes on their way to the network; NULL when they come from there
 * @at: of the bytes in the stream or in @buf those that have gone on
 * @left: those that have yet to go on
 * @pulled: what the stream had
 */
struct knet_pipe {
	struct knet_sock ks;
	char *buf;
	size_t at;
	size_t left;
	size_t pulled;
};

bool knet_pipe_is_socket(struct file *file);
int knet_pipe_check(struct file *file, const char **reason);
int knet_pipe_open(struct knet_pipe *pipe, struct file *file, struct knet_waker *waker,
		   bool sends);
void knet_pipe_close(struct knet_pipe *pipe);
bool knet_pipe_gone(const struct knet_pipe *pipe);
ssize_t knet_pipe_write(struct knet_pipe *pipe, struct knet_stream *stream);
ssize_t knet_pipe_fill(struct knet_pipe *pipe);

#endif
