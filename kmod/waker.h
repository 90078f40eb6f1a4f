/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place where a worker waits for all that may happen to it.
 */
#ifndef _KNETCTL_WAKER_H
#define _KNETCTL_WAKER_H

#include <linux/ktime.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/**
 * struct knet_waker - where one worker waits
 * @wait: the worker, when it waits
 * @kicked: something happened since the worker last looked
 * @work: queued instead when the worker is parked
 * @wq: where @work runs
 * @parked: no worker runs
 */
struct knet_waker {
	wait_queue_head_t wait;
	bool kicked;
	bool parked;
	struct delayed_work *work;
	struct workqueue_struct *wq;
};

void knet_waker_init(struct knet_waker *waker, struct workqueue_struct *wq,
		     struct delayed_work *work);
void knet_waker_wake(struct knet_waker *waker);
bool knet_waker_wait_until(struct knet_waker *waker, ktime_t until);
bool knet_waker_wait(struct knet_waker *waker, unsigned long timeout);

#endif
