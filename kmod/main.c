// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading, unloading and network namespaces.
 *
 * Loading does nothing but to make the family known. Unloading ends all jobs,
 * delivers what there is to tell of it, then takes everything down in the
 * reverse order. A namespace that goes away only lets go of what is its own:
 * workers that are deep in a file system end later, on structures that they
 * hold themselves.
 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <net/netns/generic.h>

#include "knetctl.h"

unsigned int knet_max_jobs = 4096;
module_param_named(max_jobs, knet_max_jobs, uint, 0644);
MODULE_PARM_DESC(max_jobs, "jobs that a network namespace may have (default 4096)");

unsigned int knet_max_sessions = 256;
module_param_named(max_sessions, knet_max_sessions, uint, 0444);
MODULE_PARM_DESC(max_sessions, "FTP sessions that the machine may have (default 256, at most 512)");

unsigned int knet_session_idle = 5;
module_param_named(session_idle, knet_session_idle, uint, 0644);
MODULE_PARM_DESC(session_idle, "seconds that an FTP session without a job is kept (default 5)");

/* Workers of sessions: each blocks for as long as its job lasts. */
struct workqueue_struct *knet_session_wq;
/* Short work: delivery of events, ends of queued jobs. */
struct workqueue_struct *knet_wq;
/* Sessions of all namespaces that count against max_sessions. */
atomic_t knet_sessions_total = ATOMIC_INIT(0);

module_param_named(max_filters, knet_max_filters, uint, 0644);
MODULE_PARM_DESC(max_filters, "rules that the filter of a network namespace may have (default 1048576)");

static unsigned int knet_net_id __read_mostly;

/* Protects the two below; taken before knet_net.lock. */
static DEFINE_MUTEX(knet_nets_lock);
static LIST_HEAD(knet_nets);
static bool unloading;

/**
 * knet_net() - what knetctl has in a namespace
 * @net: that is held by the caller
 *
 * Return: not referenced, valid as long as @net.
 */
struct knet_net *knet_net(const struct net *net)
{
	return *(struct knet_net **)net_generic(net, knet_net_id);
}

/**
 * knet_net_get() - take a reference
 * @kn: referenced
 */
void knet_net_get(struct knet_net *kn)
{
	refcount_inc(&kn->ref);
}

/**
 * knet_net_put() - drop a reference
 * @kn: invalid for the caller afterwards
 */
void knet_net_put(struct knet_net *kn)
{
	if (!refcount_dec_and_test(&kn->ref))
		return;
	WARN_ON(!xa_empty(&kn->objects) || !list_empty(&kn->servers));
	xa_destroy(&kn->objects);
	kfree(kn);
}

static void net_prune_work(struct work_struct *work)
{
	struct knet_net *kn = container_of(work, struct knet_net, prune.work);

	mutex_lock(&kn->lock);
	knet_job_prune(kn);
	mutex_unlock(&kn->lock);
}

static int __net_init net_init(struct net *net)
{
	struct knet_net *kn = kzalloc(sizeof(*kn), GFP_KERNEL_ACCOUNT);

	if (!kn)
		return -ENOMEM;
	kn->net = net;
	refcount_set(&kn->ref, 1);
	mutex_init(&kn->lock);
	xa_init_flags(&kn->objects, XA_FLAGS_ALLOC1);
	kn->next_id = 1;
	INIT_LIST_HEAD(&kn->servers);
	INIT_LIST_HEAD(&kn->sessions);
	INIT_LIST_HEAD(&kn->finished);
	INIT_LIST_HEAD(&kn->sends);
	INIT_DELAYED_WORK(&kn->prune, net_prune_work);
	knet_filter_init(kn);
	knet_events_init(&kn->events);
	*(struct knet_net **)net_generic(net, knet_net_id) = kn;
	mutex_lock(&knet_nets_lock);
	list_add_tail(&kn->node, &knet_nets);
	kn->draining = unloading;
	mutex_unlock(&knet_nets_lock);
	return 0;
}

/*
 * While there are still devices: the peers are told by a reset. Never waits
 * for a worker: removal of all namespaces of the machine would wait with it.
 */
static void __net_exit net_pre_exit(struct net *net)
{
	struct knet_net *kn = knet_net(net);
	struct knet_session *session;

	mutex_lock(&kn->lock);
	kn->draining = true;
	knet_job_cancel_all(kn, ENETDOWN);
	list_for_each_entry(session, &kn->sessions, net_node)
		knet_session_abort(session);
	knet_send_abort_all(kn);
	knet_connection_abort_all(kn);
	mutex_unlock(&kn->lock);
	knet_filter_close(kn);
	/* Connections that it accepted meanwhile found the namespace draining. */
	knet_listener_stop_all(kn, 0);
}

static void __net_exit net_exit(struct net *net)
{
	struct knet_net *kn = knet_net(net);

	mutex_lock(&knet_nets_lock);
	list_del(&kn->node);
	mutex_unlock(&knet_nets_lock);

	mutex_lock(&kn->lock);
	kn->gone = true;
	knet_job_forget_all(kn);
	mutex_unlock(&kn->lock);

	cancel_delayed_work_sync(&kn->prune);
	knet_filter_exit(kn);
	knet_events_close(kn);
	knet_net_put(kn);
}

static struct pernet_operations knet_net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &knet_net_id,
	.size = sizeof(struct knet_net *),
};

/* A netlink socket was closed: what was bound to it ends. */
static int netlink_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC) {
		knet_job_portid_gone(knet_net(notify->net), notify->portid);
		knet_filter_portid_gone(knet_net(notify->net), notify->portid);
	}
	return NOTIFY_DONE;
}

static struct notifier_block knet_netlink_notifier = {
	.notifier_call = netlink_event,
};

/* Ask for the end of everything, in all namespaces; the family is still there. */
static void drain_begin(void)
{
	struct knet_session *session;
	struct knet_net *kn;

	mutex_lock(&knet_nets_lock);
	unloading = true;
	list_for_each_entry(kn, &knet_nets, node) {
		mutex_lock(&kn->lock);
		kn->draining = true;
		knet_job_cancel_all(kn, ESHUTDOWN);
		knet_connection_close_all(kn, KNETCTL_CONNECTION_REASON_SHUTDOWN);
		list_for_each_entry(session, &kn->sessions, net_node)
			knet_session_wake(session);
		mutex_unlock(&kn->lock);
		knet_filter_close(kn);
		knet_listener_stop_all(kn, KNETCTL_CONNECTION_REASON_SHUTDOWN);
	}
	mutex_unlock(&knet_nets_lock);
}

/* A namespace that still has something, with a reference; or NULL. */
static struct knet_net *drain_next(void)
{
	struct knet_net *kn, *found = NULL;

	mutex_lock(&knet_nets_lock);
	list_for_each_entry(kn, &knet_nets, node) {
		if (kn->drained)
			continue;
		kn->drained = true;
		knet_net_get(kn);
		found = kn;
		break;
	}
	mutex_unlock(&knet_nets_lock);
	return found;
}

static bool net_is_idle(const struct knet_net *kn)
{
	return !READ_ONCE(kn->active_count) && !READ_ONCE(kn->session_count) &&
	       !READ_ONCE(kn->connection_count);
}

/* Wait for the end of everything, and tell who listens; no namespace's exit waits with us. */
static void drain(void)
{
	struct knet_net *kn;

	drain_begin();
	while ((kn = drain_next())) {
		wait_var_event(&kn->active_count, net_is_idle(kn));
		knet_events_flush(kn);
		knet_net_put(kn);
	}
}

static int __init knetctl_init(void)
{
	int err = -ENOMEM;

	knet_nl_init();
	knet_max_sessions = clamp_t(unsigned int, knet_max_sessions, 1, KNET_SESSIONS_LIMIT);
	err = knet_filter_caches_create();
	if (err)
		return err;
	err = -ENOMEM;
	knet_wq = alloc_workqueue("knetctl", WQ_UNBOUND, 0);
	if (!knet_wq)
		goto destroy_caches;
	knet_session_wq = alloc_workqueue("knetctl-session", WQ_UNBOUND, knet_max_sessions);
	if (!knet_session_wq)
		goto destroy_wq;
	err = knet_service_init();
	if (err)
		goto destroy_session_wq;
	err = knet_send_init();
	if (err)
		goto exit_service;
	err = register_pernet_subsys(&knet_net_ops);
	if (err)
		goto exit_send;
	err = netlink_register_notifier(&knet_netlink_notifier);
	if (err)
		goto unregister_pernet;
	err = genl_register_family(&knet_family);
	if (err)
		goto unregister_notifier;
	return 0;

unregister_notifier:
	netlink_unregister_notifier(&knet_netlink_notifier);
unregister_pernet:
	unregister_pernet_subsys(&knet_net_ops);
exit_send:
	knet_send_exit();
exit_service:
	knet_service_exit();
destroy_session_wq:
	destroy_workqueue(knet_session_wq);
destroy_wq:
	destroy_workqueue(knet_wq);
destroy_caches:
	knet_filter_caches_destroy();
	return err;
}

static void __exit knetctl_exit(void)
{
	drain();
	genl_unregister_family(&knet_family);
	netlink_unregister_notifier(&knet_netlink_notifier);
	unregister_pernet_subsys(&knet_net_ops);
	knet_send_exit();
	knet_service_exit();
	destroy_workqueue(knet_session_wq);
	/* Jobs are freed by call_rcu(), rules by work that it queues. */
	rcu_barrier();
	destroy_workqueue(knet_wq);
	rcu_barrier();
	knet_filter_caches_destroy();
}

module_init(knetctl_init);
module_exit(knetctl_exit);

MODULE_AUTHOR("The knetctl authors");
MODULE_DESCRIPTION("Network jobs inside the kernel");
MODULE_VERSION(KNET_VERSION);
MODULE_LICENSE("GPL");
