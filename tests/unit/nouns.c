// SPDX-License-Identifier: GPL-2.0-only
/* What listeners, connections, messages and the filter say, attribute by attribute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>

#include <netlink/genl/genl.h>

#include "message.h"

enum { JOB, FILTER, CONNECTION };	/* indexes of the groups */

static struct datagram d;
static struct knetctl_event event;

/* ------------------------------------------------------------ building -- */

static void put_u16(unsigned int type, uint16_t value)
{
	put_attr(&d, type, &value, sizeof(value));
}

static void put_endpoint(unsigned int type, const char *address, uint16_t port, uint32_t scope)
{
	struct nlattr *nest = nest_begin(&d, type);
	bool v6 = strchr(address, ':');
	unsigned char bytes[16];

	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, address, bytes), 1);
	put_attr(&d, KNETCTL_A_ENDPOINT_ADDRESS, bytes, v6 ? 16 : 4);
	put_u16(KNETCTL_A_ENDPOINT_PORT, port);
	if (scope)
		put_u32(&d, KNETCTL_A_ENDPOINT_IFINDEX, scope);
	nest_end(&d, nest);
}

static void is_endpoint(const struct sockaddr_storage *ss, const char *address, uint16_t port)
{
	const struct sockaddr_in6 *in6 = (const void *)ss;
	const struct sockaddr_in *in = (const void *)ss;
	bool v6 = strchr(address, ':');
	char text[INET6_ADDRSTRLEN];

	assert_int_equal(ss->ss_family, v6 ? AF_INET6 : AF_INET);
	assert_int_equal(ntohs(v6 ? in6->sin6_port : in->sin_port), port);
	inet_ntop(ss->ss_family, v6 ? (const void *)&in6->sin6_addr : &in->sin_addr, text,
		  sizeof(text));
	assert_string_equal(text, address);
}

static void put_connection(uint8_t cmd, uint64_t seq, uint32_t flags, uint32_t msg_seq)
{
	struct nlmsghdr *nlh = genl_begin(&d, FAMILY, cmd, (uint16_t)flags, msg_seq);

	if (seq)
		put_event_nest(&d, KNETCTL_A_CONNECTION_EVENT, seq);
	put_u32(&d, KNETCTL_A_CONNECTION_ID, 12);
	put_u32(&d, KNETCTL_A_CONNECTION_LISTENER, 3);
	put_endpoint(KNETCTL_A_CONNECTION_LOCAL, "10.0.0.1", 80, 0);
	put_endpoint(KNETCTL_A_CONNECTION_REMOTE, "fe80::1", 40000, 5);
	put_u32(&d, KNETCTL_A_CONNECTION_SERVICE, KNETCTL_SERVICE_ECHO);
	put_u32(&d, KNETCTL_A_CONNECTION_REASON, KNETCTL_CONNECTION_REASON_RESET);
	put_u32(&d, KNETCTL_A_CONNECTION_ERRNO, ECONNRESET);
	put_u64(&d, KNETCTL_A_CONNECTION_BYTES_IN, 1ull << 40);
	put_u64(&d, KNETCTL_A_CONNECTION_BYTES_OUT, 7);
	put_u64(&d, KNETCTL_A_CONNECTION_DURATION_NS, 99);
	message_end(&d, nlh);
}

static void is_connection(const struct knetctl_connection *conn, uint64_t seq)
{
	assert_int_equal(conn->id, 12);
	assert_int_equal(conn->listener, 3);
	assert_int_equal(conn->service, KNETCTL_SERVE_ECHO);
	assert_int_equal(conn->reason, KNETCTL_REASON_RESET);
	assert_int_equal(conn->errnum, ECONNRESET);
	assert_int_equal(conn->bytes_in, 1ull << 40);
	assert_int_equal(conn->bytes_out, 7);
	assert_int_equal(conn->duration_ns, 99);
	assert_int_equal(conn->last_seq, seq);
	is_endpoint(&conn->local, "10.0.0.1", 80);
	is_endpoint(&conn->remote, "fe80::1", 40000);
	assert_int_equal(((const struct sockaddr_in6 *)&conn->remote)->sin6_scope_id, 5);
}

static void put_rule(unsigned int type)
{
	static const unsigned char address[4] = { 10, 1, 0, 0 };
	struct nlattr *nest = nest_begin(&d, type);
	const uint8_t len = 16;

	put_attr(&d, KNETCTL_A_FILTER_ADDRESS, address, sizeof(address));
	put_attr(&d, KNETCTL_A_FILTER_PREFIX_LEN, &len, sizeof(len));
	put_u16(KNETCTL_A_FILTER_PORT_MIN, 80);
	put_u16(KNETCTL_A_FILTER_PORT_MAX, 443);
	put_u32(&d, KNETCTL_A_FILTER_FLAGS, KNETCTL_FILTER_FLAGS_EXCLUDE);
	put_u64(&d, KNETCTL_A_FILTER_TIMEOUT, 5000);
	put_u64(&d, KNETCTL_A_FILTER_HITS, 1ull << 33);
	put_u64(&d, KNETCTL_A_FILTER_LAST_HIT, 1700000000000000000ull);
	put_attr(&d, KNETCTL_A_FILTER_COMMENT, "no NUL", 6);
	nest_end(&d, nest);
}

static void is_rule(const struct knetctl_filter *rule)
{
	char text[80] = "";

	assert_int_equal(knetctl_filter_text(rule, text, sizeof(text)), 31);
	assert_string_equal(text, "10.1.0.0/16 port 80-443 exclude");
	assert_int_equal(rule->family, AF_INET);
	assert_int_equal(rule->prefix_len, 16);
	assert_int_equal(rule->port_min, 80);
	assert_int_equal(rule->port_max, 443);
	assert_int_equal(rule->exclude, 1);
	assert_int_equal(rule->timeout_ms, 5000);
	assert_int_equal(rule->hits, 1ull << 33);
	assert_int_equal(rule->last_hit_ns, 1700000000000000000ull);
	assert_string_equal(rule->comment, "no NUL");
}

static void put_match(uint64_t seq, bool known)
{
	struct nlmsghdr *nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_FILTER_MATCH, 0, 0);

	put_event_nest(&d, KNETCTL_A_FILTER_MATCH_EVENT, seq);
	put_endpoint(KNETCTL_A_FILTER_MATCH_LOCAL, "192.0.2.1", 1234, 0);
	put_endpoint(KNETCTL_A_FILTER_MATCH_REMOTE, "10.1.2.3", 443, 0);
	put_rule(KNETCTL_A_FILTER_MATCH_RULE);
	put_u32(&d, KNETCTL_A_FILTER_MATCH_ATTRIBUTION,
		known ? KNETCTL_ATTRIBUTION_TASK : KNETCTL_ATTRIBUTION_NONE);
	if (known) {
		put_u32(&d, KNETCTL_A_FILTER_MATCH_PID, 4711);
		put_text(&d, KNETCTL_A_FILTER_MATCH_COMM, "fifteen letters");
		put_u32(&d, KNETCTL_A_FILTER_MATCH_UID, 0);
		put_u64(&d, KNETCTL_A_FILTER_MATCH_CGROUP, 1ull << 35);
	}
	message_end(&d, nlh);
}

static void put_send_job(uint8_t cmd, uint64_t seq)
{
	struct nlmsghdr *nlh = genl_begin(&d, FAMILY, cmd, 0, 0);
	struct nlattr *nest;

	put_event_nest(&d, KNETCTL_A_JOB_EVENT, seq);
	put_u32(&d, KNETCTL_A_JOB_ID, 8);
	put_u32(&d, KNETCTL_A_JOB_KIND, KNETCTL_JOB_KIND_SEND_UDP);
	put_u32(&d, KNETCTL_A_JOB_STATE, KNETCTL_JOB_STATE_RUNNING);
	nest = nest_begin(&d, KNETCTL_A_JOB_SEND);
	put_u32(&d, KNETCTL_A_SEND_COUNT, 1000);
	put_u32(&d, KNETCTL_A_SEND_SENT, 999);
	put_u64(&d, KNETCTL_A_SEND_INTERVAL_NS, 10000000000ull);
	nest_end(&d, nest);
	message_end(&d, nlh);
}

/* A stream whose user gets all of all groups. */
static void start(struct kn_stream *s)
{
	unsigned int group;

	kn_stream_init(s, FAMILY, NETNS);
	for (group = 0; group < KN_GROUPS; group++) {
		kn_stream_start(s, group, 1);
		s->group[group].user_from = 1;
	}
	d.len = 0;
}

static void feed(struct kn_stream *s)
{
	kn_stream_feed(s, to_chunk(&d));
	d.len = 0;
}

static void next(struct kn_stream *s, unsigned int type, unsigned int group, uint64_t seq)
{
	assert_int_equal(kn_stream_next(s, &event), 1);
	assert_int_equal(event.type, type);
	assert_int_equal(event.group, 1u << group);
	assert_int_equal(event.seq, seq);
	if (!seq)
		return;
	assert_int_equal(event.time_ns, 1000 + seq);
	assert_int_equal(event.mono_ns, 2000 + seq);
	assert_int_equal(event.netns, NETNS);
}

/* -------------------------------------------------------------- events -- */

static void test_connection_events(void **state)
{
	static const struct { uint8_t cmd; unsigned int type; } kinds[] = {
		{ KNETCTL_CMD_CONNECTION_ACCEPTED, KNETCTL_EVENT_CONNECTION_ACCEPTED },
		{ KNETCTL_CMD_CONNECTION_REJECTED, KNETCTL_EVENT_CONNECTION_REJECTED },
		{ KNETCTL_CMD_CONNECTION_CLOSED, KNETCTL_EVENT_CONNECTION_CLOSED },
	};
	struct kn_stream s;
	uint64_t i;

	(void)state;
	start(&s);
	for (i = 0; i < 3; i++)
		put_connection(kinds[i].cmd, i + 1, 0, 0);
	feed(&s);
	for (i = 0; i < 3; i++) {
		next(&s, kinds[i].type, CONNECTION, i + 1);
		is_connection(&event.u.connection, i + 1);
	}
	assert_int_equal(kn_stream_next(&s, &event), 0);
}

static void test_match_event(void **state)
{
	const struct knetctl_filter_match *match = &event.u.filter;
	struct kn_stream s;

	(void)state;
	start(&s);
	put_match(1, true);
	put_match(2, false);
	feed(&s);
	next(&s, KNETCTL_EVENT_FILTER_MATCH, FILTER, 1);
	is_endpoint(&match->local, "192.0.2.1", 1234);
	is_endpoint(&match->remote, "10.1.2.3", 443);
	is_rule(&match->rule);
	assert_int_equal(match->attribution, KNETCTL_ATTRIBUTED_TASK);
	assert_int_equal(match->pid, 4711);
	assert_string_equal(match->comm, "fifteen letters");
	assert_true(match->uid_known);
	assert_int_equal(match->cgroup, 1ull << 35);
	/* nothing of the first one shows where the second one knows nothing */
	next(&s, KNETCTL_EVENT_FILTER_MATCH, FILTER, 2);
	assert_int_equal(match->attribution, KNETCTL_ATTRIBUTED_NONE);
	assert_int_equal(match->pid, 0);
	assert_string_equal(match->comm, "");
	assert_false(match->uid_known);
	assert_int_equal(match->cgroup, 0);
	kn_stream_clear(&s);
}

static void test_send_event(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s);
	put_send_job(KNETCTL_CMD_JOB_PROGRESS, 1);
	feed(&s);
	next(&s, KNETCTL_EVENT_JOB_PROGRESS, JOB, 1);
	assert_int_equal(event.u.job.kind, KNETCTL_KIND_SEND_UDP);
	assert_int_equal(event.u.job.send_count, 1000);
	assert_int_equal(event.u.job.sent, 999);
	assert_int_equal(event.u.job.interval_ns, 10000000000ull);
	assert_string_equal(event.u.job.pathname, "");
	kn_stream_clear(&s);
}

/* Each group has numbers of its own, and its own losses. */
static void test_groups_apart(void **state)
{
	static const char *const names[] = { "job", "filter", "connection" };
	struct kn_stream s;
	unsigned int group;

	(void)state;
	start(&s);
	put_match(1, true);
	put_connection(KNETCTL_CMD_CONNECTION_CLOSED, 1, 0, 0);
	put_send_job(KNETCTL_CMD_JOB_DONE, 1);
	put_match(3, true);
	for (group = 0; group < 3; group++)
		put_lost(&d, names[group], 10, 19);
	feed(&s);
	next(&s, KNETCTL_EVENT_FILTER_MATCH, FILTER, 1);
	next(&s, KNETCTL_EVENT_CONNECTION_CLOSED, CONNECTION, 1);
	next(&s, KNETCTL_EVENT_JOB_DONE, JOB, 1);
	next(&s, KNETCTL_EVENT_LOST, FILTER, 0);
	assert_int_equal(event.u.lost.first_seq, 2);
	assert_int_equal(event.u.lost.last_seq, 2);
	next(&s, KNETCTL_EVENT_FILTER_MATCH, FILTER, 3);
	for (group = 0; group < 3; group++) {
		next(&s, KNETCTL_EVENT_LOST, group, 0);	/* in the socket */
		assert_int_equal(event.u.lost.where, 1);
		assert_int_equal(event.u.lost.last_seq, 9);
		next(&s, KNETCTL_EVENT_LOST, group, 0);	/* in the kernel */
		assert_int_equal(event.u.lost.where, 0);
		assert_int_equal(event.u.lost.count, 10);
	}
	assert_int_equal(kn_stream_next(&s, &event), 0);
}

/* An accept looks for its listener's connections only. */
static void test_scan_accepted(void **state)
{
	struct kn_stream s;

	(void)state;
	start(&s);
	put_connection(KNETCTL_CMD_CONNECTION_CLOSED, 1, 0, 0);
	put_match(1, true);
	put_connection(KNETCTL_CMD_CONNECTION_ACCEPTED, 2, 0, 0);
	feed(&s);
	assert_int_equal(kn_stream_scan_accepted(&s, s.head, 4), KN_FOUND_NOTHING);
	assert_int_equal(kn_stream_scan_accepted(&s, s.head, 3), KN_FOUND_CONNECTION);
	kn_stream_clear(&s);
}

/* ------------------------------------------------------------- answers -- */

static void put_listener(uint32_t seq, size_t text_len)
{
	struct nlmsghdr *nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_LISTENER_GET, 0, seq);
	static const char text[5000] = "two\nlines and a NUL";

	put_u32(&d, KNETCTL_A_LISTENER_ID, 3);
	put_endpoint(KNETCTL_A_LISTENER_LOCAL, "::", 25, 0);
	put_u32(&d, KNETCTL_A_LISTENER_FLAGS, KNETCTL_LISTENER_FLAGS_PAUSED);
	put_u32(&d, KNETCTL_A_LISTENER_IFINDEX, 2);
	put_u32(&d, KNETCTL_A_LISTENER_BACKLOG, 128);
	put_u32(&d, KNETCTL_A_LISTENER_SERVICE, KNETCTL_SERVICE_BANNER);
	put_attr(&d, KNETCTL_A_LISTENER_TEXT, text, text_len);
	put_u32(&d, KNETCTL_A_LISTENER_MAX_CONNECTIONS, 10);
	put_u32(&d, KNETCTL_A_LISTENER_PER_SOURCE, 4);
	put_u32(&d, KNETCTL_A_LISTENER_PER_SOURCE_PREFIX, 56);
	put_u32(&d, KNETCTL_A_LISTENER_RATE, 100);
	put_u32(&d, KNETCTL_A_LISTENER_ON_LIMIT, KNETCTL_ON_LIMIT_RESET);
	put_u32(&d, KNETCTL_A_LISTENER_IDLE, 60000);
	put_u32(&d, KNETCTL_A_LISTENER_CONNECTIONS, 5);
	put_u32(&d, KNETCTL_A_LISTENER_WAITING, 6);
	put_u64(&d, KNETCTL_A_LISTENER_ACCEPTED, 1ull << 32);
	put_u64(&d, KNETCTL_A_LISTENER_REJECTED, 8);
	put_u64(&d, KNETCTL_A_LISTENER_DURATION_NS, 9);
	message_end(&d, nlh);
}

static void test_listener(void **state)
{
	struct knetctl_listener l;
	struct fake fake;

	(void)state;
	fake_open(&fake);
	put_listener(1, 20);
	put_ack(&d, 0, 1);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_listener_get(fake.handle, 3, &l), 0);
	assert_int_equal(l.id, 3);
	is_endpoint(&l.local, "::", 25);
	assert_int_equal(l.flags, KNETCTL_LISTENER_PAUSED);
	assert_int_equal(l.ifindex, 2);
	assert_int_equal(l.backlog, 128);
	assert_int_equal(l.service, KNETCTL_SERVE_BANNER);
	assert_int_equal(l.text_len, 20);
	assert_memory_equal(l.text, "two\nlines and a NUL", 20);
	assert_int_equal(l.max, 10);
	assert_int_equal(l.per_source, 4);
	assert_int_equal(l.per_source_prefix, 56);
	assert_int_equal(l.rate, 100);
	assert_int_equal(l.on_limit, KNETCTL_LIMIT_RESET);
	assert_int_equal(l.idle, 60000);
	assert_int_equal(l.connections, 5);
	assert_int_equal(l.waiting, 6);
	assert_int_equal(l.accepted, 1ull << 32);
	assert_int_equal(l.rejected, 8);
	assert_int_equal(l.duration_ns, 9);
	/* a text that no kernel sends is cut, and no member behind it is hurt */
	put_listener(2, 5000);
	put_ack(&d, 0, 2);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_listener_get(fake.handle, 3, &l), 0);
	assert_int_equal(l.text_len, sizeof(l.text));
	assert_int_equal(l.reserved[0], 0);
	/* an answer without a listener is none */
	message_end(&d, genl_begin(&d, FAMILY, KNETCTL_CMD_LISTENER_GET, 0, 3));
	put_ack(&d, 0, 3);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_listener_get(fake.handle, 3, &l), -EBADMSG);
	fake_close(&fake);
}

static int count_one(const struct knetctl_connection *conn, void *data)
{
	is_connection(conn, 0);
	++*(int *)data;
	return 0;
}

static void test_connection_list(void **state)
{
	int count = 0, err = 0;
	struct nlmsghdr *nlh;
	struct fake fake;

	(void)state;
	fake_open(&fake);
	/* 1 is taken by the message, 2 is the first try */
	put_connection(KNETCTL_CMD_CONNECTION_GET, 0, NLM_F_MULTI, 2);
	put_connection(KNETCTL_CMD_CONNECTION_GET, 0, NLM_F_MULTI, 2);
	fake_send(fake.cmd, &d);
	nlh = message_begin(&d, NLMSG_DONE, NLM_F_MULTI, 2);
	put_bytes(&d, &err, sizeof(err));
	message_end(&d, nlh);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_connection_list(fake.handle, 3, count_one, &count), 0);
	assert_int_equal(count, 2);
	fake_close(&fake);
}

/* A socket that came with an answer that cannot be read is not kept open. */
static void test_accept(void **state)
{
	struct knetctl_connection conn;
	int pair[2], fd, whole;
	struct nlmsghdr *nlh;
	struct fake fake;

	(void)state;
	for (whole = 0; whole < 2; whole++) {
		fake_open(&fake);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_LISTENER_ACCEPT, 0, 1);
		put_u32(&d, KNETCTL_A_CONNECTION_FD, (uint32_t)pair[0]);
		if (whole) {
			put_u32(&d, KNETCTL_A_CONNECTION_ID, 12);
			put_u32(&d, KNETCTL_A_CONNECTION_LISTENER, 3);
		}
		message_end(&d, nlh);
		put_ack(&d, 0, 1);
		fake_send(fake.cmd, &d);
		fd = knetctl_listener_accept(fake.handle, 3, 0, &conn);
		assert_int_equal(fd, whole ? pair[0] : -EBADMSG);
		if (whole)
			close(fd);
		assert_int_equal(recv(pair[1], &fd, 1, MSG_DONTWAIT), 0);
		close(pair[1]);
		fake_close(&fake);
	}
}

static void test_filter_answers(void **state)
{
	const struct sockaddr_in remote = { .sin_family = AF_INET };
	struct knetctl_filter_counts counts;
	struct knetctl_filter rule;
	struct nlmsghdr *nlh;
	struct fake fake;

	(void)state;
	fake_open(&fake);
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_FILTER_GET, 0, 1);
	put_u32(&d, KNETCTL_A_FILTER_LIST_COUNT, 30);
	put_u32(&d, KNETCTL_A_FILTER_LIST_COUNT_IPV4, 10);
	put_u32(&d, KNETCTL_A_FILTER_LIST_COUNT_IPV6, 19);
	put_u32(&d, KNETCTL_A_FILTER_LIST_LIMIT, 1000);
	put_u64(&d, KNETCTL_A_FILTER_LIST_BYTES, 1ull << 36);
	message_end(&d, nlh);
	put_ack(&d, 0, 1);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_filter_counts(fake.handle, &counts), 0);
	assert_int_equal(counts.count, 30);
	assert_int_equal(counts.count_ipv4, 10);
	assert_int_equal(counts.count_ipv6, 19);
	assert_int_equal(counts.limit, 1000);
	assert_int_equal(counts.bytes, 1ull << 36);
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_FILTER_TEST, 0, 2);
	put_rule(KNETCTL_A_FILTER_LIST_RULE);
	message_end(&d, nlh);
	put_ack(&d, 0, 2);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_filter_test(fake.handle, (const void *)&remote, &rule), 1);
	is_rule(&rule);
	nlh = ack_begin(&d, -ENOENT, 3);
	put_text(&d, NLMSGERR_ATTR_MSG, "no rule fits");
	message_end(&d, nlh);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_filter_test(fake.handle, (const void *)&remote, &rule), 0);
	/* Nothing is sent with a flag of the future. */
	assert_int_equal(knetctl_filter_add(fake.handle, &rule, 1, 1u << 1), -EINVAL);
	assert_string_equal(knetctl_error(fake.handle), "Invalid argument: a flag that is not known");
	fake_close(&fake);
}

/* One datagram is answered by what was sent, all else by an id. */
static void test_send_answers(void **state)
{
	struct knetctl_send args = KNETCTL_INIT(struct knetctl_send);
	struct sockaddr_storage remote = { .ss_family = AF_INET };
	struct knetctl_job job;
	struct nlmsghdr *nlh;
	struct fake fake;
	uint32_t id = 1;

	(void)state;
	fake_open(&fake);
	args.kind = KNETCTL_KIND_SEND_UDP;
	args.remote = &remote;
	args.remote_count = 1;
	args.data = "x";
	args.len = 1;
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_SEND_START, 0, 1);
	put_endpoint(KNETCTL_A_JOB_LOCAL, "10.0.0.1", 9, 0);
	put_endpoint(KNETCTL_A_JOB_REMOTE, "10.0.0.2", 10, 0);
	put_u64(&d, KNETCTL_A_JOB_BYTES, 1);
	message_end(&d, nlh);
	put_ack(&d, 0, 1);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_send_start(fake.handle, &args, &id, &job), 0);
	assert_int_equal(id, 0);
	assert_int_equal(job.state, KNETCTL_STATE_DONE);
	assert_int_equal(job.bytes, 1);
	assert_int_equal(job.sent, 1);
	is_endpoint(&job.local, "10.0.0.1", 9);
	is_endpoint(&job.remote, "10.0.0.2", 10);
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_SEND_START, 0, 2);
	put_u32(&d, KNETCTL_A_JOB_ID, 77);
	message_end(&d, nlh);
	put_ack(&d, 0, 2);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_send_start(fake.handle, &args, &id, &job), 0);
	assert_int_equal(id, 77);
	fake_close(&fake);
}

/* A module may lack a group that the library knows: ALL is what there is. */
static void test_subscribe_all(void **state)
{
	struct knetctl *h;
	struct fake fake;

	(void)state;
	fake_open(&fake);
	h = fake.handle;
	h->joined = KNETCTL_GROUP_JOB;
	put_sync_reply(&d, 1, 5);
	put_ack(&d, 0, 1);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_subscribe(h, KNETCTL_GROUP_ALL), 0);
	assert_int_equal(h->subscribed, KNETCTL_GROUP_JOB);
	assert_int_equal(knetctl_subscribe(h, KNETCTL_GROUP_FILTER), -EOPNOTSUPP);
	assert_non_null(strstr(knetctl_error(h), "filter"));
	h->group_id[0] = 0;
	h->subscribed = 0;
	assert_int_equal(knetctl_subscribe(h, KNETCTL_GROUP_ALL), -EOPNOTSUPP);
	fake_close(&fake);
}

/* ------------------------------------------------------------- hostile -- */

static void put_all(void)
{
	put_connection(KNETCTL_CMD_CONNECTION_ACCEPTED, 1, 0, 0);
	put_match(1, true);
	put_send_job(KNETCTL_CMD_JOB_PROGRESS, 1);
	put_lost(&d, "connection", 2, 4);
	put_lost(&d, "filter", 2, 4);
}

/* What an attribute says is too short, too long, or of another shape. */
static void test_wrong_sizes(void **state)
{
	struct knetctl_filter rule;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	struct kn_stream s;
	char bytes[600];
	size_t len;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (len = 0; len < sizeof(bytes); len += len < 40 ? 1 : 139) {
		d.len = 0;
		nest = nest_begin(&d, KNETCTL_A_FILTER_LIST_RULE);
		put_attr(&d, KNETCTL_A_FILTER_ADDRESS, bytes, len);
		put_attr(&d, KNETCTL_A_FILTER_PREFIX_LEN, bytes, len);
		put_attr(&d, KNETCTL_A_FILTER_PORT_MIN, bytes, len);
		put_attr(&d, KNETCTL_A_FILTER_PORT_MAX, bytes, len);
		put_attr(&d, KNETCTL_A_FILTER_HITS, bytes, len);
		put_attr(&d, KNETCTL_A_FILTER_COMMENT, bytes, len);
		nest_end(&d, nest);
		assert_int_equal(kn_get_filter(nest, &rule), 0);
		assert_int_equal(rule.family, len == 4 ? AF_INET : len == 16 ? AF_INET6 : 0);
		assert_true(rule.prefix_len <= 128);
		assert_int_equal(!!rule.hits, len >= 8);
		assert_int_equal(strlen(rule.comment), len < 255 ? len : 255);
	}
	assert_int_equal(kn_get_filter(NULL, &rule), -EBADMSG);
	/* a match without a rule and a connection of no listener are none, but count */
	start(&s);
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_FILTER_MATCH, 0, 0);
	put_event_nest(&d, KNETCTL_A_FILTER_MATCH_EVENT, 1);
	message_end(&d, nlh);
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_CONNECTION_CLOSED, 0, 0);
	put_event_nest(&d, KNETCTL_A_CONNECTION_EVENT, 1);
	put_attr(&d, KNETCTL_A_CONNECTION_REMOTE, bytes, 300);
	message_end(&d, nlh);
	put_match(2, true);
	put_connection(KNETCTL_CMD_CONNECTION_CLOSED, 2, 0, 0);
	feed(&s);
	next(&s, KNETCTL_EVENT_FILTER_MATCH, FILTER, 2);
	next(&s, KNETCTL_EVENT_CONNECTION_CLOSED, CONNECTION, 2);
	assert_int_equal(kn_stream_next(&s, &event), 0);
}

/* Cut anywhere: what is whole is told, the rest does no harm. */
static void test_truncated(void **state)
{
	struct kn_stream s;
	size_t whole, cut;
	int told, before = 0;

	(void)state;
	start(&s);
	put_all();
	whole = d.len;
	for (cut = 0; cut <= whole; cut++) {
		start(&s);
		put_all();
		d.len = cut;
		feed(&s);
		for (told = 0; kn_stream_next(&s, &event); told++)
			;
		assert_true(told == before || told == before + 1);
		before = told;
	}
	assert_int_equal(before, 5);
}

static void test_random(void **state)
{
	unsigned int seed = 2;
	struct kn_stream s;
	int n, i;

	(void)state;
	for (n = 0; n < 20000; n++) {
		start(&s);
		put_all();
		for (i = 0; i < 6; i++)
			d.data[(size_t)rand_r(&seed) % d.len] = (char)rand_r(&seed);
		feed(&s);
		(void)kn_stream_scan_accepted(&s, s.head, 3);
		while (kn_stream_next(&s, &event))
			;
		kn_stream_clear(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connection_events),
		cmocka_unit_test(test_match_event),
		cmocka_unit_test(test_send_event),
		cmocka_unit_test(test_groups_apart),
		cmocka_unit_test(test_scan_accepted),
		cmocka_unit_test(test_listener),
		cmocka_unit_test(test_connection_list),
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_filter_answers),
		cmocka_unit_test(test_send_answers),
		cmocka_unit_test(test_subscribe_all),
		cmocka_unit_test(test_wrong_sizes),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
