// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the fragments of received packets into the page cache, without a
 * buffer of our own: references to the pages are collected with the socket
 * locked, and written to the file after it is unlocked.
 */
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "knetctl.h"

/* Small segments are gathered up to here before the worker is woken. */
#define STREAM_GATHER	(256 * 1024)

/* File systems that are interfaces to the kernel: a write there is a command. */
static bool stream_is_kernel_fs(const struct super_block *sb)
{
	switch (sb->s_magic) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case TRACEFS_MAGIC:
	case DEBUGFS_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case SECURITYFS_MAGIC:
	case SELINUX_MAGIC:
	case SMACK_MAGIC:
	case EFIVARFS_MAGIC:
	case BPF_FS_MAGIC:
	case PSTOREFS_MAGIC:
	case NSFS_MAGIC:
		return true;
	default:
		return false;
	}
}

/**
 * knet_stream_check_file() - whether a worker may use a file at all
 * @file: what the caller passed
 * @reason: why not
 *
 * Return: 0, or a negative errno with @reason set.
 */
int knet_stream_check_file(struct file *file, const char **reason)
{
	struct inode *inode = file_inode(file);

	if (!S_ISREG(inode->i_mode)) {
		*reason = "not a regular file";
		return S_ISDIR(inode->i_mode) ? -EISDIR : -EINVAL;
	}
	if (stream_is_kernel_fs(inode->i_sb)) {
		*reason = "the file system is an interface to the kernel";
		return -EINVAL;
	}
	if (file->f_flags & O_DIRECT) {
		*reason = "the file is open with O_DIRECT";
		return -EINVAL;
	}
	return 0;
}

/**
 * knet_stream_check_target() - whether a worker may write to a file
 * @file: what the caller passed
 * @reason: why not
 *
 * Return: 0, or a negative errno with @reason set.
 */
int knet_stream_check_target(struct file *file, const char **reason)
{
	int err = knet_stream_check_file(file, reason);

	if (err)
		return err;
	if (!(file->f_mode & FMODE_WRITE) || !(file->f_mode & FMODE_PWRITE)) {
		*reason = "the file is not open for writing";
		return -EBADF;
	}
	if (!(file->f_mode & FMODE_CAN_WRITE) || !file->f_op->write_iter) {
		*reason = "the file's file system cannot be written to by the kernel";
		return -EOPNOTSUPP;
	}
	if (file->f_flags & O_APPEND) {
		*reason = "the file is open with O_APPEND";
		return -EINVAL;
	}
	return 0;
}

/**
 * knet_stream_init() - get what a transfer needs
 * @stream: zeroed
 *
 * Return: 0 or -ENOMEM.
 */
int knet_stream_init(struct knet_stream *stream)
{
	stream->vec = kvcalloc(KNET_STREAM_VECS, sizeof(*stream->vec), GFP_KERNEL_ACCOUNT);
	return stream->vec ? 0 : -ENOMEM;
}

/**
 * knet_stream_free() - give back what knet_stream_init() got
 * @stream: empty or not
 */
void knet_stream_free(struct knet_stream *stream)
{
	knet_stream_drop(stream);
	kvfree(stream->vec);
	stream->vec = NULL;
}

/**
 * knet_stream_gather() - choose how many bytes wake the worker
 * @stream: of the socket
 * @ks: data connection
 * @on: many, for throughput; else each byte does
 *
 * While many must be there the first byte of a slow sender wakes nobody: the
 * caller waits with a short limit then.
 */
void knet_stream_gather(struct knet_stream *stream, struct knet_sock *ks, bool on)
{
	struct sock *sk = ks->sock->sk;

	if (stream->gathering == on)
		return;
	lock_sock(sk);
	if (ks->sock->ops->set_rcvlowat)
		ks->sock->ops->set_rcvlowat(sk, on ? STREAM_GATHER : 1);
	release_sock(sk);
	stream->gathering = on;
}

static bool stream_full(const struct knet_stream *stream)
{
	return stream->count == KNET_STREAM_VECS || stream->pinned >= KNET_STREAM_PINNED;
}

/* Takes over a reference to @page. */
static void stream_add(struct knet_stream *stream, struct page *page, unsigned int offset,
		       unsigned int len)
{
	struct bio_vec *vec = &stream->vec[stream->count++];

	vec->bv_page = page;
	vec->bv_offset = offset;
	vec->bv_len = len;
	stream->len += len;
}

/* Room in the bounce page; a new one when it is full. NULL without memory. */
static void *stream_bounce(struct knet_stream *stream, size_t *room)
{
	if (stream->bounce && stream->bounce_len == PAGE_SIZE) {
		put_page(stream->bounce);
		stream->bounce = NULL;
	}
	if (!stream->bounce) {
		stream->bounce = alloc_page(GFP_KERNEL);
		stream->bounce_len = 0;
	}
	if (!stream->bounce)
		return NULL;
	*room = PAGE_SIZE - stream->bounce_len;
	return page_address(stream->bounce) + stream->bounce_len;
}

/* @len bytes were put where stream_bounce() said. */
static void stream_add_bounced(struct knet_stream *stream, unsigned int len)
{
	struct bio_vec *last = stream->count ? &stream->vec[stream->count - 1] : NULL;

	if (last && last->bv_page == stream->bounce &&
	    last->bv_offset + last->bv_len == stream->bounce_len) {
		last->bv_len += len;
		stream->len += len;
	} else {
		get_page(stream->bounce);
		stream_add(stream, stream->bounce, stream->bounce_len, len);
	}
	stream->bounce_len += len;
}

/* Bytes of the linear part may stand in slab memory: these are copied. */
static size_t stream_take_linear(struct knet_stream *stream, const char *bytes, size_t len)
{
	size_t taken = 0;

	while (taken < len && !stream_full(stream)) {
		size_t room;
		void *to = stream_bounce(stream, &room);

		if (!to)
			break;
		room = min(room, len - taken);
		memcpy(to, bytes + taken, room);
		stream_add_bounced(stream, room);
		taken += room;
	}
	return taken;
}

static size_t stream_take_skb(struct knet_stream *stream, struct sk_buff *skb, size_t offset,
			      size_t len);

/* What stands in the pages of @skb; @offset counts from the end of the linear part. */
static size_t stream_take_frags(struct knet_stream *stream, struct sk_buff *skb, size_t offset,
				size_t len)
{
	size_t taken = 0;
	int i;

	for (i = 0; i < skb_shinfo(skb)->nr_frags && taken < len; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
		size_t size = skb_frag_size(frag);

		if (offset >= size) {
			offset -= size;
			continue;
		}
		if (stream_full(stream))
			return taken;
		size = min(size - offset, len - taken);
		get_page(skb_frag_page(frag));
		stream_add(stream, skb_frag_page(frag), skb_frag_off(frag) + offset, size);
		taken += size;
		offset = 0;
	}
	return taken;
}

/* What stands in packets that hang on @skb; @offset counts from the first of them. */
static size_t stream_take_list(struct knet_stream *stream, struct sk_buff *skb, size_t offset,
			       size_t len)
{
	struct sk_buff *part;
	size_t taken = 0;

	skb_walk_frags(skb, part) {
		size_t want, got;

		if (taken == len)
			break;
		if (offset >= part->len) {
			offset -= part->len;
			continue;
		}
		want = min_t(size_t, part->len - offset, len - taken);
		got = stream_take_skb(stream, part, offset, want);
		taken += got;
		if (got < want)
			break;
		offset = 0;
	}
	return taken;
}

/* One packet; as many bytes as there is room for, in order. */
static size_t stream_take_skb(struct knet_stream *stream, struct sk_buff *skb, size_t offset,
			      size_t len)
{
	size_t linear = skb_headlen(skb), paged = skb->data_len;
	size_t taken = 0, want;
	struct sk_buff *part;

	if (offset < linear) {
		want = min(linear - offset, len);
		taken = stream_take_linear(stream, skb->data + offset, want);
		if (taken < want)
			return taken;
		offset = linear;
	}
	if (taken == len)
		return taken;
	skb_walk_frags(skb, part)
		paged -= part->len;
	offset -= linear;
	if (offset < paged) {
		want = min(paged - offset, len - taken);
		linear = stream_take_frags(stream, skb, offset, want);
		taken += linear;
		if (linear < want)
			return taken;
		offset = paged;
	}
	return taken + stream_take_list(stream, skb, offset - paged, len - taken);
}

/* Called by tcp_read_sock() for each packet, with the socket locked. */
static int stream_actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset,
			size_t len)
{
	struct knet_stream *stream = desc->arg.data;
	size_t taken;

	if (!skb_frags_readable(skb)) {
		desc->error = -EFAULT;
		return 0;
	}
	taken = stream_take_skb(stream, skb, offset, min(len, desc->count));
	stream->pinned += skb->truesize;
	desc->count -= taken;
	if (stream_full(stream))
		desc->count = 0;
	return taken;
}

/*
 * An urgent byte stands at the head of the queue: tcp_read_sock() does not go
 * past it, a plain receive does.
 */
static int stream_cross_urgent(struct knet_stream *stream, struct knet_sock *ks, size_t max)
{
	size_t room;
	void *to = stream_bounce(stream, &room);
	int n;

	if (!to)
		return -ENOMEM;
	n = knet_sock_recv(ks, to, min(room, max));
	if (n > 0)
		stream_add_bounced(stream, n);
	return n;
}

/**
 * knet_stream_pull() - take what has arrived
 * @stream: empty
 * @ks: data connection
 * @max: the most bytes to take, at least 1
 *
 * Context: Process; the caller holds the session's lock.
 * Return: bytes taken, 0 at the end of the data, -EAGAIN when nothing is there,
 * or another negative errno (a reset is one, also when the end came with it).
 */
int knet_stream_pull(struct knet_stream *stream, struct knet_sock *ks, size_t max)
{
	struct sock *sk = ks->sock->sk;
	read_descriptor_t desc = {
		.arg.data = stream,
		.count = min_t(size_t, max, KNET_STREAM_BYTES),
	};
	bool queued, ended;
	int n;

	lock_sock(sk);
	n = tcp_read_sock(sk, &desc, stream_actor);
	queued = !skb_queue_empty(&sk->sk_receive_queue);
	/* What waits for the lock may be the last data, and the end behind them. */
	ended = sk->sk_shutdown & RCV_SHUTDOWN;
	release_sock(sk);
	if (n > 0)
		return n;
	if (desc.error)
		return desc.error;
	if (queued)
		return stream_cross_urgent(stream, ks, max);
	/* A reset sets both: the error is looked at first. */
	if (READ_ONCE(sk->sk_err))
		return sock_error(sk);
	return ended ? 0 : -EAGAIN;
}

/**
 * knet_stream_write_vec() - write bytes of pages through the page cache
 * @file: checked by knet_stream_check_target()
 * @vec: the pages
 * @count: of them
 * @from: the first byte of theirs
 * @len: how many
 * @pos: where to
 * @err: set to 0, or to the negative errno that ended it early
 *
 * Context: Process with the credentials that the file access is for; waits for
 * the file system.
 * Return: bytes written, @len unless @err is set.
 */
size_t knet_stream_write_vec(struct file *file, const struct bio_vec *vec, unsigned int count,
			     size_t from, size_t len, loff_t pos, int *err)
{
	struct iov_iter iter;
	size_t done = 0;
	ssize_t n;

	*err = 0;
	while (done < len) {
		/* A file system takes away from the iterator what it does not want to write. */
		iov_iter_bvec(&iter, ITER_SOURCE, vec, count, from + len);
		iov_iter_advance(&iter, from + done);
		n = knet_iter_write(file, &iter, &pos);
		if (n <= 0) {
			/* A write of nothing would be tried for ever. */
			*err = n ? n : -EIO;
			break;
		}
		done += n;
	}
	return done;
}

/**
 * knet_stream_write() - write what was taken, and forget it
 * @stream: holds at least @len bytes
 * @file: checked by knet_stream_check_target()
 * @pos: where to
 * @len: how many; the rest is forgotten too
 * @err: set to 0, or to the negative errno that ended it early
 *
 * Context: Process with the credentials that the file access is for; waits for
 * the file system.
 * Return: bytes written, @len unless @err is set.
 */
size_t knet_stream_write(struct knet_stream *stream, struct file *file, loff_t pos, size_t len,
			 int *err)
{
	size_t done = knet_stream_write_vec(file, stream->vec, stream->count, 0, len, pos, err);

	knet_stream_drop(stream);
	return done;
}

/**
 * knet_stream_drop() - forget what was taken
 * @stream: empty afterwards
 */
void knet_stream_drop(struct knet_stream *stream)
{
	while (stream->count)
		put_page(stream->vec[--stream->count].bv_page);
	if (stream->bounce)
		put_page(stream->bounce);
	stream->bounce = NULL;
	stream->len = 0;
	stream->pinned = 0;
}

/**
 * knet_stream_take_back() - remove what was written, so that it can be written anew
 * @file: regular
 * @offset: where it began
 * @bytes: how many
 *
 * Only where they are the end of the file: what stands behind is not ours.
 *
 * Context: Process, with the credentials of the job; may sleep.
 * Return: 0 or a negative errno.
 */
int knet_stream_take_back(struct file *file, u64 offset, u64 bytes)
{
	struct inode *inode = file_inode(file);

	if (!S_ISREG(inode->i_mode) || i_size_read(inode) != offset + bytes)
		return -EBUSY;
	return knet_file_truncate(file, offset);
}
