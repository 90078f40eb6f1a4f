// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "job.h"

#define BAR_LEAST 10	/* a shorter one tells nothing */

void progress_init(struct progress *p, const struct cli *c, const char *name, bool wanted)
{
	memset(p, 0, sizeof(*p));
	p->name = name;
	p->on = wanted && !c->json && !c->quiet && isatty(STDERR_FILENO);
}

void progress_update(struct progress *p, const struct knetctl_job *job, uint64_t mono_ns)
{
	double rate;

	if (!p->on)
		return;
	/* Not from 0 bytes: that would count the login. */
	if (p->bytes && mono_ns > p->mono_ns && job->bytes >= p->bytes) {
		rate = (double)(job->bytes - p->bytes) * 1e9 / (double)(mono_ns - p->mono_ns);
		p->rate = p->rate > 0 ? 0.8 * p->rate + 0.2 * rate : rate;
	}
	p->bytes = job->bytes;
	p->mono_ns = mono_ns;
	p->job = *job;
	progress_draw(p);
}

/* Asked each time, so that a window of another size needs no signal. */
static int columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 20)
		return 80;
	return size.ws_col < 250 ? size.ws_col : 250;
}

static void print_bar(int width, double part)
{
	int i, full = (int)(part * width);

	fputs(" [", stderr);
	for (i = 0; i < width; i++)
		fputc(i < full ? '=' : i == full ? '>' : ' ', stderr);
	fputc(']', stderr);
}

/* Now and then nothing comes: the rate must not stay what it was. */
static double current_rate(const struct progress *p)
{
	struct timespec now;
	double idle;

	clock_gettime(CLOCK_MONOTONIC, &now);
	idle = (double)now.tv_sec + (double)now.tv_nsec / 1e9 - (double)p->mono_ns / 1e9;
	return idle > 3 ? 0 : p->rate;
}

/* "0:07", whole seconds and at least minutes, so that the line does not jump. */
static void eta_text(char *buf, double speed, uint64_t left)
{
	uint64_t s = speed >= 1 ? (uint64_t)((double)left / speed + 0.5) : 0;

	if (speed < 1 || s >= 360000)
		snprintf(buf, TEXT_SIZE, "-");
	else if (s < 3600)
		snprintf(buf, TEXT_SIZE, "%u:%02u", (unsigned int)s / 60, (unsigned int)s % 60);
	else
		text_seconds(buf, s * 1000000000);
}

void progress_draw(struct progress *p)
{
	char bytes[TEXT_SIZE], size[TEXT_SIZE], rate[TEXT_SIZE], eta[TEXT_SIZE];
	const struct knetctl_job *job = &p->job;
	uint64_t have = job->offset + job->bytes;
	char right[4 * TEXT_SIZE];
	int width, room;
	double speed, part;
	char *name;

	if (!p->on || !job->id)
		return;
	speed = current_rate(p);
	text_rate(rate, (uint64_t)speed, 1000000000);
	text_size(bytes, have);
	if (!have && !job->size_known) {
		snprintf(right, sizeof(right), " waiting for the server");
		part = -1;
	} else if (!job->size_known || have > job->size) {
		snprintf(right, sizeof(right), " %s %s", bytes, rate);
		part = -1;
	} else {
		part = job->size ? (double)have / (double)job->size : 1;
		eta_text(eta, speed, job->size - have);
		snprintf(right, sizeof(right), " %3d%% %7s/%s %9s ETA %5s", (int)(part * 100),
			 bytes, text_size(size, job->size), rate, eta);
	}
	width = columns() - 1;
	room = width - (int)strlen(right);
	name = text_escape(p->name);
	fprintf(stderr, "\r%.*s", room > 24 ? 24 : room > 0 ? room : 0, name);
	room -= (int)strlen(name) > 24 ? 24 : (int)strlen(name);
	free(name);
	if (part >= 0 && room >= BAR_LEAST + 3)
		print_bar(room - 3, part);
	fprintf(stderr, "%.*s\033[K", width, right);
	fflush(stderr);
	p->shown = true;
}

void progress_clear(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
