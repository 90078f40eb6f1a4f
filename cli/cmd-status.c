// SPDX-License-Identifier: GPL-2.0-or-later
/* knetctl status */
#include "out.h"

static void show_group(struct cli *c, const struct knetctl_group_status *group)
{
	out_object(c);
	out_str(c, "name", "events of group ", group->name);
	out_u64(c, "next_seq", NULL, group->next_seq);
	/* Numbers start at 1: 0 is none yet. */
	out_u64(c, "last_seq", ": last ", group->next_seq ? group->next_seq - 1 : 0);
	out_u64(c, "lost", ", lost ", group->lost);
	out_text(c, "\n");
	out_object_end(c);
}

static int run_status(struct cli *c, int argc, char **argv)
{
	struct knetctl_status s;
	int n = args_parse(c, argc, argv, NULL, NULL);
	int status, err;
	uint32_t i;

	if (n < 0)
		return args_status(n);
	if (n > 0)
		return fail_usage(c, "status takes no '%s'", argv[1]);
	status = need_handle(c);
	if (status)
		return status;
	err = knetctl_status(c->handle, &s);
	if (err < 0)
		return fail_library(c, err, NULL);
	out_object(c);
	out_str(c, "version", "version ", s.version);
	out_u64(c, "jobs", "\njobs ", s.jobs);
	out_u64(c, "jobs_max", " of at most ", s.jobs_max);
	out_u64(c, "jobs_finished", ", finished and still listed ", s.jobs_finished);
	out_u64(c, "sessions", "\nsessions ", s.sessions);
	out_u64(c, "sessions_max", " of at most ", s.sessions_max);
	out_u64(c, "listeners", "\nlisteners ", s.listeners);
	out_u64(c, "connections", ", connections ", s.connections);
	out_text(c, "\n");
	out_array(c, "group");
	for (i = 0; i < s.group_count && i < ARRAY_SIZE(s.group); i++)
		show_group(c, &s.group[i]);
	out_nest_end(c);
	out_object_end(c);
	return STATUS_OK;
}

static const struct verb verbs[] = {
	{ "", "", "Version, limits, counts, and what was lost of the events", NULL, NULL,
	  run_status },
};

const struct noun noun_status = {
	"status", "The module: version, limits, counts", verbs, ARRAY_SIZE(verbs)
};
