/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FTP (RFC 959, 1123, 2428, 3659) as a state machine that does no I/O: bytes
 * of the control connection and what became of the data connection go in,
 * bytes to send and the next action come out. Compiled into the module and,
 * unchanged, into the unit tests and fuzzers of user space.
 *
 * Nothing here sleeps, allocates or locks; the caller serialises all calls on
 * one struct knet_ftp.
 */
#ifndef _KNETCTL_FTP_H
#define _KNETCTL_FTP_H

#include <linux/types.h>
#include <linux/knetctl.h>

#include "reply.h"	/* KNET_FTP_TEXT_MAX, KNET_FTP_REPLY_BYTES, KNET_FTP_REPLY_LINES */

/* Preliminary replies (1xx) that one command may get. */
#define KNET_FTP_PRELIMINARY	8
/* Room for the commands that wait to be sent: two path names and some. */
#define KNET_FTP_OUT_MAX	(3 * 4096)
/* Commands sent and not yet answered. */
#define KNET_FTP_PENDING_MAX	8
/* A file of at most so many bytes is small: its round trips cost more than its bytes. */
#define KNET_FTP_SMALL		(64 * 1024)

/**
 * enum knet_ftp_op - what a job does
 * @KNET_FTP_RETR: fetch a file
 * @KNET_FTP_STOR: send a file, from @offset on if that is not 0
 * @KNET_FTP_APPE: append to a file
 * @KNET_FTP_LIST: fetch a listing; an empty path name is the login directory
 * @KNET_FTP_NLST: likewise, names only
 * @KNET_FTP_MLSD: likewise, for programs (RFC 3659 section 7)
 * @KNET_FTP_SIZE: ask for the size, found in @size
 * @KNET_FTP_MDTM: ask for the time of modification; the text of the result
 * @KNET_FTP_MFMT: set the time of modification to @argument
 * @KNET_FTP_DELE: delete a file
 * @KNET_FTP_MKD: make a directory
 * @KNET_FTP_RMD: remove a directory
 * @KNET_FTP_RENAME: rename a file or directory to @argument
 * @KNET_FTP_HASH: ask for a checksum; the text of the result
 * @KNET_FTP_XSHA256: likewise
 * @KNET_FTP_XCRC: likewise
 * @KNET_FTP_SITE: the path name is what stands behind SITE
 *
 * From SIZE on there is no data connection. For STOR and APPE the driver sends
 * once knet_ftp_data_wanted() is true, counts what was sent with
 * knet_ftp_data_bytes(), shuts its side down when all is sent, reads to the
 * end and then calls knet_ftp_data_eof().
 */
enum knet_ftp_op {
	KNET_FTP_RETR,
	KNET_FTP_STOR,
	KNET_FTP_APPE,
	KNET_FTP_LIST,
	KNET_FTP_NLST,
	KNET_FTP_MLSD,
	KNET_FTP_SIZE,
	KNET_FTP_MDTM,
	KNET_FTP_MFMT,
	KNET_FTP_DELE,
	KNET_FTP_MKD,
	KNET_FTP_RMD,
	KNET_FTP_RENAME,
	KNET_FTP_HASH,
	KNET_FTP_XSHA256,
	KNET_FTP_XCRC,
	KNET_FTP_SITE,
};

/**
 * enum knet_ftp_action - what the driver has to do next
 * @KNET_FTP_SEND: send the bytes of knet_ftp_out(), then knet_ftp_sent()
 * @KNET_FTP_CONNECT: connect to the control connection's peer at
 *	@data_port; then knet_ftp_data_open() or knet_ftp_data_failed()
 * @KNET_FTP_LISTEN: listen for the server; then knet_ftp_listening(), and
 *	once it has connected knet_ftp_data_open()
 * @KNET_FTP_WAIT: wait for whatever comes first: bytes on the control
 *	connection (knet_ftp_input()), the data connection, a timer
 * @KNET_FTP_CLOSE_DATA: close the data connection or the listening socket,
 *	then knet_ftp_data_closed()
 * @KNET_FTP_IDLE: logged in, no job
 * @KNET_FTP_OVER: the job ended, its result stands in @result. The session
 *	can take the next one unless knet_ftp_broken().
 */
enum knet_ftp_action {
	KNET_FTP_SEND,
	KNET_FTP_CONNECT,
	KNET_FTP_LISTEN,
	KNET_FTP_WAIT,
	KNET_FTP_CLOSE_DATA,
	KNET_FTP_IDLE,
	KNET_FTP_OVER,
};

/**
 * enum knet_ftp_timer - which timer runs while the driver waits
 * @KNET_FTP_TIMER_NONE: none but the job's own total
 * @KNET_FTP_TIMER_REPLY: a reply is awaited; restart it when @reply_seq changes:
 *	with each final reply, when commands have been sent, and when the data
 *	connection has ended
 * @KNET_FTP_TIMER_CONNECT: the data connection is awaited
 * @KNET_FTP_TIMER_DATA: bytes are awaited on the data connection
 */
enum knet_ftp_timer {
	KNET_FTP_TIMER_NONE,
	KNET_FTP_TIMER_REPLY,
	KNET_FTP_TIMER_CONNECT,
	KNET_FTP_TIMER_DATA,
};

/**
 * struct knet_ftp_result - how a job ended
 * @class: enum knetctl_error_class, 0 for success
 * @err: positive errno, 0 for success
 * @code: the FTP reply code that decided, 0 when none did
 * @text_len: bytes in @text
 * @text: the server's text behind the code, or our own; any bytes, no NUL
 */
struct knet_ftp_result {
	u32 class;
	int err;
	u16 code;
	u16 text_len;
	char text[KNETCTL_TEXT_MAX];
};

/**
 * struct knet_ftp_login - who logs in; strings are owned by the caller
 * @user: never NULL
 * @password: or NULL
 * @account: or NULL
 * @plain: dialogue without extensions: TYPE I is sent after PORT or PASV, no
 *	EPSV, EPRT and SIZE
 * @relaxed: any "ddd " line ends a multi-line reply
 * @quotes: commands to send after the login, as they stand; one that begins with an
 *	asterisk, which is not sent, may be refused
 * @quote_count: how many
 */
struct knet_ftp_login {
	const char *user;
	const char *password;
	const char *account;
	bool plain;
	bool relaxed;
	const char *const *quotes;
	u8 quote_count;
};

/**
 * struct knet_ftp_request - one transfer
 * @op: what to do
 * @pathname: as the server names it, owned by the caller until the job is over
 * @argument: for MFMT and RENAME, owned like @pathname
 * @offset: where to start (REST); of RETR and STOR
 * @max_size: most bytes that the file or listing may have, 0 for no limit; not
 *	of what is sent
 * @active: the server connects to us
 * @resume: of RETR: SIZE must be known: a file that is already whole (@offset equal to
 *	SIZE) is success at once, a larger @offset a failure
 * @ahead: knet_ftp_ahead_ask() was for this one
 */
struct knet_ftp_request {
	enum knet_ftp_op op;
	const char *pathname;
	const char *argument;
	u64 offset;
	u64 max_size;
	bool active;
	bool resume;
	bool ahead;
};

/* A line of the dialogue, without its end; secrets are hidden, all else stands as it is. */
typedef void (*knet_ftp_trace_fn)(void *data, bool sent, const char *line, size_t len);

struct knet_ftp;	/* full definition below, private to ftp*.c but for what is named public */

/**
 * struct knet_ftp_pending - a command that is not yet answered
 * @end: where it ends in the bytes that wait to be sent
 * @cmd: which command
 * @preliminary: 1xx replies that it got
 */
struct knet_ftp_pending {
	u16 end;
	u8 cmd;
	u8 preliminary;
};

/**
 * struct knet_ftp_job - how far a job is; private to ftp*.c
 * @request: what is to be done, when @given
 * @given: there is a job
 * @decided: the result stands; replies may still be awaited
 * @type_asked: TYPE was sent
 * @size_asked: SIZE was sent
 * @together: several commands went out in one go, and are not all answered
 * @astray: their replies are not in turn
 * @announced: both sides know where the data connection goes
 * @rested: REST was accepted just now
 * @commanded: the command of the transfer is out
 * @started: it got a 1xx
 * @opened: it got a data connection
 * @replied: it got its final 2xx
 * @asked_ahead: what was asked for the next job went with its command
 * @from_ahead: begins with what was asked ahead of it
 * @first: the first one of the session
 */
struct knet_ftp_job {
	struct knet_ftp_request request;
	bool given;
	bool decided;
	bool type_asked;
	bool size_asked;
	bool together;
	bool astray;
	bool announced;
	bool rested;
	bool commanded;
	bool started;
	bool opened;
	bool replied;
	bool asked_ahead;
	bool from_ahead;
	bool first;
};

/**
 * enum knet_ftp_probe - does the server answer in turn?
 * @KNET_FTP_PROBE_NONE: not asked, or nothing was learnt
 * @KNET_FTP_PROBE_SENT: a NOOP is under way
 * @KNET_FTP_PROBE_GOOD: it answered the NOOP when the transfer was over
 * @KNET_FTP_PROBE_BAD: it did not
 */
enum knet_ftp_probe {
	KNET_FTP_PROBE_NONE,
	KNET_FTP_PROBE_SENT,
	KNET_FTP_PROBE_GOOD,
	KNET_FTP_PROBE_BAD,
};

/**
 * struct knet_ftp_ahead - what is asked for the next job while this one's data flow
 * @probe: for the driver to read
 * @trouble: likewise: the answers were not in turn
 * @wanted: the command of the transfer waits to be sent, more may go with it
 * @tested: the transfer with the NOOP was over before it was answered
 * @pending: how many of knet_ftp.pending are ours; the last ones
 * @announced: the server waits for the next job at @port
 * @port: where
 * @size_known: the server told @size
 * @size: of the next job's file
 */
struct knet_ftp_ahead {
	enum knet_ftp_probe probe;
	bool trouble;
	bool wanted;
	bool tested;
	u8 pending;
	bool announced;
	u16 port;
	bool size_known;
	u64 size;
};

/**
 * struct knet_ftp - an FTP session; for the driver to read are the members up
 *	to @result, which is valid at KNET_FTP_OVER
 */
struct knet_ftp {
	/* Public, read only */
	bool ipv6;			/* family of the control connection */
	u16 data_port;			/* for KNET_FTP_CONNECT */
	bool size_known;
	u64 size;			/* whole remote file, when @size_known */
	u32 reply_seq;			/* grows when the reply timer is to start anew */
	u64 received;			/* bytes of data (or sent), kept by knet_ftp_data_bytes() */
	struct knet_ftp_result result;	/* valid at KNET_FTP_OVER */
	/*
	 * The job failed by what was done to be fast: it is to be done once more, on a new
	 * control connection and with nothing asked ahead.
	 */
	bool again;
	struct knet_ftp_ahead ahead;

	/* Private to ftp*.c */
	const struct knet_ftp_login *login;
	u16 control_port;		/* the server's; no data connection goes there */
	u8 phase;
	bool broken;
	bool fresh;			/* there was no job yet */
	bool logged_in;			/* the server accepted the login */
	bool type_done;			/* TYPE I was accepted */
	bool one_by_one;		/* the server answers what is asked together out of turn */
	bool no_epsv;			/* use PASV */
	bool no_eprt;			/* use PORT */
	bool passive_worked;		/* a passive data connection was made */
	bool account_sent;
	u8 quoted;			/* how many quotes were answered */
	struct knet_ftp_job job;
	u8 data;
	int data_err;
	u8 listen_addr[16];		/* for EPRT and PORT */
	u16 listen_port;
	bool solicited;			/* the reply began after its command was sent */
	u8 pending_count;
	struct knet_ftp_pending pending[KNET_FTP_PENDING_MAX];
	struct knet_reply reply;
	knet_ftp_trace_fn trace;
	void *trace_data;
	u16 line_len;			/* of what the server says, for @trace */
	char line[KNETCTL_TEXT_MAX + KNETCTL_CREDENTIAL_MAX];
	u16 out_len;
	u16 out_sent;
	char out[KNET_FTP_OUT_MAX];
};

/* --- the machine; kernel-doc stands at the definitions in ftp*.c --- */

/* A new control connection, to @control_port of the server. @login must outlive it. */
void knet_ftp_init(struct knet_ftp *ftp, const struct knet_ftp_login *login, bool ipv6,
		   u16 control_port);
/*
 * Give it a transfer; allowed before the login is over (it then follows by
 * itself), in KNET_FTP_IDLE and in KNET_FTP_OVER. On a broken session the job
 * is over at once.
 */
void knet_ftp_start(struct knet_ftp *ftp, const struct knet_ftp_request *request);
/*
 * The next thing to do; changes nothing. KNET_FTP_CONNECT and _LISTEN are
 * answered until the driver has told what became of them. KNET_FTP_OVER without
 * a job: the session ended, why stands in the result.
 */
enum knet_ftp_action knet_ftp_next(const struct knet_ftp *ftp);
/* Which timer runs; a change of it starts it anew. */
enum knet_ftp_timer knet_ftp_timer(const struct knet_ftp *ftp);
/* Bytes to send now; secret parts included. Returns the length. */
size_t knet_ftp_out(const struct knet_ftp *ftp, const char **bytes);
void knet_ftp_sent(struct knet_ftp *ftp, size_t len);
/* Bytes that came on the control connection. All are consumed. */
void knet_ftp_input(struct knet_ftp *ftp, const char *bytes, size_t len);
/* The control connection ended: err 0 by FIN, else positive errno. */
void knet_ftp_control_closed(struct knet_ftp *ftp, int err);
/* Data connection. @addr is 4 or 16 bytes (by ftp->ipv6) in network order, @port in host order. */
void knet_ftp_listening(struct knet_ftp *ftp, const u8 *addr, u16 port);
void knet_ftp_data_open(struct knet_ftp *ftp);
/*
 * It could not be made, and the driver holds no socket for it any more: may
 * lead to another way (EPSV -> PASV), or to the end. ETIMEDOUT gives class
 * timer, all else class network.
 */
void knet_ftp_data_failed(struct knet_ftp *ftp, int err, const char *text);
/*
 * @n more bytes of data arrived. At most knet_ftp_data_room() of them are to
 * be written; an @n above that ends the job as too long, and only the room is
 * added to @received.
 */
void knet_ftp_data_bytes(struct knet_ftp *ftp, u64 n);
/*
 * The data connection ended: err 0 by FIN, else positive errno (reset). The
 * driver has closed it or does so now; no KNET_FTP_CLOSE_DATA follows.
 */
void knet_ftp_data_eof(struct knet_ftp *ftp, int err);
/* KNET_FTP_CLOSE_DATA was carried out (by doing nothing when there was no socket). */
void knet_ftp_data_closed(struct knet_ftp *ftp);
/*
 * How many more bytes of data may be written to the file (by SIZE and
 * @max_size); U64_MAX without limit. At 0 go on reading all the same: the end
 * of the data is still awaited, and a single byte more, told to
 * knet_ftp_data_bytes() and not written, proves that there is too much.
 */
u64 knet_ftp_data_room(const struct knet_ftp *ftp);
/* May data be read from the data connection (RETR, listings) or sent on it (STOR, APPE) now? */
bool knet_ftp_data_wanted(const struct knet_ftp *ftp);
/*
 * The job ends now by our side's decision (local error, timer, cancel); the
 * session is broken afterwards. A result that was decided before (a refusal,
 * while the replies to other commands were still awaited) stays.
 */
void knet_ftp_fail(struct knet_ftp *ftp, u32 class, int err, const char *text);
/*
 * No further job on this session: close the control connection (send QUIT
 * first when knet_ftp_quit() has put it out).
 */
bool knet_ftp_broken(const struct knet_ftp *ftp);
/* Has the server accepted the login on this connection? It stays so when the session breaks. */
bool knet_ftp_logged_in(const struct knet_ftp *ftp);
/* Put QUIT out if the dialogue allows it; its answer is not awaited. */
void knet_ftp_quit(struct knet_ftp *ftp);
/*
 * Asking ahead. While this is true the driver may add to what is to be sent, by one of the
 * two functions that follow; it needs not.
 */
bool knet_ftp_ahead_wanted(const struct knet_ftp *ftp);
/* Send NOOP with the command of the transfer; what is learnt stands in @ahead.probe. */
void knet_ftp_ahead_probe(struct knet_ftp *ftp);
/* Send SIZE and EPSV of the next job, which then has @ahead set; false: there is no room. */
bool knet_ftp_ahead_ask(struct knet_ftp *ftp, const char *pathname);
/* Are answers to that outstanding? */
bool knet_ftp_ahead_pending(const struct knet_ftp *ftp);
/* Are they what the job at hand waits for? */
bool knet_ftp_ahead_awaited(const struct knet_ftp *ftp);
/* Tell @trace of each line of the dialogue from now on; after knet_ftp_init(), NULL ends it. */
void knet_ftp_trace_to(struct knet_ftp *ftp, knet_ftp_trace_fn trace, void *data);
/* Wipe what is secret in the machine. */
void knet_ftp_wipe(struct knet_ftp *ftp);
/* May all @len bytes stand in a command? None below 0x20, none 0x7f; 0xff is doubled when sent. */
bool knet_ftp_arg_ok(const char *arg, size_t len);

#endif /* _KNETCTL_FTP_H */
