/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	include/netlink/knetctl.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_KNETCTL_H
#define _UAPI_LINUX_KNETCTL_H

#define KNETCTL_FAMILY_NAME	"knetctl"
#define KNETCTL_FAMILY_VERSION	1

/**
 * enum knetctl_job_kind - What a job does.
 * @KNETCTL_JOB_KIND_FTP_GET: Fetch one file from an FTP server into an open
 *   file.
 * @KNETCTL_JOB_KIND_FTP_PUT: Send an open file to an FTP server.
 * @KNETCTL_JOB_KIND_FTP_LS: Fetch a listing of a directory, as the server
 *   gives it, into an open file.
 * @KNETCTL_JOB_KIND_FTP_SIZE: Ask for the size of a file, given as size.
 * @KNETCTL_JOB_KIND_FTP_MTIME: Ask for the time of modification (MDTM), given
 *   as message.
 * @KNETCTL_JOB_KIND_FTP_SET_MTIME: Set the time of modification (MFMT) to
 *   argument, YYYYMMDDHHMMSS.
 * @KNETCTL_JOB_KIND_FTP_CHECKSUM: Ask for a checksum of a file, given as
 *   message.
 * @KNETCTL_JOB_KIND_FTP_RM: Delete a file.
 * @KNETCTL_JOB_KIND_FTP_MKDIR: Make a directory.
 * @KNETCTL_JOB_KIND_FTP_RMDIR: Remove a directory.
 * @KNETCTL_JOB_KIND_FTP_MV: Rename a file or directory to argument.
 * @KNETCTL_JOB_KIND_FTP_SITE: A SITE command, pathname is what stands behind
 *   SITE.
 * @KNETCTL_JOB_KIND_SEND_TCP: Send bytes over a TCP connection, done when the
 *   peer has acknowledged all.
 * @KNETCTL_JOB_KIND_SEND_UDP: Send datagrams, all of the same bytes.
 */
enum knetctl_job_kind {
	KNETCTL_JOB_KIND_FTP_GET = 1,
	KNETCTL_JOB_KIND_FTP_PUT,
	KNETCTL_JOB_KIND_FTP_LS,
	KNETCTL_JOB_KIND_FTP_SIZE,
	KNETCTL_JOB_KIND_FTP_MTIME,
	KNETCTL_JOB_KIND_FTP_SET_MTIME,
	KNETCTL_JOB_KIND_FTP_CHECKSUM,
	KNETCTL_JOB_KIND_FTP_RM,
	KNETCTL_JOB_KIND_FTP_MKDIR,
	KNETCTL_JOB_KIND_FTP_RMDIR,
	KNETCTL_JOB_KIND_FTP_MV,
	KNETCTL_JOB_KIND_FTP_SITE,
	KNETCTL_JOB_KIND_SEND_TCP,
	KNETCTL_JOB_KIND_SEND_UDP,
};

/**
 * enum knetctl_job_state - Where a job stands. Done, failed and cancelled are
 *   final.
 * @KNETCTL_JOB_STATE_QUEUED: Accepted, waits for a session.
 * @KNETCTL_JOB_STATE_RUNNING: A session works on it.
 * @KNETCTL_JOB_STATE_DONE: Ended well.
 * @KNETCTL_JOB_STATE_FAILED: Ended by an error, class and errno tell which.
 * @KNETCTL_JOB_STATE_CANCELLED: Ended because somebody asked, or because the
 *   socket that it was bound to closed.
 */
enum knetctl_job_state {
	KNETCTL_JOB_STATE_QUEUED = 1,
	KNETCTL_JOB_STATE_RUNNING,
	KNETCTL_JOB_STATE_DONE,
	KNETCTL_JOB_STATE_FAILED,
	KNETCTL_JOB_STATE_CANCELLED,
};

/**
 * enum knetctl_error_class - Why a job failed, in words that a retry policy
 *   can use.
 * @KNETCTL_ERROR_CLASS_LOCAL: This machine, file system, limits, memory.
 * @KNETCTL_ERROR_CLASS_NETWORK: A connection could not be made or broke.
 * @KNETCTL_ERROR_CLASS_TIMER: One of the four timers ended it.
 * @KNETCTL_ERROR_CLASS_TRANSIENT: The server refused for now (FTP 4xx).
 * @KNETCTL_ERROR_CLASS_PERMANENT: The server refused (FTP 5xx).
 * @KNETCTL_ERROR_CLASS_PROTOCOL: The server said what the protocol does not
 *   allow.
 * @KNETCTL_ERROR_CLASS_SHORT: Fewer bytes came than the server had promised.
 * @KNETCTL_ERROR_CLASS_LONG: More bytes came than the server had promised, or
 *   than max-size allows.
 * @KNETCTL_ERROR_CLASS_PEER: The data connection came from somebody else than
 *   the server.
 */
enum knetctl_error_class {
	KNETCTL_ERROR_CLASS_LOCAL = 1,
	KNETCTL_ERROR_CLASS_NETWORK,
	KNETCTL_ERROR_CLASS_TIMER,
	KNETCTL_ERROR_CLASS_TRANSIENT,
	KNETCTL_ERROR_CLASS_PERMANENT,
	KNETCTL_ERROR_CLASS_PROTOCOL,
	KNETCTL_ERROR_CLASS_SHORT,
	KNETCTL_ERROR_CLASS_LONG,
	KNETCTL_ERROR_CLASS_PEER,
};

/**
 * enum knetctl_ftp_listing - What kind of listing to ask for.
 * @KNETCTL_FTP_LISTING_MLSD: For programs (RFC 3659 section 7).
 * @KNETCTL_FTP_LISTING_LIST: For people (RFC 959), mostly as ls -l.
 * @KNETCTL_FTP_LISTING_NLST: Names only.
 */
enum knetctl_ftp_listing {
	KNETCTL_FTP_LISTING_MLSD = 1,
	KNETCTL_FTP_LISTING_LIST,
	KNETCTL_FTP_LISTING_NLST,
};

/**
 * enum knetctl_ftp_checksum - The command that asks for a checksum.
 */
enum knetctl_ftp_checksum {
	KNETCTL_FTP_CHECKSUM_HASH = 1,
	KNETCTL_FTP_CHECKSUM_XSHA256,
	KNETCTL_FTP_CHECKSUM_XCRC,
};

/**
 * enum knetctl_data_path - How the bytes travelled between socket and file.
 * @KNETCTL_DATA_PATH_BUFFERED: Through the page cache.
 * @KNETCTL_DATA_PATH_DIRECT: Past the page cache, but for what is no whole
 *   block.
 */
enum knetctl_data_path {
	KNETCTL_DATA_PATH_BUFFERED = 1,
	KNETCTL_DATA_PATH_DIRECT,
};

/**
 * enum knetctl_job_flags - How a job is tied to the socket that started it.
 * @KNETCTL_JOB_FLAGS_BOUND: The job is cancelled when the socket that started
 *   it closes, and its result is kept until that socket has fetched it with
 *   job-get.
 */
enum knetctl_job_flags {
	KNETCTL_JOB_FLAGS_BOUND = 1,
};

/**
 * enum knetctl_ftp_flags - How an FTP transfer is made.
 * @KNETCTL_FTP_FLAGS_ACTIVE: The server connects to us (EPRT, PORT) instead of
 *   the other way (EPSV, PASV).
 * @KNETCTL_FTP_FLAGS_NO_EXTENDED: Use neither EPSV nor EPRT (RFC 2428), and
 *   ask for no SIZE.
 * @KNETCTL_FTP_FLAGS_RELAXED_REPLIES: Any line with a code and a blank ends a
 *   multi-line reply, not only the same code.
 * @KNETCTL_FTP_FLAGS_RESUME: Offset is what the file already has. The server
 *   must tell the SIZE: equal to offset is success without a transfer, less is
 *   a failure.
 * @KNETCTL_FTP_FLAGS_APPEND: Of a put, append to the remote file (APPE).
 * @KNETCTL_FTP_FLAGS_DIRECT: Of a get, write past the page cache if the file
 *   system can. Without this flag and without buffered it is done for files of
 *   at least 16 MiB.
 * @KNETCTL_FTP_FLAGS_BUFFERED: Of a get, write through the page cache.
 * @KNETCTL_FTP_FLAGS_TRACE: Tell the dialogue with the server, in
 *   job-dialogue.
 */
enum knetctl_ftp_flags {
	KNETCTL_FTP_FLAGS_ACTIVE = 1,
	KNETCTL_FTP_FLAGS_NO_EXTENDED = 2,
	KNETCTL_FTP_FLAGS_RELAXED_REPLIES = 4,
	KNETCTL_FTP_FLAGS_RESUME = 8,
	KNETCTL_FTP_FLAGS_APPEND = 16,
	KNETCTL_FTP_FLAGS_DIRECT = 32,
	KNETCTL_FTP_FLAGS_BUFFERED = 64,
	KNETCTL_FTP_FLAGS_TRACE = 128,
};

/**
 * enum knetctl_dialogue_direction - Who says a line of the dialogue.
 * @KNETCTL_DIALOGUE_DIRECTION_SENT: We, a command.
 * @KNETCTL_DIALOGUE_DIRECTION_RECEIVED: The server.
 */
enum knetctl_dialogue_direction {
	KNETCTL_DIALOGUE_DIRECTION_SENT = 1,
	KNETCTL_DIALOGUE_DIRECTION_RECEIVED,
};

/**
 * enum knetctl_filter_flags - What a rule of the filter does.
 * @KNETCTL_FILTER_FLAGS_EXCLUDE: A connection for which this rule is the best
 *   match is not reported.
 */
enum knetctl_filter_flags {
	KNETCTL_FILTER_FLAGS_EXCLUDE = 1,
};

/**
 * enum knetctl_filter_list_flags - How rules are added.
 * @KNETCTL_FILTER_LIST_FLAGS_OVERWRITE: A rule whose key is there already
 *   takes its place, and its hits.
 * @KNETCTL_FILTER_LIST_FLAGS_BEGIN: Begin a new, empty table; one that this
 *   socket had begun before is dropped.
 * @KNETCTL_FILTER_LIST_FLAGS_COMMIT: Put the table into the place of the one
 *   in force.
 * @KNETCTL_FILTER_LIST_FLAGS_ABORT: Drop the table that was begun.
 */
enum knetctl_filter_list_flags {
	KNETCTL_FILTER_LIST_FLAGS_OVERWRITE = 1,
	KNETCTL_FILTER_LIST_FLAGS_BEGIN = 2,
	KNETCTL_FILTER_LIST_FLAGS_COMMIT = 4,
	KNETCTL_FILTER_LIST_FLAGS_ABORT = 8,
};

/**
 * enum knetctl_attribution - How it is known whose connection it is.
 * @KNETCTL_ATTRIBUTION_NONE: Sent in nobody's context, or for the kernel
 *   itself; the process is not known.
 * @KNETCTL_ATTRIBUTION_TASK: Sent in the context of the process that owns the
 *   socket.
 */
enum knetctl_attribution {
	KNETCTL_ATTRIBUTION_NONE,
	KNETCTL_ATTRIBUTION_TASK,
};

#define KNETCTL_COMMENT_MAX		255
#define KNETCTL_PREFIX_RULES_MAX	1024

/**
 * enum knetctl_service - What a listener does with its connections.
 * @KNETCTL_SERVICE_HOLD: Read and drop what comes, never answer.
 * @KNETCTL_SERVICE_CLOSE: Close at once.
 * @KNETCTL_SERVICE_ECHO: Send back what comes (RFC 862).
 * @KNETCTL_SERVICE_DISCARD: Read and drop what comes (RFC 863).
 * @KNETCTL_SERVICE_CHARGEN: Send characters for as long as the peer takes them
 *   (RFC 864).
 * @KNETCTL_SERVICE_DAYTIME: Send date and time, then close (RFC 867).
 * @KNETCTL_SERVICE_BANNER: Send the text, then close.
 * @KNETCTL_SERVICE_FILE: Send the file, then close.
 * @KNETCTL_SERVICE_HANDOFF: Wait until a process takes the connection with
 *   listener-accept.
 */
enum knetctl_service {
	KNETCTL_SERVICE_HOLD = 1,
	KNETCTL_SERVICE_CLOSE,
	KNETCTL_SERVICE_ECHO,
	KNETCTL_SERVICE_DISCARD,
	KNETCTL_SERVICE_CHARGEN,
	KNETCTL_SERVICE_DAYTIME,
	KNETCTL_SERVICE_BANNER,
	KNETCTL_SERVICE_FILE,
	KNETCTL_SERVICE_HANDOFF,
};

/**
 * enum knetctl_on_limit - What happens to connections over a limit.
 * @KNETCTL_ON_LIMIT_QUEUE: Stay in the backlog until there is room. A peer is
 *   known only after the accept, so that over the limit per source this is
 *   close.
 * @KNETCTL_ON_LIMIT_CLOSE: Are accepted and closed.
 * @KNETCTL_ON_LIMIT_RESET: Are accepted and reset.
 */
enum knetctl_on_limit {
	KNETCTL_ON_LIMIT_QUEUE = 1,
	KNETCTL_ON_LIMIT_CLOSE,
	KNETCTL_ON_LIMIT_RESET,
};

/**
 * enum knetctl_connection_reason - Why a connection was rejected or how it
 *   ended.
 * @KNETCTL_CONNECTION_REASON_MAX: Rejected, the listener has its most
 *   connections.
 * @KNETCTL_CONNECTION_REASON_PER_SOURCE: Rejected, the peer's network has its
 *   most connections.
 * @KNETCTL_CONNECTION_REASON_RATE: Rejected, connections came too fast.
 * @KNETCTL_CONNECTION_REASON_MEMORY: Rejected, or ended, there was no memory.
 * @KNETCTL_CONNECTION_REASON_DONE: The service had nothing more to do.
 * @KNETCTL_CONNECTION_REASON_PEER: The peer closed it.
 * @KNETCTL_CONNECTION_REASON_RESET: The peer reset it, or the network broke
 *   it; errno tells.
 * @KNETCTL_CONNECTION_REASON_IDLE: Nothing moved for as long as the listener
 *   allows.
 * @KNETCTL_CONNECTION_REASON_CLOSED: Somebody asked with connection-close.
 * @KNETCTL_CONNECTION_REASON_DELETED: Its listener was deleted.
 * @KNETCTL_CONNECTION_REASON_HANDED_OVER: A process has it now.
 * @KNETCTL_CONNECTION_REASON_FILE: The file could not be read; errno tells.
 * @KNETCTL_CONNECTION_REASON_SHUTDOWN: The module or the network namespace
 *   goes away.
 */
enum knetctl_connection_reason {
	KNETCTL_CONNECTION_REASON_MAX = 1,
	KNETCTL_CONNECTION_REASON_PER_SOURCE,
	KNETCTL_CONNECTION_REASON_RATE,
	KNETCTL_CONNECTION_REASON_MEMORY,
	KNETCTL_CONNECTION_REASON_DONE,
	KNETCTL_CONNECTION_REASON_PEER,
	KNETCTL_CONNECTION_REASON_RESET,
	KNETCTL_CONNECTION_REASON_IDLE,
	KNETCTL_CONNECTION_REASON_CLOSED,
	KNETCTL_CONNECTION_REASON_DELETED,
	KNETCTL_CONNECTION_REASON_HANDED_OVER,
	KNETCTL_CONNECTION_REASON_FILE,
	KNETCTL_CONNECTION_REASON_SHUTDOWN,
};

/**
 * enum knetctl_listener_flags - How a listener is made, and what became of it.
 * @KNETCTL_LISTENER_FLAGS_V6ONLY: An IPv6 listener takes no IPv4.
 * @KNETCTL_LISTENER_FLAGS_IPV4_FALLBACK: In an answer, there is no IPv6 here
 *   and the listener has 0.0.0.0 instead of [::].
 * @KNETCTL_LISTENER_FLAGS_KEEP_CONNECTIONS: In listener-del, the connections
 *   live on.
 * @KNETCTL_LISTENER_FLAGS_PAUSED: In an answer, a limit holds the backlog up.
 */
enum knetctl_listener_flags {
	KNETCTL_LISTENER_FLAGS_V6ONLY = 1,
	KNETCTL_LISTENER_FLAGS_IPV4_FALLBACK = 2,
	KNETCTL_LISTENER_FLAGS_KEEP_CONNECTIONS = 4,
	KNETCTL_LISTENER_FLAGS_PAUSED = 8,
};

/**
 * enum knetctl_send_flags - How something is sent.
 * @KNETCTL_SEND_FLAGS_BROADCAST: The destination may be a broadcast address.
 */
enum knetctl_send_flags {
	KNETCTL_SEND_FLAGS_BROADCAST = 1,
};

#define KNETCTL_TEXT_MAX	512
#define KNETCTL_PATHNAME_MAX	4095
#define KNETCTL_CREDENTIAL_MAX	255
#define KNETCTL_REMOTES_MAX	16
#define KNETCTL_QUOTES_MAX	16
#define KNETCTL_QUOTE_MAX	512
#define KNETCTL_BANNER_MAX	4096

enum {
	KNETCTL_A_ENDPOINT_ADDRESS = 1,
	KNETCTL_A_ENDPOINT_PORT,
	KNETCTL_A_ENDPOINT_IFINDEX,

	__KNETCTL_A_ENDPOINT_MAX,
	KNETCTL_A_ENDPOINT_MAX = (__KNETCTL_A_ENDPOINT_MAX - 1)
};

enum {
	KNETCTL_A_EVENT_PAD = 1,
	KNETCTL_A_EVENT_SEQ,
	KNETCTL_A_EVENT_TIME,
	KNETCTL_A_EVENT_MONO_NS,

	__KNETCTL_A_EVENT_MAX,
	KNETCTL_A_EVENT_MAX = (__KNETCTL_A_EVENT_MAX - 1)
};

enum {
	KNETCTL_A_GROUP_PAD = 1,
	KNETCTL_A_GROUP_NAME,
	KNETCTL_A_GROUP_NEXT_SEQ,
	KNETCTL_A_GROUP_LOST,

	__KNETCTL_A_GROUP_MAX,
	KNETCTL_A_GROUP_MAX = (__KNETCTL_A_GROUP_MAX - 1)
};

enum {
	KNETCTL_A_LOST_PAD = 1,
	KNETCTL_A_LOST_EVENT,
	KNETCTL_A_LOST_GROUP,
	KNETCTL_A_LOST_COUNT,
	KNETCTL_A_LOST_FIRST_SEQ,
	KNETCTL_A_LOST_LAST_SEQ,

	__KNETCTL_A_LOST_MAX,
	KNETCTL_A_LOST_MAX = (__KNETCTL_A_LOST_MAX - 1)
};

enum {
	KNETCTL_A_SYNC_PAD = 1,
	KNETCTL_A_SYNC_GROUP,

	__KNETCTL_A_SYNC_MAX,
	KNETCTL_A_SYNC_MAX = (__KNETCTL_A_SYNC_MAX - 1)
};

enum {
	KNETCTL_A_FTP_PAD = 1,
	KNETCTL_A_FTP_FLAGS,
	KNETCTL_A_FTP_USER,
	KNETCTL_A_FTP_PASSWORD,
	KNETCTL_A_FTP_ACCOUNT,
	KNETCTL_A_FTP_PATHNAME,
	KNETCTL_A_FTP_OFFSET,
	KNETCTL_A_FTP_ACTIVE_ADDRESS,
	KNETCTL_A_FTP_PORT_MIN,
	KNETCTL_A_FTP_PORT_MAX,
	KNETCTL_A_FTP_ARGUMENT,
	KNETCTL_A_FTP_LISTING,
	KNETCTL_A_FTP_CHECKSUM,
	KNETCTL_A_FTP_SESSIONS,
	KNETCTL_A_FTP_QUOTE,

	__KNETCTL_A_FTP_MAX,
	KNETCTL_A_FTP_MAX = (__KNETCTL_A_FTP_MAX - 1)
};

enum {
	KNETCTL_A_SEND_PAD = 1,
	KNETCTL_A_SEND_FLAGS,
	KNETCTL_A_SEND_COUNT,
	KNETCTL_A_SEND_SENT,
	KNETCTL_A_SEND_INTERVAL_NS,
	KNETCTL_A_SEND_WAIT,
	KNETCTL_A_SEND_IFINDEX,
	KNETCTL_A_SEND_MARK,
	KNETCTL_A_SEND_TTL,
	KNETCTL_A_SEND_TOS,
	KNETCTL_A_SEND_MULTICAST_IFINDEX,

	__KNETCTL_A_SEND_MAX,
	KNETCTL_A_SEND_MAX = (__KNETCTL_A_SEND_MAX - 1)
};

enum {
	KNETCTL_A_JOB_PAD = 1,
	KNETCTL_A_JOB_ID,
	KNETCTL_A_JOB_KIND,
	KNETCTL_A_JOB_STATE,
	KNETCTL_A_JOB_FLAGS,
	KNETCTL_A_JOB_FD,
	KNETCTL_A_JOB_REMOTE,
	KNETCTL_A_JOB_SOURCE,
	KNETCTL_A_JOB_LOCAL,
	KNETCTL_A_JOB_CONNECT_TIMEOUT,
	KNETCTL_A_JOB_REPLY_TIMEOUT,
	KNETCTL_A_JOB_STALL_TIMEOUT,
	KNETCTL_A_JOB_STALL_BYTES,
	KNETCTL_A_JOB_TIMEOUT,
	KNETCTL_A_JOB_MAX_SIZE,
	KNETCTL_A_JOB_FTP,
	KNETCTL_A_JOB_BYTES,
	KNETCTL_A_JOB_SIZE,
	KNETCTL_A_JOB_DURATION_NS,
	KNETCTL_A_JOB_CLASS,
	KNETCTL_A_JOB_ERRNO,
	KNETCTL_A_JOB_FTP_CODE,
	KNETCTL_A_JOB_MESSAGE,
	KNETCTL_A_JOB_PATH,
	KNETCTL_A_JOB_EVENT,
	KNETCTL_A_JOB_SEND,
	KNETCTL_A_JOB_DATA,
	KNETCTL_A_JOB_RATE,
	KNETCTL_A_JOB_DIRECTION,
	KNETCTL_A_JOB_TEXT,

	__KNETCTL_A_JOB_MAX,
	KNETCTL_A_JOB_MAX = (__KNETCTL_A_JOB_MAX - 1)
};

enum {
	KNETCTL_A_FILTER_PAD = 1,
	KNETCTL_A_FILTER_ADDRESS,
	KNETCTL_A_FILTER_PREFIX_LEN,
	KNETCTL_A_FILTER_PORT_MIN,
	KNETCTL_A_FILTER_PORT_MAX,
	KNETCTL_A_FILTER_FLAGS,
	KNETCTL_A_FILTER_TIMEOUT,
	KNETCTL_A_FILTER_COMMENT,
	KNETCTL_A_FILTER_HITS,
	KNETCTL_A_FILTER_LAST_HIT,

	__KNETCTL_A_FILTER_MAX,
	KNETCTL_A_FILTER_MAX = (__KNETCTL_A_FILTER_MAX - 1)
};

enum {
	KNETCTL_A_FILTER_LIST_PAD = 1,
	KNETCTL_A_FILTER_LIST_RULE,
	KNETCTL_A_FILTER_LIST_FLAGS,
	KNETCTL_A_FILTER_LIST_COUNT,
	KNETCTL_A_FILTER_LIST_COUNT_IPV4,
	KNETCTL_A_FILTER_LIST_COUNT_IPV6,
	KNETCTL_A_FILTER_LIST_LIMIT,
	KNETCTL_A_FILTER_LIST_BYTES,
	KNETCTL_A_FILTER_LIST_REMOTE,

	__KNETCTL_A_FILTER_LIST_MAX,
	KNETCTL_A_FILTER_LIST_MAX = (__KNETCTL_A_FILTER_LIST_MAX - 1)
};

enum {
	KNETCTL_A_FILTER_MATCH_PAD = 1,
	KNETCTL_A_FILTER_MATCH_EVENT,
	KNETCTL_A_FILTER_MATCH_LOCAL,
	KNETCTL_A_FILTER_MATCH_REMOTE,
	KNETCTL_A_FILTER_MATCH_RULE,
	KNETCTL_A_FILTER_MATCH_ATTRIBUTION,
	KNETCTL_A_FILTER_MATCH_PID,
	KNETCTL_A_FILTER_MATCH_COMM,
	KNETCTL_A_FILTER_MATCH_UID,
	KNETCTL_A_FILTER_MATCH_CGROUP,

	__KNETCTL_A_FILTER_MATCH_MAX,
	KNETCTL_A_FILTER_MATCH_MAX = (__KNETCTL_A_FILTER_MATCH_MAX - 1)
};

enum {
	KNETCTL_A_STATUS_PAD = 1,
	KNETCTL_A_STATUS_VERSION,
	KNETCTL_A_STATUS_JOBS,
	KNETCTL_A_STATUS_JOBS_MAX,
	KNETCTL_A_STATUS_JOBS_FINISHED,
	KNETCTL_A_STATUS_SESSIONS,
	KNETCTL_A_STATUS_SESSIONS_MAX,
	KNETCTL_A_STATUS_GROUP,
	KNETCTL_A_STATUS_LISTENERS,
	KNETCTL_A_STATUS_CONNECTIONS,

	__KNETCTL_A_STATUS_MAX,
	KNETCTL_A_STATUS_MAX = (__KNETCTL_A_STATUS_MAX - 1)
};

enum {
	KNETCTL_A_LISTENER_PAD = 1,
	KNETCTL_A_LISTENER_ID,
	KNETCTL_A_LISTENER_LOCAL,
	KNETCTL_A_LISTENER_FLAGS,
	KNETCTL_A_LISTENER_IFINDEX,
	KNETCTL_A_LISTENER_BACKLOG,
	KNETCTL_A_LISTENER_MAX_CONNECTIONS,
	KNETCTL_A_LISTENER_PER_SOURCE,
	KNETCTL_A_LISTENER_PER_SOURCE_PREFIX,
	KNETCTL_A_LISTENER_RATE,
	KNETCTL_A_LISTENER_ON_LIMIT,
	KNETCTL_A_LISTENER_IDLE,
	KNETCTL_A_LISTENER_SERVICE,
	KNETCTL_A_LISTENER_TEXT,
	KNETCTL_A_LISTENER_FD,
	KNETCTL_A_LISTENER_CONNECTIONS,
	KNETCTL_A_LISTENER_WAITING,
	KNETCTL_A_LISTENER_ACCEPTED,
	KNETCTL_A_LISTENER_REJECTED,
	KNETCTL_A_LISTENER_DURATION_NS,

	__KNETCTL_A_LISTENER_MAX,
	KNETCTL_A_LISTENER_MAX = (__KNETCTL_A_LISTENER_MAX - 1)
};

enum {
	KNETCTL_A_CONNECTION_PAD = 1,
	KNETCTL_A_CONNECTION_ID,
	KNETCTL_A_CONNECTION_LISTENER,
	KNETCTL_A_CONNECTION_LOCAL,
	KNETCTL_A_CONNECTION_REMOTE,
	KNETCTL_A_CONNECTION_SERVICE,
	KNETCTL_A_CONNECTION_REASON,
	KNETCTL_A_CONNECTION_ERRNO,
	KNETCTL_A_CONNECTION_BYTES_IN,
	KNETCTL_A_CONNECTION_BYTES_OUT,
	KNETCTL_A_CONNECTION_DURATION_NS,
	KNETCTL_A_CONNECTION_FD,
	KNETCTL_A_CONNECTION_EVENT,

	__KNETCTL_A_CONNECTION_MAX,
	KNETCTL_A_CONNECTION_MAX = (__KNETCTL_A_CONNECTION_MAX - 1)
};

enum {
	KNETCTL_CMD_STATUS = 1,
	KNETCTL_CMD_EVENT_SYNC,
	KNETCTL_CMD_JOB_START,
	KNETCTL_CMD_JOB_GET,
	KNETCTL_CMD_JOB_CANCEL,
	KNETCTL_CMD_JOB_WAIT,
	KNETCTL_CMD_JOB_STARTED,
	KNETCTL_CMD_JOB_PROGRESS,
	KNETCTL_CMD_JOB_DONE,
	KNETCTL_CMD_LOST,
	KNETCTL_CMD_FILTER_ADD,
	KNETCTL_CMD_FILTER_DEL,
	KNETCTL_CMD_FILTER_REPLACE,
	KNETCTL_CMD_FILTER_FLUSH,
	KNETCTL_CMD_FILTER_GET,
	KNETCTL_CMD_FILTER_TEST,
	KNETCTL_CMD_FILTER_MATCH,
	KNETCTL_CMD_SEND_START,
	KNETCTL_CMD_LISTENER_ADD,
	KNETCTL_CMD_LISTENER_GET,
	KNETCTL_CMD_LISTENER_SET,
	KNETCTL_CMD_LISTENER_DEL,
	KNETCTL_CMD_LISTENER_ACCEPT,
	KNETCTL_CMD_CONNECTION_GET,
	KNETCTL_CMD_CONNECTION_CLOSE,
	KNETCTL_CMD_CONNECTION_ACCEPTED,
	KNETCTL_CMD_CONNECTION_REJECTED,
	KNETCTL_CMD_CONNECTION_CLOSED,
	KNETCTL_CMD_JOB_SET,
	KNETCTL_CMD_JOB_DIALOGUE,

	__KNETCTL_CMD_MAX,
	KNETCTL_CMD_MAX = (__KNETCTL_CMD_MAX - 1)
};

#define KNETCTL_MCGRP_JOB		"job"
#define KNETCTL_MCGRP_FILTER		"filter"
#define KNETCTL_MCGRP_CONNECTION	"connection"

#endif /* _UAPI_LINUX_KNETCTL_H */
