// SPDX-License-Identifier: GPL-2.0-only
/* How much a rate lets through, on a clock of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/kernel.h>
#include <linux/limits.h>

#include "pace.h"

#define SECOND	1000000000ULL
#define START	(77 * SECOND)

/* Move all that is let through from @now on for @ns, @late after each wait; bytes. */
static uint64_t run(struct knet_pace *pace, uint64_t now, uint64_t ns, uint64_t late,
		    unsigned int *wakes)
{
	uint64_t end = now + ns, moved = 0, room, again;

	*wakes = 0;
	while (now < end) {
		room = knet_pace_room(pace, now);
		if (room) {
			room = room < 1 << 20 ? room : 1 << 20;
			knet_pace_spend(pace, room);
			moved += room;
			continue;
		}
		again = knet_pace_end(pace);
		assert_in_range(again, now + 1, UINT64_MAX);
		if (again >= end)
			break;
		now = again + late;
		++*wakes;
		assert_int_not_equal(knet_pace_room(pace, now), 0);
	}
	return moved;
}

static void test_rates(void **state)
{
	static const uint64_t rates[] = {
		1, 3, 1000, 1 << 20, 3333333, 1 << 27, 1ULL << 34,
	};
	struct knet_pace pace;
	uint64_t moved, most;
	unsigned int wakes;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		knet_pace_start(&pace, rates[i], START);
		moved = run(&pace, START, 100 * SECOND, SECOND / 250, &wakes);
		most = 100 * rates[i];
		/* Never more, and not much less, though each wait is too long. */
		assert_in_range(moved, most - most / 100 - 1, most);
		if (rates[i] < 1 << 20)
			assert_in_range(wakes, 0, 2000);
	}
}

static void test_nothing_at_once(void **state)
{
	struct knet_pace pace;

	(void)state;
	knet_pace_start(&pace, 1000, START);
	assert_int_equal(knet_pace_room(&pace, START), 0);
	/* The clocks of two processors may differ a little. */
	assert_int_equal(knet_pace_room(&pace, START - 1000), 0);
	assert_int_equal(knet_pace_end(&pace), START + SECOND / 20);
	assert_int_equal(knet_pace_room(&pace, START + SECOND / 20), 50);
}

static void test_no_burst_after_a_stall(void **state)
{
	struct knet_pace pace;
	unsigned int wakes;

	(void)state;
	knet_pace_start(&pace, 1 << 20, START);
	run(&pace, START, SECOND, 0, &wakes);
	assert_int_equal(knet_pace_room(&pace, START + 1000 * SECOND), (1 << 20) / 4);
	/* A byte in some seconds is not forgotten. */
	knet_pace_start(&pace, 1, START);
	assert_int_equal(knet_pace_room(&pace, START + 1000 * SECOND), 1);
}

static void test_more_than_there_was(void **state)
{
	struct knet_pace pace;

	(void)state;
	knet_pace_start(&pace, 1000, START);
	knet_pace_spend(&pace, 5000);
	assert_int_equal(knet_pace_room(&pace, START + 5 * SECOND), 0);
	assert_int_equal(knet_pace_end(&pace), START + 5 * SECOND + SECOND / 20);
}

static void test_paused_and_unlimited(void **state)
{
	struct knet_pace pace;

	(void)state;
	knet_pace_start(&pace, 0, START);
	assert_int_equal(knet_pace_room(&pace, START + 1000 * SECOND), 0);
	assert_true(knet_pace_end(&pace) == U64_MAX);
	knet_pace_spend(&pace, 1);
	knet_pace_start(&pace, KNET_RATE_UNLIMITED, START);
	knet_pace_spend(&pace, 1 << 30);
	assert_true(knet_pace_room(&pace, START) == U64_MAX);
	/* As fast as that is no limit, and overflows nothing. */
	knet_pace_start(&pace, 1ULL << 62, START);
	knet_pace_spend(&pace, 1 << 30);
	assert_true(knet_pace_room(&pace, START) == U64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_nothing_at_once),
		cmocka_unit_test(test_no_burst_after_a_stall),
		cmocka_unit_test(test_more_than_there_was),
		cmocka_unit_test(test_paused_and_unlimited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
