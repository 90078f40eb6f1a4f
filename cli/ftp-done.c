// SPDX-License-Identifier: GPL-2.0-or-later
/* What is printed of transfers. */
#include "ftp.h"
#include "out.h"

int print_id(struct cli *c, uint32_t id)
{
	out_object(c);
	out_u64(c, "id", "", id);
	out_text(c, "\n");
	out_object_end(c);
	return STATUS_OK;
}

void print_transfer(const struct flow *f, const struct ftp_options *o, const char *shown,
		    const struct knetctl_job *job, const struct verify *verify, const char *text)
{
	char size[TEXT_SIZE], time[TEXT_SIZE], rate[TEXT_SIZE];
	struct cli *c = f->c;

	if (f->engine->many && !c->json) {
		note(c, "%s: %s", shown, text_size(size, job->bytes));
		return;
	}
	out_object(c);
	job_members(c, job);
	if (c->json && o->verify)
		out_str(c, "verified", NULL, *verify->name ? verify->name : NULL);
	if (c->json && f->engine->many)
		out_str(c, "file", NULL, shown);
	if (!c->quiet) {
		out_str(c, NULL, "", shown);
		if (*text)
			out_text(c, ": %s", text);
		else
			out_text(c, ": %s in %s, %s", text_size(size, job->bytes),
				 text_seconds(time, job->duration_ns),
				 text_rate(rate, job->bytes, job->duration_ns));
		if (*verify->name)
			out_text(c, ", %s is right", verify->name);
		out_text(c, "\n");
	}
	out_object_end(c);
}

void print_summary(struct cli *c, const struct engine *e, const char *failed_file)
{
	uint64_t ns = engine_now_ns() - e->begin_ns;
	char size[TEXT_SIZE], time[TEXT_SIZE], rate[TEXT_SIZE];

	out_object(c);
	if (c->json) {
		out_u64(c, "files", NULL, e->files);
		out_u64(c, "failed", NULL, e->failed);
		out_u64(c, "bytes", NULL, e->bytes);
		out_u64(c, "duration_ns", NULL, ns);
		out_str(c, "failed_file", NULL, failed_file);
	} else if (!c->quiet) {
		out_text(c, "%llu files, %s in %s, %s", (unsigned long long)e->files,
			 text_size(size, e->bytes), text_seconds(time, ns),
			 text_rate(rate, e->bytes, ns));
		if (e->failed)
			out_text(c, ", %llu failed", (unsigned long long)e->failed);
		out_str(c, NULL, ": see ", failed_file);
		out_text(c, "\n");
	}
	out_object_end(c);
}
