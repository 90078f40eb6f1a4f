/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scripted dialogues with the FTP machine. A script is a list of lines:
 *
 *	< TEXT		the server says TEXT; lines that follow each other may
 *			come in one piece
 *	> TEXT		the machine has put out TEXT; lines that follow each
 *			other are all that it has put out
 *	connect PORT	it wants a connection to PORT, and gets it
 *	refuse PORT	it wants a connection to PORT, and ECONNREFUSED comes
 *	wanted PORT	it wants a connection to PORT, nothing happens
 *	listen		it wants to listen, and does at 192.0.2.1 or
 *			2001:db8::1, port 4660
 *	nolisten	it wants to listen, and cannot
 *	open		the data connection stands
 *	fail ERRNO	it could not be made
 *	data N		N bytes of data come
 *	eof, reset	the data connection ends
 *	shut		the machine wants the data connection closed
 *	closed, broke	the control connection ends
 *	room N|none	what knet_ftp_data_room() says
 *	reading, deaf	what knet_ftp_data_wanted() says
 *	timer none|reply|connect|data
 *	size N|unknown
 *	abort		the driver ends the job: class timer, ETIMEDOUT
 *	job		the same request once more
 *	probe		a NOOP is to go with what waits to be sent
 *	ahead PATH	SIZE of PATH and EPSV are
 *	next PATH	a job like the first one, for which was asked ahead
 *	noask		nothing may go with what waits to be sent
 *	probe-is none|sent|good|bad
 *	again, once	is the job that is over to be done again?
 *	quit		knet_ftp_quit()
 *	wait, idle	what knet_ftp_next() says
 *	= ok [CODE [TEXT]]
 *	= CLASS ERRNO CODE [TEXT]	the job is over with this result
 *	usable, broken	can the session take another job?
 *	inside, outside	has the server accepted the login?
 */
#ifndef TESTS_UNIT_SCRIPT_H
#define TESTS_UNIT_SCRIPT_H

#include <stddef.h>

#include "ftp.h"

struct script {
	const char *name;
	const char *lines;
	struct knet_ftp_login login;	/* user "u", password "p" when NULL */
	struct knet_ftp_request request;	/* path name "f" when NULL */
	bool ipv6;
	u16 control_port;		/* 21 when 0 */
	bool no_password;
	bool no_job;
};

/* A login, as most scripts begin. */
#define LOGIN						\
	"< 220 ready\n> USER u\n< 331 password\n> PASS p\n< 230 in\n"
/* Up to the data connection, which is to port 4000. */
#define ASKED						\
	LOGIN "> TYPE I\n> SIZE f\n> EPSV\n"
#define ANSWERED					\
	ASKED "< 200 I\n< 213 10\n< 229 go (|||4000|)\n"
#define SENT						\
	ANSWERED "connect 4000\n> RETR f\n"
#define FLOWING						\
	SENT "< 150 coming\n"

/* Registers each script as one test of its own and runs them. */
int run_scripts(const char *group, const struct script *scripts, size_t count);

/* The groups. */
int test_ftp_login(void);
int test_ftp_connection(void);
int test_ftp_transfer(void);
int test_ftp_commands(void);
int test_ftp_ahead(void);

#endif
