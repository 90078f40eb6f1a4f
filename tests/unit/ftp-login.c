// SPDX-License-Identifier: GPL-2.0-only
/* Greeting, login, TYPE. */
#include "script.h"

static const char *const quotes[] = { "SITE UMASK 022", "*CLNT me", "NOOP" };

#define QUOTES	{ .quotes = quotes, .quote_count = 3 }

static const struct script scripts[] = {
	{ .name = "greeting 220, USER, PASS", .no_job = true,
	  .lines = "wait\ntimer reply\n< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 230 in\n"
		   "idle\ntimer none\nusable\n" },
	{ .name = "greeting of five lines", .no_job = true,
	  .lines = "< 220-        _   _ ____\n< 220-    ___| | | |  _ \\\n< 220-\n"
		   "<     220 not yet\n< 230 not this code\n< 220 end\n> USER u\n< 230 in\nidle\n" },
	{ .name = "greeting 230 needs no login", .no_job = true,
	  .lines = "< 230 in\nidle\nusable\n" },
	{ .name = "greeting 230 and a job",
	  .lines = "< 230 in\n> TYPE I\n> SIZE f\n> EPSV\n" },
	{ .name = "greeting 120 waits for the next reply", .no_job = true,
	  .lines = "< 120 soon\nwait\ntimer reply\n< 220 now\n> USER u\n< 230 in\nidle\n" },
	{ .name = "greetings without end",
	  .lines = "< 120 1\n< 120 2\n< 120 3\n< 120 4\n< 120 5\n< 120 6\n< 120 7\n< 120 8\n"
		   "< 120 9\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "eight preliminary greetings",
	  .lines = "< 120 1\n< 120 2\n< 120 3\n< 120 4\n< 120 5\n< 120 6\n< 120 7\n< 120 8\n"
		   "< 220 now\n> USER u\n" },
	{ .name = "greeting of a web server",
	  .lines = "< HTTP/1.1 200 OK\n< Server: fake\n< \n< 500 Weird\n"
		   "= protocol EPROTO 0\nbroken\n" },
	{ .name = "greeting 421",
	  .lines = "< 421 too many\n= transient EREMOTEIO 421 too many\nbroken\n" },
	{ .name = "greeting 500",
	  .lines = "< 500 go away\n= permanent EREMOTEIO 500 go away\nbroken\n" },
	{ .name = "greeting 530",
	  .lines = "< 530 not you\n= permanent EACCES 530 not you\nbroken\n" },
	{ .name = "greeting 331",
	  .lines = "< 331 what\n= protocol EPROTO 331 what\nbroken\n" },
	{ .name = "more than the greeting",
	  .lines = "< 220 hi\n< 331 pw\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "closed before the greeting",
	  .lines = "closed\n= network ECONNRESET 0\nbroken\n" },
	{ .name = "broken before the greeting",
	  .lines = "broke\n= network EPIPE 0\nbroken\n" },
	{ .name = "closed in a reply",
	  .lines = "< 220-hi\nclosed\n= network ECONNRESET 0\nbroken\n" },
	{ .name = "aborted while logging in",
	  .lines = "< 220 hi\nabort\n= timer ETIMEDOUT 0 too slow\nbroken\n" },
	{ .name = "quit before the login does nothing", .no_job = true,
	  .lines = "< 220 hi\n> USER u\nquit\nwait\n" },

	{ .name = "USER 230 needs no PASS", .no_job = true,
	  .lines = "< 220 hi\n> USER u\n< 230 in\nidle\n" },
	{ .name = "USER 200 needs no PASS", .no_job = true,
	  .lines = "< 220 hi\n> USER u\n< 200 in\nidle\n" },
	{ .name = "USER 314",
	  .lines = "< 220 hi\n> USER u\n< 314 what\n= protocol EPROTO 314 what\nbroken\n" },
	{ .name = "USER 530",
	  .lines = "< 220 hi\n> USER u\n< 530 no\n= permanent EACCES 530 no\nbroken\n" },
	{ .name = "USER 332 and an account", .login = { .account = "a" }, .no_job = true,
	  .lines = "< 220 hi\n> USER u\n< 332 who pays\n> ACCT a\n< 230 in\nidle\n" },
	{ .name = "USER 421",
	  .lines = "< 220 hi\n> USER u\n< 421 bye\n= transient EREMOTEIO 421 bye\nbroken\n" },
	{ .name = "password is not there", .no_password = true,
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n= permanent EACCES 331\nbroken\n" },
	{ .name = "password is empty", .login = { .password = "" }, .no_job = true,
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS \n< 230 in\nidle\n" },

	{ .name = "PASS 202", .no_job = true,
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 202 ok\nidle\n" },
	{ .name = "PASS 314",
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 314 what\n"
		   "= protocol EPROTO 314 what\nbroken\n" },
	{ .name = "PASS 430 is transient",
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 430 later\n"
		   "= transient EACCES 430 later\nbroken\n" },
	{ .name = "PASS 530 is permanent, and needs no QUIT",
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 530 no\n"
		   "= permanent EACCES 530 no\nbroken\nquit\n= permanent EACCES 530 no\n" },
	{ .name = "PASS 530 without a job", .no_job = true,
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 530 no\n"
		   "= permanent EACCES 530 no\nbroken\n" },
	{ .name = "PASS 633",
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 633 secret\n"
		   "= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASS 332, ACCT", .login = { .account = "a b" }, .no_job = true,
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 332 who\n> ACCT a b\n< 230 in\n"
		   "idle\n" },
	{ .name = "PASS 332, no account",
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 332 who\n"
		   "= permanent EACCES 332\nbroken\n" },
	{ .name = "ACCT 532", .login = { .account = "a" },
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 332 who\n> ACCT a\n< 532 no\n"
		   "= permanent EACCES 532 no\nbroken\n" },
	{ .name = "ACCT 332", .login = { .account = "a" },
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 332 who\n> ACCT a\n< 332 who\n"
		   "= protocol EPROTO 332 who\nbroken\n" },
	{ .name = "NUL in a reply",
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 230 logged\x01 in\n"
		   "= protocol EPROTO 0\nbroken\n" },
	{ .name = "nothing after the login",
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\nclosed\n"
		   "= network ECONNRESET 0\nbroken\n" },

	{ .name = "CR LF in the user's name", .login = { .user = "u\r\nDELE x" },
	  .lines = "< 220 hi\n= local EINVAL 0\nbroken\n" },
	{ .name = "LF in the password", .login = { .password = "p\nDELE x" },
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n= local EINVAL 0\nbroken\n" },
	{ .name = "CR in the account", .login = { .account = "a\r" },
	  .lines = "< 220 hi\n> USER u\n< 332 who\n= local EINVAL 0\nbroken\n" },
	{ .name = "DEL in the user's name", .login = { .user = "u\x7f" },
	  .lines = "< 220 hi\n= local EINVAL 0\nbroken\n" },
	{ .name = "0xff is doubled", .login = { .user = "\xff_\xff", .password = "\xff" },
	  .lines = "< 220 hi\n> USER \xff\xff_\xff\xff\n< 331 pw\n> PASS \xff\xff\n" },
	{ .name = "bytes above 0x7f stay", .login = { .user = "\xc3\xa4\x80 \xfe" },
	  .lines = "< 220 hi\n> USER \xc3\xa4\x80 \xfe\n" },

	{ .name = "TYPE 226 is as good as 200",
	  .lines = ASKED "< 226 I\n< 550 -\n< 229 (|||4000|)\nconnect 4000\n> RETR f\n" },
	{ .name = "TYPE 314; the other replies are awaited",
	  .lines = ASKED "< 314 what\nwait\ntimer reply\n< 213 10\n< 229 (|||4000|)\n"
		   "= protocol EPROTO 314 what\nusable\n" },
	{ .name = "TYPE 504 fails, and is tried again in the next job",
	  .lines = ASKED "< 504 only A\n< 213 10\n< 229 (|||4000|)\n"
		   "= permanent EREMOTEIO 504 only A\nusable\n"
		   "job\n> TYPE I\n> SIZE f\n> EPSV\n" },
	{ .name = "TYPE is asked once a session",
	  .lines = ANSWERED "refuse 4000\n> PASV\n< 500 no\n= permanent EREMOTEIO 500 no\n"
		   "job\n> SIZE f\n> PASV\n" },
	{ .name = "a job for a session that is logged in", .no_job = true,
	  .lines = LOGIN "idle\njob\n> TYPE I\n> SIZE f\n> EPSV\n" },
	{ .name = "a job while the login goes on", .no_job = true,
	  .lines = "< 220 hi\n> USER u\njob\nwait\n< 331 pw\n> PASS p\n< 230 in\n"
		   "> TYPE I\n> SIZE f\n> EPSV\n" },

	{ .name = "421 to an idle session", .no_job = true,
	  .lines = LOGIN "idle\n< 421 idle for too long\n"
		   "= transient EREMOTEIO 421 idle for too long\nbroken\n"
		   "job\n= network ECONNRESET 0\nbroken\n" },
	{ .name = "a reply to an idle session", .no_job = true,
	  .lines = LOGIN "idle\n< 200 hello\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "an idle session is closed", .no_job = true,
	  .lines = LOGIN "closed\n= network ECONNRESET 0\nbroken\n" },
	{ .name = "an idle session takes leave", .no_job = true,
	  .lines = LOGIN "quit\nbroken\n> QUIT\n= ok\n< 221 bye\n< nonsense\n= ok\n" },
	{ .name = "half a reply before a job", .no_job = true,
	  .lines = LOGIN "< 421 idle\x02\nidle\njob\n> TYPE I\n> SIZE f\n> EPSV\n"
		   "<  too long\n= transient EREMOTEIO 421 idle too long\nbroken\n" },
	{ .name = "half a reply before a job is none to it", .no_job = true,
	  .lines = LOGIN "< 200 \x02\nidle\njob\n> TYPE I\n> SIZE f\n> EPSV\n"
		   "< I\n= protocol EPROTO 0\nbroken\n" },

	/* Codes just beyond those that are taken */
	{ .name = "greeting 300", .lines = "< 300 x\n= protocol EPROTO 300\nbroken\n" },
	{ .name = "USER 300", .lines = "< 220 x\n> USER u\n< 300 x\n= protocol EPROTO 300\nbroken\n" },
	{ .name = "USER 400", .lines = "< 220 x\n> USER u\n< 400 x\n= transient EACCES 400\nbroken\n" },
	{ .name = "PASS 300",
	  .lines = "< 220 x\n> USER u\n< 331 x\n> PASS p\n< 300 x\n= protocol EPROTO 300\nbroken\n" },
	{ .name = "ACCT 300", .login = { .account = "a" },
	  .lines = "< 220 x\n> USER u\n< 332 x\n> ACCT a\n< 300 x\n= protocol EPROTO 300\nbroken\n" },
	{ .name = "TYPE 300",
	  .lines = ASKED "< 300 x\n< 550 -\n< 229 (|||1|)\n= protocol EPROTO 300\nusable\n" },

	/* Is the login over? */
	{ .name = "inside from the 230 on, however it ends",
	  .lines = "outside\n< 220 hi\n> USER u\n< 331 pw\n> PASS p\noutside\n< 230 in\ninside\n"
		   "> TYPE I\n> SIZE f\n> EPSV\n< 421 bye\n= transient EREMOTEIO 421 bye\n"
		   "broken\ninside\n" },
	{ .name = "inside by 230 for a greeting", .lines = "< 230 in\ninside\n" },
	{ .name = "inside without a job, and when it begins", .no_job = true,
	  .lines = LOGIN "idle\ninside\njob\ninside\n" },
	{ .name = "inside where TYPE was never asked", .request = { .op = KNET_FTP_MKD },
	  .lines = LOGIN "> MKD f\n< 530 no\n= permanent EACCES 530 no\nusable\ninside\n" },
	{ .name = "inside by ACCT", .login = { .account = "a" },
	  .lines = "< 220 hi\n> USER u\n< 332 who\n> ACCT a\noutside\n< 230 in\ninside\n" },
	{ .name = "outside when the login was refused",
	  .lines = "< 220 hi\n> USER u\n< 331 pw\n> PASS p\n< 530 no\n"
		   "= permanent EACCES 530 no\nbroken\noutside\n" },
	{ .name = "outside when the greeting is 421",
	  .lines = "< 421 full\n= transient EREMOTEIO 421 full\nbroken\noutside\n" },

	/* The user's own commands */
	{ .name = "quotes", .login = QUOTES,
	  .lines = LOGIN "inside\ntimer reply\n> SITE UMASK 022\n< 200 ok\n> CLNT me\n< 500 no\n"
		   "> NOOP\n< 350 more\n> TYPE I\n> SIZE f\n> EPSV\n" },
	{ .name = "quote refused", .login = QUOTES,
	  .lines = LOGIN "> SITE UMASK 022\n< 550 not you\n"
		   "= permanent EREMOTEIO 550 not you\nbroken\n" },
	{ .name = "quote refused for now", .login = QUOTES,
	  .lines = LOGIN "> SITE UMASK 022\n< 450 later\n= transient EREMOTEIO 450 later\n" },
	{ .name = "quotes without a job", .login = QUOTES, .no_job = true,
	  .lines = LOGIN "> SITE UMASK 022\n< 200 ok\n> CLNT me\n< 200 -\n> NOOP\n< 200 -\nidle\n" },
	{ .name = "quotes are sent once", .login = QUOTES,
	  .lines = LOGIN "> SITE UMASK 022\n< 200 -\n> CLNT me\n< 200 -\n> NOOP\n< 200 -\n"
		   "> TYPE I\n> SIZE f\n> EPSV\n< 200 I\n< 213 10\n< 229 go (|||4000|)\n"
		   "connect 4000\nnoask\n> RETR f\n< 550 none\nshut\n= permanent EREMOTEIO 550\n"
		   "job\n> SIZE f\n> EPSV\n" },
	{ .name = "the session ends at a quote", .login = QUOTES,
	  .lines = LOGIN "> SITE UMASK 022\nclosed\n= network ECONNRESET 0\nonce\n" },
};

int test_ftp_login(void)
{
	return run_scripts("ftp: login", scripts, sizeof(scripts) / sizeof(scripts[0]));
}
