// SPDX-License-Identifier: GPL-2.0-only
/* What else than RETR a job may be. */
#include "script.h"

#define OP(name)	.request = { .op = KNET_FTP_##name }
#define OPENED(verb)							\
	LOGIN "> TYPE I\n> EPSV\n< 200 -\n< 229 (|||4000|)\nconnect 4000\n> " verb "\n"
#define NEXT(verb)							\
	"usable\njob\n> EPSV\n< 229 (|||5000|)\n> " verb "\nconnect 5000\n"

static const struct script scripts[] = {
	/* Sending */
	{ .name = "STOR", OP(STOR),
	  .lines = OPENED("STOR f") "deaf\ntimer reply\nroom none\n< 150 send\nreading\ntimer data\n"
		   "data 4\ndata 6\neof\ntimer reply\n< 226 stored\n= ok 226 stored\n"
		   NEXT("STOR f") },
	{ .name = "STOR 125", OP(STOR),
	  .lines = OPENED("STOR f") "< 125 send\nreading\ndata 10\neof\n< 250 stored\n= ok 250\n" },
	{ .name = "STOR of nothing", OP(STOR),
	  .lines = OPENED("STOR f") "< 150 -\neof\n< 226 -\n= ok 226\n" },
	{ .name = "STOR has no limit", .request = { .op = KNET_FTP_STOR, .max_size = 5 },
	  .lines = OPENED("STOR f") "< 150 -\nroom none\ndata 10\neof\n< 226 -\n= ok 226\n" },
	{ .name = "STOR: an early 226 does not end it", OP(STOR),
	  .lines = OPENED("STOR f") "< 150 -\ndata 4\n< 226 -\nreading\ntimer data\ndata 6\neof\n"
		   "= ok 226\nusable\n" },
	{ .name = "STOR: 226 without 150", OP(STOR),
	  .lines = OPENED("STOR f") "< 226 -\nreading\ndata 6\neof\n= ok 226\n" },
	{ .name = "STOR 552 in mid-transfer", OP(STOR),
	  .lines = OPENED("STOR f") "< 150 -\ndata 4\n< 552 full\nshut\n"
		   "= permanent ENOSPC 552 full\n" NEXT("STOR f") },
	{ .name = "STOR 452", OP(STOR),
	  .lines = OPENED("STOR f") "< 452 full\nshut\n= transient ENOSPC 452 full\nusable\n" },
	{ .name = "STOR 550", OP(STOR),
	  .lines = OPENED("STOR f") "< 550 no\nshut\n= permanent EREMOTEIO 550 no\nusable\n" },
	{ .name = "STOR 553", OP(STOR),
	  .lines = OPENED("STOR f") "< 553 no\nshut\n= permanent EREMOTEIO 553 no\nusable\n" },
	{ .name = "STOR: reset, and 226", OP(STOR),
	  .lines = OPENED("STOR f") "< 150 -\ndata 4\nreset\n< 226 -\n= network ECONNRESET 0\nusable\n" },
	{ .name = "STOR: reset, and 426", OP(STOR),
	  .lines = OPENED("STOR f") "< 150 -\ndata 4\nreset\n< 426 no\n"
		   "= transient EREMOTEIO 426 no\nusable\n" },
	{ .name = "STOR: all was sent, and 451", OP(STOR),
	  .lines = OPENED("STOR f") "< 150 -\ndata 4\neof\n< 451 no\n"
		   "= transient EREMOTEIO 451 no\nusable\n" },
	{ .name = "STOR 532, ACCT, all anew", .login = { .account = "a" }, OP(STOR),
	  .lines = OPENED("STOR f") "< 532 who\n> ACCT a\nshut\n< 230 -\n> EPSV\n" },
	{ .name = "STOR, IPv4 and active", .request = { .op = KNET_FTP_STOR, .active = true },
	  .lines = LOGIN "listen\n> TYPE I\n> EPRT |1|192.0.2.1|4660|\n< 200 -\n< 200 -\n"
		   "> STOR f\n< 150 -\ntimer connect\nopen\nreading\ndata 1\neof\n< 226 -\n= ok\n" },
	{ .name = "active: STOR 150, 425", .request = { .op = KNET_FTP_STOR, .active = true },
	  .lines = LOGIN "listen\n> TYPE I\n> EPRT |1|192.0.2.1|4660|\n< 200 -\n< 200 -\n"
		   "> STOR f\n< 150 -\n< 425 cannot\nshut\n= transient EREMOTEIO 425 cannot\n"
		   "usable\n" },
	{ .name = "active: STOR 150, 421", .request = { .op = KNET_FTP_STOR, .active = true },
	  .lines = LOGIN "listen\n> TYPE I\n> EPRT |1|192.0.2.1|4660|\n< 200 -\n< 200 -\n"
		   "> STOR f\n< 150 -\n< 421 bye\nshut\n= transient EREMOTEIO 421 bye\nbroken\n" },
	{ .name = "STOR from an offset on", .request = { .op = KNET_FTP_STOR, .offset = 7 },
	  .lines = LOGIN "> TYPE I\n> EPSV\n< 200 -\n< 229 (|||4000|)\n> REST 7\nconnect 4000\n"
		   "< 350 -\n> STOR f\n" },
	{ .name = "plain STOR", .login = { .plain = true }, OP(STOR),
	  .lines = LOGIN "> PASV\n< 227 1,2,3,4,5,6\n> TYPE I\n< 200 -\nconnect 1286\n> STOR f\n" },
	{ .name = "STOR: TYPE 504", OP(STOR),
	  .lines = LOGIN "> TYPE I\n> EPSV\n< 504 no\n< 229 (|||4000|)\n"
		   "= permanent EREMOTEIO 504 no\nusable\n" },
	{ .name = "STOR without a name", .request = { .op = KNET_FTP_STOR, .pathname = "" },
	  .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "APPE knows no offset", .request = { .op = KNET_FTP_APPE, .offset = 9 },
	  .lines = OPENED("APPE f") "< 150 -\ndata 5\neof\n< 226 -\n= ok 226\n" },

	/* Listings */
	{ .name = "LIST", OP(LIST),
	  .lines = OPENED("LIST f") "reading\n< 150 -\ndata 100\neof\n< 226 -\n= ok 226\n"
		   NEXT("LIST f") },
	{ .name = "NLST of the login directory", .request = { .op = KNET_FTP_NLST, .pathname = "" },
	  .lines = OPENED("NLST") "< 150 -\neof\n< 226 -\n= ok 226\n" },
	{ .name = "MLSD", OP(MLSD), .lines = OPENED("MLSD f") "< 150 -\neof\n< 226 -\n= ok 226\n" },
	{ .name = "MLSD 500", OP(MLSD),
	  .lines = OPENED("MLSD f") "< 500 -\nshut\n= permanent EREMOTEIO 500\nusable\n" },
	{ .name = "MLSD 450", OP(MLSD),
	  .lines = OPENED("MLSD f") "< 450 -\nshut\n= transient EREMOTEIO 450\nusable\n" },
	{ .name = "NLST 450 is an empty list", OP(NLST),
	  .lines = OPENED("NLST f") "< 450 no files\nshut\n= ok 450 no files\nusable\n" },
	{ .name = "NLST 450 after some names is none", OP(NLST),
	  .lines = OPENED("NLST f") "< 150 -\ndata 5\n< 450 disk\nshut\n"
		   "= transient EREMOTEIO 450 disk\nusable\n" },
	{ .name = "NLST 550", OP(NLST),
	  .lines = OPENED("NLST f") "< 550 no\nshut\n= permanent EREMOTEIO 550 no\nusable\n" },
	{ .name = "listings do without TYPE, files do not", OP(LIST),
	  .lines = LOGIN "> TYPE I\n> EPSV\n< 504 no\n< 229 (|||4000|)\nconnect 4000\n> LIST f\n"
		   "< 150 -\neof\n< 226 -\n= ok 226\njob\n> TYPE I\n> EPSV\n" },
	{ .name = "plain LIST does without TYPE", .login = { .plain = true }, OP(LIST),
	  .lines = LOGIN "> PASV\n< 227 1,2,3,4,5,6\n> TYPE I\n< 504 -\nconnect 1286\n> LIST f\n" },
	{ .name = "a listing has a limit", .request = { .op = KNET_FTP_LIST, .max_size = 50 },
	  .lines = OPENED("LIST f") "< 150 -\nroom 50\ndata 50\nroom 0\nreading\ndata 1\nshut\n"
		   "= long EFBIG 0\nbroken\n" },
	{ .name = "a listing has no offset", .request = { .op = KNET_FTP_LIST, .offset = 60,
							  .max_size = 50, .resume = true },
	  .lines = OPENED("LIST f") "< 150 -\nroom 50\n" },

	/* Without a data connection */
	{ .name = "SIZE", OP(SIZE),
	  .lines = LOGIN "> TYPE I\n> SIZE f\n< 200 -\ntimer reply\n< 213 77\nsize 77\n= ok 213 77\n"
		   "usable\njob\nsize unknown\n> SIZE f\n< 550 no\n"
		   "= permanent EREMOTEIO 550 no\nusable\n" },
	{ .name = "SIZE is no number", OP(SIZE),
	  .lines = LOGIN "> TYPE I\n> SIZE f\n< 200 -\n< 213 x\n= protocol EPROTO 213 x\nusable\n" },
	{ .name = "SIZE: TYPE 504", OP(SIZE),
	  .lines = LOGIN "> TYPE I\n> SIZE f\n< 504 no\nwait\n< 213 77\n"
		   "= permanent EREMOTEIO 504 no\nusable\n" },
	{ .name = "MDTM", OP(MDTM),
	  .lines = LOGIN "> MDTM f\nwait\ntimer reply\n< 213 20260102030405\n"
		   "= ok 213 20260102030405\nusable\n" },
	{ .name = "MDTM 550", OP(MDTM),
	  .lines = LOGIN "> MDTM f\n< 550 no\n= permanent EREMOTEIO 550 no\nusable\n" },
	{ .name = "MFMT", .request = { .op = KNET_FTP_MFMT, .argument = "20260102030405" },
	  .lines = LOGIN "> MFMT 20260102030405 f\n< 213 Modify=20260102030405; f\n"
		   "= ok 213\nusable\n" },
	{ .name = "MFMT without a time", OP(MFMT),
	  .lines = LOGIN "= local EINVAL 0 argument is missing\nusable\n" },
	{ .name = "DELE", OP(DELE),
	  .lines = LOGIN "> DELE f\n< 250 gone\n= ok 250 gone\njob\n> DELE f\n< 450 busy\n"
		   "= transient EREMOTEIO 450 busy\nusable\n" },
	{ .name = "DELE 200", OP(DELE), .lines = LOGIN "> DELE f\n< 200 -\n= ok 200\n" },
	{ .name = "DELE 331", OP(DELE),
	  .lines = LOGIN "> DELE f\n< 331 -\n= protocol EPROTO 331\nusable\n" },
	{ .name = "DELE 150, 250", OP(DELE),
	  .lines = LOGIN "> DELE f\n< 150 -\nwait\ntimer reply\n< 250 -\n= ok 250\n" },
	{ .name = "DELE 421", OP(DELE),
	  .lines = LOGIN "> DELE f\n< 421 bye\n= transient EREMOTEIO 421 bye\nbroken\n" },
	{ .name = "DELE: closed", OP(DELE),
	  .lines = LOGIN "> DELE f\nclosed\n= network ECONNRESET 0\nbroken\n" },
	{ .name = "DELE with LF", .request = { .op = KNET_FTP_DELE, .pathname = "f\nMKD d" },
	  .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "DELE without a name", .request = { .op = KNET_FTP_DELE, .pathname = "" },
	  .lines = LOGIN "= local EINVAL 0 path name is empty\nusable\n" },
	{ .name = "DELE 532, ACCT, DELE", .login = { .account = "a" }, OP(DELE),
	  .lines = LOGIN "> DELE f\n< 532 who\n> ACCT a\n< 230 -\n> DELE f\n< 250 -\n= ok 250\n" },
	{ .name = "MKD", OP(MKD),
	  .lines = LOGIN "> MKD f\n< 257 \"/f\" made\n= ok 257 \"/f\" made\nusable\n" },
	{ .name = "RMD", OP(RMD), .lines = LOGIN "> RMD f\n< 250 -\n= ok 250\nusable\n" },
	{ .name = "HASH", OP(HASH),
	  .lines = LOGIN "> TYPE I\n> HASH f\n< 200 -\n< 213 SHA-1 0-49 80bc95fd f\n"
		   "= ok 213 SHA-1 0-49 80bc95fd f\nusable\n" },
	{ .name = "XSHA256", OP(XSHA256),
	  .lines = LOGIN "> TYPE I\n> XSHA256 f\n< 200 -\n< 250 E3B0C442\n= ok 250 E3B0C442\n" },
	{ .name = "XCRC", OP(XCRC),
	  .lines = LOGIN "> TYPE I\n> XCRC f\n< 200 -\n< 500 what\n= permanent EREMOTEIO 500 what\n" },
	{ .name = "SITE", .request = { .op = KNET_FTP_SITE, .pathname = "CHMOD 644 f" },
	  .lines = LOGIN "> SITE CHMOD 644 f\n< 200 -\n= ok 200\n" },
	{ .name = "RNFR, RNTO", .request = { .op = KNET_FTP_RENAME, .argument = "g\xff" },
	  .lines = LOGIN "> RNFR f\n< 350 go\n> RNTO g\xff\xff\n< 250 -\n= ok 250\nusable\n" },
	{ .name = "RNFR 550", .request = { .op = KNET_FTP_RENAME, .argument = "g" },
	  .lines = LOGIN "> RNFR f\n< 550 no\n= permanent EREMOTEIO 550 no\nusable\n" },
	{ .name = "RNFR 250", .request = { .op = KNET_FTP_RENAME, .argument = "g" },
	  .lines = LOGIN "> RNFR f\n< 250 what\n= protocol EPROTO 250 what\nusable\n" },
	{ .name = "RNTO 553", .request = { .op = KNET_FTP_RENAME, .argument = "g" },
	  .lines = LOGIN "> RNFR f\n< 350 go\n> RNTO g\n< 553 no\n"
		   "= permanent EREMOTEIO 553 no\nusable\n" },
	{ .name = "RNTO 532, ACCT, all anew", .login = { .account = "a" },
	  .request = { .op = KNET_FTP_RENAME, .argument = "g" },
	  .lines = LOGIN "> RNFR f\n< 350 go\n> RNTO g\n< 532 who\n> ACCT a\n< 230 -\n> RNFR f\n"
		   "< 350 -\n> RNTO g\n< 250 -\n= ok 250\n" },
	{ .name = "RNTO with CR", .request = { .op = KNET_FTP_RENAME, .argument = "g\r" },
	  .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "RNTO without a name", OP(RENAME), .lines = LOGIN "= local EINVAL 0\nusable\n" },
	{ .name = "DELE 300", OP(DELE),
	  .lines = LOGIN "> DELE f\n< 300 -\n= protocol EPROTO 300\nusable\n" },
	{ .name = "SIZE 300", OP(SIZE),
	  .lines = LOGIN "> TYPE I\n> SIZE f\n< 200 -\n< 300 -\n= protocol EPROTO 300\nusable\n" },
	{ .name = "RNFR 400", .request = { .op = KNET_FTP_RENAME, .argument = "g" },
	  .lines = LOGIN "> RNFR f\n< 400 no\n= transient EREMOTEIO 400 no\nusable\n" },
	{ .name = "RNFR 532, ACCT", .login = { .account = "a" },
	  .request = { .op = KNET_FTP_RENAME, .argument = "g" },
	  .lines = LOGIN "> RNFR f\n< 532 who\n> ACCT a\n< 230 -\n> RNFR f\n" },
	{ .name = "STOR: 150 to EPSV is no leave to send", OP(STOR),
	  .lines = LOGIN "> TYPE I\n> EPSV\n< 200 -\n< 150 -\n< 229 (|||4000|)\nconnect 4000\n"
		   "> STOR f\ndeaf\n< 150 -\nreading\n" },
};

int test_ftp_commands(void)
{
	return run_scripts("ftp: commands", scripts, sizeof(scripts) / sizeof(scripts[0]));
}
