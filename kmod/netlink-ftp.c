// SPDX-License-Identifier: GPL-2.0-only
/* The start of FTP jobs. */
#include <linux/ctype.h>
#include <linux/file.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "knetctl.h"
#include "netlink-gen.h"

#define CONNECT_TIMEOUT_MS	30000
#define REPLY_TIMEOUT_MS	60000
#define STALL_TIMEOUT_MS	60000

#define FTP_PATHS	(KNETCTL_FTP_FLAGS_DIRECT | KNETCTL_FTP_FLAGS_BUFFERED)

/* What a job does with the descriptor of its caller. */
enum ftp_file {
	FILE_NONE,
	FILE_SOURCE,
	FILE_TARGET,
};

static const struct {
	enum knet_ftp_op op;
	enum ftp_file file;
	bool argument;
} ftp_kinds[] = {
	[KNETCTL_JOB_KIND_FTP_GET] = { KNET_FTP_RETR, FILE_TARGET },
	[KNETCTL_JOB_KIND_FTP_PUT] = { KNET_FTP_STOR, FILE_SOURCE },
	[KNETCTL_JOB_KIND_FTP_LS] = { KNET_FTP_LIST, FILE_TARGET },
	[KNETCTL_JOB_KIND_FTP_SIZE] = { KNET_FTP_SIZE },
	[KNETCTL_JOB_KIND_FTP_MTIME] = { KNET_FTP_MDTM },
	[KNETCTL_JOB_KIND_FTP_SET_MTIME] = { KNET_FTP_MFMT, FILE_NONE, true },
	[KNETCTL_JOB_KIND_FTP_CHECKSUM] = { KNET_FTP_HASH },
	[KNETCTL_JOB_KIND_FTP_RM] = { KNET_FTP_DELE },
	[KNETCTL_JOB_KIND_FTP_MKDIR] = { KNET_FTP_MKD },
	[KNETCTL_JOB_KIND_FTP_RMDIR] = { KNET_FTP_RMD },
	[KNETCTL_JOB_KIND_FTP_MV] = { KNET_FTP_RENAME, FILE_NONE, true },
	[KNETCTL_JOB_KIND_FTP_SITE] = { KNET_FTP_SITE },
};

static void get_timers(struct nlattr **tb, struct knet_timers *timers)
{
	timers->connect = knet_nl_timeout(tb[KNETCTL_A_JOB_CONNECT_TIMEOUT], CONNECT_TIMEOUT_MS);
	timers->reply = knet_nl_timeout(tb[KNETCTL_A_JOB_REPLY_TIMEOUT], REPLY_TIMEOUT_MS);
	timers->stall = knet_nl_timeout(tb[KNETCTL_A_JOB_STALL_TIMEOUT], STALL_TIMEOUT_MS);
	timers->total = knet_nl_timeout(tb[KNETCTL_A_JOB_TIMEOUT], 0);
	timers->stall_bytes = 1;
	if (tb[KNETCTL_A_JOB_STALL_BYTES])
		timers->stall_bytes = max_t(u64, 1, nla_get_u64(tb[KNETCTL_A_JOB_STALL_BYTES]));
}

/* All addresses of the server; they are repeated attributes of the message. */
static int get_remotes(struct genl_info *info, struct knet_server *server)
{
	struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KNETCTL_A_JOB_REMOTE)
			continue;
		if (server->remote_count == KNETCTL_REMOTES_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "too many addresses");
			return -E2BIG;
		}
		err = knet_nl_get_addr(attr, &server->remote[server->remote_count], info->extack);
		if (err)
			return err;
		if (!knet_addr_port(&server->remote[server->remote_count])) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "the port is missing");
			return -EINVAL;
		}
		server->remote_count++;
	}
	return 0;
}

static int get_login(struct nlattr **ftp, u32 flags, struct knet_server *server,
		     struct netlink_ext_ack *extack)
{
	int err;

	err = knet_nl_get_text(ftp[KNETCTL_A_FTP_USER], KNETCTL_CREDENTIAL_MAX, &server->user,
			       extack) ?:
	      knet_nl_get_text(ftp[KNETCTL_A_FTP_PASSWORD], KNETCTL_CREDENTIAL_MAX,
			       &server->password, extack) ?:
	      knet_nl_get_text(ftp[KNETCTL_A_FTP_ACCOUNT], KNETCTL_CREDENTIAL_MAX,
			       &server->account, extack);
	if (err)
		return err;
	if (!server->user)
		server->user = kstrdup("anonymous", GFP_KERNEL_ACCOUNT);
	if (!server->user)
		return -ENOMEM;
	server->login.user = server->user;
	server->login.password = server->password;
	server->login.account = server->account;
	server->login.plain = flags & KNETCTL_FTP_FLAGS_NO_EXTENDED;
	server->login.relaxed = flags & KNETCTL_FTP_FLAGS_RELAXED_REPLIES;
	return 0;
}

/* The user's own commands; they are repeated attributes of the nest. */
static int get_quotes(const struct nlattr *nest, struct knet_server *server,
		      struct netlink_ext_ack *extack)
{
	struct knet_ftp_login *login = &server->login;
	struct nlattr *attr;
	const char *quote;
	int rem, err;
	char letter;

	login->quotes = (const char *const *)server->quotes;
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != KNETCTL_A_FTP_QUOTE)
			continue;
		if (login->quote_count == KNETCTL_QUOTES_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "more than 16 quotes");
			return -E2BIG;
		}
		if (nla_len(attr) > KNETCTL_QUOTE_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "a quote of more than 512 bytes");
			return -ENAMETOOLONG;
		}
		err = knet_nl_get_text(attr, KNETCTL_QUOTE_MAX,
				       &server->quotes[login->quote_count], extack);
		if (err)
			return err;
		quote = server->quotes[login->quote_count++];
		letter = quote[*quote == '*'];
		if (!isascii(letter) || !isalpha(letter)) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "a command begins with a letter");
			return -EINVAL;
		}
	}
	return 0;
}

static struct knet_server *get_server(struct genl_info *info, struct nlattr **ftp, u32 flags)
{
	struct knet_server *server = knet_server_alloc(knet_net(genl_info_net(info)));
	struct nlattr *source = info->attrs[KNETCTL_A_JOB_SOURCE];
	int err;

	if (!server)
		return ERR_PTR(-ENOMEM);
	err = get_remotes(info, server);
	if (!err && source)
		err = knet_nl_get_addr(source, &server->source, info->extack);
	if (!err)
		err = get_login(ftp, flags, server, info->extack) ?:
		      get_quotes(info->attrs[KNETCTL_A_JOB_FTP], server, info->extack);
	if (!err)
		return server;
	knet_server_free(server);
	return ERR_PTR(err);
}

static int get_active(struct nlattr **ftp, struct knet_job *job, struct netlink_ext_ack *extack)
{
	const struct nlattr *addr = ftp[KNETCTL_A_FTP_ACTIVE_ADDRESS];

	if (addr) {
		if (nla_len(addr) != 4 && nla_len(addr) != 16) {
			NL_SET_ERR_MSG_ATTR(extack, addr, "an address has 4 or 16 bytes");
			return -EINVAL;
		}
		job->active_addr_len = nla_len(addr);
		memcpy(job->active_addr, nla_data(addr), nla_len(addr));
	}
	if (!ftp[KNETCTL_A_FTP_PORT_MIN] && !ftp[KNETCTL_A_FTP_PORT_MAX])
		return 0;
	if (!ftp[KNETCTL_A_FTP_PORT_MIN] || !ftp[KNETCTL_A_FTP_PORT_MAX]) {
		NL_SET_ERR_MSG(extack, "a port range has both port-min and port-max");
		return -EINVAL;
	}
	job->port_min = nla_get_u16(ftp[KNETCTL_A_FTP_PORT_MIN]);
	job->port_max = nla_get_u16(ftp[KNETCTL_A_FTP_PORT_MAX]);
	if (job->port_min > job->port_max) {
		NL_SET_ERR_MSG_ATTR(extack, ftp[KNETCTL_A_FTP_PORT_MAX],
				    "port-max is below port-min");
		return -EINVAL;
	}
	return 0;
}

/* The operation of the FTP machine; some kinds have several. */
static enum knet_ftp_op get_op(const struct knet_job *job, struct nlattr **ftp)
{
	static const enum knet_ftp_op listings[] = {
		[KNETCTL_FTP_LISTING_MLSD] = KNET_FTP_MLSD,
		[KNETCTL_FTP_LISTING_LIST] = KNET_FTP_LIST,
		[KNETCTL_FTP_LISTING_NLST] = KNET_FTP_NLST,
	};
	static const enum knet_ftp_op checksums[] = {
		[KNETCTL_FTP_CHECKSUM_HASH] = KNET_FTP_HASH,
		[KNETCTL_FTP_CHECKSUM_XSHA256] = KNET_FTP_XSHA256,
		[KNETCTL_FTP_CHECKSUM_XCRC] = KNET_FTP_XCRC,
	};

	switch (job->kind) {
	case KNETCTL_JOB_KIND_FTP_PUT:
		return job->ftp_flags & KNETCTL_FTP_FLAGS_APPEND ? KNET_FTP_APPE : KNET_FTP_STOR;
	case KNETCTL_JOB_KIND_FTP_LS:
		if (ftp[KNETCTL_A_FTP_LISTING])
			return listings[nla_get_u32(ftp[KNETCTL_A_FTP_LISTING])];
		return KNET_FTP_LIST;
	case KNETCTL_JOB_KIND_FTP_CHECKSUM:
		if (ftp[KNETCTL_A_FTP_CHECKSUM])
			return checksums[nla_get_u32(ftp[KNETCTL_A_FTP_CHECKSUM])];
		return KNET_FTP_HASH;
	default:
		return ftp_kinds[job->kind].op;
	}
}

/* The strings that become parts of commands. */
static int get_names(struct nlattr **ftp, struct knet_job *job, struct netlink_ext_ack *extack)
{
	bool argument = ftp_kinds[job->kind].argument;
	int err;

	err = knet_nl_get_text(ftp[KNETCTL_A_FTP_PATHNAME], KNETCTL_PATHNAME_MAX, &job->pathname,
			       extack) ?:
	      knet_nl_get_text(ftp[KNETCTL_A_FTP_ARGUMENT], KNETCTL_PATHNAME_MAX, &job->argument,
			       extack);
	if (err)
		return err;
	if (!job->pathname && job->kind == KNETCTL_JOB_KIND_FTP_LS) {
		job->pathname = kstrdup("", GFP_KERNEL_ACCOUNT);
		if (!job->pathname)
			return -ENOMEM;
	}
	if (!job->pathname || (!*job->pathname && job->kind != KNETCTL_JOB_KIND_FTP_LS)) {
		NL_SET_ERR_MSG(extack, "the pathname is missing");
		return -EINVAL;
	}
	if (argument != !!job->argument) {
		knet_nl_set_msg(extack, argument ? "the argument is missing" :
						   "this kind of job has no argument");
		return -EINVAL;
	}
	return 0;
}

static int get_request(struct nlattr **tb, struct nlattr **ftp, struct knet_job *job,
		       struct netlink_ext_ack *extack)
{
	struct knet_ftp_request *request = &job->request;
	int err = get_names(ftp, job, extack);

	if (err)
		return err;
	request->op = get_op(job, ftp);
	request->pathname = job->pathname;
	request->argument = job->argument;
	request->active = job->ftp_flags & KNETCTL_FTP_FLAGS_ACTIVE;
	request->resume = job->ftp_flags & KNETCTL_FTP_FLAGS_RESUME;
	if (ftp[KNETCTL_A_FTP_OFFSET])
		request->offset = nla_get_u64(ftp[KNETCTL_A_FTP_OFFSET]);
	if (request->offset > MAX_LFS_FILESIZE) {
		NL_SET_ERR_MSG_ATTR(extack, ftp[KNETCTL_A_FTP_OFFSET], "no file is that large");
		return -EFBIG;
	}
	if (tb[KNETCTL_A_JOB_MAX_SIZE])
		request->max_size = nla_get_u64(tb[KNETCTL_A_JOB_MAX_SIZE]);
	return get_active(ftp, job, extack);
}

static int check_file(const struct knet_job *job, const char **reason)
{
	if (knet_pipe_is_socket(job->file)) {
		if (!(job->ftp_flags & KNETCTL_FTP_FLAGS_DIRECT))
			return knet_pipe_check(job->file, reason);
		*reason = "a socket has no page cache to write past";
		return -EINVAL;
	}
	return job->sends ? knet_stream_check_source(job->file, reason) :
			    knet_stream_check_target(job->file, reason);
}

/* The caller's descriptor, held from here to the end of the job. */
static int take_file(const struct nlattr *attr, struct knet_job *job,
		     struct netlink_ext_ack *extack)
{
	enum ftp_file use = ftp_kinds[job->kind].file;
	const char *reason;
	int err;

	if (!attr && use == FILE_NONE)
		return 0;
	if (!attr || use == FILE_NONE) {
		knet_nl_set_msg(extack, attr ? "this kind of job has no fd" : "fd is missing");
		return -EINVAL;
	}
	job->file = fget(nla_get_s32(attr));
	if (!job->file) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "not an open file descriptor");
		return -EBADF;
	}
	job->moves = true;
	job->sends = use == FILE_SOURCE;
	if (job->sends && !knet_pipe_is_socket(job->file))
		job->size = i_size_read(file_inode(job->file));
	err = check_file(job, &reason);
	if (!err)
		return 0;
	NL_SET_BAD_ATTR(extack, attr);
	knet_nl_set_msg(extack, reason);
	return err;
}

static int get_rate(const struct nlattr *attr, struct knet_job *job,
		    struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (ftp_kinds[job->kind].file == FILE_NONE) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "this kind of job has no rate");
		return -EOPNOTSUPP;
	}
	job->rate = nla_get_u64(attr);
	return 0;
}

static int get_job(struct genl_info *info, struct nlattr **ftp, struct knet_job *job)
{
	struct nlattr **tb = info->attrs;

	job->kind = nla_get_u32(tb[KNETCTL_A_JOB_KIND]);
	job->portid = info->snd_portid;
	if (tb[KNETCTL_A_JOB_FLAGS])
		job->flags = nla_get_u32(tb[KNETCTL_A_JOB_FLAGS]);
	if (ftp[KNETCTL_A_FTP_FLAGS])
		job->ftp_flags = nla_get_u32(ftp[KNETCTL_A_FTP_FLAGS]);
	get_timers(tb, &job->timers);
	if (job->ftp_flags & FTP_PATHS && job->kind != KNETCTL_JOB_KIND_FTP_GET) {
		NL_SET_ERR_MSG_ATTR(info->extack, ftp[KNETCTL_A_FTP_FLAGS],
				    "direct and buffered are flags of a get");
		return -EINVAL;
	}
	if ((job->ftp_flags & FTP_PATHS) == FTP_PATHS) {
		NL_SET_ERR_MSG_ATTR(info->extack, ftp[KNETCTL_A_FTP_FLAGS],
				    "direct and buffered exclude each other");
		return -EINVAL;
	}
	return get_request(tb, ftp, job, info->extack) ?:
	       get_rate(tb[KNETCTL_A_JOB_RATE], job, info->extack) ?:
	       take_file(tb[KNETCTL_A_JOB_FD], job, info->extack);
}

static int check_required(struct genl_info *info)
{
	static const struct {
		u8 attr;
		const char *missing;
	} required[] = {
		{ KNETCTL_A_JOB_KIND, "kind is missing" },
		{ KNETCTL_A_JOB_REMOTE, "remote is missing" },
		{ KNETCTL_A_JOB_FTP, "ftp is missing" },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(required); i++) {
		if (info->attrs[required[i].attr])
			continue;
		knet_nl_set_msg(info->extack, required[i].missing);
		return -EINVAL;
	}
	if (nla_get_u32(info->attrs[KNETCTL_A_JOB_KIND]) >= ARRAY_SIZE(ftp_kinds)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[KNETCTL_A_JOB_KIND],
				    "the kind is none of FTP, see send-start");
		return -EINVAL;
	}
	return 0;
}

static int job_start(struct genl_info *info, struct knet_job *job, struct nlattr **ftp, u32 *id)
{
	struct knet_server *server;
	struct knet_net *kn = job->kn;
	int err;

	err = get_job(info, ftp, job);
	if (err)
		return err;
	server = get_server(info, ftp, job->ftp_flags);
	if (IS_ERR(server))
		return PTR_ERR(server);
	job->user = kstrdup(server->user, GFP_KERNEL_ACCOUNT);
	if (!job->user) {
		knet_server_free(server);
		return -ENOMEM;
	}
	mutex_lock(&kn->lock);
	job->server = knet_server_find(kn, server);
	if (ftp[KNETCTL_A_FTP_SESSIONS])
		job->server->session_limit = min(nla_get_u32(ftp[KNETCTL_A_FTP_SESSIONS]),
						 job->server->session_ceiling);
	err = knet_job_accept(job, info->extack);
	*id = job->obj.id;
	if (err) {
		knet_server_put(job->server);
		job->server = NULL;
	}
	mutex_unlock(&kn->lock);
	return err;
}

/**
 * knetctl_nl_job_start_doit() - KNETCTL_CMD_JOB_START
 * @skb: request
 * @info: parsed request
 *
 * Return: 0 or a negative errno, the refusal.
 */
int knetctl_nl_job_start_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *ftp[KNETCTL_A_FTP_MAX + 1];
	struct sk_buff *reply;
	struct knet_job *job;
	void *head;
	u32 id;
	int err;

	err = check_required(info) ?:
	      nla_parse_nested(ftp, KNETCTL_A_FTP_MAX, info->attrs[KNETCTL_A_JOB_FTP],
			       knetctl_ftp_nl_policy, info->extack);
	if (err)
		return err;
	/* First what can fail: an accepted job must be answered. */
	reply = knet_nl_reply(info, KNETCTL_CMD_JOB_START, nla_total_size(sizeof(u32)), &head);
	job = knet_job_alloc(knet_net(genl_info_net(info)));
	err = reply && job ? job_start(info, job, ftp, &id) : -ENOMEM;
	if (err)
		goto drop;
	return knet_nl_reply_send(reply, head, info, nla_put_u32(reply, KNETCTL_A_JOB_ID, id));

drop:
	if (job)
		knet_job_put(job);
	nlmsg_free(reply);
	return err;
}
