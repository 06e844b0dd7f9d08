// SPDX-License-Identifier: GPL-2.0
/*
 * xskbench: one AF_XDP socket doing one thing, for counting instructions.
 *
 *	xskbench -i IFNAME -o BENCH.BPF.O -s STATS -m rxdrop|txonly|l2fwd
 *		 [-q QUEUE] [-c | -z] [-g] [-p | -B] [-b BATCH] [-r RING]
 *		 [-w WARMUP -n COUNT -l LABEL] [-d MAC]
 *
 * The loops are the classic sample's: batches of 64, need_wakeup, no system call
 * that the kernel did not ask for. Where the sample would spin, with nothing to
 * receive or no room to send, this one rests, uncounted: how long a spin lasts
 * says how slow the machine around it is, not what a packet costs. With -p it
 * sleeps in poll() instead, counted.
 *
 * The counters in STATS (three native 64-bit words: received, sent, completed)
 * are shared with whoever watches. txonly counts its own window: COUNT frames
 * after WARMUP, until the last has completed.
 *
 * Exit codes: 0 done (or ended by SIGTERM), 1 failed, 2 wrong usage.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <xdp/xsk.h>

#include "mark.h"

#define FRAME_SIZE	XSK_UMEM__DEFAULT_FRAME_SIZE
#define PACKET_SIZE	60	/* 64 on the wire, with its checksum */

#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL	69
#define SO_BUSY_POLL_BUDGET	70
#endif

struct stats {
	uint64_t received;
	uint64_t sent;
	uint64_t completed;
};

struct options {
	const char *ifname, *object, *stats, *label;
	unsigned int queue, batch, ring;
	uint64_t warmup, count;
	uint16_t bind_flags;
	bool generic, busy, sleeps;
	struct ether_addr dest;
};

struct bench {
	struct options opt;
	int ifindex;
	void *area;
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons comp, rx;
	uint64_t outstanding;
	bool receives;
	volatile struct stats *stats;
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static int complain(const char *what, int err)
{
	fprintf(stderr, "xskbench: %s: %s\n", what, strerror(err < 0 ? -err : err));
	return -1;
}

/*
 * Nothing to do: let time pass, uncounted, until a frame has come in or gone
 * out, or for a second.
 */
static void rest(struct bench *b)
{
	static const struct timespec nap = { .tv_nsec = 200000 };
	unsigned int naps = 5000;

	insn_mark("rest");
	while (!stop && naps-- && !(b->outstanding && xsk_cons_nb_avail(&b->comp, 1)) &&
	       !(b->receives && xsk_cons_nb_avail(&b->rx, 1)))
		nanosleep(&nap, NULL);
	insn_mark("app");
}

/* The kernel has work of ours only when somebody rings. */
static void kick_tx(struct bench *b)
{
	if (!b->opt.busy && !xsk_ring_prod__needs_wakeup(&b->tx))
		return;
	if (sendto(xsk_socket__fd(b->xsk), NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 &&
	    errno != ENOBUFS && errno != EAGAIN && errno != EBUSY && errno != ENETDOWN) {
		complain("sendto", errno);
		stop = 1;
	}
}

static uint32_t complete_tx(struct bench *b)
{
	uint32_t idx, n;

	if (!b->outstanding)
		return 0;
	kick_tx(b);
	n = xsk_ring_cons__peek(&b->comp, b->opt.batch, &idx);
	if (!n)
		return 0;
	xsk_ring_cons__release(&b->comp, n);
	b->outstanding -= n;
	b->stats->completed += n;
	return n;
}

static void wait_readable(struct bench *b)
{
	struct pollfd pfd = { .fd = xsk_socket__fd(b->xsk), .events = POLLIN };

	if (b->opt.sleeps)
		poll(&pfd, 1, 1000);
	else if (b->opt.busy)
		recvfrom(pfd.fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
	else
		rest(b);
}

/* Room for n on the fill ring; when the kernel has fallen asleep on it, wake it. */
static bool reserve_fill(struct bench *b, uint32_t n, uint32_t *idx)
{
	while (xsk_ring_prod__reserve(&b->fill, n, idx) != n) {
		if (stop)
			return false;
		if (b->opt.busy || xsk_ring_prod__needs_wakeup(&b->fill))
			recvfrom(xsk_socket__fd(b->xsk), NULL, 0, MSG_DONTWAIT, NULL, NULL);
	}
	return true;
}

static void rxdrop(struct bench *b)
{
	uint32_t rx, fill, n, i;

	n = xsk_ring_cons__peek(&b->rx, b->opt.batch, &rx);
	if (!n) {
		wait_readable(b);
		return;
	}
	if (!reserve_fill(b, n, &fill))
		return;
	for (i = 0; i < n; i++) {
		uint64_t addr = xsk_ring_cons__rx_desc(&b->rx, rx++)->addr;

		*xsk_ring_prod__fill_addr(&b->fill, fill++) = xsk_umem__extract_addr(addr);
	}
	xsk_ring_prod__submit(&b->fill, n);
	xsk_ring_cons__release(&b->rx, n);
	b->stats->received += n;
}

static void swap_addresses(void *frame)
{
	struct ether_header *eth = frame;
	struct ether_addr addr;

	memcpy(&addr, eth->ether_dhost, sizeof(addr));
	memcpy(eth->ether_dhost, eth->ether_shost, sizeof(addr));
	memcpy(eth->ether_shost, &addr, sizeof(addr));
}

/* Frames that have left go back to the fill ring. */
static uint32_t complete_to_fill(struct bench *b)
{
	uint32_t comp, fill, n, i;

	if (!b->outstanding)
		return 0;
	/* Copies are sent by the system call; zero-copy sends as it receives. */
	if (b->opt.bind_flags & XDP_COPY)
		kick_tx(b);
	n = xsk_ring_cons__peek(&b->comp, b->opt.batch, &comp);
	if (!n || !reserve_fill(b, n, &fill))
		return 0;
	for (i = 0; i < n; i++)
		*xsk_ring_prod__fill_addr(&b->fill, fill++) =
			*xsk_ring_cons__comp_addr(&b->comp, comp++);
	xsk_ring_prod__submit(&b->fill, n);
	xsk_ring_cons__release(&b->comp, n);
	b->outstanding -= n;
	b->stats->completed += n;
	return n;
}

/* Nothing received: what waits to be sent has nothing else to send it. */
static void forward_idle(struct bench *b, uint32_t completed)
{
	if (!b->outstanding) {
		wait_readable(b);
		return;
	}
	if (completed)
		return;
	if (!(b->opt.bind_flags & XDP_COPY))
		kick_tx(b);
	rest(b);
}

static void l2fwd(struct bench *b)
{
	uint32_t rx, tx, n, i, completed;

	completed = complete_to_fill(b);
	n = xsk_ring_cons__peek(&b->rx, b->opt.batch, &rx);
	if (!n) {
		forward_idle(b, completed);
		return;
	}
	while (xsk_ring_prod__reserve(&b->tx, n, &tx) != n) {
		if (stop)
			return;
		forward_idle(b, complete_to_fill(b));
	}
	for (i = 0; i < n; i++) {
		const struct xdp_desc *in = xsk_ring_cons__rx_desc(&b->rx, rx++);
		struct xdp_desc *out = xsk_ring_prod__tx_desc(&b->tx, tx++);

		swap_addresses(xsk_umem__get_data(b->area, in->addr));
		out->addr = in->addr;
		out->len = in->len;
		out->options = 0;
	}
	xsk_ring_prod__submit(&b->tx, n);
	xsk_ring_cons__release(&b->rx, n);
	b->outstanding += n;
	b->stats->received += n;
	b->stats->sent += n;
}

static void send_batch(struct bench *b, uint32_t *frame)
{
	uint32_t batch = b->opt.batch, idx, i;

	while (xsk_ring_prod__reserve(&b->tx, batch, &idx) < batch) {
		if (!complete_tx(b))
			rest(b);
		if (stop)
			return;
	}
	for (i = 0; i < batch; i++) {
		struct xdp_desc *desc = xsk_ring_prod__tx_desc(&b->tx, idx + i);

		desc->addr = (uint64_t)(*frame + i) * FRAME_SIZE;
		desc->len = PACKET_SIZE;
		desc->options = 0;
	}
	xsk_ring_prod__submit(&b->tx, batch);
	b->stats->sent += batch;
	b->outstanding += batch;
	*frame = (*frame + batch) % b->opt.ring;
	complete_tx(b);
}

/* Send count frames and wait for the last of them. */
static void send_all(struct bench *b, uint64_t count)
{
	uint64_t end = b->stats->sent + count;
	unsigned int rests = 10;	/* each a second, or until a completion */
	uint32_t frame = 0;

	while (b->stats->sent < end && !stop)
		send_batch(b, &frame);
	while (b->outstanding && !stop && rests) {
		if (complete_tx(b)) {
			rests = 10;
			continue;
		}
		rest(b);
		rests--;
	}
	if (b->outstanding)
		fprintf(stderr, "xskbench: %lu frames sent never completed\n",
			(unsigned long)b->outstanding);
}

static void txonly(struct bench *b)
{
	char line[INSN_MARK_MAX];

	send_all(b, b->opt.warmup);
	insn_mark("begin");
	insn_mark("app");
	send_all(b, b->opt.count);
	snprintf(line, sizeof(line), "end %s", b->opt.label);
	insn_mark(line);
	stop = 1;
}

static void write_frames(struct bench *b)
{
	static const uint8_t source[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 1 };
	uint32_t i;

	for (i = 0; i < b->opt.ring; i++) {
		uint8_t *data = (uint8_t *)b->area + (size_t)i * FRAME_SIZE;
		struct ether_header *eth = (struct ether_header *)data;

		memset(data, 0x55, PACKET_SIZE);
		memcpy(eth->ether_dhost, &b->opt.dest, ETH_ALEN);
		memcpy(eth->ether_shost, source, ETH_ALEN);
		eth->ether_type = htons(0x88b5);	/* local experimental */
	}
}

static int fill_all(struct bench *b, uint32_t frames)
{
	uint32_t idx, i;

	if (xsk_ring_prod__reserve(&b->fill, frames, &idx) != frames)
		return complain("the fill ring is smaller than the umem", EINVAL);
	for (i = 0; i < frames; i++)
		*xsk_ring_prod__fill_addr(&b->fill, idx++) = (uint64_t)i * FRAME_SIZE;
	xsk_ring_prod__submit(&b->fill, frames);
	return 0;
}

/* As many frames as both NIC ring and socket ring can hold at once. */
static int create_socket(struct bench *b)
{
	uint32_t frames = 2 * b->opt.ring;
	struct xsk_umem_config umem = {
		.fill_size = frames,
		.comp_size = b->opt.ring,
		.frame_size = FRAME_SIZE,
		.frame_headroom = XSK_UMEM__DEFAULT_FRAME_HEADROOM,
	};
	struct xsk_socket_config cfg = {
		.rx_size = b->opt.ring,
		.tx_size = b->opt.ring,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = b->opt.bind_flags | XDP_USE_NEED_WAKEUP,
	};
	size_t size = (size_t)frames * FRAME_SIZE;
	int err;

	b->area = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (b->area == MAP_FAILED)
		return complain("no memory for the umem", errno);
	err = xsk_umem__create(&b->umem, b->area, size, &b->fill, &b->comp, &umem);
	if (err)
		return complain("creating the umem", err);
	if (b->receives && fill_all(b, frames))
		return -1;
	err = xsk_socket__create(&b->xsk, b->opt.ifname, b->opt.queue, b->umem,
				 b->receives ? &b->rx : NULL, &b->tx, &cfg);
	if (err)
		return complain(b->opt.bind_flags & XDP_ZEROCOPY ?
				"binding the socket (is zero-copy supported here?)" :
				"binding the socket", err);
	return 0;
}

static int set_busy_poll(struct bench *b)
{
	int fd = xsk_socket__fd(b->xsk), usecs = 20, one = 1;
	int budget = b->opt.batch;

	if (!b->opt.busy)
		return 0;
	if (setsockopt(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &usecs, sizeof(usecs)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget, sizeof(budget)))
		return complain("asking for busy polling", errno);
	return 0;
}

static uint32_t attach_flags(const struct bench *b)
{
	return b->opt.generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
}

/* A sender gets the program too: some drivers transmit for a socket only with one. */
static int attach_program(struct bench *b)
{
	struct bpf_object *obj = bpf_object__open_file(b->opt.object, NULL);
	struct bpf_program *prog;
	int err;

	if (!obj)
		return complain(b->opt.object, errno);
	err = bpf_object__load(obj);
	if (err)
		return complain("loading the XDP program", err);
	prog = bpf_object__find_program_by_name(obj, "bench_xsk");
	if (!prog)
		return complain("no program bench_xsk in the object", ENOENT);
	if (b->receives) {
		err = xsk_socket__update_xskmap(b->xsk,
				bpf_object__find_map_fd_by_name(obj, "xsks"));
		if (err)
			return complain("putting the socket into the map", err);
	}
	err = bpf_xdp_attach(b->ifindex, bpf_program__fd(prog), attach_flags(b), NULL);
	if (err)
		return complain("attaching the XDP program", err);
	return 0;
}

/* Some drivers take the link down to attach a program: wait until it is back. */
static int wait_for_carrier(const struct bench *b)
{
	static const struct timespec nap = { .tv_nsec = 5000000 };
	unsigned int tries = 4000;	/* twenty seconds */
	char path[64 + IF_NAMESIZE], state = '0';
	int fd;

	snprintf(path, sizeof(path), "/sys/class/net/%s/carrier", b->opt.ifname);
	while (tries--) {
		fd = open(path, O_RDONLY);
		if (fd < 0)
			return complain(path, errno);
		if (read(fd, &state, 1) != 1)	/* an interface that is down has none */
			state = '0';
		close(fd);
		if (state == '1')
			return 0;
		nanosleep(&nap, NULL);
	}
	return complain("the link did not come back after attaching", ETIMEDOUT);
}

static int map_stats(struct bench *b)
{
	int fd = open(b->opt.stats, O_RDWR | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || ftruncate(fd, sizeof(struct stats)))
		return complain(b->opt.stats, errno);
	b->stats = mmap(NULL, sizeof(struct stats), PROT_READ | PROT_WRITE,
			MAP_SHARED, fd, 0);
	close(fd);
	return b->stats == MAP_FAILED ? complain(b->opt.stats, errno) : 0;
}

static int usage(void)
{
	fputs("usage: xskbench -i IFNAME -o BENCH.BPF.O -s STATS -m rxdrop|txonly|l2fwd\n"
	      "       [-q QUEUE] [-c (copy) | -z (zero-copy)] [-g (generic XDP)]\n"
	      "       [-p (sleep in poll) | -B (busy poll)] [-b BATCH] [-r RING] [-d MAC]\n"
	      "       [-w WARMUP -n COUNT -l LABEL (txonly)]\n", stderr);
	return 2;
}

struct mode {
	const char *name;
	void (*step)(struct bench *b);
	bool receives;
};

static const struct mode modes[] = {
	{ "rxdrop", rxdrop, true },
	{ "txonly", txonly, false },
	{ "l2fwd", l2fwd, true },
};

static const struct mode *mode_by_name(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(name, modes[i].name))
			return &modes[i];
	return NULL;
}

static const struct mode *parse(int argc, char **argv, struct options *opt)
{
	const struct mode *mode = NULL;
	struct ether_addr *dest;
	int c;

	while ((c = getopt(argc, argv, "i:o:s:m:q:czgpBb:r:d:w:n:l:")) != -1) {
		switch (c) {
		case 'i': opt->ifname = optarg; break;
		case 'o': opt->object = optarg; break;
		case 's': opt->stats = optarg; break;
		case 'm': mode = mode_by_name(optarg); break;
		case 'q': opt->queue = strtoul(optarg, NULL, 0); break;
		case 'c': opt->bind_flags = XDP_COPY; break;
		case 'z': opt->bind_flags = XDP_ZEROCOPY; break;
		case 'g': opt->generic = true; break;
		case 'p': opt->sleeps = true; break;
		case 'B': opt->busy = true; break;
		case 'b': opt->batch = strtoul(optarg, NULL, 0); break;
		case 'r': opt->ring = strtoul(optarg, NULL, 0); break;
		case 'w': opt->warmup = strtoull(optarg, NULL, 0); break;
		case 'n': opt->count = strtoull(optarg, NULL, 0); break;
		case 'l': opt->label = optarg; break;
		case 'd':
			dest = ether_aton(optarg);
			if (!dest)
				return NULL;
			opt->dest = *dest;
			break;
		default: return NULL;
		}
	}
	if (!opt->ifname || !opt->object || !opt->stats || !opt->batch ||
	    opt->ring % opt->batch)
		return NULL;
	return mode;
}

int main(int argc, char **argv)
{
	struct bench b = { .opt = { .batch = 64, .ring = 4096, .label = "txonly" } };
	struct sigaction act = { .sa_handler = on_signal };
	const struct mode *mode = parse(argc, argv, &b.opt);

	if (!mode)
		return usage();
	b.receives = mode->receives;
	b.ifindex = if_nametoindex(b.opt.ifname);
	if (!b.ifindex) {
		complain(b.opt.ifname, errno);
		return 1;
	}
	if (map_stats(&b) || create_socket(&b) || set_busy_poll(&b))
		return 1;
	if (attach_program(&b) || wait_for_carrier(&b))
		return 1;
	if (!b.receives)
		write_frames(&b);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	puts("ready");
	fflush(stdout);

	insn_mark("app");
	while (!stop)
		mode->step(&b);
	insn_mark("rest");

	bpf_xdp_detach(b.ifindex, attach_flags(&b), NULL);
	xsk_socket__delete(b.xsk);
	xsk_umem__delete(b.umem);
	return 0;
}
