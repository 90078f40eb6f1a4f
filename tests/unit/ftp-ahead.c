// SPDX-License-Identifier: GPL-2.0-only
/* What is asked for the next job while the data of this one flow. */
#include "script.h"

/* The RETR of the first job waits to be sent, its data connection stands. */
#define COMMANDED	ANSWERED "connect 4000\n"
#define PROBED		COMMANDED "probe\n> RETR f\n> NOOP\n"
#define ASKED_AHEAD	COMMANDED "ahead g\n> RETR f\n> SIZE g\n> EPSV\n"
#define TRANSFERRED	"< 150 -\ndata 10\neof\n< 226 -\n= ok 226\nonce\nusable\n"
#define FETCH_NEXT(size, port)							\
	"> RETR g\nconnect " port "\nsize " size "\n< 150 -\ndata " size	\
	"\neof\n< 226 ok\n= ok 226 ok\nonce\nusable\n"

static const struct script scripts[] = {
	/* The probe */
	{ .name = "NOOP in turn", .lines = PROBED TRANSFERRED "probe-is sent\n< 200 -\n"
					   "probe-is good\n= ok 226\nusable\n" },
	{ .name = "NOOP unknown, in turn",
	  .lines = PROBED TRANSFERRED "< 502 -\nprobe-is good\n" },
	{ .name = "NOOP answered during the transfer",
	  .lines = PROBED "< 150 -\ndata 5\n< 200 -\nprobe-is bad\nreading\ndata 5\neof\n"
		   "< 226 fine\n= ok 226 fine\nusable\n" },
	{ .name = "NOOP answered before the transfer",
	  .lines = PROBED "< 200 -\nprobe-is bad\n< 150 -\ndata 10\neof\n< 226 fine\n"
		   "= ok 226 fine\nusable\n" },
	{ .name = "NOOP refused during the transfer",
	  .lines = PROBED "< 150 -\n< 500 what\nprobe-is bad\nreading\ndata 10\neof\n"
		   "< 226 fine\n= ok 226 fine\nusable\n" },
	{ .name = "RETR refused, then NOOP",
	  .lines = PROBED "< 550 none\nshut\n= permanent EREMOTEIO 550 none\nonce\n< 200 -\n"
		   "probe-is none\nusable\n" },
	{ .name = "RETR unknown before it began",
	  .lines = PROBED "< 500 what\nshut\n= permanent EREMOTEIO 500 what\nonce\n" },
	{ .name = "NOOP with a strange answer",
	  .lines = PROBED TRANSFERRED "< 350 -\nprobe-is bad\n" },
	{ .name = "421 in the probe",
	  .lines = PROBED "< 150 -\n< 421 bye\nshut\n= transient EREMOTEIO 421 bye\nagain\n"
		   "broken\n" },
	{ .name = "a job without a probe meanwhile",
	  .lines = PROBED TRANSFERRED "job\nwait\ntimer reply\n< 200 -\nprobe-is good\n> SIZE f\n"
		   "> EPSV\n" },

	/* Asked ahead */
	{ .name = "the next job",
	  .lines = ASKED_AHEAD TRANSFERRED "< 213 7\n< 229 (|||5000|)\nusable\nnext g\n"
		   FETCH_NEXT("7", "5000") },
	{ .name = "the answers come when the next job has begun",
	  .lines = ASKED_AHEAD TRANSFERRED "next g\nwait\ntimer reply\n< 213 7\nwait\n"
		   "< 229 (|||5000|)\n" FETCH_NEXT("7", "5000") },
	{ .name = "and between the reply and the end of the data",
	  .lines = ASKED_AHEAD "< 150 -\ndata 5\n< 226 ok\n< 213 7\n< 229 (|||5000|)\nreading\n"
		   "size 10\ndata 5\neof\n= ok 226 ok\nnext g\n" FETCH_NEXT("7", "5000") },
	{ .name = "three in a row",
	  .lines = ASKED_AHEAD TRANSFERRED "< 213 7\n< 229 (|||5000|)\nnext g\nahead h\n> RETR g\n"
		   "> SIZE h\n> EPSV\nconnect 5000\n< 150 -\ndata 7\neof\n< 226 -\n= ok 226\n"
		   "< 213 3\n< 229 (|||5001|)\nnext h\n> RETR h\nconnect 5001\n< 150 -\ndata 3\n"
		   "eof\n< 226 -\n= ok 226\nusable\n" },
	{ .name = "another job than the one that was asked for",
	  .lines = ASKED_AHEAD TRANSFERRED "< 213 7\n< 229 (|||5000|)\njob\n> SIZE f\n> EPSV\n"
		   "< 213 10\n< 229 (|||5002|)\n> RETR f\nwanted 5002\n" },
	{ .name = "no size",
	  .lines = ASKED_AHEAD TRANSFERRED "< 550 none\n< 229 (|||5000|)\nnext g\nsize unknown\n"
		   "> RETR g\nconnect 5000\n< 550 none\nshut\n= permanent EREMOTEIO 550 none\n"
		   "once\nusable\n" },
	{ .name = "EPSV refused",
	  .lines = ASKED_AHEAD TRANSFERRED "< 213 7\n< 500 -\nnext g\n> SIZE g\n> EPSV\n"
		   "< 213 7\n< 229 (|||5000|)\n" FETCH_NEXT("7", "5000") },
	{ .name = "EPSV with a bad port",
	  .lines = ASKED_AHEAD TRANSFERRED "< 213 7\n< 229 (|||x|)\nnext g\n> SIZE g\n> EPSV\n" },
	{ .name = "EPSV with the control connection's port",
	  .lines = ASKED_AHEAD TRANSFERRED "< 213 7\n< 229 (|||21|)\nnext g\n> SIZE g\n> EPSV\n" },
	{ .name = "larger than max-size", .request = { .max_size = 20 },
	  .lines = ASKED_AHEAD TRANSFERRED "< 213 21\n< 229 (|||5000|)\nnext g\n"
		   "= long EFBIG 0\nonce\nusable\n" },
	{ .name = "RETR refused",
	  .lines = ASKED_AHEAD "< 550 none\nshut\n= permanent EREMOTEIO 550 none\nonce\nusable\n"
		   "< 213 7\n< 229 (|||5000|)\nnext g\n" FETCH_NEXT("7", "5000") },
	{ .name = "the session leaves no word while answers are due",
	  .lines = ASKED_AHEAD TRANSFERRED "quit\n= ok 226\nusable\n< 213 7\n< 229 (|||5000|)\nquit\n"
		   "> QUIT\n" },

	/* Out of turn */
	{ .name = "SIZE answered during the transfer",
	  .lines = ASKED_AHEAD "< 150 -\ndata 5\n< 213 7\nshut\n= protocol EPROTO 0\nagain\n"
		   "broken\n" },
	{ .name = "EPSV answered during the transfer",
	  .lines = ASKED_AHEAD "< 229 (|||5000|)\nshut\n= protocol EPROTO 0\nagain\nbroken\n" },
	{ .name = "refused during the transfer",
	  .lines = ASKED_AHEAD "< 150 -\n< 503 busy\nshut\n= protocol EPROTO 0\nagain\nbroken\n" },
	{ .name = "transfer aborted",
	  .lines = ASKED_AHEAD "< 150 -\ndata 5\neof\n< 426 aborted\n= transient EREMOTEIO 426\n"
		   "again\n" },
	{ .name = "transfer cut",
	  .lines = ASKED_AHEAD "< 150 -\ndata 5\neof\n< 226 ok\n= short ENODATA 0\nagain\n" },
	{ .name = "transfer reset",
	  .lines = ASKED_AHEAD "< 150 -\ndata 5\nreset\n< 226 ok\n= network ECONNRESET 0\nagain\n" },
	{ .name = "transfer ends with the session",
	  .lines = ASKED_AHEAD "< 150 -\ndata 5\nclosed\nshut\n= network ECONNRESET 0\nagain\n"
		   "broken\n" },
	{ .name = "an answer is missing",
	  .lines = ASKED_AHEAD TRANSFERRED "next g\n< 229 (|||5000|)\n= protocol EPROTO 0\nagain\n"
		   "broken\n" },
	{ .name = "an answer is missing and there is no job",
	  .lines = ASKED_AHEAD TRANSFERRED "< 229 (|||5000|)\n= ok 226\nbroken\n" },
	{ .name = "an answer is missing and the data have not ended",
	  .lines = ASKED_AHEAD "< 150 -\ndata 5\n< 226 ok\n< 229 (|||5000|)\nbroken\nreading\n"
		   "data 5\neof\n= ok 226 ok\nonce\n" },
	{ .name = "no answer",
	  .lines = ASKED_AHEAD TRANSFERRED "next g\ntimer reply\nabort\n= timer ETIMEDOUT 0\n"
		   "again\nbroken\n" },
	{ .name = "the session ends before the next job began",
	  .lines = ASKED_AHEAD TRANSFERRED "next g\nclosed\n= network ECONNRESET 0\nagain\n" },
	{ .name = "the port is closed",
	  .lines = ASKED_AHEAD TRANSFERRED "< 213 7\n< 229 (|||5000|)\nnext g\n> RETR g\n"
		   "refuse 5000\n< 425 no\n= network ECONNREFUSED 0\nagain\n" },
	{ .name = "cancelled",
	  .lines = ASKED_AHEAD "< 150 -\nabort\nshut\n= timer ETIMEDOUT 0\nonce\nbroken\n" },

	/* Not asked */
	{ .name = "not in active mode", .request = { .active = true },
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n< 200 -\n"
		   "< 213 10\n< 200 -\nnoask\n> RETR f\n" },
	{ .name = "not without SIZE",
	  .lines = ASKED "< 200 -\n< 500 -\n< 229 (|||4000|)\nconnect 4000\nnoask\n> RETR f\n" },
	{ .name = "not behind an empty file",
	  .lines = ASKED "< 200 -\n< 213 0\n< 229 (|||4000|)\nconnect 4000\nnoask\n> RETR f\n" },
	{ .name = "behind the largest of the small files",
	  .lines = ASKED "< 200 -\n< 213 65536\n< 229 (|||4000|)\nconnect 4000\nahead g\n> RETR f\n"
		   "> SIZE g\n> EPSV\n" },
	{ .name = "not behind a large file",
	  .lines = ASKED "< 200 -\n< 213 65537\n< 229 (|||4000|)\nconnect 4000\nnoask\n> RETR f\n" },
	{ .name = "not when the dialogue is plain", .login = { .plain = true },
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,5,6)\n> TYPE I\n< 200 -\nconnect 1286\nnoask\n"
		   "> RETR f\n" },
	{ .name = "with PASV where EPSV was refused",
	  .lines = ASKED "< 200 -\n< 213 10\n< 500 -\n> PASV\n< 227 (1,2,3,4,5,6)\nconnect 1286\n"
		   "ahead g\n> RETR f\n> SIZE g\n> PASV\n< 150 -\ndata 10\neof\n< 226 -\n= ok 226\n"
		   "< 213 7\n< 227 (1,2,3,4,5,7)\nnext g\n" FETCH_NEXT("7", "1287") },

	/* A session that was idle */
	{ .name = "ends when it is used again",
	  .lines = SENT TRANSFERRED "job\n> SIZE f\n> EPSV\nclosed\n= network ECONNRESET 0\nagain\n"
		   "broken\n" },
	{ .name = "likewise, with a word",
	  .lines = SENT TRANSFERRED "job\n> SIZE f\n> EPSV\n< 421 bye\n= transient EREMOTEIO 421\n"
		   "again\nbroken\n" },
	{ .name = "ends in the first job",
	  .lines = ASKED "closed\n= network ECONNRESET 0\nonce\n" },
	{ .name = "ends when the transfer has begun",
	  .lines = SENT TRANSFERRED "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n> RETR f\n"
		   "connect 5000\n< 150 -\nclosed\nshut\n= network ECONNRESET 0\nonce\n" },
};

int test_ftp_ahead(void)
{
	return run_scripts("ftp: asked ahead", scripts, sizeof(scripts) / sizeof(scripts[0]));
}
