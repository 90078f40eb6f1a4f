/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stream of events without its socket: datagrams go in, events come out,
 * and every number that is missing in between comes out as a loss.
 */
#ifndef LIBKNETCTL_STREAM_H
#define LIBKNETCTL_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <knetctl/knetctl.h>

struct nlmsghdr;

#define KN_GROUPS	3		/* how many there are */
#define KN_GROUPS_MASK	((1u << KN_GROUPS) - 1)

/* A datagram as it came, with one or many netlink messages in it. */
struct kn_chunk {
	struct kn_chunk *next;
	int group;			/* whose events, an index; -1 when it is not known */
	size_t len;
	char data[] __attribute__((aligned(8)));
};

struct kn_stream_group {
	uint64_t expected;		/* number of the next event */
	uint64_t user_from;		/* lower ones are not for the user; UINT64_MAX: none */
	uint64_t target;		/* all below were sent; valid if @synced */
	bool synced;
};

struct kn_stream {
	uint16_t family;
	uint64_t netns;
	struct kn_chunk *head, **tail;
	size_t offset;			/* of the next message in @head */
	bool gone;			/* DELFAMILY was told */
	struct kn_stream_group group[KN_GROUPS];
};

/* What kn_stream_scan() found in a datagram. */
enum kn_found {
	KN_FOUND_NOTHING,
	KN_FOUND_JOB,			/* job-done of the job in question */
	KN_FOUND_LOSS,			/* the kernel's queue lost something */
	KN_FOUND_CONNECTION,		/* connection-accepted of the listener in question */
	KN_FOUND_GONE,			/* the family went away */
};

extern const char *const kn_group_names[KN_GROUPS];
int kn_group_index(const char *name);

void kn_stream_init(struct kn_stream *s, uint16_t family, uint64_t netns);
void kn_stream_clear(struct kn_stream *s);
struct kn_chunk *kn_chunk_new(size_t len);
struct kn_chunk *kn_chunk_cut(struct kn_chunk *chunk, size_t len);
void kn_stream_feed(struct kn_stream *s, struct kn_chunk *chunk);
bool kn_stream_pending(const struct kn_stream *s);
int kn_stream_next(struct kn_stream *s, struct knetctl_event *event);
void kn_stream_start(struct kn_stream *s, unsigned int group, uint64_t next_seq);
void kn_stream_synced(struct kn_stream *s, unsigned int group, uint64_t next_seq);
bool kn_stream_draining(const struct kn_stream *s);
int kn_stream_tail(struct kn_stream *s, struct knetctl_event *event);
enum kn_found kn_stream_scan_accepted(const struct kn_stream *s, const struct kn_chunk *chunk,
				      uint32_t listener);
enum kn_found kn_stream_scan(const struct kn_stream *s, const struct kn_chunk *chunk,
			     uint32_t id, struct knetctl_job *job);

#endif
