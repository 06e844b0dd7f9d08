// SPDX-License-Identifier: GPL-2.0
/*
 * xsk_receive IFNAME QUEUE XSKMAP COUNT SECONDS [KEY...]: opens an AF_XDP socket, puts it
 * into the pinned map under the number of its queue, says "ready", and ends well when COUNT
 * frames came in time. Prints the UDP or TCP destination port of each. With keys: a socket
 * under each of them, all of one umem and for that queue; of each frame also the key of the
 * socket it came to, and the source port.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_xdp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xdp/xsk.h>

#define FRAMES		64
#define FRAME_SIZE	XSK_UMEM__DEFAULT_FRAME_SIZE
#define IPV4_SPORT	(14 + 20)
#define IPV4_DPORT	(IPV4_SPORT + 2)
#define SOCKETS		8

struct receiver {
	void *area;
	struct xsk_umem *umem;
	struct xsk_ring_prod fill;
	struct xsk_ring_cons comp;
	bool keys;		/* of the command line */
	unsigned int n;
	struct {
		struct xsk_socket *xsk;
		struct xsk_ring_cons rx;
		__u32 key;
	} socket[SOCKETS];
};

static void die(const char *what, int err)
{
	fprintf(stderr, "xsk_receive: %s: %s\n", what, strerror(err));
	exit(1);
}

static void open_umem(struct receiver *r)
{
	const size_t size = FRAMES * FRAME_SIZE;
	__u32 i, index;
	int err;

	r->area = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (r->area == MAP_FAILED)
		die("memory", errno);
	err = xsk_umem__create(&r->umem, r->area, size, &r->fill, &r->comp,
			       NULL);
	if (err)
		die("umem", -err);
	if (xsk_ring_prod__reserve(&r->fill, FRAMES, &index) != FRAMES)
		die("fill ring", ENOSPC);
	for (i = 0; i < FRAMES; i++)
		*xsk_ring_prod__fill_addr(&r->fill, index + i) = i * FRAME_SIZE;
	xsk_ring_prod__submit(&r->fill, FRAMES);
}

/*
 * The first makes the queue's rings; the others share them. Who had the queue before and has
 * ended keeps it for another moment.
 */
static void open_socket(struct receiver *r, const char *ifname, int queue,
			int map, __u32 key)
{
	const struct xsk_socket_config config = {
		.rx_size = FRAMES,
		.libbpf_flags = XSK_LIBBPF_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_COPY,
	};
	const struct timespec moment = { .tv_nsec = 10000000 };
	unsigned int i = r->n++, tries = 1000;
	int err, fd;

	while ((err = xsk_socket__create_shared(&r->socket[i].xsk, ifname, queue,
						r->umem, &r->socket[i].rx, NULL,
						&r->fill, &r->comp, &config)) == -EBUSY &&
	       --tries)
		nanosleep(&moment, NULL);
	if (err)
		die("socket", -err);
	r->socket[i].key = key;
	fd = xsk_socket__fd(r->socket[i].xsk);
	if (bpf_map_update_elem(map, &key, &fd, 0))
		die("updating the map", errno);
}

static void show(const struct receiver *r, unsigned int socket,
		 const struct xdp_desc *desc)
{
	const unsigned char *data = xsk_umem__get_data(r->area, desc->addr);

	if (desc->len < IPV4_DPORT + 2) {
		printf("port none\n");
		return;
	}
	if (r->keys)
		printf("socket %u from %u ", r->socket[socket].key,
		       data[IPV4_SPORT] << 8 | data[IPV4_SPORT + 1]);
	printf("port %u\n", data[IPV4_DPORT] << 8 | data[IPV4_DPORT + 1]);
}

static int take(struct receiver *r, unsigned int socket)
{
	struct xsk_ring_cons *rx = &r->socket[socket].rx;
	__u32 index, refill, i, n;

	n = xsk_ring_cons__peek(rx, FRAMES, &index);
	if (!n)
		return 0;
	if (xsk_ring_prod__reserve(&r->fill, n, &refill) != n)
		die("fill ring", ENOSPC);
	for (i = 0; i < n; i++) {
		const struct xdp_desc *desc;

		desc = xsk_ring_cons__rx_desc(rx, index + i);
		show(r, socket, desc);
		*xsk_ring_prod__fill_addr(&r->fill, refill + i) = desc->addr;
	}
	xsk_ring_cons__release(rx, n);
	xsk_ring_prod__submit(&r->fill, n);
	return n;
}

static int receive(struct receiver *r, int count, int seconds)
{
	struct pollfd pfd[SOCKETS];
	time_t end = time(NULL) + seconds;
	unsigned int i;
	int got = 0;

	for (i = 0; i < r->n; i++)
		pfd[i] = (struct pollfd){ .fd = xsk_socket__fd(r->socket[i].xsk),
					  .events = POLLIN };
	while (got < count && time(NULL) < end) {
		poll(pfd, r->n, 1000);
		for (i = 0; i < r->n; i++)
			got += take(r, i);
	}
	return got;
}

int main(int argc, char **argv)
{
	struct receiver r = {};
	int got, count, queue, map, i;

	if (argc < 6 || argc > 6 + SOCKETS) {
		fprintf(stderr, "usage: xsk_receive IFNAME QUEUE XSKMAP COUNT SECONDS [KEY...]\n");
		return 2;
	}
	setlinebuf(stdout);
	queue = atoi(argv[2]);
	count = atoi(argv[4]);
	r.keys = argc > 6;
	map = bpf_obj_get(argv[3]);
	if (map < 0)
		die(argv[3], errno);
	open_umem(&r);
	if (!r.keys)
		open_socket(&r, argv[1], queue, map, queue);
	for (i = 6; i < argc; i++)
		open_socket(&r, argv[1], queue, map, atoi(argv[i]));
	printf("ready\n");
	got = receive(&r, count, atoi(argv[5]));
	while (r.n)
		xsk_socket__delete(r.socket[--r.n].xsk);
	xsk_umem__delete(r.umem);
	printf("%d of %d frames\n", got, count);
	return got != count;
}
