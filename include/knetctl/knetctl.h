/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libknetctl: drive the knetctl kernel module.
 *
 * All functions that return int return 0 or a positive value for success and
 * a negative errno for failure; knetctl_error() then has the text. A handle
 * may be used by one thread at a time; different handles are independent.
 * The library prints nothing, starts no thread, keeps no global state and
 * never ends the process. Every descriptor it opens is close-on-exec.
 *
 * Besides what each function lists, every call on a handle can fail with
 *   -EPERM      CAP_NET_ADMIN in the initial user namespace is needed
 *   -ESHUTDOWN  the module was removed after the handle was opened; no call on
 *               this handle will succeed any more
 *   -ECHILD     the handle was opened by the parent of this process
 *   -ENOMEM, -EBADMSG (the kernel's answer cannot be read)
 * and with what knetctl_open() failed with, when it did.
 *
 * Argument structures start with their size, so that later versions can add
 * members: set it with KNETCTL_INIT, which zeroes all others. Structures that
 * the library fills have reserved room for the same purpose.
 */
#ifndef KNETCTL_KNETCTL_H
#define KNETCTL_KNETCTL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

struct knetctl;		/* a handle */

/* struct knetctl_ftp_get args = KNETCTL_INIT(struct knetctl_ftp_get); */
#ifdef __cplusplus
#define KNETCTL_INIT(type) \
	[]() -> type { type args{}; args.size = sizeof(args); return args; }()
#else
#define KNETCTL_INIT(type)	{ .size = sizeof(type) }
#endif

/* ------------------------------------------------------------ handle -- */

/**
 * knetctl_open() - open a handle in the calling thread's network namespace
 * @handle: where to store it
 *
 * Returns 0, -ENOENT when the module is not loaded, or another -errno; @handle
 * is then still set unless there was no memory, so that knetctl_error() can
 * tell why, and must be closed.
 */
int knetctl_open(struct knetctl **handle);

/**
 * knetctl_close() - close a handle
 * @handle: NULL is allowed
 *
 * Jobs that were started on it are cancelled, but for those with
 * KNETCTL_FTP_DETACHED. May be called after a fork; the parent's jobs live on.
 */
void knetctl_close(struct knetctl *handle);

/**
 * knetctl_error() - the text of the last failure
 *
 * One line without newline: the errno's text, and behind it the kernel's own
 * words and the attribute it names; or words of the library's own where the
 * errno's would mislead. Valid until the next call on the handle,
 * never NULL, empty when nothing has failed yet. NULL is allowed and means a
 * knetctl_open() that had no memory.
 */
const char *knetctl_error(const struct knetctl *handle);

/**
 * knetctl_error_attribute() - the attribute that the kernel refused or misses
 *
 * As the protocol names it, nested ones with the path to them: "fd",
 * "ftp.pathname", "remote.address". NULL when the last failure named none.
 */
const char *knetctl_error_attribute(const struct knetctl *handle);

/** knetctl_version() - of the library, "1.2.3" */
const char *knetctl_version(void);

/* ------------------------------------------------------------- names -- */

enum knetctl_kind {
	KNETCTL_KIND_FTP_GET = 1,
	KNETCTL_KIND_FTP_PUT,
	KNETCTL_KIND_FTP_LS,
	KNETCTL_KIND_FTP_SIZE,
	KNETCTL_KIND_FTP_MTIME,
	KNETCTL_KIND_FTP_SET_MTIME,
	KNETCTL_KIND_FTP_CHECKSUM,
	KNETCTL_KIND_FTP_RM,
	KNETCTL_KIND_FTP_MKDIR,
	KNETCTL_KIND_FTP_RMDIR,
	KNETCTL_KIND_FTP_MV,
	KNETCTL_KIND_FTP_SITE,
	KNETCTL_KIND_SEND_TCP,
	KNETCTL_KIND_SEND_UDP,
};

enum knetctl_state {
	KNETCTL_STATE_QUEUED = 1,
	KNETCTL_STATE_RUNNING,
	KNETCTL_STATE_DONE,
	KNETCTL_STATE_FAILED,
	KNETCTL_STATE_CANCELLED,
};

enum knetctl_class {
	KNETCTL_CLASS_NONE = 0,
	KNETCTL_CLASS_LOCAL,
	KNETCTL_CLASS_NETWORK,
	KNETCTL_CLASS_TIMER,
	KNETCTL_CLASS_TRANSIENT,
	KNETCTL_CLASS_PERMANENT,
	KNETCTL_CLASS_PROTOCOL,
	KNETCTL_CLASS_SHORT,
	KNETCTL_CLASS_LONG,
	KNETCTL_CLASS_PEER,
};

enum knetctl_path { KNETCTL_PATH_NONE = 0, KNETCTL_PATH_BUFFERED, KNETCTL_PATH_DIRECT };

/* Names as they stand in the JSON; NULL for a value without one. */
const char *knetctl_kind_name(unsigned int kind);
const char *knetctl_state_name(unsigned int state);
const char *knetctl_class_name(unsigned int error_class);
const char *knetctl_path_name(unsigned int path);
const char *knetctl_listing_name(unsigned int listing);
const char *knetctl_checksum_name(unsigned int checksum);
/* The name of an errno, positive or negative: "ECONNREFUSED"; NULL when unknown. */
const char *knetctl_errno_name(int err);

/* --------------------------------------------------------------- jobs -- */

/**
 * struct knetctl_job - a job as a dump, an event or knetctl_job_wait() shows it
 *
 * Numbers are 0 and endpoints have family 0 (AF_UNSPEC) where nothing is known.
 * Strings are never NULL, belong to the structure and may hold any byte but NUL.
 */
struct knetctl_job {
	uint32_t id;
	uint32_t kind;			/* enum knetctl_kind */
	uint32_t state;			/* enum knetctl_state */
	uint32_t error_class;		/* enum knetctl_class */
	uint32_t errnum;		/* positive errno, 0 for none */
	uint32_t ftp_code;
	uint32_t path;			/* enum knetctl_path */
	uint32_t bound;			/* 1: cancelled when its starter's handle closes */
	uint64_t bytes;			/* moved by this job */
	uint64_t size;			/* of the whole remote file */
	uint32_t size_known;
	uint32_t active;
	uint64_t offset;
	uint64_t duration_ns;
	uint64_t last_seq;		/* number of the last event that told of it */
	struct sockaddr_storage local;
	struct sockaddr_storage remote;
	char message[513];		/* the server's words or the module's; escape before showing */
	char user[256];
	char pathname[4096];
	uint64_t interval_ns;		/* send-udp: from one datagram to the next */
	uint32_t send_count, sent;	/* send-udp: datagrams in all, and so far */
	uint64_t rate;			/* bytes a second, 0: paused; KNETCTL_RATE_UNLIMITED */
	uint64_t reserved[13];		/* 0 */
};

#define KNETCTL_RATE_UNLIMITED		UINT64_MAX

#define KNETCTL_FTP_ACTIVE		(1u << 0)
#define KNETCTL_FTP_NO_EXTENDED		(1u << 1)
#define KNETCTL_FTP_RELAXED_REPLIES	(1u << 2)
#define KNETCTL_FTP_RESUME		(1u << 3)	/* of a get: @offset is what the file has */
#define KNETCTL_FTP_APPEND		(1u << 4)	/* of a put: APPE instead of STOR */
#define KNETCTL_FTP_DIRECT		(1u << 5)	/* of a get: past the page cache */
#define KNETCTL_FTP_BUFFERED		(1u << 6)	/* of a get: through the page cache */
#define KNETCTL_FTP_TRACE		(1u << 7)	/* tell the dialogue: job-dialogue */
#define KNETCTL_FTP_DETACHED		(1u << 16)	/* lives on when the handle closes */

/**
 * struct knetctl_ftp_get - what to fetch
 *
 * Times are in milliseconds, UINT32_MAX is no limit and 0 the default
 * (connect 30 s, reply 60 s, stall 60 s, no total). Other numbers that are 0
 * are not given. No string may have a byte below 0x20 or 0x7f in it; user,
 * password and account have at most 255 bytes, the pathname at most 4095.
 */
struct knetctl_ftp_get {
	size_t size;			/* of this structure: KNETCTL_INIT */
	int fd;				/* open for writing, a regular file */
	uint32_t flags;			/* KNETCTL_FTP_* */
	const struct sockaddr_storage *remote;	/* addresses with port, tried in order; at most 16 */
	size_t remote_count;
	const struct sockaddr *source;	/* connect from here, or NULL */
	const struct sockaddr *active_address;	/* announce this one, or NULL */
	uint16_t port_min, port_max;	/* active mode listens here; 0: any */
	const char *user;		/* NULL: anonymous */
	const char *password;		/* NULL: none, for anonymous "anonymous@" */
	const char *account;
	const char *pathname;
	uint64_t offset;		/* start here, in both files */
	uint64_t max_size;
	uint32_t connect_timeout, reply_timeout, stall_timeout, timeout;
	uint64_t stall_bytes;		/* within stall_timeout; 0: 1 */
};

/**
 * knetctl_ftp_get_start() - start a transfer
 * @args: not needed after the call; the job keeps its own reference to the file
 * @id: the job's id, set for success only
 *
 * Does not wait: the end is told by KNETCTL_EVENT_JOB_DONE and by
 * knetctl_job_wait(). Returns 0, or what the kernel refused with (-EINVAL,
 * -EBADF, -EACCES, -ENOBUFS and others, see knetctl_error() and
 * knetctl_error_attribute()), -EAFNOSUPPORT for an address that is neither IPv4
 * nor IPv6, -E2BIG when @args has members that this library does not know.
 */
int knetctl_ftp_get_start(struct knetctl *handle, const struct knetctl_ftp_get *args,
			  uint32_t *id);

enum knetctl_listing { KNETCTL_LISTING_MLSD = 1, KNETCTL_LISTING_LIST, KNETCTL_LISTING_NLST };

enum knetctl_checksum {
	KNETCTL_CHECKSUM_HASH = 1, KNETCTL_CHECKSUM_XSHA256, KNETCTL_CHECKSUM_XCRC,
};

/**
 * struct knetctl_ftp - what an FTP job is to do
 *
 * Begins as struct knetctl_ftp_get, and what is said there holds. What a kind
 * of job needs besides the server, the login and @pathname:
 *
 *	ftp-get		@fd open for writing, @offset
 *	ftp-put		@fd open for reading, @offset: where to go on in both
 *			files; with KNETCTL_FTP_APPEND in the local one
 *	ftp-ls		@fd open for writing (memfd_create() makes one), @listing;
 *			@pathname may be empty, the login directory
 *	ftp-size	-, the answer is in the size of struct knetctl_job
 *	ftp-mtime	-, the answer is in its message: YYYYMMDDHHMMSS[.sss], UTC
 *	ftp-set-mtime	@argument YYYYMMDDHHMMSS, UTC
 *	ftp-checksum	@checksum, the answer is in the message as the server has it
 *	ftp-rm, ftp-mkdir, ftp-rmdir	-
 *	ftp-mv		@argument, the new pathname
 *	ftp-site	@pathname is what stands behind SITE
 */
struct knetctl_ftp {
	size_t size;			/* of this structure: KNETCTL_INIT */
	int fd;
	uint32_t flags;			/* KNETCTL_FTP_* */
	const struct sockaddr_storage *remote;
	size_t remote_count;
	const struct sockaddr *source;
	const struct sockaddr *active_address;
	uint16_t port_min, port_max;
	const char *user;
	const char *password;
	const char *account;
	const char *pathname;
	uint64_t offset;
	uint64_t max_size;
	uint32_t connect_timeout, reply_timeout, stall_timeout, timeout;
	uint64_t stall_bytes;
	const char *argument;
	uint32_t listing;		/* enum knetctl_listing, 0: LIST */
	uint32_t checksum;		/* enum knetctl_checksum, 0: HASH */
	uint32_t sessions;		/* most connections to this server, 0: 4 */
	uint32_t reserved;
	uint64_t rate;			/* ftp-get, -put, -ls: bytes a second, 0: no limit */
	const char *const *quotes;	/* commands sent after the login, as they stand; at most 16 */
	size_t quote_count;		/* of at most 512 bytes; "*CMD" may be refused */
};

/**
 * knetctl_ftp_start() - start an FTP job of any kind
 * @kind: enum knetctl_kind, one of KNETCTL_KIND_FTP_*
 * @args: not needed after the call
 * @id: the job's id, set for success only
 *
 * Waits and returns as knetctl_ftp_get_start(); -EINVAL for a kind that is not
 * of FTP.
 */
int knetctl_ftp_start(struct knetctl *handle, uint32_t kind, const struct knetctl_ftp *args,
		      uint32_t *id);

/**
 * knetctl_pipe() - a way for the data of a job that is no file
 * @fds: set to a pair of connected sockets: @fds[0] is for the job, as the fd of
 *	its arguments, @fds[1] for the program, which reads from it what is got, or
 *	writes to it what is to be put
 *
 * Once the job was started the program closes @fds[0], so that it sees the end
 * of what is got. The end of what is put is told with shutdown(SHUT_WR); to close
 * @fds[1] before the job is done makes it fail with EPIPE, so that a program that
 * was killed does not leave half a file as a whole one. The program may set
 * @fds[1] non-blocking; it should read or write while it waits for the job. Both
 * are close-on-exec. Returns 0, or -EMFILE, -ENFILE or -ENOMEM.
 */
int knetctl_pipe(struct knetctl *handle, int fds[2]);

/**
 * knetctl_job_get() - one job
 * @id: of any job of the network namespace
 *
 * Returns 0, or -ENOENT when there is none with this id. A finished job is
 * kept for the handle that started it or waited for it until it was got here.
 */
int knetctl_job_get(struct knetctl *handle, uint32_t id, struct knetctl_job *job);

/**
 * knetctl_job_list() - call @each for every job of the namespace
 * @each: returns 0 to go on, anything else to stop; that is then returned
 * @data: for @each
 *
 * The list is read before the first call, so @each may use the handle. A job
 * is valid during its call only.
 */
int knetctl_job_list(struct knetctl *handle,
		     int (*each)(const struct knetctl_job *job, void *data), void *data);

/**
 * knetctl_job_cancel() - ask for the end of a job
 *
 * Does not wait; its job-done follows. Returns 0, -ENOENT when there is no such
 * job, or what the kernel says of one that has ended already.
 */
int knetctl_job_cancel(struct knetctl *handle, uint32_t id);

/**
 * knetctl_job_set_rate() - change how fast a get, put or ls may go
 * @rate: bytes a second, 0 to pause it, KNETCTL_RATE_UNLIMITED
 *
 * At once, also while it waits in the queue. A pause stops the stall timer and no
 * other one. Returns 0, -ENOENT when there is no such job, -EALREADY when it has
 * ended, -EOPNOTSUPP when it is of a kind that moves no file.
 */
int knetctl_job_set_rate(struct knetctl *handle, uint32_t id, uint64_t rate);

/**
 * knetctl_job_wait() - wait for the end of a job and get its result
 * @timeout_ms: -1 for no limit
 *
 * Works for a job of anybody, also for one that has ended and is still listed.
 * Events of subscribed groups that come meanwhile are kept for knetctl_process(),
 * in order. A loss of events does not make it miss the end.
 * Returns 0 with the result in @job, -ETIMEDOUT, -ENOENT (no such job),
 * -ESHUTDOWN when the module went away, -EINTR when a signal came. After
 * -ETIMEDOUT and -EINTR the result stays held for this handle.
 */
int knetctl_job_wait(struct knetctl *handle, uint32_t id, int timeout_ms,
		     struct knetctl_job *job);

/* ------------------------------------------------------------- filter -- */

/**
 * struct knetctl_filter - a rule of the filter
 *
 * The key of a rule is its prefix, its ports and whether it excludes. The rule
 * with the longest prefix decides about a connection; of those the one with the
 * fewest ports, and of two with the same ports the one that excludes. All of
 * it 0 is every connection of both families.
 */
struct knetctl_filter {
	uint32_t family;		/* AF_INET, AF_INET6, AF_UNSPEC for both */
	uint32_t prefix_len;
	uint8_t address[16];		/* 4 or 16 bytes; bits behind the prefix do not count */
	uint16_t port_min, port_max;	/* of the remote end; port_max 0 or 0-65535: all */
	uint32_t exclude;		/* 1: do not report */
	uint64_t timeout_ms;		/* until it removes itself, 0: never */
	uint64_t hits;			/* connections that it decided */
	uint64_t last_hit_ns;		/* since 1970, 0: none yet; in whole seconds */
	char comment[256];		/* UTF-8 by convention; escape before showing */
	uint64_t reserved[8];		/* 0 */
};

#define KNETCTL_FILTER_OVERWRITE	(1u << 0)	/* a key that is there is no error */

/**
 * knetctl_filter_add() - add rules
 * @rules: hits and last_hit_ns do not count
 * @flags: 0 or KNETCTL_FILTER_OVERWRITE
 *
 * Of up to 256 rules all or none are added; more go in pieces, and those before
 * the one that failed stay. Returns 0, -EEXIST, -ENOSPC when the
 * filter is full, -EINVAL and others; see knetctl_filter_error_rule().
 */
int knetctl_filter_add(struct knetctl *handle, const struct knetctl_filter *rules, size_t count,
		       unsigned int flags);

/**
 * knetctl_filter_del() - remove rules
 * @rules: of which only the keys count
 *
 * All or none, as knetctl_filter_add(). Returns 0, -ENOENT and others.
 */
int knetctl_filter_del(struct knetctl *handle, const struct knetctl_filter *rules, size_t count);

/**
 * knetctl_filter_replace() - put other rules into the place of all that are there
 * @next: gives the next rule, which comes zeroed: 1 with a rule, 0 at the end, or
 *	a negative errno to give it up; must not use the handle
 * @data: for @next
 * @flags: 0 or KNETCTL_FILTER_OVERWRITE
 *
 * At once: every connection meets the old rules or the new ones. Takes little
 * memory, however many there are. A failure changes nothing. Returns 0, or as
 * knetctl_filter_add(), -EBUSY when too many replaces are under way, or what
 * @next returned.
 */
int knetctl_filter_replace(struct knetctl *handle,
			   int (*next)(struct knetctl_filter *rule, void *data), void *data,
			   unsigned int flags);

/**
 * knetctl_filter_error_rule() - the rule that the last add, del or replace failed for
 *
 * Counted from 0 in the order in which they were given; -1 when it is no rule's
 * fault, or unknown.
 */
int64_t knetctl_filter_error_rule(const struct knetctl *handle);

/** knetctl_filter_flush() - remove all rules; without rules nothing is watched */
int knetctl_filter_flush(struct knetctl *handle);

/**
 * knetctl_filter_list() - call @each for every rule
 * @each: returns 0 to go on, anything else to stop, which is then returned; must
 *	not use the handle
 *
 * In no order that means something. The rules come as the kernel sends them, so
 * it takes little memory, however many there are. When another table takes
 * their place meanwhile, those of the old one still come.
 */
int knetctl_filter_list(struct knetctl *handle,
			int (*each)(const struct knetctl_filter *rule, void *data), void *data);

struct knetctl_filter_counts {
	uint32_t count, count_ipv4, count_ipv6;
	uint32_t limit;			/* of count */
	uint64_t bytes;			/* kernel memory */
	uint64_t reserved[8];		/* 0 */
};

/** knetctl_filter_counts() - how many rules there are */
int knetctl_filter_counts(struct knetctl *handle, struct knetctl_filter_counts *counts);

/**
 * knetctl_filter_test() - the rule that decides about a connection to @remote
 * @remote: with port 0 the ports of rules are ignored
 * @rule: filled when 1 is returned; it may be one that excludes
 *
 * Counts no hit. Returns 1 with the rule, 0 when there is none.
 */
int knetctl_filter_test(struct knetctl *handle, const struct sockaddr *remote,
			struct knetctl_filter *rule);

/**
 * knetctl_filter_text() - the key of a rule, "10.0.0.0/8 port 80-443 exclude"
 *
 * As the command takes it. Returns the length, as snprintf(); 80 bytes are enough.
 */
int knetctl_filter_text(const struct knetctl_filter *rule, char *text, size_t size);

enum knetctl_attributed {
	KNETCTL_ATTRIBUTED_NONE = 0,	/* sent in nobody's context: pid and comm are unknown */
	KNETCTL_ATTRIBUTED_TASK,	/* sent in the context of the socket's owner */
};

/** knetctl_attribution_name() - "none", "task"; NULL when unknown */
const char *knetctl_attribution_name(unsigned int attribution);

/** struct knetctl_filter_match - an outgoing connection that a rule fits */
struct knetctl_filter_match {
	struct sockaddr_storage local;
	struct sockaddr_storage remote;
	struct knetctl_filter rule;	/* its key */
	uint32_t attribution;		/* enum knetctl_attributed */
	uint32_t pid;			/* in the initial pid namespace, 0: unknown */
	uint32_t uid;			/* of the socket's creator, in the initial user namespace */
	uint32_t uid_known;
	uint64_t cgroup;		/* id of the socket's cgroup, 0: unknown */
	char comm[16];			/* name of the process, "": unknown */
	uint64_t reserved[8];		/* 0 */
};

/* ---------------------------------------------------------- listeners -- */

/* What a listener does with its connections. */
enum knetctl_serve {
	KNETCTL_SERVE_HOLD = 1,		/* read and drop, never answer; the default */
	KNETCTL_SERVE_CLOSE,
	KNETCTL_SERVE_ECHO,
	KNETCTL_SERVE_DISCARD,
	KNETCTL_SERVE_CHARGEN,
	KNETCTL_SERVE_DAYTIME,
	KNETCTL_SERVE_BANNER,		/* send @text, then close */
	KNETCTL_SERVE_FILE,		/* send the file @fd, then close */
	KNETCTL_SERVE_HANDOFF,		/* wait for knetctl_listener_accept() */
};

/* What happens to connections over a limit. */
enum knetctl_over_limit {
	KNETCTL_LIMIT_QUEUE = 1,	/* stay in the backlog; per source: are closed; the default */
	KNETCTL_LIMIT_CLOSE,
	KNETCTL_LIMIT_RESET,
};

/* Why a connection was rejected, or how it ended. */
enum knetctl_reason {
	KNETCTL_REASON_MAX = 1,
	KNETCTL_REASON_PER_SOURCE,
	KNETCTL_REASON_RATE,
	KNETCTL_REASON_MEMORY,
	KNETCTL_REASON_DONE,
	KNETCTL_REASON_PEER,
	KNETCTL_REASON_RESET,
	KNETCTL_REASON_IDLE,
	KNETCTL_REASON_CLOSED,
	KNETCTL_REASON_DELETED,
	KNETCTL_REASON_HANDED_OVER,
	KNETCTL_REASON_FILE,
	KNETCTL_REASON_SHUTDOWN,
};

/* Names as they stand in the JSON; NULL for a value without one. */
const char *knetctl_service_name(unsigned int service);
const char *knetctl_on_limit_name(unsigned int on_limit);
const char *knetctl_reason_name(unsigned int reason);

#define KNETCTL_LISTENER_V6ONLY			(1u << 0)
#define KNETCTL_LISTENER_IPV4_FALLBACK		(1u << 1)	/* told: no IPv6 here */
#define KNETCTL_LISTENER_KEEP_CONNECTIONS	(1u << 2)	/* of a delete */
#define KNETCTL_LISTENER_PAUSED			(1u << 3)	/* told: a limit is reached */

/** struct knetctl_listener - a listener; a limit that is 0 is none */
struct knetctl_listener {
	uint32_t id;
	uint32_t flags;			/* KNETCTL_LISTENER_* */
	uint32_t service;		/* enum knetctl_serve */
	uint32_t ifindex;
	uint32_t backlog;
	uint32_t max, per_source, per_source_prefix, rate;
	uint32_t on_limit;		/* enum knetctl_over_limit */
	uint32_t idle;			/* ms */
	uint32_t connections, waiting;	/* now; of them for knetctl_listener_accept() */
	uint64_t accepted, rejected;	/* ever */
	uint64_t duration_ns;		/* since it was made */
	struct sockaddr_storage local;
	uint32_t text_len;
	char text[4096];		/* of the banner, any bytes, not terminated */
	uint64_t reserved[16];		/* 0 */
};

/** struct knetctl_listener_add - where and how to listen; what is 0 is not given */
struct knetctl_listener_add {
	size_t size;			/* of this structure: KNETCTL_INIT */
	const struct sockaddr *local;	/* port 0: any */
	uint32_t flags;			/* KNETCTL_LISTENER_V6ONLY */
	uint32_t ifindex;
	uint32_t backlog;		/* default and most: net.core.somaxconn */
	uint32_t max, per_source, per_source_prefix, rate;
	uint32_t on_limit;		/* enum knetctl_over_limit */
	uint32_t idle;			/* ms */
	uint32_t service;		/* enum knetctl_serve */
	const void *text;		/* of a banner, at most 4096 bytes */
	size_t text_len;
	int fd;				/* of the service file, open for reading */
};

/**
 * knetctl_listener_add() - listen
 * @args: not needed after the call
 * @listener: what came of it, with its id and port
 *
 * An IPv6 address takes IPv4 too, unless V6ONLY; where there is no IPv6, [::]
 * becomes 0.0.0.0 and @listener has KNETCTL_LISTENER_IPV4_FALLBACK. Returns 0,
 * -EADDRINUSE, -EADDRNOTAVAIL, -EACCES for a port under 1024 without
 * CAP_NET_BIND_SERVICE, or what else the kernel refuses with.
 */
int knetctl_listener_add(struct knetctl *handle, const struct knetctl_listener_add *args,
			 struct knetctl_listener *listener);

/** knetctl_listener_get() - one listener; -ENOENT when there is none with this id */
int knetctl_listener_get(struct knetctl *handle, uint32_t id,
			 struct knetctl_listener *listener);

/** knetctl_listener_list() - as knetctl_job_list(), for listeners */
int knetctl_listener_list(struct knetctl *handle,
			  int (*each)(const struct knetctl_listener *listener, void *data),
			  void *data);

#define KNETCTL_SET_BACKLOG		(1u << 0)
#define KNETCTL_SET_MAX			(1u << 1)
#define KNETCTL_SET_PER_SOURCE		(1u << 2)
#define KNETCTL_SET_PER_SOURCE_PREFIX	(1u << 3)
#define KNETCTL_SET_RATE		(1u << 4)
#define KNETCTL_SET_ON_LIMIT		(1u << 5)
#define KNETCTL_SET_IDLE		(1u << 6)

/** struct knetctl_listener_set - what to change; a limit that becomes 0 is none */
struct knetctl_listener_set {
	size_t size;			/* of this structure: KNETCTL_INIT */
	uint32_t set;			/* KNETCTL_SET_*: which of these */
	uint32_t backlog, max, per_source, per_source_prefix, rate, on_limit, idle;
};

/** knetctl_listener_set() - change a live listener, its connections stay */
int knetctl_listener_set(struct knetctl *handle, uint32_t id,
			 const struct knetctl_listener_set *args,
			 struct knetctl_listener *listener);

/** knetctl_listener_del() - stop listening; @flags: KNETCTL_LISTENER_KEEP_CONNECTIONS or 0 */
int knetctl_listener_del(struct knetctl *handle, uint32_t id, uint32_t flags);

/* -------------------------------------------------------- connections -- */

/** struct knetctl_connection - a connection; what is unknown is 0 */
struct knetctl_connection {
	uint32_t id;			/* 0 for a rejected one */
	uint32_t listener;		/* its id, also when it was deleted */
	uint32_t service;		/* enum knetctl_serve */
	uint32_t reason;		/* enum knetctl_reason, of an end */
	uint32_t errnum;		/* positive errno, 0 for none */
	uint64_t bytes_in, bytes_out;
	uint64_t duration_ns;		/* since the accept */
	uint64_t last_seq;		/* number of the last event that told of it */
	struct sockaddr_storage local;
	struct sockaddr_storage remote;
	uint64_t reserved[16];		/* 0 */
};

/** knetctl_connection_get() - one connection; -ENOENT when there is none with this id */
int knetctl_connection_get(struct knetctl *handle, uint32_t id,
			   struct knetctl_connection *connection);

/** knetctl_connection_list() - as knetctl_job_list(); @listener: only of this one, 0 for all */
int knetctl_connection_list(struct knetctl *handle, uint32_t listener,
			    int (*each)(const struct knetctl_connection *connection, void *data),
			    void *data);

/** knetctl_connection_close() - close one soon; its connection-closed follows */
int knetctl_connection_close(struct knetctl *handle, uint32_t id);

/**
 * knetctl_listener_accept() - take a connection of a listener with KNETCTL_SERVE_HANDOFF
 * @timeout_ms: -1 for no limit, 0 to not wait
 * @connection: filled, may be NULL
 *
 * Returns a connected socket, close-on-exec and the caller's own, that of the
 * connection which waited longest. Or -EAGAIN when none waits and @timeout_ms is
 * 0, -ETIMEDOUT, -EINVAL when the service is another, -ENOENT when there is no
 * such listener (any more), -EMFILE, -EINTR when a signal came, -ESHUTDOWN.
 * Events of subscribed groups that come meanwhile are kept, in order.
 */
int knetctl_listener_accept(struct knetctl *handle, uint32_t id, int timeout_ms,
			    struct knetctl_connection *connection);

/* --------------------------------------------------------------- send -- */

#define KNETCTL_SEND_BROADCAST		(1u << 0)	/* the destination may be one */
#define KNETCTL_SEND_TOS		(1u << 1)	/* @tos is given */
#define KNETCTL_SEND_DETACHED		(1u << 16)	/* lives on when the handle closes */

/** struct knetctl_send - what to send; what is 0 is not given */
struct knetctl_send {
	size_t size;			/* of this structure: KNETCTL_INIT */
	uint32_t kind;			/* KNETCTL_KIND_SEND_UDP or KNETCTL_KIND_SEND_TCP */
	uint32_t flags;			/* KNETCTL_SEND_* */
	const struct sockaddr_storage *remote;	/* addresses with port, tried in order; at most 16 */
	size_t remote_count;
	const struct sockaddr *source;	/* send from here, or NULL */
	const void *data;		/* at most 65507 bytes; NULL: of the file @fd */
	size_t len;
	int fd;				/* open for reading, a regular file; TCP only */
	uint32_t count;			/* datagrams; 0: 1 */
	uint64_t interval_ns;		/* from one to the next */
	uint32_t wait;			/* ms for an ICMP error after the last datagram */
	uint32_t connect_timeout, timeout;	/* ms, as in struct knetctl_ftp_get */
	uint32_t ifindex, multicast_ifindex;
	uint32_t mark, ttl, tos;
};

/**
 * knetctl_send_start() - send
 * @args: not needed after the call
 * @id: the job's id; 0 when it was one datagram, which is sent now
 * @job: of what was sent now: bytes and both ends; may be NULL
 *
 * One datagram without @wait is sent before this returns, all else is a job, as
 * those of knetctl_ftp_get_start(). A TCP job is done when the peer has
 * acknowledged all.
 * Returns 0, -EMSGSIZE for a datagram that is too long, -ECONNREFUSED and others
 * for an ICMP error that came at once, or what the kernel refuses with.
 */
int knetctl_send_start(struct knetctl *handle, const struct knetctl_send *args, uint32_t *id,
		       struct knetctl_job *job);

/* ------------------------------------------------------------- events -- */

enum knetctl_event_type {
	KNETCTL_EVENT_JOB_STARTED = 1,
	KNETCTL_EVENT_JOB_PROGRESS,
	KNETCTL_EVENT_JOB_DONE,
	KNETCTL_EVENT_LOST,
	KNETCTL_EVENT_SYNCED,		/* for a program's own stream; never from knetctl_process() */
	KNETCTL_EVENT_GONE,		/* the module went away; the last event of a handle */
	KNETCTL_EVENT_FILTER_MATCH,
	KNETCTL_EVENT_CONNECTION_ACCEPTED,
	KNETCTL_EVENT_CONNECTION_REJECTED,
	KNETCTL_EVENT_CONNECTION_CLOSED,
	KNETCTL_EVENT_JOB_DIALOGUE,
};

#define KNETCTL_GROUP_JOB	(1u << 0)
#define KNETCTL_GROUP_FILTER	(1u << 1)
#define KNETCTL_GROUP_CONNECTION	(1u << 2)
#define KNETCTL_GROUP_ALL	(~0u)

#define KNETCTL_DIRECTION_SENT		1
#define KNETCTL_DIRECTION_RECEIVED	2

/** struct knetctl_dialogue - a line of what a job with KNETCTL_FTP_TRACE and its server say */
struct knetctl_dialogue {
	uint32_t id;			/* of the job */
	uint32_t direction;		/* KNETCTL_DIRECTION_* */
	char text[513];			/* without secrets; escape before showing */
	uint64_t reserved[4];		/* 0 */
};

/** struct knetctl_event - one event. Which part of @u is valid follows from @type. */
struct knetctl_event {
	uint32_t type;			/* enum knetctl_event_type */
	uint32_t group;			/* KNETCTL_GROUP_*, one bit */
	uint64_t seq;			/* 0 for lost, synced and gone */
	uint64_t time_ns;		/* since 1970, UTC */
	uint64_t mono_ns;		/* CLOCK_MONOTONIC */
	uint64_t netns;			/* inode number of the network namespace */
	union {
		struct knetctl_job job;
		struct knetctl_dialogue dialogue;
		struct knetctl_filter_match filter;
		struct knetctl_connection connection;
		struct {
			uint64_t count, first_seq, last_seq;
			uint32_t where;	/* 0: the kernel's queue, 1: this socket */
		} lost;
	} u;
};

/** knetctl_direction_name() - "sent" and "received"; NULL when unknown */
const char *knetctl_direction_name(unsigned int direction);
/** knetctl_event_name() - "job-started" and so on; NULL when unknown */
const char *knetctl_event_name(unsigned int type);
/** knetctl_group_name() - "job" for KNETCTL_GROUP_JOB; NULL when unknown */
const char *knetctl_group_name(unsigned int group);

/**
 * knetctl_subscribe() - add groups of events
 * @groups: KNETCTL_GROUP_*, or KNETCTL_GROUP_ALL for all that both the library
 *	and the module know
 *
 * What happens after the return is told, what happened before the call is not.
 * Subscribing again to a group changes nothing. Returns 0, -EPERM, -EINVAL for a
 * group that the library does not know, -EOPNOTSUPP for one the module lacks.
 */
int knetctl_subscribe(struct knetctl *handle, unsigned int groups);

/**
 * knetctl_set_rcvbuf() - size of the receive buffer of the events
 * @bytes: 1 and more; the default is 8 MiB
 *
 * Without CAP_NET_ADMIN it is limited by net.core.rmem_max. Returns the size in
 * force. Call it before knetctl_subscribe() to miss nothing.
 */
int knetctl_set_rcvbuf(struct knetctl *handle, int bytes);

/** knetctl_fd() - to poll; -1 before knetctl_subscribe() */
int knetctl_fd(const struct knetctl *handle);
/** knetctl_events() - what to poll for (POLLIN) */
int knetctl_events(const struct knetctl *handle);
/**
 * knetctl_timeout() - when knetctl_process() wants to be called without an event
 *
 * In milliseconds from now, 0 is at once, -1 never. Give it to poll(): after a
 * silence the library asks the kernel whether the last events were lost.
 */
int knetctl_timeout(const struct knetctl *handle);

/**
 * knetctl_process() - get the next event, never waits
 * @event: filled when 1 is returned
 *
 * Returns 1 with an event, 0 when there is none now, -EINVAL when no group is
 * subscribed, -ESHUTDOWN after KNETCTL_EVENT_GONE. Call it until it returns 0.
 * Events that were lost, in the kernel or in this socket, come as
 * KNETCTL_EVENT_LOST with their exact number, at the place in the stream where
 * they are missing; a full socket is no error.
 */
int knetctl_process(struct knetctl *handle, struct knetctl_event *event);

/**
 * knetctl_wait() - wait until knetctl_process() may have something
 * @timeout_ms: -1 for no limit
 *
 * Returns 1 to call it, 0 when the time is over, -EINTR when a signal came,
 * -EINVAL when no group is subscribed.
 */
int knetctl_wait(struct knetctl *handle, int timeout_ms);

/**
 * knetctl_sync() - ask the kernel for all events up to now
 *
 * Afterwards knetctl_process() returns every event generated before this call,
 * those that were lost included, before it returns 0.
 */
int knetctl_sync(struct knetctl *handle);

/* ------------------------------------------------------------- status -- */

struct knetctl_group_status {
	char name[16];
	uint64_t next_seq;
	uint64_t lost;			/* dropped by the kernel's queue */
};

struct knetctl_status {
	char version[32];		/* of the module */
	uint32_t jobs, jobs_max, jobs_finished;
	uint32_t sessions, sessions_max;
	uint32_t group_count;
	struct knetctl_group_status group[8];
	uint32_t listeners, connections;
	uint64_t reserved[15];		/* 0 */
};

/** knetctl_status() - version, limits and counts of the module */
int knetctl_status(struct knetctl *handle, struct knetctl_status *status);

/* ---------------------------------------------------------------- URL -- */

/**
 * struct knetctl_url - an FTP URL (RFC 1738 section 3.2), decoded
 *
 * Strings but @host and @name are NULL when absent. @path has no leading slash
 * of the URL; it is relative to the login directory, or absolute when it began
 * with %2F (or, as other programs take it, with a second slash). @host is
 * without brackets, "fe80::1%eth0" with its zone. @name can hold a slash when
 * one was encoded in the last part: look before it becomes a file name.
 */
struct knetctl_url {
	char *user, *password, *host, *path;
	char *name;			/* last part of the path, decoded; "" for a directory */
	uint16_t port;			/* 21 when not given */
	char type;			/* of ;type=: 'a', 'i' or 'd'; 0 when not given */
};

/**
 * knetctl_url_parse() - parse and decode
 * @url: filled; zeroed on failure
 * @reason: why it failed, a constant string; may be NULL
 *
 * Returns 0 or -EINVAL, -ENOMEM. Control bytes (below 0x20, 0x7f) are refused
 * in every part, encoded or not. Free with knetctl_url_free().
 */
int knetctl_url_parse(const char *text, struct knetctl_url *url, const char **reason);
/** knetctl_url_free() - wipes the password; the structure may be zeroed */
void knetctl_url_free(struct knetctl_url *url);

/**
 * knetctl_resolve() - the addresses of a name, in the order to try them
 * @family: AF_UNSPEC, AF_INET or AF_INET6
 * @remote: room for @count addresses
 * @reason: why it failed, a constant string; may be NULL
 *
 * Each address is there once; an IPv6 address keeps its zone. Returns how many
 * there are (1 to @count), -ENOENT when there is no such host or none of this
 * family, -EAGAIN when the name servers do not answer, or another -errno. Waits
 * for the name servers.
 */
int knetctl_resolve(const char *host, uint16_t port, int family,
		    struct sockaddr_storage *remote, size_t count, const char **reason);

#ifdef __cplusplus
}
#endif

#endif /* KNETCTL_KNETCTL_H */
