/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verb of the noun listener that has a file of its own. */
#ifndef KNETCTL_CLI_LISTENER_H
#define KNETCTL_CLI_LISTENER_H

#include "cli.h"

void listener_members(struct cli *c, const struct knetctl_listener *l);

extern const struct opt *const accept_tables[];
int run_accept(struct cli *c, int argc, char **argv);

#endif
