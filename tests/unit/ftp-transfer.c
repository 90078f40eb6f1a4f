// SPDX-License-Identifier: GPL-2.0-only
/* SIZE, REST, RETR and what ends a transfer. */
#include "script.h"

/* The next job of the session works: replies are in step. */
#define NEXT								\
	"usable\njob\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n"	\
	"> RETR f\nconnect 5000\n< 150 -\ndata 10\neof\n< 226 ok\n= ok 226 ok\nusable\n"

/* The answer to SIZE is unknown, and the transfer goes on. */
#define SIZE_UNKNOWN(answer)						\
	ASKED "< 200 -\n< " answer "\n< 229 (|||4000|)\nsize unknown\n"	\
	"connect 4000\n> RETR f\nroom none\n"

static const struct script scripts[] = {
	/* SIZE */
	{ .name = "SIZE 500", .lines = SIZE_UNKNOWN("500 what") },
	{ .name = "SIZE 550", .lines = SIZE_UNKNOWN("550 no file") },
	{ .name = "SIZE 314", .lines = SIZE_UNKNOWN("314 what") },
	{ .name = "SIZE 200 with a number", .lines = SIZE_UNKNOWN("200 10") },
	{ .name = "SIZE with words", .lines = SIZE_UNKNOWN("213 file: 213, Size =51") },
	{ .name = "SIZE negative", .lines = SIZE_UNKNOWN("213 -1") },
	{ .name = "SIZE with a plus sign", .lines = SIZE_UNKNOWN("213 +1") },
	{ .name = "SIZE in hexadecimal", .lines = SIZE_UNKNOWN("213 0x30d40") },
	{ .name = "SIZE empty", .lines = SIZE_UNKNOWN("213 ") },
	{ .name = "SIZE without a text", .lines = SIZE_UNKNOWN("213") },
	{ .name = "SIZE with two numbers", .lines = SIZE_UNKNOWN("213 1 0") },
	{ .name = "SIZE with a blank before", .lines = SIZE_UNKNOWN("213  10") },
	{ .name = "SIZE with a blank behind", .lines = SIZE_UNKNOWN("213 10 ") },
	{ .name = "SIZE with a carriage return", .lines = SIZE_UNKNOWN("213 1\r0") },
	{ .name = "SIZE in two lines", .lines = SIZE_UNKNOWN("213-9\n< 213 10") },
	{ .name = "SIZE 2^63", .lines = SIZE_UNKNOWN("213 9223372036854775808") },
	{ .name = "SIZE 2^64 + 10", .lines = SIZE_UNKNOWN("213 18446744073709551626") },
	{ .name = "SIZE 10^30", .lines = SIZE_UNKNOWN("213 1000000000000000000000000000000") },
	{ .name = "SIZE 2^63 - 1",
	  .lines = ASKED "< 200 -\n< 213 9223372036854775807\n< 229 (|||4000|)\n"
		   "size 9223372036854775807\nconnect 4000\n> RETR f\n"
		   "room 9223372036854775807\n" },
	{ .name = "SIZE with zeros",
	  .lines = ASKED "< 200 -\n< 213 00000000000000000000000000010\n< 229 (|||4000|)\n"
		   "size 10\n" },
	{ .name = "SIZE over 4 GiB",
	  .lines = ASKED "< 200 -\n< 213 4294967301\n< 229 (|||4000|)\nconnect 4000\n> RETR f\n"
		   "< 150 -\ndata 4294967300\ndata 1\neof\n< 226 ok\n= ok 226\n" },

	/* How a transfer ends well */
	{ .name = "RETR", .lines = FLOWING "data 4\nroom 6\ndata 6\nroom 0\nreading\neof\n"
				    "< 226 done\n= ok 226 done\n" NEXT },
	{ .name = "RETR 125", .lines = SENT "< 125 -\ndata 10\neof\n< 250 done\n= ok 250 done\n" },
	{ .name = "RETR 199", .lines = SENT "< 199 -\ndata 10\neof\n< 200 done\n= ok 200 done\n" },
	{ .name = "150 and 226 in one piece before the data",
	  .lines = SENT "< 150 -\n< 226 done\ntimer data\nreading\ndata 10\neof\n= ok 226 done\n"
		   NEXT },
	{ .name = "226 without 150", .lines = SENT "data 10\neof\n< 226 done\n= ok 226 done\n" NEXT },
	{ .name = "226 without 150, before the data",
	  .lines = SENT "< 226 done\ntimer data\ndata 10\neof\n= ok 226 done\n" NEXT },
	{ .name = "150 twice", .lines = FLOWING "< 150 again\ndata 10\neof\n< 226 -\n= ok 226\n" NEXT },
	{ .name = "multi-line replies to RETR",
	  .lines = SENT "< 150-a\n< 226 not the end\n< 150 b\ndata 10\neof\n< 226-c\n"
		   "<  226 d\n< 226 e\n= ok 226 e\n" NEXT },
	{ .name = "the data end before 150",
	  .lines = SENT "data 10\neof\ntimer reply\n< 150 -\nwait\n< 226 -\n= ok 226\n" NEXT },
	{ .name = "empty file",
	  .lines = ASKED "< 200 -\n< 213 0\n< 229 (|||4000|)\nconnect 4000\n> RETR f\nroom 0\n"
		   "< 150 -\nreading\neof\n< 226 -\n= ok 226\n" NEXT },
	{ .name = "size unknown, any length is right",
	  .lines = SIZE_UNKNOWN("500 -") "< 150 -\ndata 123456789012\neof\n< 226 -\n= ok 226\n"
		   NEXT },
	{ .name = "the length in the text of 150 is of no interest",
	  .lines = SIZE_UNKNOWN("500 -") "< 150 coming (7 bytes)\ndata 48\neof\n< 226 -\n= ok 226\n" },
	{ .name = "closed after 226, before the data's end",
	  .lines = FLOWING "< 226 done\nclosed\nwait\ndata 10\neof\n= ok 226 done\nbroken\n" },
	{ .name = "421 after 226, before the data's end",
	  .lines = FLOWING "< 226 done\n< 421 bye\nwait\ndata 10\neof\n= ok 226 done\nbroken\n" },
	{ .name = "421 after the end",
	  .lines = FLOWING "data 10\neof\n< 226 done\n< 421 bye\n= ok 226 done\nbroken\n" },
	{ .name = "nonsense after the end",
	  .lines = FLOWING "data 10\neof\n< 226 done\n< nonsense\n= ok 226 done\nbroken\n" },
	{ .name = "closed after the end",
	  .lines = FLOWING "data 10\neof\n< 226 done\nclosed\n= ok 226 done\nbroken\n" },
	{ .name = "QUIT after the end",
	  .lines = FLOWING "data 10\neof\n< 226 done\n= ok\nquit\n> QUIT\nbroken\n= ok 226 done\n" },

	/* How it ends badly */
	{ .name = "fewer bytes than SIZE",
	  .lines = FLOWING "data 9\neof\n< 226 done\n= short ENODATA 0\n" NEXT },
	{ .name = "no bytes",
	  .lines = FLOWING "eof\n< 226 done\n= short ENODATA 0\n" NEXT },
	{ .name = "fewer bytes than SIZE, 226 first",
	  .lines = FLOWING "< 226 done\ndata 9\neof\n= short ENODATA 0\n" NEXT },
	{ .name = "more bytes than SIZE",
	  .lines = FLOWING "data 8\nroom 2\ndata 3\nshut\n= long EFBIG 0\nbroken\n" },
	{ .name = "more bytes than SIZE, after 226",
	  .lines = FLOWING "< 226 done\ndata 10\nroom 0\ndata 1\nshut\n= long EFBIG 0\n" NEXT },
	{ .name = "reset, and 226",
	  .lines = FLOWING "data 10\nreset\ntimer reply\n< 226 done\n= network ECONNRESET 0\n" NEXT },
	{ .name = "226, and reset",
	  .lines = FLOWING "< 226 done\ndata 10\nreset\n= network ECONNRESET 0\n" NEXT },
	{ .name = "reset, and 426",
	  .lines = FLOWING "data 4\nreset\n< 426 aborted\n= transient EREMOTEIO 426 aborted\n" NEXT },
	{ .name = "all bytes, and 426",
	  .lines = FLOWING "data 10\neof\n< 426 aborted\n= transient EREMOTEIO 426 aborted\n" NEXT },
	{ .name = "all bytes, and 451",
	  .lines = FLOWING "data 10\neof\n< 451 disk\n= transient EREMOTEIO 451 disk\n" NEXT },
	{ .name = "all bytes, and 452",
	  .lines = FLOWING "data 10\neof\n< 452 full\n= transient ENOSPC 452 full\n" NEXT },
	{ .name = "all bytes, and 552",
	  .lines = FLOWING "data 10\neof\n< 552 full\n= permanent ENOSPC 552 full\n" NEXT },
	{ .name = "all bytes, and 350",
	  .lines = FLOWING "data 10\neof\n< 350 more\n= protocol EPROTO 350 more\nusable\n" },
	{ .name = "451 while data flow ends it at once",
	  .lines = FLOWING "data 4\n< 451 disk\nshut\n= transient EREMOTEIO 451 disk\n" NEXT },
	{ .name = "RETR 550",
	  .lines = SENT "< 550 no file\nshut\n= permanent EREMOTEIO 550 no file\n" NEXT },
	{ .name = "RETR 550 after the server closed",
	  .lines = SENT "eof\n< 550 no file\n= permanent EREMOTEIO 550 no file\n" NEXT },
	{ .name = "RETR 550 after a reset",
	  .lines = SENT "reset\n< 550 no file\n= permanent EREMOTEIO 550 no file\n" NEXT },
	{ .name = "RETR 314",
	  .lines = SENT "< 314 what\nshut\n= protocol EPROTO 314 what\nusable\n" },
	{ .name = "RETR 530",
	  .lines = SENT "< 530 log in\nshut\n= permanent EACCES 530 log in\nusable\n" },
	{ .name = "RETR 150, 421",
	  .lines = FLOWING "< 421 bye\nshut\n= transient EREMOTEIO 421 bye\nbroken\n" },
	{ .name = "closed in mid-transfer",
	  .lines = FLOWING "data 4\nclosed\nshut\n= network ECONNRESET 0\nbroken\n" },
	{ .name = "reset of the control connection in mid-transfer",
	  .lines = FLOWING "data 4\nbroke\nshut\n= network EPIPE 0\nbroken\n" },
	{ .name = "closed in place of 226",
	  .lines = FLOWING "data 10\neof\nclosed\n= network ECONNRESET 0\nbroken\n" },
	{ .name = "226 never comes",
	  .lines = FLOWING "data 10\neof\ntimer reply\nabort\n= timer ETIMEDOUT 0\nbroken\n" },
	{ .name = "226 twice",
	  .lines = FLOWING "< 226 done\n< 226 done\nshut\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "preliminary replies without end",
	  .lines = SENT "< 150 1\n< 150 2\n< 150 3\n< 150 4\n< 150 5\n< 150 6\n< 150 7\n"
		   "< 150 8\nwait\n< 150 9\nshut\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "nonsense in mid-transfer",
	  .lines = FLOWING "< 22\x02\n< x\nshut\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "NUL in mid-transfer",
	  .lines = FLOWING "< 226 do\x01ne\nshut\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "a reply before RETR",
	  .lines = ANSWERED "< 150 early\nshut\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "half a reply before RETR",
	  .lines = ANSWERED "< 150\x02\nconnect 4000\n> RETR f\n<  early\nshut\n"
		   "= protocol EPROTO 0\nbroken\n" },
	{ .name = "421 before RETR",
	  .lines = ANSWERED "< 421 bye\nshut\n= transient EREMOTEIO 421 bye\nbroken\n" },
	{ .name = "cancelled in mid-transfer",
	  .lines = FLOWING "data 4\nabort\nshut\n= timer ETIMEDOUT 0 too slow\nbroken\nquit\n"
		   "= timer ETIMEDOUT 0\n" },
	{ .name = "cancelled before anything was sent",
	  .lines = ASKED "abort\n= timer ETIMEDOUT 0 too slow\nbroken\n" },

	/* max-size */
	{ .name = "SIZE above max-size: RETR is not sent", .request = { .max_size = 9 },
	  .lines = ASKED "< 200 -\n< 213 10\nwait\n< 229 (|||4000|)\n= long EFBIG 0\n"
		   "usable\n" },
	{ .name = "SIZE above max-size, and EPSV 500", .request = { .max_size = 9 },
	  .lines = ASKED "< 200 -\n< 213 10\n< 500 what\n= long EFBIG 0\nusable\n" },
	{ .name = "SIZE above max-size, and the session ends", .request = { .max_size = 9 },
	  .lines = ASKED "< 200 -\n< 213 10\nclosed\n= long EFBIG 0\nbroken\n" },
	{ .name = "SIZE above max-size, and no further reply", .request = { .max_size = 9 },
	  .lines = ASKED "< 200 -\n< 213 10\ntimer reply\nabort\n= long EFBIG 0\nbroken\n" },
	{ .name = "SIZE equals max-size", .request = { .max_size = 10 },
	  .lines = FLOWING "room 10\ndata 10\neof\n< 226 -\n= ok 226\nusable\n" },
	{ .name = "max-size is exact", .request = { .max_size = 20 },
	  .lines = ASKED "< 200 -\n< 500 -\n< 229 (|||4000|)\nconnect 4000\n> RETR f\n< 150 -\n"
		   "room 20\ndata 20\nroom 0\nreading\neof\n< 226 -\n= ok 226\nusable\n" },
	{ .name = "max-size without SIZE", .request = { .max_size = 20 },
	  .lines = ASKED "< 200 -\n< 500 -\n< 229 (|||4000|)\nconnect 4000\n> RETR f\n< 150 -\n"
		   "data 19\nroom 1\ndata 2\nshut\n= long EFBIG 0\nbroken\n" },
	{ .name = "max-size counts the offset", .request = { .max_size = 20, .offset = 15 },
	  .lines = ASKED "< 200 -\n< 500 -\n< 229 (|||4000|)\n> REST 15\nconnect 4000\n"
		   "< 350 -\n> RETR f\n< 150 -\nroom 5\ndata 6\nshut\n= long EFBIG 0\nbroken\n" },
	{ .name = "max-size below the offset", .request = { .max_size = 20, .offset = 21 },
	  .lines = LOGIN "= long EFBIG 0\nusable\n" },

	/* REST */
	{ .name = "REST", .request = { .offset = 4 },
	  .lines = ANSWERED "> REST 4\ntimer connect\nconnect 4000\ntimer reply\ndeaf\n"
		   "< 350 go\n> RETR f\n< 150 -\nroom 6\ndata 6\neof\n< 226 -\n= ok 226\nusable\n" },
	{ .name = "REST 350 before the connection stands", .request = { .offset = 4 },
	  .lines = ANSWERED "> REST 4\nwanted 4000\n< 350 go\ntimer connect\nconnect 4000\n"
		   "> RETR f\n" },
	{ .name = "REST accepted and not obeyed", .request = { .offset = 4 },
	  .lines = ANSWERED "> REST 4\nconnect 4000\n< 350 go\n> RETR f\n< 150 -\ndata 10\nshut\n"
		   "= long EFBIG 0\nbroken\n" },
	{ .name = "REST over 4 GiB", .request = { .offset = 5000000000 },
	  .lines = ASKED "< 200 -\n< 213 5000000001\n< 229 (|||4000|)\n> REST 5000000000\n"
		   "connect 4000\n< 350 go\n> RETR f\n< 150 -\ndata 1\neof\n< 226 -\n= ok 226\n" },
	{ .name = "REST 500", .request = { .offset = 4 },
	  .lines = ANSWERED "> REST 4\nconnect 4000\n< 500 what\nshut\n"
		   "= permanent EREMOTEIO 500 what\nusable\n" },
	{ .name = "REST 200", .request = { .offset = 4 },
	  .lines = ANSWERED "> REST 4\nconnect 4000\n< 200 ok\nshut\n"
		   "= protocol EPROTO 200 ok\nusable\n" },
	{ .name = "REST, and the connection fails", .request = { .offset = 4 },
	  .lines = ANSWERED "> REST 4\nrefuse 4000\n< 350 go\n> PASV\n< 227 (1,2,3,4,1,0)\n"
		   "> REST 4\nconnect 256\n< 350 go\n> RETR f\n" },
	{ .name = "REST on IPv6, and the connection fails", .request = { .offset = 4 },
	  .ipv6 = true,
	  .lines = ANSWERED "> REST 4\nrefuse 4000\nwait\n< 350 go\n= network ECONNREFUSED 0\n"
		   "usable\n" },
	{ .name = "an offset that is no file's", .request = { .offset = 9223372036854775808u },
	  .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "an offset at the end", .request = { .offset = 10 },
	  .lines = ANSWERED "> REST 10\nconnect 4000\n< 350 go\n> RETR f\n< 150 -\neof\n< 226 -\n"
		   "= ok 226\n" },
	{ .name = "an offset beyond the end", .request = { .offset = 11 },
	  .lines = ANSWERED "= long EFBIG 0\nusable\n" },

	/* Resuming */
	{ .name = "resume", .request = { .offset = 4, .resume = true },
	  .lines = ANSWERED "> REST 4\nconnect 4000\n< 350 go\n> RETR f\n< 150 -\ndata 6\neof\n"
		   "< 226 -\n= ok 226\nusable\n" },
	{ .name = "resume an empty file", .request = { .resume = true },
	  .lines = SENT "< 150 -\ndata 10\neof\n< 226 -\n= ok 226\n" },
	{ .name = "resume: already whole", .request = { .offset = 10, .resume = true },
	  .lines = ANSWERED "= ok 0\nusable\n" },
	{ .name = "resume: an empty file is whole", .request = { .resume = true },
	  .lines = ASKED "< 200 -\n< 213 0\nwait\n< 500 -\n= ok 0\nusable\n" },
	{ .name = "resume: beyond the end", .request = { .offset = 11, .resume = true },
	  .lines = ANSWERED "= long EFBIG 0 offset is beyond the end of the remote file\nusable\n" },
	{ .name = "resume: SIZE 500", .request = { .offset = 4, .resume = true },
	  .lines = ASKED "< 200 -\n< 500 what\n< 229 (|||4000|)\n= permanent EREMOTEIO 500 what\n"
		   "usable\n" },
	{ .name = "resume: SIZE 450", .request = { .offset = 4, .resume = true },
	  .lines = ASKED "< 200 -\n< 450 busy\n< 229 (|||4000|)\n= transient EREMOTEIO 450 busy\n" },
	{ .name = "resume: SIZE is no number", .request = { .offset = 4, .resume = true },
	  .lines = ASKED "< 200 -\n< 213 x\n< 229 (|||4000|)\n= protocol EPROTO 0\nusable\n" },

	/* Accounts */
	{ .name = "RETR 532, ACCT, all anew", .login = { .account = "a" },
	  .lines = SENT "< 532 who\n> ACCT a\nshut\n< 230 ok\n> EPSV\n< 229 (|||4001|)\n> RETR f\n"
		   "connect 4001\n< 150 -\ndata 10\neof\n< 226 -\n= ok 226\n" NEXT },
	{ .name = "RETR 532, the server closed the connection", .login = { .account = "a" },
	  .lines = SENT "eof\n< 532 who\n> ACCT a\n< 230 ok\n> EPSV\n" },
	{ .name = "RETR 532, ACCT answered before the connection is closed",
	  .login = { .account = "a" },
	  .lines = SENT "< 532 who\n> ACCT a\n< 230 ok\nshut\n> EPSV\n" },
	{ .name = "RETR 532, ACCT 530", .login = { .account = "a" },
	  .lines = SENT "< 532 who\n> ACCT a\nshut\n< 530 no\n= permanent EACCES 530 no\nusable\n" },
	{ .name = "RETR 532, ACCT, RETR 532", .login = { .account = "a" },
	  .lines = SENT "< 532 who\n> ACCT a\nshut\n< 230 ok\n> EPSV\n< 229 (|||4001|)\n> RETR f\n"
		   "connect 4001\n< 532 who\nshut\n= permanent EACCES 532 who\nusable\n" },
	{ .name = "RETR 532, no account",
	  .lines = SENT "< 532 who\nshut\n= permanent EACCES 532 who\nusable\n" },
	{ .name = "RETR 532, the account has CR LF", .login = { .account = "a\r\nDELE f" },
	  .lines = SENT "< 532 who\nshut\n= local EINVAL 0\nusable\n" },
	{ .name = "RETR 532 with an offset", .login = { .account = "a" },
	  .request = { .offset = 4 },
	  .lines = ANSWERED "> REST 4\nconnect 4000\n< 350 go\n> RETR f\n< 532 who\n> ACCT a\nshut\n"
		   "< 230 ok\n> EPSV\n< 229 (|||4001|)\n> REST 4\n< 350 -\n> RETR f\n" },
	{ .name = "active: RETR 532", .login = { .account = "a" }, .request = { .active = true },
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\n> RETR f\n< 532 who\n> ACCT a\n< 230 ok\n"
		   "> EPRT |1|192.0.2.1|4660|\n< 200 -\n> RETR f\nopen\n" },

	/* Path names */
	{ .name = "CR LF in the path name", .request = { .pathname = "f\r\nDELE g" },
	  .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "LF in the path name", .request = { .pathname = "f\n" },
	  .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "CR in the path name", .request = { .pathname = "\r" },
	  .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "DEL in the path name", .request = { .pathname = "a\x7f" },
	  .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "no path name", .request = { .pathname = "" },
	  .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "blanks and bytes above 0x7f", .request = { .pathname = "/ a\xff\xe4 " },
	  .lines = LOGIN "> TYPE I\n> SIZE / a\xff\xff\xe4 \n> EPSV\n< 200 -\n< 213 10\n"
		   "< 229 (|||4000|)\nconnect 4000\n> RETR / a\xff\xff\xe4 \n" },

	/* Multi-line replies */
	{ .name = "another code does not end a reply",
	  .lines = SENT "< 553-\n< 553- excluded\n< 150 coming\nwait\n< 553 no\nshut\n"
		   "= permanent EREMOTEIO 553 no\nusable\n" },
	{ .name = "relaxed: another code ends a reply", .login = { .relaxed = true },
	  .lines = SENT "< 553-\n< 553- excluded\n< 150 coming\ndata 10\neof\n< 226 -\n= ok 226\n" },
	{ .name = "relaxed: 250- ended by 226", .login = { .relaxed = true },
	  .lines = FLOWING "data 10\neof\n< 250-done\n< 550\n< 226 done\n= ok 226 done\nusable\n" },

	/* Codes just beyond those that are taken, and others */
	{ .name = "RETR 300", .lines = SENT "< 300 x\nshut\n= protocol EPROTO 300\nusable\n" },
	{ .name = "RETR 400", .lines = SENT "< 400 x\nshut\n= transient EREMOTEIO 400\n" NEXT },
	{ .name = "RETR 430", .lines = SENT "< 430 x\nshut\n= transient EACCES 430\n" NEXT },
	{ .name = "resume: SIZE 400", .request = { .offset = 4, .resume = true },
	  .lines = ASKED "< 200 -\n< 400 x\n< 229 (|||4000|)\n= transient EREMOTEIO 400 x\n" },
	{ .name = "RETR 532, ACCT 300", .login = { .account = "a" },
	  .lines = SENT "< 532 who\n> ACCT a\nshut\n< 300 x\n= protocol EPROTO 300\nusable\n" },
	{ .name = "RETR 532, ACCT 400", .login = { .account = "a" },
	  .lines = SENT "< 532 who\n> ACCT a\nshut\n< 400 x\n= transient EACCES 400\nusable\n" },
	{ .name = "RETR 532 after ACCT in the login", .login = { .account = "a" },
	  .lines = "< 220 -\n> USER u\n< 332 who\n> ACCT a\n< 230 in\n> TYPE I\n> SIZE f\n"
		   "> EPSV\n< 200 -\n< 213 10\n< 229 (|||4000|)\nconnect 4000\n> RETR f\n"
		   "< 532 who\nshut\n= permanent EACCES 532 who\nusable\n" },
	{ .name = "max-size equals the offset", .request = { .max_size = 20, .offset = 20 },
	  .lines = ASKED "< 200 -\n< 500 -\n< 229 (|||4000|)\n> REST 20\nconnect 4000\n"
		   "room 0\n< 350 -\n> RETR f\n< 150 -\nreading\neof\n< 226 -\n= ok 226\n" },
	{ .name = "the largest offset there is", .request = { .offset = 9223372036854775807u },
	  .lines = ASKED "< 200 -\n< 500 -\n< 229 (|||4000|)\n> REST 9223372036854775807\n" },
	{ .name = "150 to SIZE is no beginning of the transfer",
	  .lines = ASKED "< 200 -\n< 150 -\n< 213 10\n< 229 (|||4000|)\nconnect 4000\n> RETR f\n"
		   "timer reply\n" },
};

int test_ftp_transfer(void)
{
	return run_scripts("ftp: transfer", scripts, sizeof(scripts) / sizeof(scripts[0]));
}
