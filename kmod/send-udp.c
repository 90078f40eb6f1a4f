// SPDX-License-Identifier: GPL-2.0-only
/*
 * Datagrams. Many of them go to the network as one with the length of the
 * parts (UDP_SEGMENT), unless each has its own time.
 */
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/sock.h>

#include "knetctl.h"

/* What all kernels take at once. */
#define UDP_BATCH	64
/* Until the next try when a queue of an interface is full. */
#define UDP_RETRY_NS	(NSEC_PER_MSEC)

/**
 * struct udp_batch - what is given to the network at once
 * @data: @count times the datagram
 * @len: of one
 * @count: how many
 * @allocated: @data is not the job's
 */
struct udp_batch {
	char *data;
	size_t len;
	unsigned int count;
	bool allocated;
};

static int udp_send(struct knet_send *send, char *data, size_t len)
{
	int n = -ENETDOWN;

	mutex_lock(&send->lock);
	if (send->ks.sock)
		n = READ_ONCE(send->ks.sock->sk->sk_err) ? sock_error(send->ks.sock->sk) :
							   knet_sock_send(&send->ks, data, len);
	mutex_unlock(&send->lock);
	return n;
}

/* An ICMP error that came, as a negative errno; 0 for none. */
static int udp_error(struct knet_send *send)
{
	int err = 0;

	mutex_lock(&send->lock);
	if (send->ks.sock)
		err = sock_error(send->ks.sock->sk);
	mutex_unlock(&send->lock);
	return err;
}

/**
 * knet_send_datagram() - send one, without waiting
 * @send: open, of the calling handler
 *
 * Return: bytes, or a negative errno; an ICMP error that came at once is one.
 */
int knet_send_datagram(struct knet_send *send)
{
	int n = udp_send(send, send->data, send->len);

	return n < 0 ? n : udp_error(send) ?: n;
}

static int udp_set_segment(struct knet_send *send, size_t len)
{
	int err = -ENETDOWN;

	mutex_lock(&send->lock);
	if (send->ks.sock)
		err = knet_sock_set(send->ks.sock, SOL_UDP, UDP_SEGMENT, len);
	mutex_unlock(&send->lock);
	return err;
}

/* One datagram after the other from now on. */
static void udp_batch_end(struct knet_send *send, struct udp_batch *batch)
{
	if (batch->allocated) {
		udp_set_segment(send, 0);
		kvfree(batch->data);
	}
	batch->allocated = false;
	batch->data = send->data;
	batch->count = 1;
}

static void udp_batch_begin(struct knet_send *send, struct udp_batch *batch)
{
	unsigned int count, i;

	batch->len = send->len;
	batch->count = 1;
	batch->data = send->data;
	batch->allocated = false;
	if (send->interval || !send->len)
		return;
	count = min_t(size_t, min_t(u32, send->count, UDP_BATCH),
		      KNET_DATAGRAM_MAX4 / send->len);
	if (count < 2)
		return;
	batch->data = kvmalloc_array(count, send->len, GFP_KERNEL_ACCOUNT);
	if (!batch->data || udp_set_segment(send, send->len)) {
		kvfree(batch->data);
		batch->data = send->data;
		return;
	}
	batch->allocated = true;
	batch->count = count;
	for (i = 0; i < count; i++)
		memcpy(batch->data + i * send->len, send->data, send->len);
}

/* Datagrams sent, or a negative errno. */
static int udp_send_some(struct knet_send *send, struct udp_batch *batch)
{
	unsigned int count = min_t(u32, batch->count, send->count - send->sent);
	int n = udp_send(send, batch->data, count * batch->len);

	if (n >= 0)
		return count;
	/* The path does not take it in parts: too long for it, or no checksums. */
	if (batch->allocated && (n == -EINVAL || n == -EIO || n == -EMSGSIZE ||
				 n == -EOPNOTSUPP)) {
		udp_batch_end(send, batch);
		return 0;
	}
	return n;
}

/* Wait until @due, or, with 0, for the socket; true when the total time is over. */
static bool udp_wait(struct knet_send *send, ktime_t due, ktime_t deadline)
{
	ktime_t until = due ?: KTIME_MAX;

	if (deadline && ktime_before(deadline, until))
		until = deadline;
	knet_waker_wait_until(&send->waker, until);
	return deadline && !ktime_before(ktime_get(), deadline);
}

/* When the next datagram is due, or the last one failed for now; 0 is at once. */
static ktime_t udp_next_due(const struct knet_send *send)
{
	ktime_t due;

	if (!send->interval)
		return 0;
	due = ktime_add_ns(send->job->started, send->interval * send->sent);
	return ktime_before(ktime_get(), due) ? due : 0;
}

static int udp_send_all(struct knet_send *send, struct udp_batch *batch, ktime_t deadline,
			const char **why)
{
	ktime_t due;
	int n;

	while (send->sent < send->count) {
		n = knet_send_must_end(send, why);
		if (n)
			return n;
		due = udp_next_due(send);
		n = due ? -EAGAIN : udp_send_some(send, batch);
		if (n == -ENOBUFS) {
			due = ktime_add_ns(ktime_get(), UDP_RETRY_NS);
			n = -EAGAIN;
		}
		if (n == -EAGAIN) {
			if (udp_wait(send, due, deadline)) {
				*why = "not done within the total timeout";
				return -ETIME;
			}
			continue;
		}
		if (n < 0) {
			*why = "a datagram was not taken, or an ICMP error came";
			return n;
		}
		WRITE_ONCE(send->sent, send->sent + n);
		atomic64_add((u64)n * send->len, &send->job->bytes);
		knet_job_progress(send->job);
		cond_resched();
	}
	return 0;
}

/* What comes back for the last datagram. */
static int udp_wait_error(struct knet_send *send, const char **why)
{
	ktime_t until = ktime_add_ms(ktime_get(), send->wait);
	int err;

	for (;;) {
		err = knet_send_must_end(send, why);
		if (err)
			return err;
		err = udp_error(send);
		if (err) {
			*why = "an ICMP error came";
			return err;
		}
		if (!send->wait || !ktime_before(ktime_get(), until))
			return 0;
		knet_waker_wait_until(&send->waker, until);
	}
}

/**
 * knet_send_udp() - send the datagrams of a job
 * @send: open
 * @why: set when it fails
 *
 * Context: The job's worker.
 * Return: 0 or a negative errno; -ETIME for the total timeout.
 */
int knet_send_udp(struct knet_send *send, const char **why)
{
	struct knet_job *job = send->job;
	ktime_t deadline = 0;
	struct udp_batch batch;
	int err;

	if (job->timers.total)
		deadline = ktime_add_ms(job->started, jiffies_to_msecs(job->timers.total));
	udp_batch_begin(send, &batch);
	err = udp_send_all(send, &batch, deadline, why);
	udp_batch_end(send, &batch);
	return err ?: udp_wait_error(send, why);
}
