/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel TCP sockets that never block.
 */
#ifndef _KNETCTL_SOCK_H
#define _KNETCTL_SOCK_H

#include <linux/net.h>
#include <linux/wait.h>

#include "addr.h"
#include "waker.h"

struct net;
struct sock;

/**
 * struct knet_sock - a socket and how it wakes its owner
 * @sock: NULL when closed
 * @entry: on the socket's own wait queue, where poll() would wait
 * @waker: whom it wakes
 * @quiet: it wakes nobody for now
 */
struct knet_sock {
	struct socket *sock;
	wait_queue_entry_t entry;
	struct knet_waker *waker;
	bool quiet;
};

void knet_sock_watch(struct knet_sock *ks, struct socket *sock, struct knet_waker *waker);
void knet_sock_take(struct knet_sock *ks, struct socket *sock, wait_queue_func_t woken);
void knet_sock_watch_on(struct knet_sock *ks);
struct socket *knet_sock_unwatch(struct knet_sock *ks);
int knet_sock_set(struct socket *sock, int level, int option, int value);
int knet_sock_open(struct knet_sock *ks, struct net *net, int family, struct knet_waker *waker);
int knet_sock_bind(struct knet_sock *ks, const struct knet_addr *addr);
int knet_sock_connect(struct knet_sock *ks, const struct knet_addr *addr);
int knet_sock_connected(struct knet_sock *ks);
int knet_sock_listen(struct knet_sock *ks, int backlog);
int knet_sock_accept(struct knet_sock *listener, struct knet_sock *ks);
int knet_sock_send(struct knet_sock *ks, const char *bytes, size_t len);
int knet_sock_recv(struct knet_sock *ks, char *bytes, size_t len);
int knet_sock_discard(struct knet_sock *ks, size_t max);
bool knet_sock_readable(const struct knet_sock *ks);
bool knet_sock_owes_ack(const struct knet_sock *ks);
void knet_sock_acknowledge(struct knet_sock *ks);
void knet_sock_local(const struct knet_sock *ks, struct knet_addr *addr);
void knet_sock_remote(const struct knet_sock *ks, struct knet_addr *addr);
void knet_sock_came_from(const struct knet_sock *ks, struct knet_addr *addr);
void knet_sock_move(struct knet_sock *to, struct knet_sock *from);
void knet_sock_close(struct knet_sock *ks);
void knet_sock_close_within(struct knet_sock *ks, unsigned int ms);
void knet_sock_abort(struct knet_sock *ks);
bool knet_sock_waits(const struct knet_sock *ks);

int knet_sk_accept(const struct knet_sock *listener, struct sock **sk);
void knet_sk_close(struct sock *sk);
void knet_sk_abort(struct sock *sk);
void knet_sk_ends(const struct sock *sk, struct knet_addr *local, struct knet_addr *remote);

#endif
