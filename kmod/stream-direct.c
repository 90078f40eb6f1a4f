// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a socket into a file past the page cache, whose bookkeeping costs more
 * than the copy that it saves: the bytes are received into a few large buffers
 * that are used again and again, and written from there with IOCB_DIRECT
 * while the next ones are filled.
 *
 * Only whole blocks can be written so. What comes before the first one, and
 * what is left at the end, goes through the page cache. A file system that
 * cannot do it says so at the first write, which is waited for.
 *
 * Writes end in any order. What counts as written is what has no gap before
 * it; when a write fails and a later one did not, the file is cut there.
 */
#include <linux/fsnotify.h>
#include <linux/ioprio.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "knetctl.h"

/* Pieces of a buffer when memory has no single one. */
#define DIRECT_ORDER	4

/* What begins and ends at a multiple of this is whole blocks, for every file system. */
static unsigned int direct_align(struct file *file)
{
	return max_t(unsigned int, PAGE_SIZE, i_blocksize(file_inode(file)));
}

/**
 * knet_direct_can() - whether a file can be written past the page cache
 * @file: checked by knet_stream_check_target()
 *
 * Return: false when it is known that it cannot, or has nothing else.
 */
bool knet_direct_can(struct file *file)
{
	switch (file_inode(file)->i_sb->s_magic) {
	case TMPFS_MAGIC:
	case RAMFS_MAGIC:
	case HUGETLBFS_MAGIC:
		return false;
	default:
		return knet_file_can_direct(file) && direct_align(file) <= KNET_DIRECT_BYTES;
	}
}

/* ------------------------------------------------------------ memory -- */

static void direct_free_buffer(struct knet_direct_buffer *b)
{
	while (b->pieces)
		__free_pages(b->vec[--b->pieces].bv_page, b->order);
	kfree(b->vec);
	b->vec = NULL;
}

static int direct_alloc_pieces(struct knet_direct_buffer *b, unsigned int order)
{
	unsigned int count = KNET_DIRECT_BYTES >> (PAGE_SHIFT + order);
	gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_NOWARN;
	struct page *page;

	if (order)
		gfp |= __GFP_COMP | __GFP_NORETRY;
	b->order = order;
	b->vec = kcalloc(count, sizeof(*b->vec), GFP_KERNEL_ACCOUNT);
	while (b->vec && b->pieces < count) {
		page = alloc_pages(gfp, order);
		if (!page)
			break;
		b->vec[b->pieces].bv_page = page;
		b->vec[b->pieces++].bv_len = PAGE_SIZE << order;
	}
	if (b->pieces == count)
		return 0;
	direct_free_buffer(b);
	return -ENOMEM;
}

static int direct_alloc_buffer(struct knet_direct_buffer *b)
{
	unsigned int order = get_order(KNET_DIRECT_BYTES);
	int err;

	if (b->vec)
		return 0;
	err = direct_alloc_pieces(b, order);
	while (err && order) {
		order = order > DIRECT_ORDER ? DIRECT_ORDER : 0;
		err = direct_alloc_pieces(b, order);
	}
	return err;
}

/* The buffer that is being filled; there is one while not all are being written. */
static struct knet_direct_buffer *direct_current(struct knet_direct *d)
{
	return &d->buffer[(d->first + d->flying) % KNET_DIRECT_BUFFERS];
}

/* ------------------------------------------------------------- write -- */

/* Called when a write has ended, in any context. */
static void direct_complete(struct kiocb *iocb, long result)
{
	struct knet_direct_buffer *b = container_of(iocb, struct knet_direct_buffer, iocb);
	struct knet_direct *d = b->direct;
	unsigned long flags;

	kiocb_end_write(iocb);
	/* Who sees the end under the lock may free all of it. */
	spin_lock_irqsave(&d->lock, flags);
	b->result = result;
	b->busy = false;
	knet_waker_wake(d->waker);
	spin_unlock_irqrestore(&d->lock, flags);
}

static bool direct_busy(struct knet_direct *d, const struct knet_direct_buffer *b)
{
	bool busy;

	spin_lock_irq(&d->lock);
	busy = b->busy;
	spin_unlock_irq(&d->lock);
	return busy;
}

/* Until no write is under way: neither a cancel nor a timer ends this wait. */
static void direct_wait(struct knet_direct *d)
{
	unsigned int i;

	for (i = 0; i < d->flying; i++) {
		struct knet_direct_buffer *b = &d->buffer[(d->first + i) % KNET_DIRECT_BUFFERS];

		while (direct_busy(d, b))
			knet_waker_wait(d->waker, MAX_SCHEDULE_TIMEOUT);
	}
}

/* Whole blocks at a whole block; the result comes by direct_complete(). */
static void direct_submit(struct knet_direct *d, struct knet_direct_buffer *b)
{
	struct iov_iter iter;
	ssize_t n;

	init_sync_kiocb(&b->iocb, d->file);
	b->iocb.ki_pos = b->pos;
	b->iocb.ki_flags |= IOCB_DIRECT | IOCB_WRITE;
	b->iocb.ki_complete = direct_complete;
	b->direct = d;
	b->busy = true;
	iov_iter_bvec(&iter, ITER_SOURCE, b->vec, b->pieces, b->len);
	n = knet_iocb_write(d->file, &b->iocb, &iter);
	if (n == -EIOCBQUEUED)
		return;
	b->result = n;
	b->busy = false;
}

/* @len bytes from @from on of a buffer, through the page cache; no write may be under way. */
static size_t direct_write_buffered(struct knet_direct *d, struct knet_direct_buffer *b,
				    size_t from, size_t len)
{
	int err;
	size_t done = knet_stream_write_vec(d->file, b->vec, b->pieces, from, len, b->pos + from,
					    &err);

	if (err)
		d->err = err;
	return done;
}

static bool direct_refused(ssize_t result)
{
	return result == -EINVAL || result == -EOPNOTSUPP || result == -ENOTBLK;
}

/* Write the buffer that is being filled. */
static void direct_launch(struct knet_direct *d)
{
	struct knet_direct_buffer *b = direct_current(d);
	bool whole = IS_ALIGNED(b->pos | b->len, d->align);

	if (whole && !d->refused) {
		d->flying++;
		direct_submit(d, b);
		if (d->proven)
			return;
		direct_wait(d);
		d->refused = direct_refused(b->result);
		d->proven = !d->refused;
		return;
	}
	/*
	 * It makes the file longer: not while something before it is under way.
	 * direct_result() finds that nothing of it is written, and does it.
	 */
	direct_wait(d);
	d->flying++;
	b->result = 0;
}

/* A write has ended; how much of it is in the file. */
static size_t direct_result(struct knet_direct *d, struct knet_direct_buffer *b)
{
	size_t done = max_t(ssize_t, b->result, 0);

	if (done) {
		d->moved += done;
		fsnotify_modify(d->file);
	}
	if (done == b->len)
		return done;
	if (b->result < 0 && !direct_refused(b->result)) {
		d->err = b->result;
		return 0;
	}
	/* The rest in the other way, which tells what is wrong if anything is. */
	direct_wait(d);
	return done + direct_write_buffered(d, b, done, b->len - done);
}

/* ------------------------------------------------------- what others call -- */

/**
 * knet_direct_init() - make it known that nothing is under way
 * @d: zeroed
 * @waker: of the worker
 */
void knet_direct_init(struct knet_direct *d, struct knet_waker *waker)
{
	spin_lock_init(&d->lock);
	d->waker = waker;
}

/**
 * knet_direct_begin() - begin with a file
 * @d: unused
 * @file: knet_direct_can()
 * @pos: where the first byte goes
 */
void knet_direct_begin(struct knet_direct *d, struct file *file, loff_t pos)
{
	d->on = true;
	d->file = file;
	d->pos = pos;
	d->end = pos;
	d->size = i_size_read(file_inode(file));
	d->align = direct_align(file);
	d->first = 0;
	d->flying = 0;
	d->moved = 0;
	d->err = 0;
	d->refused = false;
	d->proven = false;
}

/**
 * knet_direct_prepare() - get a buffer to receive into
 * @d: begun
 *
 * Return: 0, -EBUSY when all are being written, or -ENOMEM.
 */
int knet_direct_prepare(struct knet_direct *d)
{
	struct knet_direct_buffer *b = direct_current(d);
	int err;

	if (d->flying == KNET_DIRECT_BUFFERS)
		return -EBUSY;
	if (b->len)
		return 0;
	err = direct_alloc_buffer(b);
	if (err)
		return d->flying ? -EBUSY : err;
	b->pos = d->pos;
	/* Up to a whole block, and from there whole blocks. */
	b->room = KNET_DIRECT_BYTES;
	if (!IS_ALIGNED(b->pos, d->align))
		b->room = d->align - (b->pos & (d->align - 1));
	return 0;
}

/**
 * knet_direct_pull() - take what has arrived
 * @d: prepared
 * @ks: data connection
 * @max: the most bytes to take, at least 1
 *
 * What is to be written of it is told by knet_direct_keep().
 *
 * Context: Process; the caller holds the session's lock.
 * Return: as knet_stream_pull().
 */
int knet_direct_pull(struct knet_direct *d, struct knet_sock *ks, size_t max)
{
	struct knet_direct_buffer *b = direct_current(d);
	size_t piece = PAGE_SIZE << b->order, from = b->len & (piece - 1);
	char *to = page_address(b->vec[b->len >> (PAGE_SHIFT + b->order)].bv_page);
	int n;

	n = knet_sock_recv(ks, to + from, min3(max, piece - from, b->room - b->len));
	/* A reset sets both: the error is looked at first. */
	if (!n && READ_ONCE(ks->sock->sk->sk_err))
		n = sock_error(ks->sock->sk);
	return n;
}

/**
 * knet_direct_keep() - of what was pulled, that much is to be written
 * @d: after knet_direct_pull()
 * @len: bytes, from the first on
 *
 * Context: Process with the credentials that the file access is for; may wait
 * for the file system.
 */
void knet_direct_keep(struct knet_direct *d, size_t len)
{
	struct knet_direct_buffer *b = direct_current(d);

	if (!b->len)
		d->since = jiffies;
	b->len += len;
	d->pos += len;
	if (b->len == b->room)
		direct_launch(d);
}

/**
 * knet_direct_reap() - see which writes have ended
 * @d: begun
 *
 * Context: As knet_direct_keep().
 * Return: bytes that the file has got, without a gap before them; @d->err tells
 * of a failure.
 */
u64 knet_direct_reap(struct knet_direct *d)
{
	loff_t before = d->end;

	while (d->flying && !d->err) {
		struct knet_direct_buffer *b = &d->buffer[d->first];

		if (direct_busy(d, b))
			break;
		d->end += direct_result(d, b);
		if (d->err)
			break;
		b->len = 0;
		d->first = (d->first + 1) % KNET_DIRECT_BUFFERS;
		d->flying--;
	}
	return d->end - before;
}

/**
 * knet_direct_waiting() - how many bytes wait for more to be written with
 * @d: begun or unused
 *
 * Return: bytes.
 */
size_t knet_direct_waiting(struct knet_direct *d)
{
	return d->on && d->flying < KNET_DIRECT_BUFFERS ? direct_current(d)->len : 0;
}

/* The bytes behind whole blocks of a free buffer begin the next one; false without memory. */
static bool direct_carry(struct knet_direct *d, struct knet_direct_buffer *b, size_t from,
			 size_t len)
{
	struct knet_direct_buffer *next = direct_current(d);
	unsigned int shift = PAGE_SHIFT + b->order;
	char *bytes = page_address(b->vec[from >> shift].bv_page);

	/* A larger block may stand in more than one piece. */
	if (d->align > PAGE_SIZE)
		return false;
	d->pos -= len;
	if (knet_direct_prepare(d)) {
		d->pos += len;
		return false;
	}
	memmove(page_address(next->vec[0].bv_page), bytes + (from & ((1UL << shift) - 1)), len);
	knet_direct_keep(d, len);
	return true;
}

/**
 * knet_direct_flush() - have in the file what was kept
 * @d: begun
 * @all: also what is no whole block, if there are whole ones before it
 *
 * Context: As knet_direct_keep(); waits for all writes.
 * Return: as knet_direct_reap().
 */
u64 knet_direct_flush(struct knet_direct *d, bool all)
{
	struct knet_direct_buffer *b = direct_current(d);
	size_t len = knet_direct_waiting(d), whole;
	u64 moved;

	if (!len || d->err) {
		direct_wait(d);
		return knet_direct_reap(d);
	}
	whole = IS_ALIGNED(b->pos, d->align) ? round_down(len, d->align) : 0;
	if (whole)
		b->len = whole;
	direct_launch(d);
	direct_wait(d);
	moved = knet_direct_reap(d);
	if (!whole || whole == len || d->err)
		return moved;
	/* The buffer is free again, and has what it had. */
	if (!all && direct_carry(d, b, whole, len - whole))
		return moved;
	whole = direct_write_buffered(d, b, whole, len - whole);
	d->end += whole;
	return moved + whole;
}

/**
 * knet_direct_end() - leave the file
 * @d: begun or unused; unused afterwards
 *
 * After a failure the file has no more than what knet_direct_reap() told of, and
 * what it had before.
 *
 * Context: As knet_direct_keep(); waits for all writes.
 */
void knet_direct_end(struct knet_direct *d)
{
	loff_t end = max(d->end, d->size);
	unsigned int i;

	if (!d->on)
		return;
	direct_wait(d);
	if (d->err && i_size_read(file_inode(d->file)) > end)
		knet_file_truncate(d->file, end);
	for (i = 0; i < KNET_DIRECT_BUFFERS; i++) {
		direct_free_buffer(&d->buffer[i]);
		d->buffer[i].len = 0;
	}
	d->flying = 0;
	d->on = false;
}
