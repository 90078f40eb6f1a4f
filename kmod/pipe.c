// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is got goes to a program, and what is put comes from one, by a pair of
 * AF_UNIX stream sockets, of which the job has one end. Unlike a pipe it can be
 * waited for beside the network, and tells at once when the other end closes.
 *
 * Its end of data is a shutdown of the other end's sending side. An other end
 * that closes has gone: a program that was killed must not look like the end of
 * a file.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/uio.h>
#include <net/sock.h>

#include "knetctl.h"

/* What is taken from the program at once. */
#define PIPE_BYTES	(64 * 1024)

/**
 * knet_pipe_is_socket() - whether a job's file is a socket
 * @file: what the caller passed
 *
 * Return: true for a socket of any kind.
 */
bool knet_pipe_is_socket(struct file *file)
{
	return S_ISSOCK(file_inode(file)->i_mode);
}

/**
 * knet_pipe_check() - whether a socket can carry the data of a job
 * @file: a socket
 * @reason: why not
 *
 * Return: 0, or a negative errno with @reason set.
 */
int knet_pipe_check(struct file *file, const char **reason)
{
	struct socket *sock = sock_from_file(file);

	if (!sock || sock->sk->sk_family != AF_UNIX || sock->type != SOCK_STREAM) {
		*reason = "of all sockets only a connected AF_UNIX stream socket is taken";
		return -EINVAL;
	}
	if (READ_ONCE(sock->sk->sk_state) != TCP_ESTABLISHED) {
		*reason = "the AF_UNIX stream socket is not connected";
		return -ENOTCONN;
	}
	return 0;
}

/**
 * knet_pipe_open() - begin to watch the socket of a job
 * @pipe: closed
 * @file: of the job; nothing happens unless it is a socket
 * @waker: of the session
 * @sends: the program sends, and we receive
 *
 * Context: Process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int knet_pipe_open(struct knet_pipe *pipe, struct file *file, struct knet_waker *waker, bool sends)
{
	if (!file || !knet_pipe_is_socket(file))
		return 0;
	if (sends) {
		pipe->buf = kvmalloc(PIPE_BYTES, GFP_KERNEL_ACCOUNT);
		if (!pipe->buf)
			return -ENOMEM;
	}
	pipe->left = 0;
	knet_sock_watch(&pipe->ks, sock_from_file(file), waker);
	return 0;
}

/**
 * knet_pipe_close() - let go of the socket; it stays open with its file
 * @pipe: open or closed; closed afterwards
 */
void knet_pipe_close(struct knet_pipe *pipe)
{
	if (pipe->ks.sock)
		knet_sock_unwatch(&pipe->ks);
	kvfree(pipe->buf);
	pipe->buf = NULL;
}

/**
 * knet_pipe_gone() - whether the other end has closed
 * @pipe: open or closed
 *
 * Return: true when nobody takes what is got, or says where what is put ends.
 */
bool knet_pipe_gone(const struct knet_pipe *pipe)
{
	return pipe->ks.sock && READ_ONCE(pipe->ks.sock->sk->sk_shutdown) & SEND_SHUTDOWN;
}

/**
 * knet_pipe_write() - give bytes to the program, as many as there is room for
 * @pipe: open; knows where they stand
 * @stream: holds them
 *
 * Context: Process with the job's credentials.
 * Return: how many went, -EAGAIN when there is no room (the worker is woken
 * when there is), or another negative errno.
 */
ssize_t knet_pipe_write(struct knet_pipe *pipe, struct knet_stream *stream)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	int n;

	if (!pipe->left)
		return 0;
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, stream->vec, stream->count, stream->len);
	iov_iter_advance(&msg.msg_iter, pipe->at);
	iov_iter_truncate(&msg.msg_iter, pipe->left);
	n = sock_sendmsg(pipe->ks.sock, &msg);
	if (n > 0) {
		pipe->at += n;
		pipe->left -= n;
	}
	return n;
}

/**
 * knet_pipe_fill() - take bytes that the program sent
 * @pipe: open, its buffer empty
 *
 * Context: Process with the job's credentials.
 * Return: how many, 0 at the end, -EAGAIN when none are there (the worker is
 * woken when there are), or another negative errno.
 */
ssize_t knet_pipe_fill(struct knet_pipe *pipe)
{
	int n = knet_sock_recv(&pipe->ks, pipe->buf, PIPE_BYTES);

	if (n > 0) {
		pipe->at = 0;
		pipe->left = n;
	}
	/* Closed since we looked: that is not the end of the data. */
	if (!n && knet_pipe_gone(pipe))
		return -EPIPE;
	return n;
}
