// SPDX-License-Identifier: GPL-2.0
/*
 * xsk_receive IFNAME QUEUE XSKMAP COUNT SECONDS: opens an AF_XDP socket, puts it
 * into the pinned map, says "ready", and ends well when COUNT frames came in
 * time. Prints the UDP or TCP destination port of each.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_xdp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xdp/xsk.h>

#define FRAMES		64
#define FRAME_SIZE	XSK_UMEM__DEFAULT_FRAME_SIZE
#define IPV4_DPORT	(14 + 20 + 2)

struct receiver {
	void *area;
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill;
	struct xsk_ring_cons comp;
	struct xsk_ring_cons rx;
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

static void open_socket(struct receiver *r, const char *ifname, int queue,
			const char *map)
{
	const struct xsk_socket_config config = {
		.rx_size = FRAMES,
		.libbpf_flags = XSK_LIBBPF_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_COPY,
	};
	int err, fd;

	err = xsk_socket__create(&r->xsk, ifname, queue, r->umem, &r->rx, NULL,
				 &config);
	if (err)
		die("socket", -err);
	fd = bpf_obj_get(map);
	if (fd < 0)
		die(map, errno);
	err = xsk_socket__update_xskmap(r->xsk, fd);
	if (err)
		die("updating the map", -err);
}

static void show(const struct receiver *r, const struct xdp_desc *desc)
{
	const unsigned char *data = xsk_umem__get_data(r->area, desc->addr);

	if (desc->len >= IPV4_DPORT + 2)
		printf("port %u\n", data[IPV4_DPORT] << 8 | data[IPV4_DPORT + 1]);
	else
		printf("port none\n");
}

static int take(struct receiver *r)
{
	__u32 index, refill, i, n;

	n = xsk_ring_cons__peek(&r->rx, FRAMES, &index);
	if (!n)
		return 0;
	if (xsk_ring_prod__reserve(&r->fill, n, &refill) != n)
		die("fill ring", ENOSPC);
	for (i = 0; i < n; i++) {
		const struct xdp_desc *desc;

		desc = xsk_ring_cons__rx_desc(&r->rx, index + i);
		show(r, desc);
		*xsk_ring_prod__fill_addr(&r->fill, refill + i) = desc->addr;
	}
	xsk_ring_cons__release(&r->rx, n);
	xsk_ring_prod__submit(&r->fill, n);
	return n;
}

static int receive(struct receiver *r, int count, int seconds)
{
	struct pollfd pfd = {
		.fd = xsk_socket__fd(r->xsk),
		.events = POLLIN,
	};
	time_t end = time(NULL) + seconds;
	int got = 0;

	while (got < count && time(NULL) < end) {
		poll(&pfd, 1, 1000);
		got += take(r);
	}
	return got;
}

int main(int argc, char **argv)
{
	struct receiver r = {};
	int got, count;

	if (argc != 6) {
		fprintf(stderr, "usage: xsk_receive IFNAME QUEUE XSKMAP COUNT SECONDS\n");
		return 2;
	}
	setlinebuf(stdout);
	count = atoi(argv[4]);
	open_umem(&r);
	open_socket(&r, argv[1], atoi(argv[2]), argv[3]);
	printf("ready\n");
	got = receive(&r, count, atoi(argv[5]));
	xsk_socket__delete(r.xsk);
	xsk_umem__delete(r.umem);
	printf("%d of %d frames\n", got, count);
	return got != count;
}
