/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the FTP machine share. Kernel-doc stands at the definitions.
 */
#ifndef _KNETCTL_FTP_PRIVATE_H
#define _KNETCTL_FTP_PRIVATE_H

#include <linux/bits.h>

#include "ftp.h"

enum knet_ftp_phase {
	PHASE_LOGIN,
	PHASE_READY,	/* logged in, no job */
	PHASE_JOB,
	PHASE_OVER,
};

/* What is known of the data connection, or wanted of the driver. */
enum knet_ftp_data {
	DATA_NONE,
	DATA_CONNECT,	/* wanted */
	DATA_LISTEN,	/* wanted */
	DATA_LISTENING,
	DATA_OPEN,
	DATA_ENDED,
	DATA_CLOSE,	/* wanted */
};

enum knet_ftp_command {
	CMD_GREETING,	/* what is awaited before the first command */
	CMD_USER,
	CMD_PASS,
	CMD_ACCT,
	CMD_TYPE,
	CMD_SIZE,
	CMD_EPSV,
	CMD_PASV,
	CMD_EPRT,
	CMD_PORT,
	CMD_REST,
	CMD_RETR,
	CMD_STOR,
	CMD_APPE,
	CMD_LIST,
	CMD_NLST,
	CMD_MLSD,
	CMD_SIZE_ONLY,	/* of a job that asks for nothing else */
	CMD_MDTM,
	CMD_MFMT,
	CMD_DELE,
	CMD_MKD,
	CMD_RMD,
	CMD_RNFR,
	CMD_RNTO,
	CMD_HASH,
	CMD_XSHA256,
	CMD_XCRC,
	CMD_SITE,
	CMD_QUIT,
	CMD_QUOTE,	/* the user's own */
	/* Asked ahead, see ftp-ahead.c */
	CMD_AHEAD_NOOP,
	CMD_AHEAD_SIZE,
	CMD_AHEAD_EPSV,
	CMD_AHEAD_PASV,
};

/* What a job needs besides its command. */
#define NEEDS_DATA	BIT(0)	/* a data connection */
#define NEEDS_TYPE	BIT(1)	/* TYPE I: bytes are meant as they are */
#define LIKES_TYPE	BIT(2)	/* does without */
#define ASKS_SIZE	BIT(3)
#define HAS_OFFSET	BIT(4)
#define HAS_ARGUMENT	BIT(5)
#define MAY_BE_EMPTY	BIT(6)	/* the path name */
#define SENDS		BIT(7)

/* ftp-job.c */
bool knet_ftp_needs(const struct knet_ftp *ftp, u8 what);
enum knet_ftp_command knet_ftp_job_command(const struct knet_ftp *ftp);
bool knet_ftp_extended(const struct knet_ftp *ftp);
bool knet_ftp_astray(struct knet_ftp *ftp, u8 cmd, u16 code);
bool knet_ftp_stale(const struct knet_ftp *ftp);
void knet_ftp_settle(struct knet_ftp *ftp);
void knet_ftp_begin_job(struct knet_ftp *ftp);

/* ftp-command.c */
void knet_ftp_drop_output(struct knet_ftp *ftp);
bool knet_ftp_string_ok(const char *arg);
bool knet_ftp_try_command(struct knet_ftp *ftp, enum knet_ftp_command cmd, const char *arg,
			  const char *more);
void knet_ftp_command2(struct knet_ftp *ftp, enum knet_ftp_command cmd, const char *arg,
		       const char *more);
void knet_ftp_command(struct knet_ftp *ftp, enum knet_ftp_command cmd, const char *arg);
void knet_ftp_command_eprt(struct knet_ftp *ftp);
void knet_ftp_command_port(struct knet_ftp *ftp);
void knet_ftp_command_rest(struct knet_ftp *ftp);

/* ftp-ahead.c */
u8 knet_ftp_own_pending(const struct knet_ftp *ftp);
void knet_ftp_ahead_invite(struct knet_ftp *ftp);
bool knet_ftp_ahead_use(struct knet_ftp *ftp);
bool knet_ftp_ahead_reply(struct knet_ftp *ftp, u16 code);
bool knet_ftp_ahead_blamed(const struct knet_ftp *ftp, u32 class, u16 code);

/* ftp-trace.c */
void knet_ftp_trace_command(struct knet_ftp *ftp, const char *text, size_t len);
void knet_ftp_trace_byte(struct knet_ftp *ftp, char c);

/* ftp-answer.c */
void knet_ftp_check_size(struct knet_ftp *ftp);
void knet_ftp_evaluate(struct knet_ftp *ftp);
void knet_ftp_take_reply(struct knet_ftp *ftp);

/* ftp-result.c */
void knet_ftp_decide(struct knet_ftp *ftp, u32 class, int err, u16 code,
		     const char *text, size_t len);
void knet_ftp_decide_own(struct knet_ftp *ftp, u32 class, int err, const char *text);
int knet_ftp_reply_errno(u16 code);
void knet_ftp_decide_reply(struct knet_ftp *ftp, int err);
void knet_ftp_refused(struct knet_ftp *ftp);
void knet_ftp_decide_network(struct knet_ftp *ftp, int err, const char *text);
void knet_ftp_keep_text(struct knet_ftp *ftp);
void knet_ftp_succeed(struct knet_ftp *ftp);
void knet_ftp_drop_data(struct knet_ftp *ftp);
void knet_ftp_over(struct knet_ftp *ftp);
void knet_ftp_die(struct knet_ftp *ftp);
void knet_ftp_die_of(struct knet_ftp *ftp, u32 class, int err, const char *text);
void knet_ftp_die_of_protocol(struct knet_ftp *ftp, const char *text);
void knet_ftp_die_of_reply(struct knet_ftp *ftp, int err);

#endif /* _KNETCTL_FTP_PRIVATE_H */
