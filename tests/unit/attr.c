// SPDX-License-Identifier: GPL-2.0-only
/* Requests and answers, byte by byte. */
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

static struct datagram d;

static struct sockaddr_storage in4(const char *address, uint16_t port)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in *in = (void *)&ss;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	assert_int_equal(inet_pton(AF_INET, address, &in->sin_addr), 1);
	return ss;
}

static struct sockaddr_storage in6(const char *address, uint16_t port, uint32_t scope)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in6 *in = (void *)&ss;

	in->sin6_family = AF_INET6;
	in->sin6_port = htons(port);
	in->sin6_scope_id = scope;
	assert_int_equal(inet_pton(AF_INET6, address, &in->sin6_addr), 1);
	return ss;
}

/* The @nth attribute of @type among @len bytes at @at. */
static struct nlattr *find(void *at, int len, int type, int nth)
{
	struct nlattr *attr;
	int rest;

	nla_for_each_attr(attr, at, len, rest)
		if (nla_type(attr) == type && !nth--)
			return attr;
	return NULL;
}

static struct nlattr *in_message(struct nlmsghdr *nlh, int type, int nth)
{
	return find(nlmsg_attrdata(nlh, GENL_HDRLEN), nlmsg_attrlen(nlh, GENL_HDRLEN), type, nth);
}

static struct nlattr *in_nest(struct nlattr *nest, int type)
{
	return find(nla_data(nest), nla_len(nest), type, 0);
}

static void is_bytes(struct nlattr *attr, const void *data, size_t len)
{
	assert_non_null(attr);
	assert_int_equal(nla_len(attr), len);
	assert_memory_equal(nla_data(attr), data, len);
}

static void is_u32(struct nlattr *attr, uint32_t value)
{
	is_bytes(attr, &value, sizeof(value));
}

static void is_u64(struct nlattr *attr, uint64_t value)
{
	is_bytes(attr, &value, sizeof(value));
}

static void is_u16(struct nlattr *attr, uint16_t value)
{
	is_bytes(attr, &value, sizeof(value));
}

static struct nl_msg *encode(const struct knetctl_ftp *args, int should)
{
	struct knetctl h = { .family = FAMILY };
	struct nl_msg *msg = kn_msg_new(&h, KNETCTL_CMD_JOB_START, 8192);

	assert_non_null(msg);
	assert_int_equal(kn_put_ftp(msg, KNETCTL_KIND_FTP_GET, args), should);
	return msg;
}

static void test_get_full(void **state)
{
	struct sockaddr_storage remote[] = {
		in4("192.0.2.1", 2121), in6("2001:db8::1", 2121, 0), in6("fe80::1", 2121, 3),
	};
	struct sockaddr_storage source = in4("192.0.2.9", 0), announce = in4("198.51.100.7", 0);
	struct knetctl_ftp args = {
		.size = sizeof(args), .fd = 5, .remote = remote, .remote_count = 3,
		.flags = KNETCTL_FTP_ACTIVE | KNETCTL_FTP_RESUME,
		.source = (struct sockaddr *)&source,
		.active_address = (struct sockaddr *)&announce,
		.port_min = 40000, .port_max = 40010, .user = "me", .password = "pw",
		.account = "ac", .pathname = "dir/file", .offset = 1ull << 40,
		.max_size = 1ull << 41, .connect_timeout = 1, .reply_timeout = UINT32_MAX,
		.stall_timeout = 3, .timeout = 4, .stall_bytes = 6,
	};
	struct nl_msg *msg = encode(&args, 0);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nlattr *nest;
	uint32_t address;

	(void)state;
	assert_int_equal(nlh->nlmsg_type, FAMILY);
	assert_int_equal(nlh->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	is_u32(in_message(nlh, KNETCTL_A_JOB_KIND, 0), KNETCTL_JOB_KIND_FTP_GET);
	is_u32(in_message(nlh, KNETCTL_A_JOB_FLAGS, 0), KNETCTL_JOB_FLAGS_BOUND);
	is_u32(in_message(nlh, KNETCTL_A_JOB_FD, 0), 5);
	is_u32(in_message(nlh, KNETCTL_A_JOB_CONNECT_TIMEOUT, 0), 1);
	is_u32(in_message(nlh, KNETCTL_A_JOB_REPLY_TIMEOUT, 0), 0);
	is_u32(in_message(nlh, KNETCTL_A_JOB_STALL_TIMEOUT, 0), 3);
	is_u32(in_message(nlh, KNETCTL_A_JOB_TIMEOUT, 0), 4);
	is_u64(in_message(nlh, KNETCTL_A_JOB_STALL_BYTES, 0), 6);
	is_u64(in_message(nlh, KNETCTL_A_JOB_MAX_SIZE, 0), 1ull << 41);

	nest = in_message(nlh, KNETCTL_A_JOB_REMOTE, 0);
	assert_non_null(nest);
	assert_true(nest->nla_type & NLA_F_NESTED);
	address = htonl(0xc0000201);
	is_bytes(in_nest(nest, KNETCTL_A_ENDPOINT_ADDRESS), &address, 4);
	is_u16(in_nest(nest, KNETCTL_A_ENDPOINT_PORT), 2121);
	assert_null(in_nest(nest, KNETCTL_A_ENDPOINT_IFINDEX));
	nest = in_message(nlh, KNETCTL_A_JOB_REMOTE, 1);
	assert_int_equal(nla_len(in_nest(nest, KNETCTL_A_ENDPOINT_ADDRESS)), 16);
	assert_null(in_nest(nest, KNETCTL_A_ENDPOINT_IFINDEX));
	nest = in_message(nlh, KNETCTL_A_JOB_REMOTE, 2);
	is_u32(in_nest(nest, KNETCTL_A_ENDPOINT_IFINDEX), 3);
	assert_null(in_message(nlh, KNETCTL_A_JOB_REMOTE, 3));

	nest = in_message(nlh, KNETCTL_A_JOB_SOURCE, 0);
	assert_int_equal(nla_len(in_nest(nest, KNETCTL_A_ENDPOINT_ADDRESS)), 4);
	assert_null(in_nest(nest, KNETCTL_A_ENDPOINT_PORT));

	nest = in_message(nlh, KNETCTL_A_JOB_FTP, 0);
	assert_true(nest->nla_type & NLA_F_NESTED);
	is_u32(in_nest(nest, KNETCTL_A_FTP_FLAGS),
	       KNETCTL_FTP_FLAGS_ACTIVE | KNETCTL_FTP_FLAGS_RESUME);
	is_bytes(in_nest(nest, KNETCTL_A_FTP_USER), "me", 2);
	is_bytes(in_nest(nest, KNETCTL_A_FTP_PASSWORD), "pw", 2);
	is_bytes(in_nest(nest, KNETCTL_A_FTP_ACCOUNT), "ac", 2);
	is_bytes(in_nest(nest, KNETCTL_A_FTP_PATHNAME), "dir/file", 8);
	is_u64(in_nest(nest, KNETCTL_A_FTP_OFFSET), 1ull << 40);
	address = htonl(0xc6336407);
	is_bytes(in_nest(nest, KNETCTL_A_FTP_ACTIVE_ADDRESS), &address, 4);
	is_u16(in_nest(nest, KNETCTL_A_FTP_PORT_MIN), 40000);
	is_u16(in_nest(nest, KNETCTL_A_FTP_PORT_MAX), 40010);
	kn_msg_free(msg);
}

/* What is not given is not sent: the module has the defaults. */
static void test_get_least(void **state)
{
	struct sockaddr_storage remote = in4("127.0.0.1", 21);
	struct knetctl_ftp args = {
		.size = sizeof(args), .remote = &remote, .remote_count = 1, .pathname = "x",
		.flags = KNETCTL_FTP_DETACHED,
	};
	struct nl_msg *msg = encode(&args, 0);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	int type;

	(void)state;
	for (type = 1; type <= KNETCTL_A_JOB_MAX; type++)
		assert_int_equal(!!in_message(nlh, type, 0),
				 type == KNETCTL_A_JOB_KIND || type == KNETCTL_A_JOB_FD ||
				 type == KNETCTL_A_JOB_REMOTE || type == KNETCTL_A_JOB_FTP);
	for (type = 1; type <= KNETCTL_A_FTP_MAX; type++)
		assert_int_equal(!!in_nest(in_message(nlh, KNETCTL_A_JOB_FTP, 0), type),
				 type == KNETCTL_A_FTP_PATHNAME);
	kn_msg_free(msg);
}

/* What the other kinds have, and that only those with a file send the descriptor. */
static void test_kinds(void **state)
{
	struct sockaddr_storage remote = in4("127.0.0.1", 21);
	struct knetctl_ftp args = {
		.size = sizeof(args), .fd = 3, .remote = &remote, .remote_count = 1,
		.pathname = "x", .argument = "y", .listing = KNETCTL_LISTING_NLST,
		.checksum = KNETCTL_CHECKSUM_XCRC, .sessions = 8, .rate = 1000,
	};
	struct knetctl h = { .family = FAMILY };
	struct nlattr *nest;
	struct nl_msg *msg;
	uint32_t kind;

	(void)state;
	for (kind = KNETCTL_KIND_FTP_GET; kind <= KNETCTL_KIND_FTP_SITE; kind++) {
		msg = kn_msg_new(&h, KNETCTL_CMD_JOB_START, 8192);
		assert_int_equal(kn_put_ftp(msg, kind, &args), 0);
		is_u32(in_message(nlmsg_hdr(msg), KNETCTL_A_JOB_KIND, 0), kind);
		assert_int_equal(!!in_message(nlmsg_hdr(msg), KNETCTL_A_JOB_FD, 0),
				 kind <= KNETCTL_KIND_FTP_LS);
		nest = in_message(nlmsg_hdr(msg), KNETCTL_A_JOB_FTP, 0);
		is_u32(in_nest(nest, KNETCTL_A_FTP_LISTING), 3);
		is_u32(in_nest(nest, KNETCTL_A_FTP_CHECKSUM), 3);
		is_u32(in_nest(nest, KNETCTL_A_FTP_SESSIONS), 8);
		is_u64(in_message(nlmsg_hdr(msg), KNETCTL_A_JOB_RATE, 0), 1000);
		is_bytes(in_nest(nest, KNETCTL_A_FTP_ARGUMENT), "y", 1);
		kn_msg_free(msg);
	}
}

static void test_get_bad(void **state)
{
	struct sockaddr_storage remote = { .ss_family = AF_UNIX };
	struct knetctl_ftp args = { .size = sizeof(args), .remote = &remote, .remote_count = 1 };
	static char text[70000];

	(void)state;
	kn_msg_free(encode(&args, -EAFNOSUPPORT));
	args.remote_count = 0;
	memset(text, 'x', sizeof(text) - 1);
	args.pathname = text;
	kn_msg_free(encode(&args, -ENAMETOOLONG));
	text[20000] = '\0';
	kn_msg_free(encode(&args, -EMSGSIZE));
}

static void put_endpoint(unsigned int type, const void *address, size_t len, uint16_t port)
{
	struct nlattr *nest = nest_begin(&d, type);

	put_attr(&d, KNETCTL_A_ENDPOINT_ADDRESS, address, len);
	put_attr(&d, KNETCTL_A_ENDPOINT_PORT, &port, sizeof(port));
	if (len == 16)
		put_u32(&d, KNETCTL_A_ENDPOINT_IFINDEX, 9);
	nest_end(&d, nest);
}

static void test_job(void **state)
{
	struct nlmsghdr *nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_JOB_GET, 0, 0);
	struct sockaddr_in *local;
	struct sockaddr_in6 *remote;
	struct knetctl_job job;
	struct nlattr *nest;
	char text[600];

	(void)state;
	memset(text, 'm', sizeof(text));
	text[1] = '\0';
	put_u32(&d, KNETCTL_A_JOB_ID, 7);
	put_u32(&d, KNETCTL_A_JOB_KIND, KNETCTL_JOB_KIND_FTP_GET);
	put_u32(&d, KNETCTL_A_JOB_STATE, KNETCTL_JOB_STATE_FAILED);
	put_u32(&d, KNETCTL_A_JOB_FLAGS, KNETCTL_JOB_FLAGS_BOUND);
	put_u32(&d, KNETCTL_A_JOB_CLASS, KNETCTL_ERROR_CLASS_SHORT);
	put_u32(&d, KNETCTL_A_JOB_ERRNO, EPROTO);
	put_u32(&d, KNETCTL_A_JOB_FTP_CODE, 426);
	put_u32(&d, KNETCTL_A_JOB_PATH, KNETCTL_DATA_PATH_BUFFERED);
	put_u64(&d, KNETCTL_A_JOB_BYTES, 10);
	put_u64(&d, KNETCTL_A_JOB_SIZE, 1ull << 33);
	put_u64(&d, KNETCTL_A_JOB_DURATION_NS, 11);
	put_u64(&d, KNETCTL_A_JOB_RATE, 0);
	put_endpoint(KNETCTL_A_JOB_LOCAL, "\x7f\0\0\1", 4, 1234);
	put_endpoint(KNETCTL_A_JOB_REMOTE, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16, 21);
	put_attr(&d, KNETCTL_A_JOB_MESSAGE, text, sizeof(text));
	put_event_nest(&d, KNETCTL_A_JOB_EVENT, 99);
	put_attr(&d, 1000, text, 3);	/* of a newer module */
	nest = nest_begin(&d, KNETCTL_A_JOB_FTP);
	put_u32(&d, KNETCTL_A_FTP_FLAGS, KNETCTL_FTP_FLAGS_ACTIVE);
	put_attr(&d, KNETCTL_A_FTP_USER, "me", 2);
	put_attr(&d, KNETCTL_A_FTP_PATHNAME, "a/b", 3);
	put_u64(&d, KNETCTL_A_FTP_OFFSET, 5);
	nest_end(&d, nest);
	message_end(&d, nlh);

	memset(&job, 0xff, sizeof(job));
	assert_int_equal(kn_get_job(nlh, &job), 0);
	assert_int_equal(job.id, 7);
	assert_int_equal(job.kind, KNETCTL_KIND_FTP_GET);
	assert_int_equal(job.state, KNETCTL_STATE_FAILED);
	assert_int_equal(job.bound, 1);
	assert_int_equal(job.error_class, KNETCTL_CLASS_SHORT);
	assert_int_equal(job.errnum, EPROTO);
	assert_int_equal(job.ftp_code, 426);
	assert_int_equal(job.path, KNETCTL_PATH_BUFFERED);
	assert_int_equal(job.bytes, 10);
	assert_int_equal(job.size, 1ull << 33);
	assert_int_equal(job.size_known, 1);
	assert_int_equal(job.duration_ns, 11);
	assert_int_equal(job.rate, 0);
	assert_int_equal(job.last_seq, 99);
	assert_int_equal(job.active, 1);
	assert_int_equal(job.offset, 5);
	assert_string_equal(job.user, "me");
	assert_string_equal(job.pathname, "a/b");
	assert_int_equal(strlen(job.message), sizeof(job.message) - 1);
	assert_int_equal(job.message[1], '?');
	local = (void *)&job.local;
	assert_int_equal(local->sin_family, AF_INET);
	assert_int_equal(ntohs(local->sin_port), 1234);
	assert_int_equal(ntohl(local->sin_addr.s_addr), INADDR_LOOPBACK);
	remote = (void *)&job.remote;
	assert_int_equal(remote->sin6_family, AF_INET6);
	assert_int_equal(ntohs(remote->sin6_port), 21);
	assert_int_equal(remote->sin6_scope_id, 9);
}

static void test_job_least(void **state)
{
	struct nlmsghdr *nlh;
	struct knetctl_job job;

	(void)state;
	d.len = 0;
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_JOB_GET, 0, 0);
	put_u32(&d, KNETCTL_A_JOB_ID, 7);
	put_endpoint(KNETCTL_A_JOB_LOCAL, "\x7f\0\0", 3, 1234);
	put_attr(&d, KNETCTL_A_JOB_BYTES, "xyz", 3);
	message_end(&d, nlh);
	assert_int_equal(kn_get_job(nlh, &job), 0);
	assert_int_equal(job.size_known, 0);
	assert_int_equal(job.bytes, 0);
	assert_true(job.rate == KNETCTL_RATE_UNLIMITED);
	assert_int_equal(job.local.ss_family, AF_UNSPEC);
	assert_int_equal(job.remote.ss_family, AF_UNSPEC);
	assert_string_equal(job.message, "");
	d.len = 0;
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_JOB_GET, 0, 0);
	put_u32(&d, KNETCTL_A_JOB_KIND, 1);
	message_end(&d, nlh);
	assert_int_equal(kn_get_job(nlh, &job), -EBADMSG);
}

/* -------------------------------------------------- acknowledgements -- */

static const struct knetctl_names_set *const job_set = &knetctl_names_set_job;

/* A request of job-start to complain of, and where its attributes are. */
static struct nl_msg *request(size_t *remote, size_t *address, size_t *ftp, size_t *pathname)
{
	struct sockaddr_storage to = in4("127.0.0.1", 21);
	struct knetctl_ftp args = {
		.size = sizeof(args), .remote = &to, .remote_count = 1, .user = "me",
		.pathname = "x",
	};
	struct nl_msg *msg = encode(&args, 0);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nlattr *nest = in_message(nlh, KNETCTL_A_JOB_REMOTE, 0);

	*remote = (size_t)((char *)nest - (char *)nlh);
	*address = (size_t)((char *)in_nest(nest, KNETCTL_A_ENDPOINT_ADDRESS) - (char *)nlh);
	nest = in_message(nlh, KNETCTL_A_JOB_FTP, 0);
	*ftp = (size_t)((char *)nest - (char *)nlh);
	*pathname = (size_t)((char *)in_nest(nest, KNETCTL_A_FTP_PATHNAME) - (char *)nlh);
	return msg;
}

static void parse_offset(struct nlmsghdr *nlh, uint32_t offset, struct kn_ack *ack)
{
	struct nlmsghdr *error;

	d.len = 0;
	error = ack_begin(&d, -EINVAL, 1);
	put_text(&d, NLMSGERR_ATTR_MSG, "that will not do");
	put_u32(&d, NLMSGERR_ATTR_OFFS, offset);
	message_end(&d, error);
	kn_ack_parse(error, nlh, job_set, ack);
	assert_int_equal(ack->error, -EINVAL);
	assert_string_equal(ack->text, "that will not do");
	assert_false(ack->missing);
}

static void test_ack_offset(void **state)
{
	size_t remote, address, ftp, pathname;
	struct nl_msg *msg = request(&remote, &address, &ftp, &pathname);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct kn_ack ack;
	uint32_t offset;

	(void)state;
	parse_offset(nlh, (uint32_t)remote, &ack);
	assert_string_equal(ack.attribute, "remote");
	parse_offset(nlh, (uint32_t)address, &ack);
	assert_string_equal(ack.attribute, "remote.address");
	parse_offset(nlh, (uint32_t)ftp, &ack);
	assert_string_equal(ack.attribute, "ftp");
	parse_offset(nlh, (uint32_t)pathname, &ack);
	assert_string_equal(ack.attribute, "ftp.pathname");
	parse_offset(nlh, NLMSG_HDRLEN + GENL_HDRLEN, &ack);
	assert_string_equal(ack.attribute, "kind");
	parse_offset(nlh, 0, &ack);
	assert_string_equal(ack.attribute, "");
	for (offset = 0; offset < nlh->nlmsg_len + 16; offset++)
		parse_offset(nlh, offset, &ack);
	parse_offset(nlh, UINT32_MAX, &ack);
	assert_string_equal(ack.attribute, "");
	kn_msg_free(msg);
}

static void test_ack_missing(void **state)
{
	size_t remote, address, ftp, pathname;
	struct nl_msg *msg = request(&remote, &address, &ftp, &pathname);
	struct nlmsghdr *error;
	struct kn_ack ack;

	(void)state;
	d.len = 0;
	error = ack_begin(&d, -EINVAL, 1);
	put_u32(&d, NLMSGERR_ATTR_MISS_TYPE, KNETCTL_A_JOB_FD);
	message_end(&d, error);
	kn_ack_parse(error, nlmsg_hdr(msg), job_set, &ack);
	assert_string_equal(ack.attribute, "fd");
	assert_true(ack.missing);
	assert_string_equal(ack.text, "");

	d.len = 0;
	error = ack_begin(&d, -EINVAL, 1);
	put_u32(&d, NLMSGERR_ATTR_MISS_TYPE, KNETCTL_A_FTP_PASSWORD);
	put_u32(&d, NLMSGERR_ATTR_MISS_NEST, (uint32_t)ftp);
	message_end(&d, error);
	kn_ack_parse(error, nlmsg_hdr(msg), job_set, &ack);
	assert_string_equal(ack.attribute, "ftp.password");
	kn_msg_free(msg);
}

/* Without NETLINK_CAP_ACK the whole request stands before the text. */
static void test_ack_uncapped(void **state)
{
	size_t remote, address, ftp, pathname;
	struct nl_msg *msg = request(&remote, &address, &ftp, &pathname);
	struct nlmsghdr *error;
	struct kn_ack ack;
	int err = -EBADF;

	(void)state;
	d.len = 0;
	error = message_begin(&d, NLMSG_ERROR, NLM_F_ACK_TLVS, 1);
	put_bytes(&d, &err, sizeof(err));
	put_bytes(&d, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
	put_text(&d, NLMSGERR_ATTR_MSG, "no such file");
	message_end(&d, error);
	kn_ack_parse(error, nlmsg_hdr(msg), job_set, &ack);
	assert_int_equal(ack.error, -EBADF);
	assert_string_equal(ack.text, "no such file");
	kn_msg_free(msg);
}

static void test_ack_done(void **state)
{
	struct nlmsghdr *done;
	struct kn_ack ack;
	int err = -EAGAIN;

	(void)state;
	d.len = 0;
	done = message_begin(&d, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, 1);
	put_bytes(&d, &err, sizeof(err));
	put_text(&d, NLMSGERR_ATTR_MSG, "later");
	message_end(&d, done);
	kn_ack_parse(done, done, NULL, &ack);
	assert_int_equal(ack.error, -EAGAIN);
	assert_string_equal(ack.text, "later");
	d.len = 0;
	done = message_begin(&d, NLMSG_DONE, NLM_F_ACK_TLVS, 1);
	message_end(&d, done);
	kn_ack_parse(done, done, NULL, &ack);
	assert_int_equal(ack.error, 0);
}

static void test_ack_random(void **state)
{
	size_t remote, address, ftp, pathname, i;
	struct nl_msg *msg = request(&remote, &address, &ftp, &pathname);
	struct nlmsghdr *error;
	unsigned int seed = 1;
	struct kn_ack ack;
	int n;

	(void)state;
	for (n = 0; n < 20000; n++) {
		d.len = 0;
		error = ack_begin(&d, -EINVAL, 1);
		put_text(&d, NLMSGERR_ATTR_MSG, "that will not do");
		put_u32(&d, NLMSGERR_ATTR_OFFS, (uint32_t)rand_r(&seed) % 200);
		message_end(&d, error);
		for (i = 0; i < 3; i++)
			d.data[NLMSG_HDRLEN + (size_t)rand_r(&seed) % (d.len - NLMSG_HDRLEN)] =
				(char)rand_r(&seed);
		kn_ack_parse(error, nlmsg_hdr(msg), job_set, &ack);
		assert_true(strlen(ack.attribute) < sizeof(ack.attribute));
	}
	kn_msg_free(msg);
}

/* ------------------------------------------------------------ requests -- */

static int start(struct fake *fake, uint32_t *id)
{
	static struct sockaddr_storage remote;
	struct knetctl_ftp_get args = {
		.size = sizeof(args), .fd = 1, .remote = &remote, .remote_count = 1,
		.password = "secret", .pathname = "x",
	};

	remote = in4("127.0.0.1", 21);
	return knetctl_ftp_get_start(fake->handle, &args, id);
}

static void test_refusal(void **state)
{
	struct nlmsghdr *error;
	struct fake fake;
	uint32_t id = 42;

	(void)state;
	d.len = 0;
	fake_open(&fake);
	put_ack(&d, -EPERM, 0);		/* of somebody else */
	error = ack_begin(&d, -EBADF, 1);
	put_text(&d, NLMSGERR_ATTR_MSG, "fd is not open");
	/* header, genl header, kind, flags; then fd */
	put_u32(&d, NLMSGERR_ATTR_OFFS, 16 + 4 + 8 + 8);
	message_end(&d, error);
	fake_send(fake.cmd, &d);
	assert_int_equal(start(&fake, &id), -EBADF);
	assert_int_equal(id, 42);
	assert_string_equal(knetctl_error(fake.handle), "Bad file descriptor: fd is not open (fd)");
	assert_string_equal(knetctl_error_attribute(fake.handle), "fd");

	error = ack_begin(&d, -EINVAL, 2);
	put_u32(&d, NLMSGERR_ATTR_MISS_TYPE, KNETCTL_A_JOB_REMOTE);
	message_end(&d, error);
	fake_send(fake.cmd, &d);
	assert_int_equal(start(&fake, &id), -EINVAL);
	assert_string_equal(knetctl_error(fake.handle), "Invalid argument: (remote is missing)");
	assert_string_equal(knetctl_error_attribute(fake.handle), "remote");

	put_ack(&d, -EPERM, 3);
	fake_send(fake.cmd, &d);
	assert_int_equal(start(&fake, &id), -EPERM);
	assert_non_null(strstr(knetctl_error(fake.handle), "CAP_NET_ADMIN"));
	assert_null(knetctl_error_attribute(fake.handle));
	fake_close(&fake);
}

static void test_start(void **state)
{
	struct nlmsghdr *nlh;
	struct fake fake;
	uint32_t id = 0;

	(void)state;
	d.len = 0;
	fake_open(&fake);
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_JOB_START, 0, 1);
	put_u32(&d, KNETCTL_A_JOB_ID, 77);
	message_end(&d, nlh);
	fake_send(fake.cmd, &d);
	put_ack(&d, 0, 1);
	fake_send(fake.cmd, &d);
	assert_int_equal(start(&fake, &id), 0);
	assert_int_equal(id, 77);
	/* an answer without an id */
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_JOB_START, 0, 2);
	message_end(&d, nlh);
	put_ack(&d, 0, 2);
	fake_send(fake.cmd, &d);
	assert_int_equal(start(&fake, &id), -EBADMSG);
	fake_close(&fake);
}

/* A structure of another version of the header. */
static void test_size(void **state)
{
	struct {
		struct knetctl_ftp_get args;
		uint64_t more;
	} newer = { .args = { .size = sizeof(newer) }, .more = 1 };
	struct knetctl_ftp_get args = { .size = 0 };
	struct fake fake;
	uint32_t id;

	(void)state;
	d.len = 0;
	fake_open(&fake);
	assert_int_equal(knetctl_ftp_get_start(fake.handle, &args, &id), -EINVAL);
	args.size = sizeof(args) - 1;
	assert_int_equal(knetctl_ftp_get_start(fake.handle, &args, &id), -EINVAL);
	assert_int_equal(knetctl_ftp_get_start(fake.handle, &newer.args, &id), -E2BIG);
	assert_int_equal(knetctl_ftp_get_start(fake.handle, NULL, &id), -EINVAL);
	assert_int_equal(knetctl_ftp_start(fake.handle, 0, NULL, &id), -EINVAL);
	assert_int_equal(knetctl_ftp_start(fake.handle, KNETCTL_KIND_FTP_RM,
					   (const struct knetctl_ftp *)&newer.args, &id), -EINVAL);
	newer.more = 0;
	put_ack(&d, -EBADF, 1);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_ftp_get_start(fake.handle, &newer.args, &id), -EBADF);
	fake_close(&fake);
}

static int count_jobs(const struct knetctl_job *job, void *data)
{
	uint32_t *ids = data;

	*ids = *ids * 10 + job->id;
	return job->id == 9 ? -EXDEV : 0;
}

static void put_listed(uint32_t seq, uint32_t id, uint16_t flags)
{
	struct nlmsghdr *nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_JOB_GET, NLM_F_MULTI | flags, seq);

	put_u32(&d, KNETCTL_A_JOB_ID, id);
	message_end(&d, nlh);
}

static void put_done(uint32_t seq, int err, uint16_t flags)
{
	struct nlmsghdr *nlh = message_begin(&d, NLMSG_DONE, NLM_F_MULTI | flags, seq);

	put_bytes(&d, &err, sizeof(err));
	message_end(&d, nlh);
}

static void test_list(void **state)
{
	struct fake fake;
	uint32_t ids = 0;
	int i;

	(void)state;
	d.len = 0;
	fake_open(&fake);
	fake.handle->seq = 10;
	/* 11 is taken by the message, 12 is the first try: it is interrupted */
	put_listed(12, 1, 0);
	put_listed(12, 2, NLM_F_DUMP_INTR);
	fake_send(fake.cmd, &d);
	put_done(12, 0, 0);
	fake_send(fake.cmd, &d);
	put_listed(13, 1, 0);
	put_listed(13, 3, 0);
	fake_send(fake.cmd, &d);
	put_done(13, 0, 0);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_job_list(fake.handle, count_jobs, &ids), 0);
	assert_int_equal(ids, 13);
	/* always interrupted: taken as it is in the end */
	for (i = 0; i < 10; i++) {
		put_listed(15 + (uint32_t)i, 4, 0);
		put_done(15 + (uint32_t)i, 0, NLM_F_DUMP_INTR);
		fake_send(fake.cmd, &d);
	}
	ids = 0;
	assert_int_equal(knetctl_job_list(fake.handle, count_jobs, &ids), 0);
	assert_int_equal(ids, 4);
	/* stopped by the caller */
	fake.handle->seq = 100;
	put_listed(102, 9, 0);
	put_listed(102, 1, 0);
	put_done(102, 0, 0);
	fake_send(fake.cmd, &d);
	ids = 0;
	assert_int_equal(knetctl_job_list(fake.handle, count_jobs, &ids), -EXDEV);
	assert_int_equal(ids, 9);
	/* ended by an error */
	put_listed(104, 1, 0);
	put_done(104, -ENOMEM, 0);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_job_list(fake.handle, count_jobs, &ids), -ENOMEM);
	assert_int_equal(ids, 9);
	fake_close(&fake);
}

static void test_status(void **state)
{
	struct knetctl_status status;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	struct fake fake;
	int i;

	(void)state;
	d.len = 0;
	fake_open(&fake);
	nlh = genl_begin(&d, FAMILY, KNETCTL_CMD_STATUS, 0, 1);
	put_text(&d, KNETCTL_A_STATUS_VERSION, "0.1.0");
	put_u32(&d, KNETCTL_A_STATUS_JOBS, 1);
	put_u32(&d, KNETCTL_A_STATUS_JOBS_MAX, 2);
	put_u32(&d, KNETCTL_A_STATUS_JOBS_FINISHED, 3);
	put_u32(&d, KNETCTL_A_STATUS_SESSIONS, 4);
	put_u32(&d, KNETCTL_A_STATUS_SESSIONS_MAX, 5);
	for (i = 0; i < 10; i++) {
		nest = nest_begin(&d, KNETCTL_A_STATUS_GROUP);
		put_text(&d, KNETCTL_A_GROUP_NAME, "job");
		put_u64(&d, KNETCTL_A_GROUP_NEXT_SEQ, 6);
		put_u64(&d, KNETCTL_A_GROUP_LOST, 7);
		nest_end(&d, nest);
	}
	message_end(&d, nlh);
	put_ack(&d, 0, 1);
	fake_send(fake.cmd, &d);
	assert_int_equal(knetctl_status(fake.handle, &status), 0);
	assert_string_equal(status.version, "0.1.0");
	assert_int_equal(status.jobs, 1);
	assert_int_equal(status.jobs_max, 2);
	assert_int_equal(status.jobs_finished, 3);
	assert_int_equal(status.sessions, 4);
	assert_int_equal(status.sessions_max, 5);
	assert_int_equal(status.group_count, 8);
	assert_string_equal(status.group[7].name, "job");
	assert_int_equal(status.group[7].next_seq, 6);
	assert_int_equal(status.group[7].lost, 7);
	fake_close(&fake);
}

static void test_misuse(void **state)
{
	struct knetctl_event event;
	struct knetctl_job job;
	struct fake fake;

	(void)state;
	fake_open(&fake);
	assert_int_equal(knetctl_open(NULL), -EINVAL);
	assert_int_equal(knetctl_job_get(NULL, 1, &job), -EINVAL);
	assert_int_equal(knetctl_job_get(fake.handle, 1, NULL), -EINVAL);
	assert_int_equal(knetctl_job_wait(fake.handle, 1, 0, NULL), -EINVAL);
	assert_int_equal(knetctl_job_list(fake.handle, NULL, NULL), -EINVAL);
	assert_int_equal(knetctl_status(fake.handle, NULL), -EINVAL);
	assert_int_equal(knetctl_process(fake.handle, &event), -EINVAL);
	assert_int_equal(knetctl_wait(fake.handle, 0), -EINVAL);
	assert_int_equal(knetctl_sync(fake.handle), -EINVAL);
	assert_int_equal(knetctl_subscribe(fake.handle, 0), -EINVAL);
	assert_int_equal(knetctl_subscribe(fake.handle, 1u << 30), -EINVAL);
	assert_int_equal(knetctl_set_rcvbuf(fake.handle, 0), -EINVAL);
	assert_int_equal(knetctl_fd(fake.handle), -1);
	assert_int_equal(knetctl_fd(NULL), -1);
	assert_int_equal(knetctl_timeout(fake.handle), -1);
	assert_non_null(knetctl_error(NULL));
	fake.handle->pid++;
	assert_int_equal(knetctl_job_get(fake.handle, 1, &job), -ECHILD);
	assert_non_null(strstr(knetctl_error(fake.handle), "fork"));
	fake_close(&fake);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(knetctl_kind_name(KNETCTL_KIND_FTP_GET), "ftp-get");
	assert_string_equal(knetctl_state_name(KNETCTL_STATE_CANCELLED), "cancelled");
	assert_string_equal(knetctl_class_name(KNETCTL_CLASS_PEER), "peer");
	assert_null(knetctl_class_name(KNETCTL_CLASS_NONE));
	assert_null(knetctl_class_name(1000));
	assert_string_equal(knetctl_path_name(KNETCTL_PATH_BUFFERED), "buffered");
	assert_string_equal(knetctl_path_name(KNETCTL_PATH_DIRECT), "direct");
	assert_int_equal(KNETCTL_FTP_DIRECT, KNETCTL_FTP_FLAGS_DIRECT);
	assert_int_equal(KNETCTL_FTP_BUFFERED, KNETCTL_FTP_FLAGS_BUFFERED);
	assert_string_equal(knetctl_errno_name(ECONNREFUSED), "ECONNREFUSED");
	assert_string_equal(knetctl_errno_name(-ECONNREFUSED), "ECONNREFUSED");
	assert_null(knetctl_errno_name(0));
	assert_null(knetctl_errno_name(100000));
	assert_string_equal(knetctl_event_name(KNETCTL_EVENT_JOB_PROGRESS), "job-progress");
	assert_string_equal(knetctl_event_name(KNETCTL_EVENT_LOST), "lost");
	assert_null(knetctl_event_name(0));
	assert_string_equal(knetctl_group_name(KNETCTL_GROUP_JOB), "job");
	assert_null(knetctl_group_name(0));
	assert_null(knetctl_group_name(1u << 31));
	assert_true(KNETCTL_FTP_ACTIVE == KNETCTL_FTP_FLAGS_ACTIVE);
	assert_true(KNETCTL_FTP_NO_EXTENDED == KNETCTL_FTP_FLAGS_NO_EXTENDED);
	assert_true(KNETCTL_FTP_RELAXED_REPLIES == KNETCTL_FTP_FLAGS_RELAXED_REPLIES);
	assert_true(KNETCTL_FTP_RESUME == KNETCTL_FTP_FLAGS_RESUME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get_full),
		cmocka_unit_test(test_get_least),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_get_bad),
		cmocka_unit_test(test_job),
		cmocka_unit_test(test_job_least),
		cmocka_unit_test(test_ack_offset),
		cmocka_unit_test(test_ack_missing),
		cmocka_unit_test(test_ack_uncapped),
		cmocka_unit_test(test_ack_done),
		cmocka_unit_test(test_ack_random),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
