// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on purpose, one of each class that the debug kernel has to report:
 * tests/vm/faults writes their names to the module parameter "fault". Compiled
 * with KNETCTL_FAULTS=1 only, never part of a module that is installed.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

/* Use after free. */
static int fault_kasan(void)
{
	int *p = kzalloc(64, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	kfree(p);
	return READ_ONCE(*p) & 0;
}

/* An index past the end of its array, though not of its struct. */
static int fault_ubsan(void)
{
	static struct {
		int table[4];
		int after[4];
	} data;
	static int index = 5;

	return READ_ONCE(data.table[READ_ONCE(index)]);
}

static DEFINE_MUTEX(fault_a);
static DEFINE_MUTEX(fault_b);

/* Two locks, taken in one order and in the other. */
static int fault_lockdep(void)
{
	mutex_lock(&fault_a);
	mutex_lock(&fault_b);
	mutex_unlock(&fault_b);
	mutex_unlock(&fault_a);

	mutex_lock(&fault_b);
	mutex_lock(&fault_a);
	mutex_unlock(&fault_a);
	mutex_unlock(&fault_b);
	return 0;
}

/* Be about to sleep under a spinlock. */
static int fault_atomic_sleep(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
	return 0;
}

/* Follow an RCU pointer without the read lock. */
static int fault_rcu(void)
{
	static int __rcu *pointer;

	return rcu_dereference(pointer) ? -EINVAL : 0;
}

static void fault_nothing(struct work_struct *work)
{
}

/* Set up a work whose timer is running. */
static int fault_objects(void)
{
	static struct delayed_work work;

	INIT_DELAYED_WORK(&work, fault_nothing);
	queue_delayed_work(system_unbound_wq, &work, 60 * HZ);
	INIT_DELAYED_WORK(&work, fault_nothing);
	cancel_delayed_work_sync(&work);
	return 0;
}

/* Memory that nobody points to: several, as a register may keep the last. */
static int fault_leak(void)
{
	int i;

	for (i = 0; i < 8; i++)
		if (!kmalloc(200, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

/* Who points to a network namespace without a reference, and outlives it. */
static int fault_netns_ref(void)
{
	static netns_tracker tracker;

	__netns_tracker_alloc(current->nsproxy->net_ns, &tracker, false,
			      GFP_KERNEL);
	return 0;
}

/* A task that nothing wakes, for longer than the test lets the kernel wait. */
static int fault_hung_task(void)
{
	schedule_timeout_uninterruptible(8 * HZ);
	return 0;
}

static const struct {
	const char *name;
	int (*commit)(void);
} faults[] = {
	{ "kasan", fault_kasan },
	{ "ubsan", fault_ubsan },
	{ "lockdep", fault_lockdep },
	{ "atomic-sleep", fault_atomic_sleep },
	{ "rcu", fault_rcu },
	{ "objects", fault_objects },
	{ "leak", fault_leak },
	{ "netns-ref", fault_netns_ref },
	{ "hung-task", fault_hung_task },
};

static int fault_set(const char *val, const struct kernel_param *kp)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (sysfs_streq(val, faults[i].name))
			return faults[i].commit();
	return -EINVAL;
}

static const struct kernel_param_ops fault_ops = {
	.set = fault_set,
};

module_param_cb(fault, &fault_ops, NULL, 0200);
MODULE_PARM_DESC(fault, "commit this fault, to see that the kernel reports it");
