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

/* The longest text of a reply that is looked at; the rest of a line is counted and dropped. */
#define KNET_FTP_TEXT_MAX	1024
/* Bounds of one reply: what exceeds them is a protocol error. */
#define KNET_FTP_REPLY_BYTES	65536
#define KNET_FTP_REPLY_LINES	1000
/* Preliminary replies (1xx) that one command may get. */
#define KNET_FTP_PRELIMINARY	8
/* Room for the commands that wait to be sent: two path names and some. */
#define KNET_FTP_OUT_MAX	(3 * 4096)
/* Commands sent and not yet answered. */
#define KNET_FTP_PENDING_MAX	8

/* What the transfer of a job is. */
enum knet_ftp_op {
	KNET_FTP_RETR,
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
 * @KNET_FTP_TIMER_REPLY: a reply is awaited; restart it when @reply_seq changes
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
 */
struct knet_ftp_login {
	const char *user;
	const char *password;
	const char *account;
	bool plain;
	bool relaxed;
};

/**
 * struct knet_ftp_request - one transfer
 * @op: what to do
 * @pathname: as the server names it, owned by the caller until the job is over
 * @offset: where to start (REST)
 * @max_size: most bytes that the file may have, 0 for no limit
 * @active: the server connects to us
 * @resume: SIZE must be known: a file that is already whole (@offset equal to
 *	SIZE) is success at once, a larger @offset a failure
 */
struct knet_ftp_request {
	enum knet_ftp_op op;
	const char *pathname;
	u64 offset;
	u64 max_size;
	bool active;
	bool resume;
};

struct knet_ftp;	/* full definition below, private to ftp.c but for what is named public */

/**
 * struct knet_ftp_pending - a command that was sent and is not yet answered
 */
struct knet_ftp_pending {
	u8 cmd;
	u8 preliminary;
};

struct knet_ftp {
	/* Public, read only */
	bool ipv6;			/* family of the control connection */
	u16 data_port;			/* for KNET_FTP_CONNECT */
	bool size_known;
	u64 size;			/* whole remote file, when @size_known */
	u32 reply_seq;			/* grows with each final reply, and when a first command is sent */
	u64 received;			/* bytes of data, kept by knet_ftp_data_bytes() */
	struct knet_ftp_result result;	/* valid at KNET_FTP_OVER */

	/* Private to ftp.c: add what the machine needs */
};

/* --- the machine; kernel-doc stands at the definitions in ftp.c --- */

/* A new control connection. @login must outlive it. */
void knet_ftp_init(struct knet_ftp *ftp, const struct knet_ftp_login *login, bool ipv6);
/* Give it a transfer; allowed before the login is over (it then follows by itself) and in KNET_FTP_IDLE. */
void knet_ftp_start(struct knet_ftp *ftp, const struct knet_ftp_request *request);
/* The next thing to do; changes nothing. */
enum knet_ftp_action knet_ftp_next(const struct knet_ftp *ftp);
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
/* It could not be made: may lead to another way (EPSV -> PASV), or to the end. */
void knet_ftp_data_failed(struct knet_ftp *ftp, int err, const char *text);
/* @n more bytes of data arrived. */
void knet_ftp_data_bytes(struct knet_ftp *ftp, u64 n);
/* The data connection ended: err 0 by FIN, else positive errno (reset). */
void knet_ftp_data_eof(struct knet_ftp *ftp, int err);
/* KNET_FTP_CLOSE_DATA was carried out. */
void knet_ftp_data_closed(struct knet_ftp *ftp);
/* How many more bytes of data may be taken (max_size, SIZE + 1 to see an excess); U64_MAX without limit. */
u64 knet_ftp_data_room(const struct knet_ftp *ftp);
/* May data be read from the data connection now? */
bool knet_ftp_data_wanted(const struct knet_ftp *ftp);
/* The job ends now by our side's decision (local error, timer, cancel); the session is broken afterwards. */
void knet_ftp_fail(struct knet_ftp *ftp, u32 class, int err, const char *text);
/* No further job on this session: close the control connection (send QUIT first when knet_ftp_quit() has put it out). */
bool knet_ftp_broken(const struct knet_ftp *ftp);
/* Put QUIT out if the dialogue allows it; its answer is not awaited. */
void knet_ftp_quit(struct knet_ftp *ftp);
/* Wipe what is secret in the machine. */
void knet_ftp_wipe(struct knet_ftp *ftp);
/* True when all @len bytes may stand in a command: none below 0x20, none 0x7f, no 0xff unless doubled when sent. */
bool knet_ftp_arg_ok(const char *arg, size_t len);

#endif /* _KNETCTL_FTP_H */
