/* SPDX-License-Identifier: GPL-2.0-only */
/* Moves a data connection's bytes into a file. */
#ifndef _KNETCTL_STREAM_H
#define _KNETCTL_STREAM_H

#include <linux/bvec.h>
#include <linux/fs.h>

struct knet_sock;
struct knet_waker;

/* Bounds of what is taken from the socket before it is written. */
#define KNET_STREAM_BYTES	(1024 * 1024)
#define KNET_STREAM_PINNED	(7 * 256 * 1024)
#define KNET_STREAM_VECS	512

/* Of the buffers past the page cache: together less than 2 MiB a session. */
#define KNET_DIRECT_BUFFERS	3
#define KNET_DIRECT_BYTES	(512 * 1024)

enum knet_data_state {
	KNET_DATA_NONE,
	KNET_DATA_CONNECTING,
	KNET_DATA_LISTENING,
	KNET_DATA_OPEN,
};

/**
 * struct knet_stream - bytes on their way from a socket to a file
 * @vec: references to pages that hold them, in order
 * @count: used members of @vec
 * @len: bytes in @vec
 * @pinned: memory that the references keep from being freed, at most
 * @bounce: page for bytes that do not stand in pages of their own
 * @bounce_len: used bytes of @bounce
 * @gathering: the socket waits for more than one byte before it wakes us
 */
struct knet_stream {
	struct bio_vec *vec;
	unsigned int count;
	size_t len;
	size_t pinned;
	struct page *bounce;
	unsigned int bounce_len;
	bool gathering;
};

/**
 * struct knet_direct_buffer - bytes that are received, or written past the page cache
 * @iocb: of the write
 * @direct: whose it is
 * @vec: its memory, in pieces of one size; NULL when there is none
 * @pieces: members of @vec
 * @order: of a piece
 * @pos: where its first byte goes in the file
 * @len: bytes in it
 * @room: how many it takes
 * @result: of the write, as of pwrite(); &knet_direct.lock
 * @busy: it is being written; &knet_direct.lock
 */
struct knet_direct_buffer {
	struct kiocb iocb;
	struct knet_direct *direct;
	struct bio_vec *vec;
	unsigned int pieces;
	unsigned int order;
	loff_t pos;
	size_t len;
	size_t room;
	ssize_t result;
	bool busy;
};

/**
 * struct knet_direct - bytes on their way into a file past the page cache
 * @on: it is in use
 * @refused: the file system cannot do it
 * @proven: it can
 * @err: negative errno of the write that failed, nothing is written after it
 * @file: target
 * @align: of a whole block
 * @pos: where the next byte that is received goes
 * @end: up to here all is written
 * @size: of the file when it began
 * @moved: bytes that went past the page cache
 * @since: jiffies when the first byte came into the buffer that is being filled
 * @waker: woken when a write has ended
 * @lock: protects what the end of a write changes; taken in any context
 * @first: the oldest buffer that is being written
 * @flying: how many are, in the order of the file; the next one is being filled
 * @buffer: used in turn
 */
struct knet_direct {
	bool on;
	bool refused;
	bool proven;
	int err;
	struct file *file;
	unsigned int align;
	loff_t pos;
	loff_t end;
	loff_t size;
	u64 moved;
	unsigned long since;
	struct knet_waker *waker;
	spinlock_t lock;		/* protects @result and @busy of buffers */
	unsigned int first;
	unsigned int flying;
	struct knet_direct_buffer buffer[KNET_DIRECT_BUFFERS];
};

/**
 * struct knet_stream_send - where the bytes of a file go
 * @ks: connected socket; may be closed by somebody else under @lock
 * @lock: protects @ks
 * @sock_err: negative errno of the socket, after a failure
 */
struct knet_stream_send {
	struct knet_sock *ks;
	struct mutex *lock;		/* protects @ks */
	int sock_err;
};

int knet_stream_check_file(struct file *file, const char **reason);
int knet_stream_check_source(struct file *file, const char **reason);
ssize_t knet_stream_send(struct knet_stream_send *send, struct file *file, loff_t pos, u64 max);
int knet_stream_check_target(struct file *file, const char **reason);
int knet_stream_init(struct knet_stream *stream);
void knet_stream_free(struct knet_stream *stream);
void knet_stream_gather(struct knet_stream *stream, struct knet_sock *ks, bool on);
int knet_stream_pull(struct knet_stream *stream, struct knet_sock *ks, size_t max);
size_t knet_stream_write(struct knet_stream *stream, struct file *file, loff_t pos, size_t len,
			 int *err);
size_t knet_stream_write_vec(struct file *file, const struct bio_vec *vec, unsigned int count,
			     size_t from, size_t len, loff_t pos, int *err);
int knet_stream_take_back(struct file *file, u64 offset, u64 bytes);
void knet_stream_drop(struct knet_stream *stream);

bool knet_direct_can(struct file *file);
void knet_direct_init(struct knet_direct *d, struct knet_waker *waker);
void knet_direct_begin(struct knet_direct *d, struct file *file, loff_t pos);
int knet_direct_prepare(struct knet_direct *d);
int knet_direct_pull(struct knet_direct *d, struct knet_sock *ks, size_t max);
void knet_direct_keep(struct knet_direct *d, size_t len);
u64 knet_direct_reap(struct knet_direct *d);
size_t knet_direct_waiting(struct knet_direct *d);
u64 knet_direct_flush(struct knet_direct *d, bool all);
void knet_direct_end(struct knet_direct *d);

#endif
