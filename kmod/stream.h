/* SPDX-License-Identifier: GPL-2.0-only */
/* Moves a data connection's bytes into a file. */
#ifndef _KNETCTL_STREAM_H
#define _KNETCTL_STREAM_H

#include <linux/bvec.h>
#include <linux/fs.h>

struct knet_sock;

/* Bounds of what is taken from the socket before it is written. */
#define KNET_STREAM_BYTES	(1024 * 1024)
#define KNET_STREAM_PINNED	(7 * 256 * 1024)
#define KNET_STREAM_VECS	512

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
int knet_stream_take_back(struct file *file, u64 offset, u64 bytes);
void knet_stream_drop(struct knet_stream *stream);

#endif
