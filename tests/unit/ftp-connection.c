// SPDX-License-Identifier: GPL-2.0-only
/* The data connection: EPSV, PASV, EPRT, PORT. */
#include "script.h"

#define ACTIVE	.request = { .active = true }
#define PLAIN	.login = { .plain = true }

/* A whole file of 10 bytes. */
#define GOT	"< 150 coming\ndata 10\neof\n< 226 done\n= ok 226 done\nusable\n"

static const struct script scripts[] = {
	/* EPSV */
	{ .name = "EPSV", .lines = SENT GOT },
	{ .name = "EPSV on IPv6", .ipv6 = true, .lines = SENT GOT },
	{ .name = "EPSV with another delimiter",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 go (!!!4000!)\nconnect 4000\n> RETR f\n" GOT },
	{ .name = "EPSV with a digit as delimiter",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (111400251)\nconnect 40025\n" },
	{ .name = "EPSV with the last delimiter there is",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (~~~65535~)\nconnect 65535\n" },
	{ .name = "EPSV with other brackets before",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (now) Passive (|||1|)\nconnect 1\n" },
	{ .name = "EPSV in several lines",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229-go\n<  (|||1|)\n< 229 (|||4000|)\n"
		   "connect 4000\n" },
	{ .name = "EPSV with port 1000000",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 go (|||1000000|)\n= protocol EPROTO 0\n"
		   "broken\n" },
	{ .name = "EPSV with port 65536",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|||65536|)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV with port 2^64 + 4000",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|||18446744073709555616|)\n"
		   "= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV with port 0",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|||0|)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV with port -1",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|||-1|)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV without a port",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (||||)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV without an end",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|||4000\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV without brackets",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 |||4000|\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV with a blank as delimiter",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (   4000 )\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV without a text",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV with a bracket at the end",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|\n= protocol EPROTO 0\nbroken\n" },

	/* EPSV to PASV */
	{ .name = "EPSV 500, PASV; remembered",
	  .lines = ASKED "< 200 -\n< 213 10\n< 500 what\n> PASV\n"
		   "< 227 Entering Passive Mode (127,0,0,1,15,160)\nconnect 4000\n> RETR f\n" GOT
		   "job\n> SIZE f\n> PASV\n" },
	{ .name = "EPSV 425, PASV",
	  .lines = ASKED "< 200 -\n< 213 10\n< 425 no\n> PASV\n" },
	{ .name = "EPSV 522, PASV",
	  .lines = ASKED "< 200 -\n< 213 10\n< 522 no\n> PASV\n" },
	{ .name = "EPSV 314, PASV",
	  .lines = ASKED "< 200 -\n< 213 10\n< 314 what\n> PASV\n" },
	{ .name = "EPSV 200, PASV",
	  .lines = ASKED "< 200 -\n< 213 10\n< 200 (|||4000|)\n> PASV\n" },
	/* Servers that answer what is asked together when each is done */
	{ .name = "the replies are not in turn: all again, one by one",
	  .lines = ASKED "< 502 size\n< 200 type\n< 229 (|||4001|)\n> TYPE I\n< 200 -\n> SIZE f\n"
		   "< 213 10\n> EPSV\n< 229 (|||4000|)\nconnect 4000\n> RETR f\n" GOT
		   "job\n> SIZE f\n< 502 -\n> EPSV\n< 229 (|||5000|)\n> RETR f\n" },
	{ .name = "not in turn: a refusal of EPSV, and the size of another",
	  .lines = ASKED "< 200 -\n< 500 epsv\n< 213 7\n> TYPE I\n< 200 -\n> SIZE f\n< 213 10\n"
		   "> EPSV\n< 500 -\n> PASV\n" },
	{ .name = "not in turn: the port comes first",
	  .lines = ASKED "< 229 (|||4001|)\n< 213 10\n< 200 -\nsize unknown\n> TYPE I\n< 500 no\n"
		   "= permanent EREMOTEIO 500 no\nusable\n" },
	{ .name = "not in turn: a question", .request = { .op = KNET_FTP_SIZE },
	  .lines = LOGIN "> TYPE I\n> SIZE f\n< 213 10\n< 200 -\n> TYPE I\n< 200 -\n> SIZE f\n"
		   "< 213 9\nsize 9\n= ok 213 9\n" },
	{ .name = "not in turn, and the end of the session",
	  .lines = ASKED "< 200 type\n< 229 (|||4001|)\n< 421 bye\n= transient EREMOTEIO 421 bye\nbroken\n" },
	{ .name = "EPSV 421 is no refusal",
	  .lines = ASKED "< 200 -\n< 213 10\n< 421 bye\n= transient EREMOTEIO 421 bye\nbroken\n" },
	{ .name = "EPSV port cannot be reached, PASV; remembered",
	  .lines = ANSWERED "timer connect\nrefuse 4000\n> PASV\n< 227 (1,2,3,4,1,0)\n"
		   "connect 256\n> RETR f\n" GOT "job\n> SIZE f\n> PASV\n" },
	{ .name = "EPSV and PASV port cannot be reached",
	  .lines = ANSWERED "refuse 4000\n> PASV\n< 227 (1,2,3,4,1,0)\nrefuse 256\n"
		   "= network ECONNREFUSED 0 refused\nusable\n" },
	{ .name = "the data connection takes too long",
	  .lines = ANSWERED "refuse 4000\n> PASV\n< 227 (1,2,3,4,1,0)\nfail ETIMEDOUT\n"
		   "= timer ETIMEDOUT 0 no way\nusable\n" },
	{ .name = "the EPSV connection ends before RETR",
	  .request = { .offset = 3 },
	  .lines = ANSWERED "> REST 3\nconnect 4000\ndeaf\neof\nwait\n< 350 ok\n> PASV\n"
		   "< 227 (1,2,3,4,1,0)\n> REST 3\nconnect 256\n< 350 ok\n> RETR f\n" },
	{ .name = "EPSV and PASV 314",
	  .lines = ASKED "< 200 -\n< 213 10\n< 314 what\n> PASV\n< 314 what\n"
		   "= protocol EPROTO 314 what\nusable\n" },
	{ .name = "EPSV 500, PASV 502",
	  .lines = ASKED "< 200 -\n< 213 10\n< 500 what\n> PASV\n< 502 no\n"
		   "= permanent EREMOTEIO 502 no\nusable\n" },
	{ .name = "IPv6 has no PASV after a refusal", .ipv6 = true,
	  .lines = ASKED "< 200 -\n< 213 10\n< 500 what\n= permanent EREMOTEIO 500 what\nusable\n" },
	{ .name = "IPv6 has no PASV after a failed connection", .ipv6 = true,
	  .lines = ANSWERED "refuse 4000\n= network ECONNREFUSED 0\nusable\n" },

	/* PASV */
	{ .name = "PASV: the host is not followed, the first RETR waits", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (8,8,8,8,255,255)\n> TYPE I\n< 200 -\nconnect 65535\n"
		   "> RETR f\n" GOT },
	{ .name = "PASV without brackets", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 Passive Mode 127,0,0,1,15,160\n> TYPE I\n< 200 -\n"
		   "connect 4000\n" },
	{ .name = "PASV with an equals sign", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 =127,0,0,1,15,160\n> TYPE I\n< 200 -\nconnect 4000\n" },
	{ .name = "PASV with digits before", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 v2 of 1999 (127,0,0,1,15,160)\n> TYPE I\n< 200 -\n"
		   "connect 4000\n" },
	{ .name = "PASV with blanks", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (127, 0, 0, 1, 15, 160)\n> TYPE I\n< 200 -\n"
		   "connect 4000\n" },
	{ .name = "PASV with numbers above 255", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1216,256,2,127,127,127)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV with seven numbers, the first too large", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (256,1,2,3,4,5,6)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV with a port byte of 256", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,256,1)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV with a huge number", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,5,18446744073709551617)\n"
		   "= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV with five numbers", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,5)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV with a negative number", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,5,-6)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV with port 0", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,0,0)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV without numbers", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 ok\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV 200", PLAIN,
	  .lines = LOGIN "> PASV\n< 200 (1,2,3,4,5,6)\n= protocol EPROTO 200\nusable\n" },

	/* RETR before the data connection */
	{ .name = "the second RETR goes first",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n> RETR f\n"
		   "deaf\ntimer connect\nwanted 5000\n< 150 coming\nconnect 5000\nreading\n"
		   "data 10\neof\n< 226 done\n= ok 226\nusable\n" },
	{ .name = "the second RETR: the file is not there, and neither the port",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 550 no\n< 229 (|||5000|)\n> RETR f\n"
		   "refuse 5000\nwait\ntimer reply\n< 550 no file\n"
		   "= permanent EREMOTEIO 550 no file\nusable\n" },
	{ .name = "the second RETR: refused while the connection is made",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 550 no\n< 229 (|||5000|)\n> RETR f\n"
		   "wanted 5000\n< 550 no file\nshut\n= permanent EREMOTEIO 550 no file\nusable\n" },
	{ .name = "the second RETR: no connection, the server says so",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n> RETR f\n"
		   "refuse 5000\n< 425 cannot\n= network ECONNREFUSED 0\nusable\n" },
	{ .name = "the second RETR: no connection, the server says it went well",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n> RETR f\n"
		   "refuse 5000\n< 150 coming\n< 226 done\n= network ECONNREFUSED 0\nusable\n" },
	{ .name = "the second RETR: 226 before the connection",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n> RETR f\n"
		   "wanted 5000\n< 150 coming\n< 226 done\ntimer connect\nconnect 5000\n"
		   "timer data\ndata 10\neof\n= ok 226\nusable\n" },
	{ .name = "the second RETR: 226 and no connection",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n> RETR f\n"
		   "wanted 5000\n< 150 coming\n< 226 done\nrefuse 5000\n"
		   "= network ECONNREFUSED 0\nusable\n" },
	{ .name = "the second RETR with an offset waits for 350 only",
	  .request = { .offset = 4 },
	  .lines = ANSWERED "> REST 4\nconnect 4000\n< 350 go\n> RETR f\n< 150 -\ndata 6\neof\n"
		   "< 226 ok\n= ok 226\njob\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n"
		   "> REST 4\nwanted 5000\n< 350 go\n> RETR f\nconnect 5000\n< 150 -\n"
		   "data 6\neof\n< 226 ok\n= ok 226\n" },

	/* Active */
	{ .name = "EPRT", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\n> RETR f\nwait\ntimer connect\nopen\n"
		   "timer reply\n" GOT "job\nlisten\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n" },
	{ .name = "EPRT on IPv6", ACTIVE, .ipv6 = true,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |2|2001:db8::1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\n> RETR f\nopen\n" GOT },
	{ .name = "EPRT 500, PORT; remembered", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 500 what\n> PORT 192,0,2,1,18,52\n< 200 ok\n> RETR f\n"
		   "open\n" GOT "job\nlisten\n> SIZE f\n> PORT 192,0,2,1,18,52\n" },
	{ .name = "EPRT 500 on IPv6", ACTIVE, .ipv6 = true,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |2|2001:db8::1|4660|\n"
		   "< 200 -\n< 213 10\n< 500 what\nshut\n= permanent EREMOTEIO 500 what\nusable\n" },
	{ .name = "EPRT 500, PORT 314", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 500 what\n> PORT 192,0,2,1,18,52\n< 314 what\nshut\n"
		   "= protocol EPROTO 314 what\nusable\n" },
	{ .name = "there is no port to listen at", ACTIVE,
	  .lines = LOGIN "nolisten\n= network EADDRINUSE 0 no port\nusable\n" },
	{ .name = "active: RETR 150, 425", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\n> RETR f\n< 150 coming\n< 425 cannot\nshut\n"
		   "= transient EREMOTEIO 425 cannot\nusable\n" },
	{ .name = "active: RETR 150, 421", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\n> RETR f\n< 150 coming\n< 421 bye\nshut\n"
		   "= transient EREMOTEIO 421 bye\nbroken\n" },
	{ .name = "active: nobody comes", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\n> RETR f\n< 150 coming\ntimer connect\nabort\n"
		   "shut\n= timer ETIMEDOUT 0\nbroken\n" },
	{ .name = "active: nobody comes in time, the reply is not awaited", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\n> RETR f\n< 150 coming\nfail ETIMEDOUT\n"
		   "= timer ETIMEDOUT 0 no way\nbroken\n" },
	{ .name = "active: somebody comes before RETR", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\nopen\ndeaf\n"
		   "timer reply\n< 200 -\n< 213 10\n< 200 ok\n> RETR f\nreading\n" GOT },
	{ .name = "active: 226 before the connection is taken", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\n> RETR f\n< 150 coming\n< 226 done\n"
		   "timer connect\nopen\ntimer data\ndata 10\neof\n= ok 226\nusable\n" },
	{ .name = "active: with an offset", .request = { .active = true, .offset = 7 },
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\n> REST 7\n< 350 ok\n> RETR f\nopen\n"
		   "< 150 coming\ndata 3\neof\n< 226 ok\n= ok 226\n" },
	{ .name = "active: already whole, the listener is closed",
	  .request = { .active = true, .offset = 10, .resume = true },
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 200 ok\nshut\n= ok\nusable\n" },

	/* Plain */
	{ .name = "plain: USER, PASS, PORT, TYPE, RETR", .login = { .plain = true }, ACTIVE,
	  .lines = LOGIN "listen\n> PORT 192,0,2,1,18,52\n< 200 ok\n> TYPE I\n< 200 I\n> RETR f\n"
		   "size unknown\nopen\n" GOT
		   "job\nlisten\n> PORT 192,0,2,1,18,52\n< 200 ok\n> RETR f\n" },
	{ .name = "plain: PASV, and RETR never goes first", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,1,0)\n> TYPE I\n< 200 I\nconnect 256\n> RETR f\n"
		   GOT "job\n> PASV\n< 227 (1,2,3,4,1,0)\nconnect 256\n> RETR f\n" GOT },
	{ .name = "plain: TYPE 500", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,1,0)\n> TYPE I\n< 500 no\n"
		   "= permanent EREMOTEIO 500 no\nusable\n" },
	{ .name = "plain on IPv6 has EPSV all the same", PLAIN, .ipv6 = true,
	  .lines = LOGIN "> EPSV\n< 229 (|||4000|)\n> TYPE I\n< 200 I\nconnect 4000\n> RETR f\n" GOT },
	{ .name = "plain: the connection fails", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,1,0)\n> TYPE I\n< 200 I\nrefuse 256\n"
		   "= network ECONNREFUSED 0\nusable\n" },
	{ .name = "plain: an offset", .login = { .plain = true }, .request = { .offset = 5 },
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,1,0)\n> TYPE I\n< 200 I\n> REST 5\nconnect 256\n"
		   "< 350 ok\n> RETR f\n< 150 -\ndata 77\neof\n< 226 ok\n= ok 226\n" },
	{ .name = "plain: resuming is refused", .login = { .plain = true },
	  .request = { .offset = 5, .resume = true },
	  .lines = LOGIN "= local EOPNOTSUPP 0\nusable\n" },

	{ .name = "EPSV with different delimiters",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|!|4000|)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV with DEL as delimiter",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (\x7f\x7f\x7f" "4000\x7f)\n"
		   "= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPRT 300", ACTIVE,
	  .lines = LOGIN "listen\n> TYPE I\n> SIZE f\n> EPRT |1|192.0.2.1|4660|\n"
		   "< 200 -\n< 213 10\n< 300 x\n> PORT 192,0,2,1,18,52\n< 300 x\nshut\n"
		   "= protocol EPROTO 300\nusable\n" },
	{ .name = "the second RETR: no connection, 426",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n> RETR f\n"
		   "refuse 5000\n< 426 cannot\n= network ECONNREFUSED 0\nusable\n" },
	{ .name = "the second RETR: no connection, 451",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n> RETR f\n"
		   "refuse 5000\n< 451 disk\n= transient EREMOTEIO 451 disk\nusable\n" },
	{ .name = "the second RETR: 532, and then no connection", .login = { .account = "a" },
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||5000|)\n> RETR f\n"
		   "connect 5000\n< 532 who\n> ACCT a\nshut\n< 230 -\n> EPSV\n"
		   "< 229 (|||5001|)\n> RETR f\nrefuse 5001\n< 425 cannot\n"
		   "= network ECONNREFUSED 0\nusable\n" },

	/* The control connection's own port */
	{ .name = "EPSV to the control port",
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|||21|)\n"
		   "= protocol EPROTO 0 the port for data is the control connection's\nbroken\n" },
	{ .name = "EPSV to a control port of its own", .control_port = 4000,
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|||4000|)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV to 21, where that is not the control port", .control_port = 2121,
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|||21|)\nconnect 21\n> RETR f\n" GOT },
	{ .name = "EPSV to the control port, IPv6", .ipv6 = true,
	  .lines = ASKED "< 200 -\n< 213 10\n< 229 (|||21|)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "EPSV to the control port, the second time",
	  .lines = SENT GOT "job\n> SIZE f\n> EPSV\n< 213 10\n< 229 (|||21|)\n"
		   "= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV to the control port", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,0,21)\n"
		   "= protocol EPROTO 0 the port for data is the control connection's\nbroken\n" },
	{ .name = "PASV to a control port above 255", PLAIN, .control_port = 2121,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,8,73)\n= protocol EPROTO 0\nbroken\n" },
	{ .name = "PASV to a port of the same low byte", PLAIN,
	  .lines = LOGIN "> PASV\n< 227 (1,2,3,4,1,21)\n> TYPE I\n< 200 -\nconnect 277\n" },
};

int test_ftp_connection(void)
{
	return run_scripts("ftp: data connection", scripts, sizeof(scripts) / sizeof(scripts[0]));
}
