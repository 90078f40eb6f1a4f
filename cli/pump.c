// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <knetctl/knetctl.h>

#include "pump.h"

#define PUMP_BYTES	(256 * 1024)
#define PUMP_ROUNDS	64	/* then look for signals and events again */

/*
 * Whoever shares the open file with us must not find it non-blocking: where it
 * can be opened anew, only ours is.
 */
static int reopen(int fd, bool out)
{
	char path[32];
	int anew;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	anew = open(path, (out ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return anew < 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : anew;
}

int pump_open(struct pump *p, struct knetctl *handle, bool out)
{
	int standard = out ? STDOUT_FILENO : STDIN_FILENO;
	int flags = fcntl(standard, F_GETFL);
	struct stat st;
	int fds[2], err;

	*p = (struct pump){ .job = -1, .own = -1, .fd = -1, .out = out };
	if (flags < 0 || fstat(standard, &st) < 0)
		return -errno;
	/* To open it anew would make up for it: one that was closed is such a one. */
	if ((flags & O_ACCMODE) == (out ? O_RDONLY : O_WRONLY))
		return -EBADF;
	p->spliced = S_ISFIFO(st.st_mode);
	p->stream = S_ISSOCK(st.st_mode);
	p->fd = S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode) ? reopen(standard, out) :
		fcntl(standard, F_DUPFD_CLOEXEC, 3);
	if (p->fd < 0)
		return -errno;
	p->buf = malloc(PUMP_BYTES);
	if (!p->buf)
		return -ENOMEM;
	err = knetctl_pipe(handle, fds);
	if (err < 0)
		return err;
	p->job = fds[0];
	p->own = fds[1];
	return fcntl(p->own, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

void pump_given(struct pump *p)
{
	close(p->job);
	p->job = -1;
}

void pump_poll(const struct pump *p, struct pollfd *fds)
{
	int from = p->out ? p->own : p->fd, to = p->out ? p->fd : p->own;

	/* Without an event poll() still tells of the end of who takes. */
	fds[0] = (struct pollfd){ .fd = p->over || p->full ? -1 : from, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = p->over ? -1 : to, .events = p->full ? POLLOUT : 0 };
}

static bool ready(int fd, short events)
{
	struct pollfd one = { .fd = fd, .events = events };

	return poll(&one, 1, 0) > 0;
}

static bool waits(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static void end(struct pump *p, int err)
{
	p->over = true;
	p->err = err;
	p->left = 0;
}

/* Our end: that of the job has closed, and its result tells why. */
static void end_own(struct pump *p)
{
	end(p, 0);
}

/* No more comes from standard input: the job may end. */
static void end_input(struct pump *p)
{
	shutdown(p->own, SHUT_WR);
	end(p, 0);
}

static ssize_t give(struct pump *p)
{
	if (!p->out || p->stream)
		return send(p->out ? p->fd : p->own, p->buf + p->at, p->left,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
	return write(p->fd, p->buf + p->at, p->left);
}

/* True to go on. */
static bool move_by_buffer(struct pump *p)
{
	ssize_t n;

	if (!p->left) {
		n = read(p->out ? p->own : p->fd, p->buf, PUMP_BYTES);
		if (n < 0 && waits())
			return false;
		if (!n && p->out)
			end_own(p);
		else if (!n)
			end_input(p);
		else if (n < 0)
			end(p, p->out ? 0 : errno);
		if (n <= 0)
			return false;
		p->at = 0;
		p->left = (size_t)n;
	}
	n = give(p);
	if (n < 0 && waits()) {
		p->full = true;
		return false;
	}
	if (n < 0) {
		end(p, p->out ? errno : 0);
		return false;
	}
	p->at += (size_t)n;
	p->left -= (size_t)n;
	return true;
}

static bool move_by_splice(struct pump *p)
{
	int from = p->out ? p->own : p->fd, to = p->out ? p->fd : p->own;
	ssize_t n = splice(from, NULL, to, NULL, PUMP_BYTES, SPLICE_F_NONBLOCK);

	if (n > 0)
		return true;
	if (!n && p->out) {
		end_own(p);
	} else if (!n) {
		end_input(p);
	} else if (errno == EINVAL) {
		p->spliced = false;
		return true;
	} else if (waits()) {
		/* Which side is it? */
		p->full = ready(from, POLLIN) && !ready(to, POLLOUT);
	} else if (errno == EPIPE && !p->out) {
		end_own(p);
	} else {
		end(p, errno);
	}
	return false;
}

void pump_move(struct pump *p, const struct pollfd *fds)
{
	int round = 0;

	if (p->over)
		return;
	/* Who reads our output has gone, although we have nothing for him now. */
	if (p->out && fds[1].revents & (POLLERR | POLLHUP)) {
		end(p, EPIPE);
		return;
	}
	if (!p->out && fds[1].revents & (POLLERR | POLLHUP)) {
		end_own(p);
		return;
	}
	if (!fds[0].revents && !fds[1].revents)
		return;
	p->full = false;
	while (round++ < PUMP_ROUNDS && !p->over)
		if (!(p->spliced ? move_by_splice(p) : move_by_buffer(p)))
			break;
}

void pump_close(struct pump *p)
{
	if (p->job >= 0)
		close(p->job);
	if (p->own >= 0)
		close(p->own);
	if (p->fd >= 0)
		close(p->fd);
	free(p->buf);
	*p = (struct pump){ .job = -1, .own = -1, .fd = -1, .over = true };
}
