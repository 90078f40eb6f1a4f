// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules and connections as they are shown. */
#include <stdio.h>

#include "filter.h"
#include "out.h"

void rule_members(struct cli *c, const struct knetctl_filter *rule)
{
	struct knetctl_filter key = *rule;
	char text[96];

	if (!c->json)
		return;
	knetctl_filter_text(rule, text, sizeof(text));
	out_str(c, "rule", NULL, text);
	key.port_max = 0;
	key.exclude = 0;
	knetctl_filter_text(&key, text, sizeof(text));
	out_str(c, "prefix", NULL, text);
	if (rule->port_min || rule->port_max != UINT16_MAX) {
		out_u64(c, "port_min", NULL, rule->port_min);
		out_u64(c, "port_max", NULL, rule->port_max);
	} else {
		out_null(c, "port_min");
		out_null(c, "port_max");
	}
	out_bool(c, "exclude", rule->exclude);
	if (rule->timeout_ms)
		out_u64(c, "timeout_ms", NULL, rule->timeout_ms);
	else
		out_null(c, "timeout_ms");
	out_str(c, "comment", NULL, rule->comment[0] ? rule->comment : NULL);
	out_u64(c, "hits", NULL, rule->hits);
	if (rule->last_hit_ns)
		out_time(c, "last_hit", rule->last_hit_ns);
	else
		out_null(c, "last_hit");
}

void match_members(struct cli *c, const struct knetctl_filter_match *match)
{
	char text[96];

	if (!c->json)
		return;
	knetctl_filter_text(&match->rule, text, sizeof(text));
	out_endpoint(c, "local", &match->local);
	out_endpoint(c, "remote", &match->remote);
	out_str(c, "rule", NULL, text);
	out_str(c, "attribution", NULL, knetctl_attribution_name(match->attribution));
	if (match->attribution == KNETCTL_ATTRIBUTED_TASK) {
		out_u64(c, "pid", NULL, match->pid);
		out_str(c, "comm", NULL, match->comm);
	}
	if (match->uid_known)
		out_u64(c, "uid", NULL, match->uid);
	else
		out_null(c, "uid");
	if (match->cgroup)
		out_u64(c, "cgroup", NULL, match->cgroup);
	else
		out_null(c, "cgroup");
}
