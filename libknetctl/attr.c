// SPDX-License-Identifier: LGPL-2.1-or-later
/* Attributes to and from C. No socket and no handle here, so that tests can use it. */
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>

#include <netlink/genl/genl.h>

#include "private.h"

/* ------------------------------------------------------------ encode -- */

static int put(struct nl_msg *msg, int type, size_t len, const void *data)
{
	if (len > UINT16_MAX - NLA_HDRLEN)
		return -ENAMETOOLONG;
	return nla_put(msg, type, (int)len, data) < 0 ? -EMSGSIZE : 0;
}

/* Strings travel without NUL. NULL puts nothing. */
int kn_put_string(struct nl_msg *msg, int type, const char *text)
{
	return text ? put(msg, type, strlen(text), text) : 0;
}

static int put_u16(struct nl_msg *msg, int type, uint16_t value)
{
	return value ? put(msg, type, sizeof(value), &value) : 0;
}

static int put_u32(struct nl_msg *msg, int type, uint32_t value)
{
	return put(msg, type, sizeof(value), &value);
}

static int put_u64(struct nl_msg *msg, int type, uint64_t value)
{
	return value ? put(msg, type, sizeof(value), &value) : 0;
}

/* 0 is the module's default, UINT32_MAX no limit; on the wire absent and 0. */
static int put_timeout(struct nl_msg *msg, int type, uint32_t ms)
{
	return ms ? put_u32(msg, type, ms == UINT32_MAX ? 0 : ms) : 0;
}

/* The same for other files; here 0 is put, too. */
int kn_put_bytes(struct nl_msg *msg, int type, const void *data, size_t len)
{
	return put(msg, type, len, data);
}

int kn_put_u32(struct nl_msg *msg, int type, uint32_t value)
{
	return put_u32(msg, type, value);
}

int kn_put_u64(struct nl_msg *msg, int type, uint64_t value)
{
	return put(msg, type, sizeof(value), &value);
}

int kn_put_timeout(struct nl_msg *msg, int type, uint32_t ms)
{
	return put_timeout(msg, type, ms);
}

int kn_put_address(struct nl_msg *msg, int type, const struct sockaddr *address)
{
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;

	switch (address->sa_family) {
	case AF_INET:
		return put(msg, type, sizeof(in->sin_addr), &in->sin_addr);
	case AF_INET6:
		return put(msg, type, sizeof(in6->sin6_addr), &in6->sin6_addr);
	default:
		return -EAFNOSUPPORT;
	}
}

int kn_put_endpoint(struct nl_msg *msg, int type, const struct sockaddr *address)
{
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;
	bool v6 = address->sa_family == AF_INET6;
	struct nlattr *nest;
	int err;

	nest = nla_nest_start(msg, type);
	if (!nest)
		return -EMSGSIZE;
	err = kn_put_address(msg, KNETCTL_A_ENDPOINT_ADDRESS, address);
	if (!err)
		err = put_u16(msg, KNETCTL_A_ENDPOINT_PORT,
			      ntohs(v6 ? in6->sin6_port : in->sin_port));
	if (!err && v6 && in6->sin6_scope_id)
		err = put_u32(msg, KNETCTL_A_ENDPOINT_IFINDEX, in6->sin6_scope_id);
	if (!err)
		nla_nest_end(msg, nest);
	return err;
}

/* What only some kinds have. */
static int put_ftp_special(struct nl_msg *msg, const struct knetctl_ftp *args)
{
	size_t i;
	int err;

	err = put_u16(msg, KNETCTL_A_FTP_PORT_MIN, args->port_min);
	if (!err)
		err = put_u16(msg, KNETCTL_A_FTP_PORT_MAX, args->port_max);
	if (!err)
		err = kn_put_string(msg, KNETCTL_A_FTP_ARGUMENT, args->argument);
	if (!err && args->listing)
		err = put_u32(msg, KNETCTL_A_FTP_LISTING, args->listing);
	if (!err && args->checksum)
		err = put_u32(msg, KNETCTL_A_FTP_CHECKSUM, args->checksum);
	if (!err && args->sessions)
		err = put_u32(msg, KNETCTL_A_FTP_SESSIONS, args->sessions);
	for (i = 0; !err && i < args->quote_count; i++)
		err = kn_put_string(msg, KNETCTL_A_FTP_QUOTE, args->quotes[i]);
	return err;
}

static int put_ftp(struct nl_msg *msg, const struct knetctl_ftp *args)
{
	uint32_t flags = args->flags & ~KNETCTL_FTP_DETACHED;
	struct nlattr *nest;
	int err = 0;

	nest = nla_nest_start(msg, KNETCTL_A_JOB_FTP);
	if (!nest)
		return -EMSGSIZE;
	if (flags)
		err = put_u32(msg, KNETCTL_A_FTP_FLAGS, flags);
	if (!err)
		err = kn_put_string(msg, KNETCTL_A_FTP_USER, args->user);
	if (!err)
		err = kn_put_string(msg, KNETCTL_A_FTP_PASSWORD, args->password);
	if (!err)
		err = kn_put_string(msg, KNETCTL_A_FTP_ACCOUNT, args->account);
	if (!err)
		err = kn_put_string(msg, KNETCTL_A_FTP_PATHNAME, args->pathname);
	if (!err)
		err = put_u64(msg, KNETCTL_A_FTP_OFFSET, args->offset);
	if (!err && args->active_address)
		err = kn_put_address(msg, KNETCTL_A_FTP_ACTIVE_ADDRESS, args->active_address);
	if (!err)
		err = put_ftp_special(msg, args);
	if (!err)
		nla_nest_end(msg, nest);
	return err;
}

static int put_limits(struct nl_msg *msg, const struct knetctl_ftp *args)
{
	int err;

	err = put_timeout(msg, KNETCTL_A_JOB_CONNECT_TIMEOUT, args->connect_timeout);
	if (!err)
		err = put_timeout(msg, KNETCTL_A_JOB_REPLY_TIMEOUT, args->reply_timeout);
	if (!err)
		err = put_timeout(msg, KNETCTL_A_JOB_STALL_TIMEOUT, args->stall_timeout);
	if (!err)
		err = put_timeout(msg, KNETCTL_A_JOB_TIMEOUT, args->timeout);
	if (!err)
		err = put_u64(msg, KNETCTL_A_JOB_STALL_BYTES, args->stall_bytes);
	if (!err)
		err = put_u64(msg, KNETCTL_A_JOB_MAX_SIZE, args->max_size);
	if (!err)
		err = put_u64(msg, KNETCTL_A_JOB_RATE, args->rate);
	return err;
}

/* Kinds that move bytes from or to a file. */
static bool has_file(uint32_t kind)
{
	return kind == KNETCTL_JOB_KIND_FTP_GET || kind == KNETCTL_JOB_KIND_FTP_PUT ||
	       kind == KNETCTL_JOB_KIND_FTP_LS;
}

/**
 * kn_put_ftp() - the attributes of job-start for an FTP job
 *
 * Returns 0, -EAFNOSUPPORT for an address that is neither IPv4 nor IPv6,
 * -ENAMETOOLONG, or -EMSGSIZE when @msg is too small.
 */
int kn_put_ftp(struct nl_msg *msg, uint32_t kind, const struct knetctl_ftp *args)
{
	size_t i;
	int err;

	err = put_u32(msg, KNETCTL_A_JOB_KIND, kind);
	if (!err && !(args->flags & KNETCTL_FTP_DETACHED))
		err = put_u32(msg, KNETCTL_A_JOB_FLAGS, KNETCTL_JOB_FLAGS_BOUND);
	if (!err && has_file(kind))
		err = put_u32(msg, KNETCTL_A_JOB_FD, (uint32_t)args->fd);
	for (i = 0; !err && i < args->remote_count; i++)
		err = kn_put_endpoint(msg, KNETCTL_A_JOB_REMOTE,
				      (const struct sockaddr *)&args->remote[i]);
	if (!err && args->source)
		err = kn_put_endpoint(msg, KNETCTL_A_JOB_SOURCE, args->source);
	if (!err)
		err = put_limits(msg, args);
	if (!err)
		err = put_ftp(msg, args);
	return err;
}

/* ------------------------------------------------------------ decode -- */

/* Done here and not by libnl, whose calls cost more than the work: events come by thousands. */
static size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - (size_t)NLA_HDRLEN;
}

static const void *attr_data(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

/* The attribute behind @attr, and what is left; NULL at the end and for what is broken. */
static struct nlattr *attr_next(struct nlattr *attr, size_t *len)
{
	size_t step = NLA_ALIGN((size_t)attr->nla_len);

	if (step >= *len)
		return NULL;
	*len -= step;
	return (struct nlattr *)((char *)attr + step);
}

static bool attr_ok(const struct nlattr *attr, size_t len)
{
	return attr && len >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN && attr->nla_len <= len;
}

/* The last one of each type up to @max; what is broken ends it. */
static void parse(const void *data, size_t len, struct nlattr **tb, unsigned int max)
{
	struct nlattr *attr = (struct nlattr *)data;
	unsigned int type;

	memset(tb, 0, (max + 1) * sizeof(tb[0]));
	for (; attr_ok(attr, len); attr = attr_next(attr, &len)) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type <= max)
			tb[type] = attr;
	}
}

/**
 * kn_find_attr() - one attribute of a generic netlink message
 * @nlh: message, as long as it says
 * @type: of the attribute
 *
 * Returns the first one, or NULL.
 */
struct nlattr *kn_find_attr(const struct nlmsghdr *nlh, unsigned int type)
{
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN, len;
	struct nlattr *attr;

	if (nlh->nlmsg_len < head)
		return NULL;
	len = nlh->nlmsg_len - head;
	attr = (struct nlattr *)((char *)nlh + head);
	while (attr_ok(attr, len) && (attr->nla_type & NLA_TYPE_MASK) != type)
		attr = attr_next(attr, &len);
	return attr_ok(attr, len) ? attr : NULL;
}

/**
 * kn_parse_nest() - the attributes in an attribute
 * @attr: nest, may be NULL
 * @tb: @max + 1 pointers, set
 *
 * Returns 0, or -EBADMSG without a nest.
 */
int kn_parse_nest(const struct nlattr *attr, struct nlattr **tb, unsigned int max)
{
	if (!attr)
		return -EBADMSG;
	parse(attr_data(attr), attr_len(attr), tb, max);
	return 0;
}

/**
 * kn_parse_message() - the attributes of a generic netlink message
 * @nlh: message, as long as it says
 * @tb: @max + 1 pointers, set
 *
 * Returns 0, or -EBADMSG when it is too short.
 */
int kn_parse_message(const struct nlmsghdr *nlh, struct nlattr **tb, unsigned int max)
{
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

	if (nlh->nlmsg_len < head)
		return -EBADMSG;
	parse((const char *)nlh + head, nlh->nlmsg_len - head, tb, max);
	return 0;
}

void kn_get_u32(struct nlattr *attr, uint32_t *value)
{
	if (attr && attr_len(attr) >= sizeof(*value))
		memcpy(value, attr_data(attr), sizeof(*value));
}

void kn_get_u64(struct nlattr *attr, uint64_t *value)
{
	if (attr && attr_len(attr) >= sizeof(*value))
		memcpy(value, attr_data(attr), sizeof(*value));
}

/* Any bytes become a C string: cut to @size, a NUL inside becomes '?'. */
void kn_get_bytes(const struct nlattr *attr, char *text, size_t size)
{
	size_t len, i;

	if (!attr)
		return;
	len = attr_len(attr);
	if (len >= size)
		len = size - 1;
	memcpy(text, attr_data(attr), len);
	text[len] = '\0';
	for (i = 0; i < len; i++)
		if (!text[i])
			text[i] = '?';
}

/* A string whose NUL may be in the attribute. */
void kn_get_string(struct nlattr *attr, char *text, size_t size)
{
	size_t len;

	if (!attr)
		return;
	len = strnlen(attr_data(attr), attr_len(attr));
	if (len >= size)
		len = size - 1;
	memcpy(text, attr_data(attr), len);
	text[len] = '\0';
}

/* Leaves @address as it is, of family 0, when the attribute makes no sense. */
void kn_get_endpoint(struct nlattr *attr, struct sockaddr_storage *address)
{
	struct nlattr *tb[KNETCTL_A_ENDPOINT_MAX + 1], *bytes;
	struct sockaddr_in6 *in6 = (void *)address;
	struct sockaddr_in *in = (void *)address;
	uint16_t port = 0;

	if (kn_parse_nest(attr, tb, KNETCTL_A_ENDPOINT_MAX))
		return;
	bytes = tb[KNETCTL_A_ENDPOINT_ADDRESS];
	if (tb[KNETCTL_A_ENDPOINT_PORT] &&
	    attr_len(tb[KNETCTL_A_ENDPOINT_PORT]) >= sizeof(port)) {
		memcpy(&port, attr_data(tb[KNETCTL_A_ENDPOINT_PORT]), sizeof(port));
		port = htons(port);
	}
	if (bytes && attr_len(bytes) == sizeof(in->sin_addr)) {
		in->sin_family = AF_INET;
		in->sin_port = port;
		memcpy(&in->sin_addr, attr_data(bytes), sizeof(in->sin_addr));
	} else if (bytes && attr_len(bytes) == sizeof(in6->sin6_addr)) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = port;
		memcpy(&in6->sin6_addr, attr_data(bytes), sizeof(in6->sin6_addr));
		kn_get_u32(tb[KNETCTL_A_ENDPOINT_IFINDEX], &in6->sin6_scope_id);
	}
}

/* Returns 0, or -EBADMSG when there is no nest; what it lacks stays as it is. */
int kn_get_event(struct nlattr *attr, uint64_t *seq, uint64_t *time_ns, uint64_t *mono_ns)
{
	struct nlattr *tb[KNETCTL_A_EVENT_MAX + 1];

	if (kn_parse_nest(attr, tb, KNETCTL_A_EVENT_MAX))
		return -EBADMSG;
	kn_get_u64(tb[KNETCTL_A_EVENT_SEQ], seq);
	kn_get_u64(tb[KNETCTL_A_EVENT_TIME], time_ns);
	kn_get_u64(tb[KNETCTL_A_EVENT_MONO_NS], mono_ns);
	return 0;
}

static void get_ftp(struct nlattr *attr, struct knetctl_job *job)
{
	struct nlattr *tb[KNETCTL_A_FTP_MAX + 1];
	uint32_t flags = 0;

	if (kn_parse_nest(attr, tb, KNETCTL_A_FTP_MAX))
		return;
	kn_get_u32(tb[KNETCTL_A_FTP_FLAGS], &flags);
	job->active = !!(flags & KNETCTL_FTP_FLAGS_ACTIVE);
	kn_get_u64(tb[KNETCTL_A_FTP_OFFSET], &job->offset);
	kn_get_bytes(tb[KNETCTL_A_FTP_USER], job->user, sizeof(job->user));
	kn_get_bytes(tb[KNETCTL_A_FTP_PATHNAME], job->pathname, sizeof(job->pathname));
}

static void get_send(struct nlattr *attr, struct knetctl_job *job)
{
	struct nlattr *tb[KNETCTL_A_SEND_MAX + 1];

	if (kn_parse_nest(attr, tb, KNETCTL_A_SEND_MAX))
		return;
	kn_get_u32(tb[KNETCTL_A_SEND_COUNT], &job->send_count);
	kn_get_u32(tb[KNETCTL_A_SEND_SENT], &job->sent);
	kn_get_u64(tb[KNETCTL_A_SEND_INTERVAL_NS], &job->interval_ns);
}

static void get_job_numbers(struct nlattr **tb, struct knetctl_job *job)
{
	uint32_t flags = 0;

	kn_get_u32(tb[KNETCTL_A_JOB_ID], &job->id);
	kn_get_u32(tb[KNETCTL_A_JOB_KIND], &job->kind);
	kn_get_u32(tb[KNETCTL_A_JOB_STATE], &job->state);
	kn_get_u32(tb[KNETCTL_A_JOB_CLASS], &job->error_class);
	kn_get_u32(tb[KNETCTL_A_JOB_ERRNO], &job->errnum);
	kn_get_u32(tb[KNETCTL_A_JOB_FTP_CODE], &job->ftp_code);
	kn_get_u32(tb[KNETCTL_A_JOB_PATH], &job->path);
	kn_get_u32(tb[KNETCTL_A_JOB_FLAGS], &flags);
	job->bound = !!(flags & KNETCTL_JOB_FLAGS_BOUND);
	kn_get_u64(tb[KNETCTL_A_JOB_BYTES], &job->bytes);
	kn_get_u64(tb[KNETCTL_A_JOB_SIZE], &job->size);
	job->size_known = !!tb[KNETCTL_A_JOB_SIZE];
	kn_get_u64(tb[KNETCTL_A_JOB_DURATION_NS], &job->duration_ns);
	job->rate = KNETCTL_RATE_UNLIMITED;
	kn_get_u64(tb[KNETCTL_A_JOB_RATE], &job->rate);
}

/* Returns 0, or -EBADMSG for a message that is no job. */
int kn_get_job(const struct nlmsghdr *nlh, struct knetctl_job *job)
{
	struct nlattr *tb[KNETCTL_A_JOB_MAX + 1];
	uint64_t none = 0;

	memset(job, 0, sizeof(*job));
	if (kn_parse_message(nlh, tb, KNETCTL_A_JOB_MAX) ||
	    !tb[KNETCTL_A_JOB_ID])
		return -EBADMSG;
	get_job_numbers(tb, job);
	kn_get_endpoint(tb[KNETCTL_A_JOB_LOCAL], &job->local);
	kn_get_endpoint(tb[KNETCTL_A_JOB_REMOTE], &job->remote);
	kn_get_bytes(tb[KNETCTL_A_JOB_MESSAGE], job->message, sizeof(job->message));
	get_ftp(tb[KNETCTL_A_JOB_FTP], job);
	get_send(tb[KNETCTL_A_JOB_SEND], job);
	kn_get_event(tb[KNETCTL_A_JOB_EVENT], &job->last_seq, &none, &none);
	return 0;
}

/* Returns 0, or -EBADMSG for a message that is no line of a dialogue. */
int kn_get_dialogue(const struct nlmsghdr *nlh, struct knetctl_dialogue *dialogue)
{
	struct nlattr *tb[KNETCTL_A_JOB_MAX + 1];

	memset(dialogue, 0, sizeof(*dialogue));
	if (kn_parse_message(nlh, tb, KNETCTL_A_JOB_MAX) ||
	    !tb[KNETCTL_A_JOB_ID] || !tb[KNETCTL_A_JOB_DIRECTION])
		return -EBADMSG;
	kn_get_u32(tb[KNETCTL_A_JOB_ID], &dialogue->id);
	kn_get_u32(tb[KNETCTL_A_JOB_DIRECTION], &dialogue->direction);
	kn_get_bytes(tb[KNETCTL_A_JOB_TEXT], dialogue->text, sizeof(dialogue->text));
	return 0;
}

int kn_get_group(struct nlattr *attr, struct knetctl_group_status *group)
{
	struct nlattr *tb[KNETCTL_A_GROUP_MAX + 1];

	memset(group, 0, sizeof(*group));
	if (kn_parse_nest(attr, tb, KNETCTL_A_GROUP_MAX) ||
	    !tb[KNETCTL_A_GROUP_NAME])
		return -EBADMSG;
	kn_get_string(tb[KNETCTL_A_GROUP_NAME], group->name, sizeof(group->name));
	kn_get_u64(tb[KNETCTL_A_GROUP_NEXT_SEQ], &group->next_seq);
	kn_get_u64(tb[KNETCTL_A_GROUP_LOST], &group->lost);
	return 0;
}
