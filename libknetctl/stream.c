// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The order of events and the count of those that are missing.
 *
 * Each group of a network namespace numbers its events without gaps. A number
 * that is higher than the expected one therefore is a loss in this socket, of
 * exactly the numbers between. A loss in the kernel's queue is told by a
 * message. What is missing behind the last event that came is known from
 * event-sync: the kernel delivers all it has and then answers the next number.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <netlink/genl/genl.h>

#include "private.h"

/* What became of a message. */
enum outcome {
	SKIPPED,	/* nothing for the user in it */
	TOLD,		/* an event came of it */
	TOLD_BEFORE,	/* an event came before it, look at it again */
};

const char *const kn_group_names[KN_GROUPS] = {
	KNETCTL_MCGRP_JOB, KNETCTL_MCGRP_FILTER, KNETCTL_MCGRP_CONNECTION,
};

int kn_group_index(const char *name)
{
	int i;

	for (i = 0; i < KN_GROUPS; i++)
		if (!strcmp(name, kn_group_names[i]))
			return i;
	return -1;
}

void kn_stream_init(struct kn_stream *s, uint16_t family, uint64_t netns)
{
	int i;

	memset(s, 0, sizeof(*s));
	s->family = family;
	s->netns = netns;
	s->tail = &s->head;
	for (i = 0; i < KN_GROUPS; i++)
		s->group[i].user_from = UINT64_MAX;
}

static void drop_head(struct kn_stream *s)
{
	struct kn_chunk *chunk = s->head;

	s->head = chunk->next;
	if (!s->head)
		s->tail = &s->head;
	s->offset = 0;
	free(chunk);
}

void kn_stream_clear(struct kn_stream *s)
{
	while (s->head)
		drop_head(s);
}

struct kn_chunk *kn_chunk_new(size_t len)
{
	struct kn_chunk *chunk = malloc(sizeof(*chunk) + len);

	if (chunk) {
		chunk->next = NULL;
		chunk->group = -1;
		chunk->len = len;
	}
	return chunk;
}

/* Give back what is not needed of it. */
struct kn_chunk *kn_chunk_cut(struct kn_chunk *chunk, size_t len)
{
	struct kn_chunk *less = realloc(chunk, sizeof(*chunk) + len);

	if (less)
		chunk = less;
	chunk->len = len;
	return chunk;
}

/* Append a datagram; it belongs to the stream from now on. */
void kn_stream_feed(struct kn_stream *s, struct kn_chunk *chunk)
{
	chunk->next = NULL;
	*s->tail = chunk;
	s->tail = &chunk->next;
}

bool kn_stream_pending(const struct kn_stream *s)
{
	return s->head;
}

/* The message at @offset of @chunk, or NULL at its end or when it is broken. */
static const struct nlmsghdr *message_at(const struct kn_chunk *chunk, size_t offset)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)(chunk->data + offset);

	if (offset >= chunk->len || chunk->len - offset < NLMSG_HDRLEN)
		return NULL;
	if (nlh->nlmsg_len < NLMSG_HDRLEN || nlh->nlmsg_len > chunk->len - offset)
		return NULL;
	return nlh;
}

static unsigned int command_of(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);

	return nlh->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN ? 0 : genl->cmd;
}

static bool says_gone(const struct kn_stream *s, const struct nlmsghdr *nlh)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];

	if (nlh->nlmsg_type != GENL_ID_CTRL || command_of(nlh) != CTRL_CMD_DELFAMILY)
		return false;
	if (kn_parse_message(nlh, tb, CTRL_ATTR_MAX))
		return false;
	return tb[CTRL_ATTR_FAMILY_ID] && nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]) == s->family;
}

static void begin_event(const struct kn_stream *s, struct knetctl_event *event,
			unsigned int type, unsigned int group)
{
	memset(event, 0, offsetof(struct knetctl_event, u) + sizeof(event->u.lost));
	event->type = type;
	event->group = 1u << group;
	event->netns = s->netns;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Numbers from @first to before @next did not come. Tells the user's part of them. */
static bool socket_loss(struct kn_stream *s, unsigned int group, uint64_t next,
			struct knetctl_event *event)
{
	struct kn_stream_group *g = &s->group[group];
	uint64_t first = g->expected > g->user_from ? g->expected : g->user_from;

	g->expected = next;
	if (first >= next)
		return false;
	begin_event(s, event, KNETCTL_EVENT_LOST, group);
	event->time_ns = clock_ns(CLOCK_REALTIME);
	event->mono_ns = clock_ns(CLOCK_MONOTONIC);
	event->u.lost.first_seq = first;
	event->u.lost.last_seq = next - 1;
	event->u.lost.count = next - first;
	event->u.lost.where = 1;
	return true;
}

static enum outcome lost_message(struct kn_stream *s, const struct nlmsghdr *nlh,
				 struct knetctl_event *event)
{
	struct nlattr *tb[KNETCTL_A_LOST_MAX + 1];
	uint64_t first = 0, last = 0, count = 0, none;
	struct kn_stream_group *g;
	char name[16] = "";
	int i;

	if (kn_parse_message(nlh, tb, KNETCTL_A_LOST_MAX))
		return SKIPPED;
	kn_get_string(tb[KNETCTL_A_LOST_GROUP], name, sizeof(name));
	kn_get_u64(tb[KNETCTL_A_LOST_FIRST_SEQ], &first);
	kn_get_u64(tb[KNETCTL_A_LOST_LAST_SEQ], &last);
	kn_get_u64(tb[KNETCTL_A_LOST_COUNT], &count);
	i = kn_group_index(name);
	if (i < 0)
		return SKIPPED;
	g = &s->group[i];
	if (last < g->expected || last < first)
		return SKIPPED;
	if (first > g->expected && socket_loss(s, (unsigned int)i, first, event))
		return TOLD_BEFORE;
	if (first < g->expected || first < g->user_from) {
		first = g->expected > g->user_from ? g->expected : g->user_from;
		count = last - first + 1;
	}
	g->expected = last + 1;
	if (first > last)
		return SKIPPED;
	begin_event(s, event, KNETCTL_EVENT_LOST, (unsigned int)i);
	kn_get_event(tb[KNETCTL_A_LOST_EVENT], &none, &event->time_ns, &event->mono_ns);
	event->u.lost.count = count;
	event->u.lost.first_seq = first;
	event->u.lost.last_seq = last;
	return TOLD;
}

static int get_job(const struct nlmsghdr *nlh, struct knetctl_event *event)
{
	return kn_get_job(nlh, &event->u.job);
}

static int get_dialogue(const struct nlmsghdr *nlh, struct knetctl_event *event)
{
	return kn_get_dialogue(nlh, &event->u.dialogue);
}

static int get_filter(const struct nlmsghdr *nlh, struct knetctl_event *event)
{
	return kn_get_filter_match(nlh, &event->u.filter);
}

static int get_connection(const struct nlmsghdr *nlh, struct knetctl_event *event)
{
	return kn_get_connection(nlh, &event->u.connection);
}

/* What an event is made of. */
struct kind {
	unsigned int cmd, type;
	unsigned int group;	/* index */
	unsigned int event_attr;
	int (*get)(const struct nlmsghdr *nlh, struct knetctl_event *event);
};

static const struct kind kinds[] = {
	{ KNETCTL_CMD_JOB_STARTED, KNETCTL_EVENT_JOB_STARTED, 0, KNETCTL_A_JOB_EVENT, get_job },
	{ KNETCTL_CMD_JOB_PROGRESS, KNETCTL_EVENT_JOB_PROGRESS, 0, KNETCTL_A_JOB_EVENT, get_job },
	{ KNETCTL_CMD_JOB_DONE, KNETCTL_EVENT_JOB_DONE, 0, KNETCTL_A_JOB_EVENT, get_job },
	{ KNETCTL_CMD_JOB_DIALOGUE, KNETCTL_EVENT_JOB_DIALOGUE, 0, KNETCTL_A_JOB_EVENT,
	  get_dialogue },
	{ KNETCTL_CMD_FILTER_MATCH, KNETCTL_EVENT_FILTER_MATCH, 1, KNETCTL_A_FILTER_MATCH_EVENT,
	  get_filter },
	{ KNETCTL_CMD_CONNECTION_ACCEPTED, KNETCTL_EVENT_CONNECTION_ACCEPTED, 2,
	  KNETCTL_A_CONNECTION_EVENT, get_connection },
	{ KNETCTL_CMD_CONNECTION_REJECTED, KNETCTL_EVENT_CONNECTION_REJECTED, 2,
	  KNETCTL_A_CONNECTION_EVENT, get_connection },
	{ KNETCTL_CMD_CONNECTION_CLOSED, KNETCTL_EVENT_CONNECTION_CLOSED, 2,
	  KNETCTL_A_CONNECTION_EVENT, get_connection },
};

/*
 * Kinds that this library does not know, of a newer module, are counted and not
 * told. Their group is that of the datagram, their attributes are the group's.
 */
static const struct kind unknown[KN_GROUPS] = {
	{ 0, 0, 0, KNETCTL_A_JOB_EVENT, NULL },
	{ 0, 0, 1, KNETCTL_A_FILTER_MATCH_EVENT, NULL },
	{ 0, 0, 2, KNETCTL_A_CONNECTION_EVENT, NULL },
};

static const struct kind *kind_of(unsigned int cmd, int group)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].cmd == cmd)
			return &kinds[i];
	return group >= 0 ? &unknown[group] : NULL;
}

static enum outcome event_message(struct kn_stream *s, const struct nlmsghdr *nlh, int group,
				  struct knetctl_event *event)
{
	const struct kind *kind = kind_of(command_of(nlh), group);
	uint64_t seq = 0, time_ns = 0, mono_ns = 0;
	struct kn_stream_group *g;

	if (!kind)
		return SKIPPED;
	g = &s->group[kind->group];
	if (kn_get_event(kn_find_attr(nlh, kind->event_attr), &seq, &time_ns, &mono_ns) ||
	    seq < g->expected)
		return SKIPPED;
	if (seq > g->expected && socket_loss(s, kind->group, seq, event))
		return TOLD_BEFORE;
	g->expected = seq + 1;
	if (!kind->type || seq < g->user_from)
		return SKIPPED;
	begin_event(s, event, kind->type, kind->group);
	if (kind->get(nlh, event))
		return SKIPPED;
	event->seq = seq;
	event->time_ns = time_ns;
	event->mono_ns = mono_ns;
	return TOLD;
}

static enum outcome one_message(struct kn_stream *s, const struct nlmsghdr *nlh,
				struct knetctl_event *event)
{
	if (says_gone(s, nlh)) {
		begin_event(s, event, KNETCTL_EVENT_GONE, 0);
		event->group = 0;
		event->time_ns = clock_ns(CLOCK_REALTIME);
		event->mono_ns = clock_ns(CLOCK_MONOTONIC);
		s->gone = true;
		return TOLD;
	}
	if (nlh->nlmsg_type != s->family)
		return SKIPPED;
	if (command_of(nlh) == KNETCTL_CMD_LOST)
		return lost_message(s, nlh, event);
	return event_message(s, nlh, s->head->group, event);
}

/**
 * kn_stream_next() - the next event out of the datagrams that were fed
 *
 * Returns 1 with an event, 0 when all datagrams are used up.
 */
int kn_stream_next(struct kn_stream *s, struct knetctl_event *event)
{
	const struct nlmsghdr *nlh;
	enum outcome outcome;

	while (s->head && !s->gone) {
		nlh = message_at(s->head, s->offset);
		if (!nlh) {
			drop_head(s);
			continue;
		}
		outcome = one_message(s, nlh, event);
		if (outcome != TOLD_BEFORE)
			s->offset += NLMSG_ALIGN(nlh->nlmsg_len);
		if (outcome != SKIPPED)
			return 1;
	}
	return 0;
}

/* A group was joined; events of lower numbers are older than that. */
void kn_stream_start(struct kn_stream *s, unsigned int group, uint64_t next_seq)
{
	s->group[group].expected = next_seq;
	s->group[group].synced = false;
}

/* All events of lower numbers were sent to the socket, if it had room. */
void kn_stream_synced(struct kn_stream *s, unsigned int group, uint64_t next_seq)
{
	s->group[group].target = next_seq;
	s->group[group].synced = true;
}

/* True from kn_stream_synced() until kn_stream_tail() has told it all. */
bool kn_stream_draining(const struct kn_stream *s)
{
	int i;

	for (i = 0; i < KN_GROUPS; i++)
		if (s->group[i].synced)
			return true;
	return false;
}

/**
 * kn_stream_tail() - the socket is empty: what was sent and is not here is lost
 *
 * Returns 1 with a loss, 0 when there is none (any more).
 */
int kn_stream_tail(struct kn_stream *s, struct knetctl_event *event)
{
	struct kn_stream_group *g;
	unsigned int i;

	for (i = 0; i < KN_GROUPS; i++) {
		g = &s->group[i];
		if (!g->synced)
			continue;
		g->synced = false;
		if (g->expected < g->target && socket_loss(s, i, g->target, event))
			return 1;
	}
	return 0;
}

/**
 * kn_stream_scan() - look for the end of a job in a datagram, out of turn
 * @job: filled for KN_FOUND_JOB
 */
enum kn_found kn_stream_scan(const struct kn_stream *s, const struct kn_chunk *chunk,
			     uint32_t id, struct knetctl_job *job)
{
	enum kn_found found = KN_FOUND_NOTHING;
	const struct nlmsghdr *nlh;
	size_t offset = 0;

	for (; (nlh = message_at(chunk, offset)); offset += NLMSG_ALIGN(nlh->nlmsg_len)) {
		if (says_gone(s, nlh))
			return found == KN_FOUND_NOTHING ? KN_FOUND_GONE : found;
		if (nlh->nlmsg_type != s->family)
			continue;
		if (command_of(nlh) == KNETCTL_CMD_LOST)
			found = KN_FOUND_LOSS;
		if (command_of(nlh) == KNETCTL_CMD_JOB_DONE && !kn_get_job(nlh, job) &&
		    job->id == id)
			return KN_FOUND_JOB;
	}
	return found;
}

/* Whether a datagram tells of a connection that @listener accepted, or of a loss. */
enum kn_found kn_stream_scan_accepted(const struct kn_stream *s, const struct kn_chunk *chunk,
				      uint32_t listener)
{
	enum kn_found found = KN_FOUND_NOTHING;
	const struct nlmsghdr *nlh;
	struct nlattr *attr;
	size_t offset = 0;
	uint32_t id;

	for (; (nlh = message_at(chunk, offset)); offset += NLMSG_ALIGN(nlh->nlmsg_len)) {
		if (says_gone(s, nlh))
			return KN_FOUND_GONE;
		if (nlh->nlmsg_type != s->family)
			continue;
		if (command_of(nlh) == KNETCTL_CMD_LOST)
			found = KN_FOUND_LOSS;
		if (command_of(nlh) != KNETCTL_CMD_CONNECTION_ACCEPTED)
			continue;
		attr = kn_find_attr(nlh, KNETCTL_A_CONNECTION_LISTENER);
		id = 0;
		kn_get_u32(attr, &id);
		if (id == listener)
			found = KN_FOUND_CONNECTION;
	}
	return found;
}
