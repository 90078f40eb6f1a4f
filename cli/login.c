// SPDX-License-Identifier: GPL-2.0-or-later
/* Who logs in. What is on the command line wins over what is in files. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ftp.h"

#define SECRET_MAX 256	/* with NUL; the protocol's limit is 255 */

void login_hide(char *url)
{
	char *from = strstr(url, "://"), *end, *at, *colon, *last = NULL;

	if (!from)
		return;
	from += 3;
	end = from + strcspn(from, "/");
	for (at = from; at < end; at++)
		if (*at == '@')
			last = at;
	colon = last ? memchr(from, ':', (size_t)(last - from)) : NULL;
	if (colon)
		memset(colon + 1, '*', (size_t)(last - colon - 1));
}

/* The first line of a descriptor, without its end. */
static int read_line(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t got;

	while (len < size) {
		got = read(fd, buf + len, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0 || buf[len] == '\n')
			break;
		len++;
	}
	if (len == size)
		return -E2BIG;
	if (len && buf[len - 1] == '\r')
		len--;
	buf[len] = '\0';
	return 0;
}

static int from_file(struct cli *c, struct login *login)
{
	char buf[SECRET_MAX];
	int fd, err;

	fd = open(login->password_file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_errno(c, errno, "%s", login->password_file);
	err = read_line(fd, buf, sizeof(buf));
	close(fd);
	if (err == -E2BIG)
		return fail_text(c, STATUS_FAILED, E2BIG, "%s: the first line is too long",
				 login->password_file);
	if (err)
		return fail_errno(c, -err, "%s", login->password_file);
	login->password = strdup(buf);
	explicit_bzero(buf, sizeof(buf));
	return STATUS_OK;
}

static const char *home(void)
{
	const char *dir = getenv("HOME");
	const struct passwd *pw;

	if (dir && *dir)
		return dir;
	pw = getpwuid(getuid());
	return pw ? pw->pw_dir : "/";
}

static int from_netrc(struct cli *c, struct login *login, const char *host)
{
	const char *env = getenv("NETRC");
	struct netrc_entry entry;
	char *path;
	int err;

	err = env && *env ? asprintf(&path, "%s", env) : asprintf(&path, "%s/.netrc", home());
	if (err < 0)
		abort();
	err = netrc_find(path, host, login->user, &entry);
	if (err == -EPERM)
		err = fail_text(c, STATUS_FAILED, EPERM,
				"%s holds passwords and is readable by others: chmod 600", path);
	else if (err)
		err = fail_errno(c, -err, "%s", path);
	free(path);
	if (err)
		return err;
	if (!login->user && entry.user)
		login->user = strdup(entry.user);
	if (!login->password && login->user && entry.password)
		login->password = strdup(entry.password);
	if (!login->account && entry.account)
		login->account = strdup(entry.account);
	netrc_free(&entry);
	return STATUS_OK;
}

/*
 * A line from the terminal, or -EINTR for a signal, with what it shows restored
 * after it. Whoever sees the question may answer at once: the echo is off by
 * then, and what is typed from then on is not thrown away.
 */
static int ask(int tty, int signals, const char *question, char *buf, size_t size)
{
	struct pollfd fds[2] = {
		{ .fd = tty, .events = POLLIN }, { .fd = signals, .events = POLLIN },
	};
	struct termios old, quiet;
	int err = 0;

	if (tcgetattr(tty, &old) < 0)
		return -errno;
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ICANON;
	tcsetattr(tty, TCSAFLUSH, &quiet);
	dprintf(tty, "%s", question);
	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	if (signals_next(signals))
		err = -EINTR;
	else
		err = read_line(tty, buf, size);
	tcsetattr(tty, TCSAFLUSH, &old);
	dprintf(tty, "\n");
	return err;
}

static int prompt(struct cli *c, struct login *login, const char *host)
{
	char *user = text_escape(login->user), *name = text_escape(host);
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	char buf[SECRET_MAX] = "";
	int signals, err = 0;
	char *question;

	if (asprintf(&question, "Password of %s at %s: ", user, name) < 0)
		abort();
	/* Without a terminal the server may do without a password. */
	if (tty >= 0) {
		signals = signals_block();
		err = ask(tty, signals, question, buf, sizeof(buf));
		signals_restore(signals);
		close(tty);
		if (!err)
			login->password = strdup(buf);
		explicit_bzero(buf, sizeof(buf));
	}
	free(question);
	free(user);
	free(name);
	if (err == -EINTR) {
		c->interrupted = true;
		return fail_text(c, STATUS_ENDED, EINTR, "interrupted");
	}
	return err ? fail_errno(c, -err, "cannot read the password") : STATUS_OK;
}

int login_find(struct cli *c, struct login *login, const struct knetctl_url *url)
{
	int status = STATUS_OK;

	if (login->user_option)
		login->user = strdup(login->user_option);
	else if (url->user)
		login->user = strdup(url->user);
	if (login->account_option)
		login->account = strdup(login->account_option);
	/* The password in the URL belongs to the user in the URL. */
	if (url->password && (!login->user_option ||
			      (url->user && !strcmp(login->user_option, url->user))))
		login->password = strdup(url->password);
	if (login->password_file) {
		free(login->password);
		login->password = NULL;
		status = from_file(c, login);
	}
	if (!status && login->netrc && !login->password)
		status = from_netrc(c, login, url->host);
	if (status)
		return status;
	if (!login->user) {
		login->user = strdup("anonymous");
		if (!login->password)
			login->password = strdup("anonymous@");
	}
	if (!login->password && !strcmp(login->user, "anonymous"))
		login->password = strdup("anonymous@");
	return login->password ? STATUS_OK : prompt(c, login, url->host);
}

static void wipe(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

void login_free(struct login *login)
{
	wipe(&login->user);
	wipe(&login->password);
	wipe(&login->account);
}
