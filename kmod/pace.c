// SPDX-License-Identifier: GPL-2.0-only
/* How fast a transfer may go: a bucket of tokens, kept as time. */
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "pace.h"

#define SECOND		1000000000u	/* ns */
/* What was not used for longer than this is forgotten: it would come as a burst. */
#define PACE_BUCKET	(SECOND / 4)
/* How often something is moved while the rate is what holds it up. */
#define PACE_STEP	(SECOND / 20)

/* ns that @bytes take. @bytes are at most what one call moves. */
static u64 pace_time(const struct knet_pace *pace, u64 bytes)
{
	return div64_u64(bytes * SECOND + pace->rate - 1, pace->rate);
}

/* How many bytes are worth waking up for. */
static u64 pace_step(const struct knet_pace *pace)
{
	u64 step = div64_u64(pace->rate, SECOND / PACE_STEP);

	/* One call moves no more than this. */
	return clamp_t(u64, step, 1, 256 * 1024);
}

static bool pace_limits(const struct knet_pace *pace)
{
	/* What no clock could tell from no limit: and the sums below do not overflow. */
	return pace->rate < 1ULL << 40;
}

/**
 * knet_pace_start() - begin, or go on with another rate
 * @pace: any
 * @rate: bytes a second; 0 for none, KNET_RATE_UNLIMITED
 * @now: ns of CLOCK_MONOTONIC
 *
 * Nothing may be moved yet.
 */
void knet_pace_start(struct knet_pace *pace, u64 rate, u64 now)
{
	pace->rate = rate;
	pace->spent = now;
}

/**
 * knet_pace_room() - how much may be moved
 * @pace: started
 * @now: ns of CLOCK_MONOTONIC
 *
 * Return: bytes; 0 also when there are too few to be worth it.
 */
u64 knet_pace_room(struct knet_pace *pace, u64 now)
{
	u64 passed = now - pace->spent, most, room;

	if (!pace_limits(pace))
		return U64_MAX;
	if (!pace->rate || now < pace->spent)
		return 0;
	/* At a byte in some seconds the bucket holds that byte. */
	most = max_t(u64, PACE_BUCKET, pace_time(pace, 1));
	if (passed > most) {
		pace->spent = now - most;
		passed = most;
	}
	room = mul_u64_u32_div(pace->rate, passed, SECOND);
	return room < pace_step(pace) ? 0 : room;
}

/**
 * knet_pace_spend() - that much was moved
 * @pace: started
 * @bytes: at most a few MiB; may be more than there was room for
 */
void knet_pace_spend(struct knet_pace *pace, u64 bytes)
{
	if (pace->rate && pace_limits(pace))
		pace->spent += pace_time(pace, bytes);
}

/**
 * knet_pace_end() - when something may be moved again
 * @pace: knet_pace_room() says 0
 *
 * Return: ns of CLOCK_MONOTONIC; U64_MAX when it is not a matter of time.
 */
u64 knet_pace_end(const struct knet_pace *pace)
{
	if (!pace_limits(pace))
		return 0;
	if (!pace->rate)
		return U64_MAX;
	return pace->spent + pace_time(pace, pace_step(pace));
}
