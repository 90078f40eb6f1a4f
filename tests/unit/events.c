// SPDX-License-Identifier: GPL-2.0-only
/* The order of events, and that every one that is missing is told once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "message.h"

static struct datagram d;
static struct knetctl_event event;

/* A stream whose user gets all from @from on. */
static void start(struct kn_stream *s, uint64_t from)
{
	kn_stream_init(s, FAMILY, NETNS);
	kn_stream_start(s, 0, from);
	s->group[0].user_from = from;
	d.len = 0;
}

/* As it comes from the socket, to the members of a group. */
static void feed_of(struct kn_stream *s, int group)
{
	struct kn_chunk *chunk = to_chunk(&d);

	chunk->group = group;
	kn_stream_feed(s, chunk);
	d.len = 0;
}

static void feed(struct kn_stream *s)
{
	feed_of(s, 0);
}

static void expect_job(struct kn_stream *s, unsigned int type, uint64_t seq, uint32_t id)
{
	assert_int_equal(kn_stream_next(s, &event), 1);
	assert_int_equal(event.type, type);
	assert_int_equal(event.seq, seq);
	assert_int_equal(event.group, KNETCTL_GROUP_JOB);
	assert_int_equal(event.netns, NETNS);
	assert_int_equal(event.time_ns, 1000 + seq);
	assert_int_equal(event.mono_ns, 2000 + seq);
	assert_int_equal(event.u.job.id, id);
	assert_int_equal(event.u.job.last_seq, seq);
}

static void is_loss(uint64_t first, uint64_t last, unsigned int where)
{
	assert_int_equal(event.type, KNETCTL_EVENT_LOST);
	assert_int_equal(event.seq, 0);
	assert_int_equal(event.group, KNETCTL_GROUP_JOB);
	assert_int_equal(event.u.lost.first_seq, first);
	assert_int_equal(event.u.lost.last_seq, last);
	assert_int_equal(event.u.lost.count, last - first + 1);
	assert_int_equal(event.u.lost.where, where);
	assert_true(event.time_ns);
	assert_true(event.mono_ns);
}

static void expect_loss(struct kn_stream *s, uint64_t first, uint64_t last, unsigned int where)
{
	assert_int_equal(kn_stream_next(s, &event), 1);
	is_loss(first, last, where);
}

static void expect_nothing(struct kn_stream *s)
{
	assert_int_equal(kn_stream_next(s, &event), 0);
	assert_false(kn_stream_pending(s));
}

static void test_order(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 5);
	expect_nothing(&s);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 5, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_PROGRESS, 6, 1);
	feed(&s);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 7, 1);
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 5, 1);
	expect_job(&s, KNETCTL_EVENT_JOB_PROGRESS, 6, 1);
	expect_job(&s, KNETCTL_EVENT_JOB_DONE, 7, 1);
	assert_int_equal(event.u.job.state, KNETCTL_STATE_DONE);
	expect_nothing(&s);
}

static void test_gap(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 1, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 4, 2);
	feed(&s);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 6, 3);
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 1, 1);
	expect_loss(&s, 2, 3, 1);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 4, 2);
	expect_loss(&s, 5, 5, 1);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 6, 3);
	expect_nothing(&s);
}

static void test_gap_at_start(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 10);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 12, 1);
	feed(&s);
	expect_loss(&s, 10, 11, 1);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 12, 1);
	expect_nothing(&s);
}

/* Made before the subscription, and delivered with it. */
static void test_older(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 10);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 8, 1);
	put_lost(&d, "job", 3, 7);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 9, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 10, 2);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 10, 2);
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 10, 2);
	expect_nothing(&s);
}

static void test_kernel_lost(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 1, 1);
	put_lost(&d, "job", 2, 9);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 10, 1);
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 1, 1);
	expect_loss(&s, 2, 9, 0);
	expect_job(&s, KNETCTL_EVENT_JOB_DONE, 10, 1);
	expect_nothing(&s);
}

/* The socket lost 2 to 4 before the kernel told of 5 to 9; then 10 is lost too. */
static void test_both_lost(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 1, 1);
	put_lost(&d, "job", 5, 9);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 11, 1);
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 1, 1);
	expect_loss(&s, 2, 4, 1);
	expect_loss(&s, 5, 9, 0);
	expect_loss(&s, 10, 10, 1);
	expect_job(&s, KNETCTL_EVENT_JOB_DONE, 11, 1);
	expect_nothing(&s);
}

/* A loss that began before the subscription is told from there on. */
static void test_lost_over_start(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 5);
	put_lost(&d, "job", 2, 7);
	put_lost(&d, "no-such-group", 8, 9);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 8, 1);
	feed(&s);
	expect_loss(&s, 5, 7, 0);
	expect_job(&s, KNETCTL_EVENT_JOB_DONE, 8, 1);
	expect_nothing(&s);
}

static void test_tail(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 1);
	assert_int_equal(kn_stream_tail(&s, &event), 0);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 1, 1);
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 1, 1);
	kn_stream_synced(&s, 0, 2);
	assert_true(kn_stream_draining(&s));
	assert_int_equal(kn_stream_tail(&s, &event), 0);
	assert_false(kn_stream_draining(&s));
	kn_stream_synced(&s, 0, 5);
	assert_int_equal(kn_stream_tail(&s, &event), 1);
	is_loss(2, 4, 1);
	assert_int_equal(kn_stream_tail(&s, &event), 0);
	/* told already: the next event is no gap */
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 5, 1);
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 5, 1);
	expect_nothing(&s);
}

/* The library listens for itself: nothing for the user, not even a loss. */
static void test_not_for_user(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 1);
	s.group[0].user_from = UINT64_MAX;
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 1, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 3, 1);
	put_lost(&d, "job", 4, 5);
	feed(&s);
	expect_nothing(&s);
	kn_stream_synced(&s, 0, 8);
	assert_int_equal(kn_stream_tail(&s, &event), 0);
	/* then the user subscribes, from 10 on, and 8 to 11 are missing */
	s.group[0].user_from = 10;
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 12, 1);
	feed(&s);
	expect_loss(&s, 10, 11, 1);
	expect_job(&s, KNETCTL_EVENT_JOB_STARTED, 12, 1);
	expect_nothing(&s);
}

/* A newer module's event is counted though nobody here knows what it means. */
static void test_unknown_event(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 1);
	put_job_event(&d, 200, 1, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 2, 1);
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_DONE, 2, 1);
	expect_nothing(&s);
}

/* Something new of another group, whose events have the set of attributes of that group. */
static void put_new_event(unsigned int event_attr, uint64_t seq)
{
	struct nlmsghdr *nlh = genl_begin(&d, FAMILY, 200, 0, 0);

	put_event_nest(&d, event_attr, seq);
	message_end(&d, nlh);
}

/* It counts for the group whose members it was sent to, and for no other. */
static void test_unknown_of_group(void **state)
{
	static const unsigned int attr[KN_GROUPS] = {
		KNETCTL_A_JOB_EVENT, KNETCTL_A_FILTER_MATCH_EVENT, KNETCTL_A_CONNECTION_EVENT,
	};
	struct kn_stream s;
	int i, j;

	(void)state;
	for (i = 0; i < KN_GROUPS; i++) {
		start(&s, 1);
		for (j = 0; j < KN_GROUPS; j++) {
			kn_stream_start(&s, (unsigned int)j, 1);
			s.group[j].user_from = 1;
		}
		put_new_event(attr[i], 1);
		put_new_event(attr[i], 4);
		feed_of(&s, i);
		/* 2 and 3 are lost, 1 and 4 are not. */
		assert_int_equal(kn_stream_next(&s, &event), 1);
		assert_int_equal(event.type, KNETCTL_EVENT_LOST);
		assert_int_equal(event.group, 1u << i);
		assert_int_equal(event.u.lost.first_seq, 2);
		assert_int_equal(event.u.lost.last_seq, 3);
		expect_nothing(&s);
		for (j = 0; j < KN_GROUPS; j++)
			assert_int_equal(s.group[j].expected, i == j ? 5 : 1);
	}
	/* Not from the kernel's groups: nobody's. */
	start(&s, 1);
	put_new_event(KNETCTL_A_JOB_EVENT, 1);
	feed_of(&s, -1);
	expect_nothing(&s);
	assert_int_equal(s.group[0].expected, 1);
}

static void test_gone(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s, 1);
	put_delfamily(&d, FAMILY + 1);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 1, 1);
	put_delfamily(&d, FAMILY);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 2, 1);
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_DONE, 1, 1);
	assert_int_equal(kn_stream_next(&s, &event), 1);
	assert_int_equal(event.type, KNETCTL_EVENT_GONE);
	assert_int_equal(event.seq, 0);
	assert_int_equal(kn_stream_next(&s, &event), 0);
	kn_stream_clear(&s);
}

/* Datagrams that no kernel sends do no harm, and what is whole counts. */
static void test_broken(void **state)
{
	struct nlmsghdr *nlh;
	struct kn_stream s;
	size_t cut;

	(void)state;
	for (cut = 0; cut < 120; cut++) {
		start(&s, 1);
		put_job_event(&d, KNETCTL_CMD_JOB_DONE, 1, 1);
		if (cut >= d.len)
			break;
		d.len -= cut;
		feed(&s);
		assert_int_equal(kn_stream_next(&s, &event), !cut);
		kn_stream_clear(&s);
	}
	start(&s, 1);
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_JOB_DONE, 0, 0);
	message_end(&d, nlh);
	nlh = message_begin(&d, FAMILY, 0, 0);
	message_end(&d, nlh);
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_LOST, 0, 0);
	message_end(&d, nlh);
	nlh = message_begin(&d, NLMSG_DONE, 0, 0);
	message_end(&d, nlh);
	nlh = message_begin(&d, GENL_ID_CTRL, 0, 0);
	message_end(&d, nlh);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 1, 1);
	nlh = message_begin(&d, FAMILY, 0, 0);
	nlh->nlmsg_len = 3;
	feed(&s);
	expect_job(&s, KNETCTL_EVENT_JOB_DONE, 1, 1);
	expect_nothing(&s);
}

static void test_random(void **state)
{
	unsigned int seed = 1;
	struct kn_stream s;
	size_t i;
	int n;

	(void)state;
	for (n = 0; n < 20000; n++) {
		start(&s, 1);
		put_job_event(&d, KNETCTL_CMD_JOB_DONE, 1, 1);
		put_lost(&d, "job", 2, 4);
		put_delfamily(&d, FAMILY);
		for (i = 0; i < 4; i++)
			d.data[(size_t)rand_r(&seed) % d.len] = (char)rand_r(&seed);
		feed(&s);
		(void)kn_stream_scan(&s, s.head, 1, &event.u.job);
		while (kn_stream_next(&s, &event))
			;
		kn_stream_clear(&s);
	}
}

static void test_scan(void **state)
{
	struct knetctl_job job;
	struct kn_stream s;

	(void)state;
	start(&s, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_PROGRESS, 1, 7);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 2, 6);
	feed(&s);
	assert_int_equal(kn_stream_scan(&s, s.head, 7, &job), KN_FOUND_NOTHING);
	put_lost(&d, "job", 3, 4);
	feed(&s);
	assert_int_equal(kn_stream_scan(&s, s.head->next, 7, &job), KN_FOUND_LOSS);
	put_delfamily(&d, FAMILY);
	feed(&s);
	assert_int_equal(kn_stream_scan(&s, s.head->next->next, 7, &job), KN_FOUND_GONE);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 5, 7);
	put_delfamily(&d, FAMILY);
	feed(&s);
	assert_int_equal(kn_stream_scan(&s, s.head->next->next->next, 7, &job), KN_FOUND_JOB);
	assert_int_equal(job.id, 7);
	assert_int_equal(job.state, KNETCTL_STATE_DONE);
	kn_stream_clear(&s);
}

/* ----------------------------------------------------- with its socket -- */

static void subscribe(struct fake *fake)
{
	d.len = 0;
	fake_open(fake);
	fake->handle->joined = KNETCTL_GROUP_JOB;
	fake->handle->subscribed = KNETCTL_GROUP_JOB;
	fake->handle->stream.group[0].user_from = 1;
	kn_stream_start(&fake->handle->stream, 0, 1);
}

static void answer_sync(struct fake *fake, uint64_t next)
{
	put_sync_reply(&d, fake->handle->seq + 1, next);
	put_ack(&d, 0, fake->handle->seq + 1);
	fake_send(fake->cmd, &d);
}

static void test_process(void **state)
{
	struct fake fake;

	(void)state;
	subscribe(&fake);
	assert_int_equal(knetctl_process(fake.handle, &event), 0);
	assert_int_equal(knetctl_timeout(fake.handle), -1);
	assert_int_equal(knetctl_wait(fake.handle, 0), 0);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 1, 1);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 2, 1);
	fake_send(fake.event, &d);
	assert_int_equal(knetctl_wait(fake.handle, -1), 1);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	assert_int_equal(event.seq, 1);
	assert_int_equal(knetctl_timeout(fake.handle), 0);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	assert_int_equal(event.seq, 2);
	assert_int_equal(knetctl_process(fake.handle, &event), 0);
	/* silence from now on: ask once for a loss at the tail */
	assert_true(knetctl_timeout(fake.handle) > 0);
	fake.handle->idle_at = 0;
	assert_int_equal(knetctl_timeout(fake.handle), 0);
	answer_sync(&fake, 4);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	is_loss(3, 3, 1);
	assert_int_equal(knetctl_process(fake.handle, &event), 0);
	assert_int_equal(knetctl_timeout(fake.handle), -1);
	fake_close(&fake);
}

/* What the kernel flushes for event-sync comes before the loss of the tail. */
static void test_sync(void **state)
{
	struct fake fake;

	(void)state;
	subscribe(&fake);
	answer_sync(&fake, 5);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 2, 1);
	fake_send(fake.event, &d);
	assert_int_equal(knetctl_sync(fake.handle), 0);
	assert_int_equal(knetctl_timeout(fake.handle), 0);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	is_loss(1, 1, 1);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	assert_int_equal(event.seq, 2);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	is_loss(3, 4, 1);
	assert_int_equal(knetctl_process(fake.handle, &event), 0);
	fake_close(&fake);
}

/* After ENOBUFS, which a socketpair cannot give, the library asks by itself. */
static void test_overrun(void **state)
{
	struct fake fake;

	(void)state;
	subscribe(&fake);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 1, 1);
	fake_send(fake.event, &d);
	fake.handle->need_sync = true;
	answer_sync(&fake, 1001);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	assert_int_equal(event.seq, 1);
	assert_int_equal(knetctl_timeout(fake.handle), 0);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	is_loss(2, 1000, 1);
	assert_int_equal(knetctl_process(fake.handle, &event), 0);
	fake_close(&fake);
}

static void test_process_gone(void **state)
{
	struct fake fake;

	(void)state;
	subscribe(&fake);
	put_delfamily(&d, FAMILY);
	fake_send(fake.event, &d);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	assert_int_equal(event.type, KNETCTL_EVENT_GONE);
	assert_non_null(strstr(knetctl_error(fake.handle), "removed"));
	assert_int_equal(knetctl_process(fake.handle, &event), -ESHUTDOWN);
	assert_int_equal(knetctl_timeout(fake.handle), -1);
	assert_int_equal(knetctl_wait(fake.handle, -1), 1);
	fake_close(&fake);
}

/* --------------------------------------------------------- job wait -- */

static void answer_job(struct fake *fake, uint32_t seq, uint32_t id, uint32_t job_state,
		       uint32_t errnum)
{
	struct nlmsghdr *nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_JOB_GET, 0, seq);

	put_u32(&d, KNETCTL_A_JOB_ID, id);
	put_u32(&d, KNETCTL_A_JOB_STATE, job_state);
	if (errnum)
		put_u32(&d, KNETCTL_A_JOB_ERRNO, errnum);
	message_end(&d, nlh);
	put_ack(&d, 0, seq);
	fake_send(fake->cmd, &d);
}

static void answer_ok(struct fake *fake, uint32_t seq)
{
	put_ack(&d, 0, seq);
	fake_send(fake->cmd, &d);
}

static void test_wait_ended(void **state)
{
	struct knetctl_job job;
	struct fake fake;

	(void)state;
	subscribe(&fake);
	answer_ok(&fake, 1);
	answer_job(&fake, 2, 7, KNETCTL_JOB_STATE_FAILED, ECONNREFUSED);
	assert_int_equal(knetctl_job_wait(fake.handle, 7, -1, &job), 0);
	assert_int_equal(job.id, 7);
	assert_int_equal(job.errnum, ECONNREFUSED);
	answer_ok(&fake, 3);
	answer_job(&fake, 4, 7, KNETCTL_JOB_STATE_CANCELLED, ESHUTDOWN);
	assert_int_equal(knetctl_job_wait(fake.handle, 7, -1, &job), -ESHUTDOWN);
	put_ack(&d, -ENOENT, 5);
	put_ack(&d, 0, 5);
	d.len = 0;
	fake_close(&fake);
}

/* Events that come while waiting stay for the user, in order. */
static void test_wait_keeps(void **state)
{
	struct knetctl_job job;
	struct fake fake;

	(void)state;
	subscribe(&fake);
	put_job_event(&d, KNETCTL_CMD_JOB_STARTED, 1, 7);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 2, 6);
	fake_send(fake.event, &d);
	put_job_event(&d, KNETCTL_CMD_JOB_DONE, 3, 7);
	fake_send(fake.event, &d);
	answer_ok(&fake, 1);
	answer_job(&fake, 2, 7, KNETCTL_JOB_STATE_RUNNING, 0);
	answer_job(&fake, 3, 7, KNETCTL_JOB_STATE_RUNNING, 0);
	answer_job(&fake, 4, 7, KNETCTL_JOB_STATE_DONE, 0);
	assert_int_equal(knetctl_job_wait(fake.handle, 7, -1, &job), 0);
	assert_int_equal(job.id, 7);
	assert_int_equal(job.last_seq, 3);
	expect_job(&fake.handle->stream, KNETCTL_EVENT_JOB_STARTED, 1, 7);
	expect_job(&fake.handle->stream, KNETCTL_EVENT_JOB_DONE, 2, 6);
	expect_job(&fake.handle->stream, KNETCTL_EVENT_JOB_DONE, 3, 7);
	expect_nothing(&fake.handle->stream);
	fake_close(&fake);
}

static void test_wait_ends(void **state)
{
	struct knetctl_job job;
	struct fake fake;

	(void)state;
	subscribe(&fake);
	/* the time is over */
	answer_ok(&fake, 1);
	answer_job(&fake, 2, 7, KNETCTL_JOB_STATE_RUNNING, 0);
	answer_job(&fake, 3, 7, KNETCTL_JOB_STATE_RUNNING, 0);
	assert_int_equal(knetctl_job_wait(fake.handle, 7, 10, &job), -ETIMEDOUT);
	/* job-done was lost in the kernel: look again */
	answer_ok(&fake, 4);
	answer_job(&fake, 5, 7, KNETCTL_JOB_STATE_RUNNING, 0);
	answer_job(&fake, 6, 7, KNETCTL_JOB_STATE_RUNNING, 0);
	answer_job(&fake, 7, 7, KNETCTL_JOB_STATE_DONE, 0);
	put_lost(&d, "job", 1, 2);
	fake_send(fake.event, &d);
	assert_int_equal(knetctl_job_wait(fake.handle, 7, -1, &job), 0);
	/* the module goes */
	answer_ok(&fake, 8);
	answer_job(&fake, 9, 7, KNETCTL_JOB_STATE_RUNNING, 0);
	answer_job(&fake, 10, 7, KNETCTL_JOB_STATE_RUNNING, 0);
	put_delfamily(&d, FAMILY);
	fake_send(fake.event, &d);
	assert_int_equal(knetctl_job_wait(fake.handle, 7, -1, &job), -ESHUTDOWN);
	/* and the user hears of it, too, after the loss */
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	is_loss(1, 2, 0);
	assert_int_equal(knetctl_process(fake.handle, &event), 1);
	assert_int_equal(event.type, KNETCTL_EVENT_GONE);
	fake_close(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_gap_at_start),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_kernel_lost),
		cmocka_unit_test(test_both_lost),
		cmocka_unit_test(test_lost_over_start),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_not_for_user),
		cmocka_unit_test(test_unknown_event),
		cmocka_unit_test(test_unknown_of_group),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_sync),
		cmocka_unit_test(test_overrun),
		cmocka_unit_test(test_process_gone),
		cmocka_unit_test(test_wait_ended),
		cmocka_unit_test(test_wait_keeps),
		cmocka_unit_test(test_wait_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
