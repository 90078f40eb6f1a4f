// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one place where a worker waits for all that may happen to it.
 */
#include <linux/hrtimer.h>
#include <linux/sched.h>

#include "waker.h"

/* A precise wait may be this much longer, ns. */
#define WAIT_SLACK	(50 * NSEC_PER_USEC)
/* The timer wheel ends a wait of up to here less than a second late, jiffies. */
#define WAIT_PRECISE	(4 * HZ)

/**
 * knet_waker_init() - make a place to wait
 * @waker: to initialise
 * @wq: where @work runs
 * @work: the worker, queued when something happens while it is parked
 */
void knet_waker_init(struct knet_waker *waker, struct workqueue_struct *wq,
		     struct delayed_work *work)
{
	init_waitqueue_head(&waker->wait);
	waker->kicked = false;
	waker->parked = false;
	waker->wq = wq;
	waker->work = work;
}

/**
 * knet_waker_wake() - let the worker look around
 * @waker: of the worker
 *
 * Context: Any, also softirq and with a wait queue lock held.
 */
void knet_waker_wake(struct knet_waker *waker)
{
	WRITE_ONCE(waker->kicked, true);
	/* Pairs with the barrier of parking: either side sees the other's flag. */
	smp_mb();
	if (READ_ONCE(waker->parked))
		mod_delayed_work(waker->wq, waker->work, 0);
	else
		wake_up(&waker->wait);
}

/**
 * knet_waker_wait() - wait until something happened
 * @waker: of the calling worker
 * @timeout: in jiffies, MAX_SCHEDULE_TIMEOUT for no limit
 *
 * A kworker gets no signal: idle sleep, which counts neither as load nor as hung.
 * The timer wheel is late by up to an eighth of its time. So a long wait ends early,
 * and the caller, who looks at the clock in any case, waits for the rest.
 *
 * Return: false when nothing happened, and the time or most of it is over.
 */
bool knet_waker_wait(struct knet_waker *waker, unsigned long timeout)
{
	if (timeout != MAX_SCHEDULE_TIMEOUT && timeout > WAIT_PRECISE)
		timeout -= timeout / 8;
	wait_event_idle_timeout(waker->wait, READ_ONCE(waker->kicked), timeout);
	return xchg(&waker->kicked, false);
}

/**
 * knet_waker_wait_until() - wait until something happened, with a precise end
 * @waker: of the calling worker
 * @until: CLOCK_MONOTONIC
 *
 * Return: false when the time is over and nothing happened.
 */
bool knet_waker_wait_until(struct knet_waker *waker, ktime_t until)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&waker->wait, &wait, TASK_IDLE);
	if (!READ_ONCE(waker->kicked))
		schedule_hrtimeout_range(&until, WAIT_SLACK, HRTIMER_MODE_ABS);
	finish_wait(&waker->wait, &wait);
	return xchg(&waker->kicked, false);
}
