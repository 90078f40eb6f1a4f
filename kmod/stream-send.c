// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the page cache to a socket: the file's pages go into the packets by
 * reference. Whatever can be the source of a splice can be sent: the pages
 * come from the file system's own splice_read, never from its mapping, which
 * stacked file systems do not have.
 */
#include <linux/fs.h>
#include <linux/pipe_fs_i.h>
#include <linux/splice.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "knetctl.h"

/* Pages that are handed to TCP at once: what a splice pipe holds. */
#define SEND_VECS	16
/* Read and sent by one call. */
#define SEND_BYTES	(1024 * 1024)

/**
 * knet_stream_check_source() - whether a worker may read from a file
 * @file: what the caller passed
 * @reason: why not
 *
 * Return: 0, or a negative errno with @reason set.
 */
int knet_stream_check_source(struct file *file, const char **reason)
{
	int err = knet_stream_check_file(file, reason);

	if (err)
		return err;
	if (!(file->f_mode & FMODE_READ) || !(file->f_mode & FMODE_PREAD)) {
		*reason = "the file is not open for reading";
		return -EBADF;
	}
	if (!(file->f_mode & FMODE_LSEEK) || !file->f_op->splice_read) {
		*reason = "the file's file system cannot be read from by the kernel";
		return -EOPNOTSUPP;
	}
	return 0;
}

/* The pages that wait in @pipe, in order. */
static unsigned int send_collect(struct pipe_inode_info *pipe, struct bio_vec *vec, size_t *len)
{
	unsigned int mask = pipe->ring_size - 1, tail = pipe->tail, count = 0;

	*len = 0;
	while (count < SEND_VECS && tail != pipe->head) {
		struct pipe_buffer *buf = &pipe->bufs[tail & mask];

		/* Waits until the page is read; an error stands in front of it then. */
		if (pipe_buf_confirm(pipe, buf))
			break;
		vec[count].bv_page = buf->page;
		vec[count].bv_offset = buf->offset;
		vec[count].bv_len = buf->len;
		*len += buf->len;
		count++;
		tail++;
	}
	return count;
}

/* The first @len bytes that wait in @pipe are sent. */
static void send_consume(struct pipe_inode_info *pipe, size_t len)
{
	unsigned int mask = pipe->ring_size - 1;

	while (len) {
		struct pipe_buffer *buf = &pipe->bufs[pipe->tail & mask];
		size_t n = min_t(size_t, len, buf->len);

		buf->offset += n;
		buf->len -= n;
		len -= n;
		if (!buf->len) {
			pipe_buf_release(pipe, buf);
			pipe->tail++;
		}
	}
}

/* Called with what the file system put into @pipe; takes the session's lock for the socket only. */
static int send_actor(struct pipe_inode_info *pipe, struct splice_desc *sd)
{
	struct knet_stream_send *send = sd->u.data;
	struct bio_vec vec[SEND_VECS];
	int sent = 0, n = 0;
	unsigned int count;
	size_t len;

	while (sent < sd->total_len) {
		count = send_collect(pipe, vec, &len);
		if (!count)
			return sent ? sent : -EIO;
		mutex_lock(send->lock);
		n = send->ks->sock ? knet_send_pages(send->ks->sock, vec, count, len,
						     sd->flags & SPLICE_F_MORE) : -ENOTCONN;
		mutex_unlock(send->lock);
		if (n <= 0)
			break;
		send_consume(pipe, n);
		sent += n;
		if (n < len)
			break;
	}
	if (n < 0)
		send->sock_err = n;
	return sent ? sent : n;
}

/**
 * knet_stream_send() - send from a file without waiting for the socket
 * @send: where to; its @sock_err is set when it was the socket that failed
 * @file: checked by knet_stream_check_source()
 * @pos: where to read
 * @max: the most bytes, at least 1
 *
 * Context: Process with the credentials that the file access is for; waits for
 * the file system, not for the socket. @send's lock is not held.
 * Return: bytes that TCP took, 0 at the end of the file, -EAGAIN, or another
 * negative errno.
 */
ssize_t knet_stream_send(struct knet_stream_send *send, struct file *file, loff_t pos, u64 max)
{
	struct splice_desc sd = {
		.total_len = min_t(u64, max, SEND_BYTES),
		.pos = pos,
		.u.data = send,
	};

	send->sock_err = 0;
	return splice_direct_to_actor(file, &sd, send_actor);
}
