// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects with an id. One id space a namespace for all types, so that an id
 * alone says which object is meant.
 *
 * A lookup runs under RCU and takes a reference unless the last one has gone.
 */
#include <linux/rcupdate.h>

#include "knetctl.h"

/* Ids stay readable; the search starts over long before they are used up. */
#define OBJECT_IDS	XA_LIMIT(1, INT_MAX)

/**
 * knet_object_add() - give an object its id and make it visible
 * @kn: namespace
 * @obj: embedded in what @type says, complete but for the id
 * @type: what it is
 * @release: called when the last reference goes, in process context
 *
 * The caller has the one reference, which knet_object_remove() takes over.
 *
 * Context: Process, knet_net.lock held.
 * Return: 0 or a negative errno.
 */
int knet_object_add(struct knet_net *kn, struct knet_object *obj, enum knet_object_type type,
		    void (*release)(struct knet_object *obj))
{
	int err;

	lockdep_assert_held(&kn->lock);
	obj->type = type;
	obj->release = release;
	refcount_set(&obj->ref, 1);
	err = xa_alloc_cyclic(&kn->objects, &obj->id, obj, OBJECT_IDS, &kn->next_id,
			      GFP_KERNEL_ACCOUNT);
	return err < 0 ? err : 0;
}

/**
 * knet_object_pass_id() - an id for what is gone before anybody could look for it
 * @kn: namespace
 *
 * No object has it, and none gets it soon.
 *
 * Context: Process, knet_net.lock held.
 * Return: the id.
 */
u32 knet_object_pass_id(struct knet_net *kn)
{
	u32 id;

	lockdep_assert_held(&kn->lock);
	do {
		id = kn->next_id <= INT_MAX ? kn->next_id : 1;
		kn->next_id = id + 1;
	} while (xa_load(&kn->objects, id));
	return id;
}

/**
 * knet_object_remove() - make an object invisible, and drop its reference
 * @kn: namespace
 * @obj: in it
 *
 * Context: Process, knet_net.lock held.
 */
void knet_object_remove(struct knet_net *kn, struct knet_object *obj)
{
	lockdep_assert_held(&kn->lock);
	xa_erase(&kn->objects, obj->id);
	knet_object_put(obj);
}

static bool object_get(struct knet_object *obj, enum knet_object_type type)
{
	return obj && obj->type == type && refcount_inc_not_zero(&obj->ref);
}

/**
 * knet_object_get() - find an object by its id
 * @kn: namespace
 * @id: of the object
 * @type: that it must have
 *
 * Return: the object with a reference, or NULL.
 */
struct knet_object *knet_object_get(struct knet_net *kn, u32 id, enum knet_object_type type)
{
	struct knet_object *obj;

	rcu_read_lock();
	obj = xa_load(&kn->objects, id);
	if (!object_get(obj, type))
		obj = NULL;
	rcu_read_unlock();
	return obj;
}

/**
 * knet_object_next() - walk over the objects of a type, in the order of ids
 * @kn: namespace
 * @id: where to start; set to the id of what was found
 * @type: which ones
 *
 * Return: the object with a reference, or NULL at the end.
 */
struct knet_object *knet_object_next(struct knet_net *kn, unsigned long *id,
				     enum knet_object_type type)
{
	struct knet_object *obj;

	rcu_read_lock();
	xa_for_each_start(&kn->objects, *id, obj, *id)
		if (object_get(obj, type))
			break;
	rcu_read_unlock();
	return obj;
}

/**
 * knet_object_put() - drop a reference
 * @obj: invalid for the caller afterwards
 *
 * Context: Process, may sleep.
 */
void knet_object_put(struct knet_object *obj)
{
	if (refcount_dec_and_test(&obj->ref))
		obj->release(obj);
}
