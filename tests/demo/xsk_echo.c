// SPDX-License-Identifier: GPL-2.0
/*
 * xsk_echo: a UDP echo server on AF_XDP zero-copy sockets, one per queue.
 *
 *	gxdp attach xsk_steer dev gx0	# and have it steer the port (bpftool)
 *	xsk_echo gx0 /sys/fs/bpf/gxdp/gx0/xsks_map QUEUES
 *
 * Puts its sockets into the program's map, prints "ready", and sends every
 * UDP frame it is given back to where it came from, out of the same buffer.
 * SIGTERM or SIGINT: prints how many, and ends.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xdp/xsk.h>

#define FRAMES		4096u
#define FRAME_SIZE	XSK_UMEM__DEFAULT_FRAME_SIZE
#define RING		2048u
#define BATCH		64u
#define MAX_QUEUES	8u

/* One queue: its own umem, so that queues share nothing. */
struct queue {
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons comp, rx;
	struct xsk_socket *xsk;
	struct xsk_umem *umem;
	void *area;
	uint64_t spare[FRAMES];		/* buffers neither ring holds */
	unsigned int spares;
	unsigned long echoed, passed_over;
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void die(const char *what, int err)
{
	fprintf(stderr, "xsk_echo: %s: %s\n", what, strerror(err < 0 ? -err : err));
	exit(1);
}

static void swap_bytes(void *a, void *b, size_t n)
{
	unsigned char tmp[ETH_ALEN];

	memcpy(tmp, a, n);
	memcpy(a, b, n);
	memcpy(b, tmp, n);
}

/* Turn a frame round. IPv4 and UDP checksums stay right: only swaps. */
static bool turn_round(unsigned char *frame, uint32_t len)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	struct iphdr *ip = (struct iphdr *)(eth + 1);
	struct udphdr *udp;

	if (len < sizeof(*eth) + sizeof(*ip) + sizeof(*udp) ||
	    eth->h_proto != __builtin_bswap16(ETH_P_IP) ||
	    ip->protocol != IPPROTO_UDP || ip->ihl != 5)
		return false;
	udp = (struct udphdr *)(ip + 1);
	swap_bytes(eth->h_source, eth->h_dest, ETH_ALEN);
	swap_bytes(&ip->saddr, &ip->daddr, sizeof(ip->saddr));
	swap_bytes(&udp->source, &udp->dest, sizeof(udp->source));
	return true;
}

/* What the kernel has sent is ours again. */
static void reap(struct queue *q)
{
	uint32_t idx, i, n = xsk_ring_cons__peek(&q->comp, BATCH, &idx);

	for (i = 0; i < n; i++)
		q->spare[q->spares++] = *xsk_ring_cons__comp_addr(&q->comp, idx++);
	xsk_ring_cons__release(&q->comp, n);
}

static void refill(struct queue *q)
{
	uint32_t idx, i, n = xsk_prod_nb_free(&q->fill, q->spares);

	if (n > q->spares)
		n = q->spares;
	if (!n || xsk_ring_prod__reserve(&q->fill, n, &idx) != n)
		return;
	for (i = 0; i < n; i++)
		*xsk_ring_prod__fill_addr(&q->fill, idx++) = q->spare[--q->spares];
	xsk_ring_prod__submit(&q->fill, n);
}

static void echo(struct queue *q)
{
	uint32_t rx, tx, i, sent = 0, n = xsk_prod_nb_free(&q->tx, BATCH);
	struct xdp_desc out[BATCH];

	n = xsk_ring_cons__peek(&q->rx, n < BATCH ? n : BATCH, &rx);
	if (!n)
		return;
	for (i = 0; i < n; i++) {
		const struct xdp_desc *in = xsk_ring_cons__rx_desc(&q->rx, rx + i);

		if (turn_round(xsk_umem__get_data(q->area, in->addr), in->len)) {
			out[sent++] = *in;
		} else {
			q->spare[q->spares++] = in->addr;
			q->passed_over++;
		}
	}
	if (xsk_ring_prod__reserve(&q->tx, sent, &tx) != sent)
		die("transmit ring", ENOSPC);
	for (i = 0; i < sent; i++)
		*xsk_ring_prod__tx_desc(&q->tx, tx + i) = out[i];
	xsk_ring_prod__submit(&q->tx, sent);
	xsk_ring_cons__release(&q->rx, n);
	q->echoed += sent;
	if (xsk_ring_prod__needs_wakeup(&q->tx))
		sendto(xsk_socket__fd(q->xsk), NULL, 0, MSG_DONTWAIT, NULL, 0);
}

static void open_queue(struct queue *q, const char *ifname, unsigned int id, int map)
{
	const struct xsk_umem_config umem = {
		.fill_size = RING, .comp_size = RING, .frame_size = FRAME_SIZE,
	};
	const struct xsk_socket_config socket = {
		.rx_size = RING, .tx_size = RING,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_ZEROCOPY | XDP_USE_NEED_WAKEUP,
	};
	unsigned int i;
	int err;

	q->area = mmap(NULL, (size_t)FRAMES * FRAME_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (q->area == MAP_FAILED)
		die("memory for the umem", errno);
	err = xsk_umem__create(&q->umem, q->area, (uint64_t)FRAMES * FRAME_SIZE, &q->fill,
			       &q->comp, &umem);
	if (err)
		die("umem", err);
	for (i = 0; i < FRAMES; i++)
		q->spare[q->spares++] = (uint64_t)i * FRAME_SIZE;
	refill(q);
	err = xsk_socket__create(&q->xsk, ifname, id, q->umem, &q->rx, &q->tx, &socket);
	if (err)
		die("zero-copy socket", err);
	err = xsk_socket__update_xskmap(q->xsk, map);
	if (err)
		die("putting the socket into the program's map", err);
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };
	static struct queue queues[MAX_QUEUES];
	struct pollfd fds[MAX_QUEUES];
	unsigned long echoed = 0, passed_over = 0;
	unsigned int i, n;
	int map;

	n = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	if (n < 1 || n > MAX_QUEUES) {
		fprintf(stderr, "usage: xsk_echo IFNAME XSKS-MAP QUEUES\n");
		return 2;
	}
	map = bpf_obj_get(argv[2]);
	if (map < 0)
		die(argv[2], errno);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	for (i = 0; i < n; i++) {
		open_queue(&queues[i], argv[1], i, map);
		fds[i] = (struct pollfd){ .fd = xsk_socket__fd(queues[i].xsk), .events = POLLIN };
	}
	puts("ready");
	fflush(stdout);

	while (!stop) {
		if (poll(fds, n, -1) < 0 && errno != EINTR)
			die("poll", errno);
		for (i = 0; i < n; i++) {
			echo(&queues[i]);
			reap(&queues[i]);
			refill(&queues[i]);
		}
	}
	for (i = 0; i < n; i++) {
		echoed += queues[i].echoed;
		passed_over += queues[i].passed_over;
		xsk_socket__delete(queues[i].xsk);
		xsk_umem__delete(queues[i].umem);
	}
	printf("echoed %lu passed-over %lu\n", echoed, passed_over);
	return 0;
}
