// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done with connections. Nothing here waits for the peer: a service
 * does what it can and is called again when the socket has something new. A
 * connection has no buffer of its own; where one is needed, it is the work's.
 */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/sock.h>

#include "knetctl.h"

/* Moved in one go, then others run. */
#define SERVICE_BYTES	(256 * 1024)
#define ECHO_BUFFER	(16 * 1024)

/* RFC 864: lines of 72 of the 95 characters, each beginning with the next one. */
#define CHARGEN_CHARS	95
#define CHARGEN_LINE	72
#define CHARGEN_SIZE	(CHARGEN_CHARS * (CHARGEN_LINE + 2))

/* Short work that waits for nothing. */
static struct workqueue_struct *service_wq;
/* Work that may wait for a file system. */
static struct workqueue_struct *service_file_wq;

static char chargen_text[CHARGEN_SIZE];

static void service_moved(struct knet_connection *conn, u64 *count, int n)
{
	/* Read without a lock by who shows it. */
	WRITE_ONCE(*count, *count + n);
	conn->active = jiffies;
}

/* hold and discard */
static int service_discard(struct knet_connection *conn)
{
	int n = knet_sock_discard(&conn->ks, SERVICE_BYTES);

	if (n == -EAGAIN)
		return KNET_STEP_WAIT;
	if (n <= 0)
		return n ? n : KNET_STEP_PEER;
	service_moved(conn, &conn->bytes_in, n);
	return KNET_STEP_MORE;
}

/*
 * What was looked at is dropped only after it was sent: so nothing is kept when
 * the peer does not take it.
 */
static int echo_some(struct knet_connection *conn, char *buffer)
{
	struct kvec vec = { .iov_base = buffer, .iov_len = ECHO_BUFFER };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	int got, sent;

	got = kernel_recvmsg(conn->ks.sock, &msg, &vec, 1, ECHO_BUFFER, MSG_DONTWAIT | MSG_PEEK);
	if (got <= 0)
		return got;
	sent = knet_sock_send(&conn->ks, buffer, got);
	if (sent <= 0)
		return sent ? sent : -EAGAIN;
	service_moved(conn, &conn->bytes_out, sent);
	got = knet_sock_discard(&conn->ks, sent);
	if (got != sent)
		return got < 0 ? got : -EPROTO;
	service_moved(conn, &conn->bytes_in, got);
	return got;
}

static int service_echo(struct knet_connection *conn)
{
	char *buffer;
	int n = 0, moved = 0;

	if (!knet_sock_readable(&conn->ks))
		return KNET_STEP_WAIT;
	buffer = kmalloc(ECHO_BUFFER, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	while (moved < SERVICE_BYTES) {
		n = echo_some(conn, buffer);
		if (n <= 0)
			break;
		moved += n;
	}
	kfree(buffer);
	if (n > 0)
		return KNET_STEP_MORE;
	if (n == -EAGAIN)
		return KNET_STEP_WAIT;
	return n ? n : KNET_STEP_PEER;
}

/* Whether there is room to send; if not, the socket tells when there is. */
static bool service_has_room(struct knet_connection *conn)
{
	struct socket *sock = conn->ks.sock;

	if (sk_stream_is_writeable(sock->sk))
		return true;
	set_bit(SOCK_NOSPACE, &sock->flags);
	/* Pairs with the barrier of tcp_check_space(). */
	smp_mb__after_atomic();
	return sk_stream_is_writeable(sock->sk);
}

/* Send a text from where it is; 1 when all of it was, 0 to wait. */
static int service_send(struct knet_connection *conn, const char *text, size_t len)
{
	int n;

	while (conn->pos < len) {
		n = knet_sock_send(&conn->ks, text + conn->pos, len - conn->pos);
		if (n == -EAGAIN)
			return 0;
		if (n < 0)
			return n;
		service_moved(conn, &conn->bytes_out, n);
		conn->pos += n;
	}
	return 1;
}

static int service_chargen(struct knet_connection *conn)
{
	int moved, n;

	n = knet_sock_discard(&conn->ks, SERVICE_BYTES);
	if (n > 0)
		service_moved(conn, &conn->bytes_in, n);
	else if (n && n != -EAGAIN)
		return n;
	/* A peer that only stopped sending gets more; one that is gone answers with a reset. */
	for (moved = 0; moved < SERVICE_BYTES; moved += CHARGEN_SIZE) {
		if (!service_has_room(conn))
			return KNET_STEP_WAIT;
		n = service_send(conn, chargen_text, CHARGEN_SIZE);
		if (n <= 0)
			return n ? n : KNET_STEP_WAIT;
		conn->pos = 0;
	}
	return KNET_STEP_MORE;
}

static int service_daytime(struct knet_connection *conn)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time64_t now = ktime_get_real_seconds();
	char text[64];
	struct tm tm;
	int n;

	time64_to_tm(now, 0, &tm);
	n = scnprintf(text, sizeof(text), "%.3s %.3s %2d %02d:%02d:%02d %ld UTC\r\n",
		      days + 3 * tm.tm_wday, months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour,
		      tm.tm_min, tm.tm_sec, tm.tm_year + 1900);
	/* A new socket has room for so little. */
	n = service_send(conn, text, n);
	return n < 0 ? n : KNET_STEP_SENT;
}

static int service_banner(struct knet_connection *conn)
{
	const struct knet_listener *l = conn->listener;
	int n = service_send(conn, l->text, l->text_len);

	if (n < 0)
		return n;
	return n ? KNET_STEP_SENT : KNET_STEP_WAIT;
}

static int service_file(struct knet_connection *conn)
{
	const struct knet_listener *l = conn->listener;
	const struct cred *old_cred = override_creds(l->cred);
	struct mem_cgroup *old_memcg = set_active_memcg(l->memcg);
	struct knet_stream_send send = { .ks = &conn->ks, .lock = &conn->lock };
	ssize_t n = knet_stream_send(&send, l->file, conn->pos, U64_MAX);

	set_active_memcg(old_memcg);
	revert_creds(old_cred);
	if (n > 0) {
		service_moved(conn, &conn->bytes_out, n);
		conn->pos += n;
		return KNET_STEP_MORE;
	}
	if (n == -EAGAIN)
		return KNET_STEP_WAIT;
	conn->file_failed = n && !send.sock_err;
	return n ? n : KNET_STEP_SENT;
}

/* Nothing is read: it is for the process. Only a connection that broke ends. */
static int service_handoff(struct knet_connection *conn)
{
	struct sock *sk = conn->ks.sock->sk;

	if (READ_ONCE(sk->sk_err))
		return sock_error(sk) ?: -ECONNRESET;
	if (READ_ONCE(sk->sk_state) == TCP_CLOSE)
		return -ECONNRESET;
	return KNET_STEP_WAIT;
}

static const struct knet_service services[] = {
	[KNETCTL_SERVICE_HOLD] = { .run = service_discard, .patient = true },
	[KNETCTL_SERVICE_CLOSE] = { .ends = true, .patient = true },
	[KNETCTL_SERVICE_ECHO] = { .run = service_echo },
	[KNETCTL_SERVICE_DISCARD] = { .run = service_discard, .patient = true },
	[KNETCTL_SERVICE_CHARGEN] = { .run = service_chargen, .starts = true },
	[KNETCTL_SERVICE_DAYTIME] = { .run = service_daytime, .starts = true },
	[KNETCTL_SERVICE_BANNER] = { .run = service_banner, .starts = true },
	[KNETCTL_SERVICE_FILE] = { .run = service_file, .starts = true, .blocks = true },
	[KNETCTL_SERVICE_HANDOFF] = { .run = service_handoff },
};

/**
 * knet_service() - what a service does
 * @service: enum knetctl_service
 *
 * Return: its functions.
 */
const struct knet_service *knet_service(u32 service)
{
	return &services[service];
}

/**
 * knet_service_wq() - where the work for a service runs
 * @service: or NULL for work that does not wait
 *
 * Return: the queue.
 */
struct workqueue_struct *knet_service_wq(const struct knet_service *service)
{
	return service && service->blocks ? service_file_wq : service_wq;
}

static void chargen_fill(void)
{
	char *to = chargen_text;
	int line, column;

	for (line = 0; line < CHARGEN_CHARS; line++) {
		for (column = 0; column < CHARGEN_LINE; column++)
			*to++ = ' ' + (line + column) % CHARGEN_CHARS;
		*to++ = '\r';
		*to++ = '\n';
	}
}

/**
 * knet_service_init() - when the module is loaded
 *
 * Return: 0 or -ENOMEM.
 */
int knet_service_init(void)
{
	chargen_fill();
	/* A burst of short work must not make a thread for each of it. */
	service_wq = alloc_workqueue("knetctl-service", WQ_UNBOUND, num_possible_cpus() + 1);
	if (!service_wq)
		return -ENOMEM;
	/*
	 * One at a time on a processor, another one when it waits for a file system: many
	 * side by side would take the time from the receivers, whose packets are lost then.
	 */
	service_file_wq = alloc_workqueue("knetctl-file", WQ_PERCPU, 0);
	if (service_file_wq)
		return 0;
	destroy_workqueue(service_wq);
	return -ENOMEM;
}

/**
 * knet_service_exit() - when the module is unloaded
 *
 * No listener and no connection is left.
 */
void knet_service_exit(void)
{
	destroy_workqueue(service_file_wq);
	destroy_workqueue(service_wq);
}
