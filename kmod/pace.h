/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How fast a transfer may go. Does no I/O and asks no clock; compiled into the
 * module and, unchanged, into the unit tests.
 */
#ifndef _KNETCTL_PACE_H
#define _KNETCTL_PACE_H

#include <linux/types.h>

#define KNET_RATE_UNLIMITED	U64_MAX

/**
 * struct knet_pace - a bucket of tokens, kept as time
 * @rate: bytes a second; 0 for none, KNET_RATE_UNLIMITED
 * @spent: up to when the rate has been used, ns of CLOCK_MONOTONIC; what has
 *	passed since is what may be moved
 */
struct knet_pace {
	u64 rate;
	u64 spent;
};

void knet_pace_start(struct knet_pace *pace, u64 rate, u64 now);
u64 knet_pace_room(struct knet_pace *pace, u64 now);
void knet_pace_spend(struct knet_pace *pace, u64 bytes);
u64 knet_pace_end(const struct knet_pace *pace);

#endif
