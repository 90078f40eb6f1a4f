/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has an id: one id space for each network namespace.
 */
#ifndef _KNETCTL_OBJECT_H
#define _KNETCTL_OBJECT_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct knet_net;

enum knet_object_type {
	KNET_OBJECT_JOB,
	KNET_OBJECT_LISTENER,
	KNET_OBJECT_CONNECTION,
};

/**
 * struct knet_object - what has an id
 * @id: unique in the namespace among objects of all types
 * @type: what it is embedded in
 * @ref: references
 * @rcu: frees it
 * @release: called when the last reference goes; may sleep
 */
struct knet_object {
	u32 id;
	enum knet_object_type type;
	refcount_t ref;
	struct rcu_head rcu;
	void (*release)(struct knet_object *obj);
};

int knet_object_add(struct knet_net *kn, struct knet_object *obj, enum knet_object_type type,
		    void (*release)(struct knet_object *obj));
u32 knet_object_pass_id(struct knet_net *kn);
void knet_object_remove(struct knet_net *kn, struct knet_object *obj);
struct knet_object *knet_object_get(struct knet_net *kn, u32 id, enum knet_object_type type);
struct knet_object *knet_object_next(struct knet_net *kn, unsigned long *id,
				     enum knet_object_type type);
void knet_object_put(struct knet_object *obj);

#endif
