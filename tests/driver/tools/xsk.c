// SPDX-License-Identifier: GPL-2.0
/*
 * xsk: AF_XDP sockets doing what the tests want of them.
 *
 *	xsk rx   -i IF [OPTIONS]   verify numbered frames (track.h)
 *	xsk tx   -i IF [OPTIONS]   send numbered frames, stream number 10 + queue
 *				   (12 + queue: the second socket on the same)
 *	xsk bind -i IF [OPTIONS]   open and close COUNT times, nothing else
 *
 *	-q QUEUE      queue (0); -Q QUEUE: a second one, or a second socket on the
 *	              same (tx only), sharing the umem
 *	-t SIZE       entries of the first socket's transmit ring (2048)
 *	-m XSKMAP     pinned map to put the sockets into
 *	-z | -c       zero-copy or copies (default: what the kernel chooses)
 *	-k CHUNK      chunk size (4096); -F FRAMES: chunks (2048)
 *	-u            unaligned chunks, in odd places; wants -H
 *	-p            of these, none that lies across two pages
 *	-H            umem in huge pages
 *	-g            multi-buffer
 *	-W            without need_wakeup
 *	-B            busy polling
 *	-K            rx: go on when the streams have ended
 *	-E            nothing in the fill ring until SIGUSR1
 *	-n COUNT      frames to send or times to bind; rx: end after so many
 *	-r RATE       frames per second to send
 *	-b BURST      instead: so many at once, each time that all have completed
 *	-s LEN        payload bytes to send (200); -d MAC: to whom
 *	-L            tx: end, at once, when the device is down
 *	-x COUNT      tx: before them, so many frames too short for a chip to pad
 *	-T SECONDS    rx: end when nothing came for so long (60); tx: wait so long for
 *	              frames that have not completed (10)
 *
 * rx ends with the streams (one per queue), on SIGTERM or in time; from SIGUSR2 on it
 * offers no buffers, and tells in the end how many chunks it has back ("home"), and how
 * many came while they were not away ("strange"). Sockets that
 * are still being closed by the kernel make a bind fail with EBUSY: it is tried
 * again for up to ten seconds, and "retries" says how often.
 *
 * Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/if_xdp.h>
#include <xdp/xsk.h>

#include "track.h"

#define RING		2048
#define BATCH		64
#define HUGE_PAGE	(2U << 20)
#define ODD_STRIDE	3004	/* of unaligned chunks */
#define PAGE		4096
#define ODD_STEP	76	/* from where one begins in its page to where the next does */
#define RUNT		16	/* bytes on the wire */
#define UDP_PAYLOAD	42	/* Ethernet, IPv4, UDP */
#define QUIET_US	200000
#define STALL_US	20000000	/* nothing sent for so long: give up */

#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL	69
#define SO_BUSY_POLL_BUDGET	70
#endif

struct options {
	const char *ifname, *map;
	unsigned int queue[2], queues;
	unsigned int chunk, frames, flags, tx_size;
	bool unaligned, paged, huge, busy, starve, keep, leave;
	uint64_t count, rate;
	size_t len;
	unsigned int idle_s, drain_s, burst, runts;
	struct ether_addr dest;
};

struct port {
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons comp, rx;
	unsigned int queue, stream;
	struct port *owner;	/* whose fill and completion rings it uses */
	uint64_t outstanding;
	/* a frame of several buffers on its way in */
	uint8_t frame[TRACK_MAX_LEN + 64];
	size_t frame_len;
	bool frame_broken;
};

struct app {
	struct options opt;
	void *area;
	size_t size;
	struct xsk_umem *umem;
	struct port port[2];
	uint64_t *free;		/* chunks that are nobody else's */
	unsigned int nr_free, strange;
	bool *away;		/* per chunk: it is the kernel's */
	uint32_t *offered;	/* per chunk: as which it last went into a fill ring */
	uint32_t nr_offered, last_used;
	unsigned int backwards;	/* frames in a chunk offered before the last frame's */
	unsigned int retries;
};

static volatile sig_atomic_t stop, fill_now, fill_no_more;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		fill_now = 1;
	else if (sig == SIGUSR2)
		fill_no_more = 1;
	else
		stop = 1;
}

static int complain(const char *what, int err)
{
	fprintf(stderr, "xsk: %s: %s\n", what, strerror(err < 0 ? -err : err));
	return -1;
}

static void nap_us(unsigned int us)
{
	struct timespec ts = { .tv_nsec = us * 1000L };

	nanosleep(&ts, NULL);
}

/* Memory */

static unsigned int chunk_stride(const struct options *opt)
{
	if (opt->paged)
		return PAGE;
	return opt->unaligned ? ODD_STRIDE : opt->chunk;
}

/* Where chunk @i begins; the umem has room for it from there */
static uint64_t chunk_at(const struct options *opt, unsigned int i)
{
	uint64_t addr = (uint64_t)i * chunk_stride(opt);

	return opt->paged ? addr + i * ODD_STEP % (PAGE + 1 - opt->chunk) : addr;
}

static int create_area(struct app *app)
{
	const struct options *opt = &app->opt;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
	unsigned int stride = chunk_stride(opt), i;

	app->nr_free = opt->frames;
	app->size = (size_t)opt->frames * opt->chunk;
	if (opt->huge) {
		/* one, so that no chunk lies across two of them */
		flags |= MAP_HUGETLB;
		app->size = HUGE_PAGE;
		app->nr_free = HUGE_PAGE / stride;
		if (app->nr_free > opt->frames)
			app->nr_free = opt->frames;
	}
	app->area = mmap(NULL, app->size, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (app->area == MAP_FAILED)
		return complain(opt->huge ? "no huge page for the umem" : "no memory for the umem",
				errno);
	app->free = calloc(app->nr_free, sizeof(*app->free));
	app->offered = calloc(app->nr_free, sizeof(*app->offered));
	app->away = calloc(app->nr_free, sizeof(*app->away));
	if (!app->free || !app->offered || !app->away)
		return complain("memory", ENOMEM);
	for (i = 0; i < app->nr_free; i++)
		app->free[i] = chunk_at(opt, i);
	return 0;
}

static bool *away(struct app *app, uint64_t chunk)
{
	return &app->away[chunk / chunk_stride(&app->opt)];
}

/* A chunk for the kernel; there is one. */
static uint64_t give_away(struct app *app)
{
	uint64_t chunk = app->free[--app->nr_free];

	*away(app, chunk) = true;
	return chunk;
}

static void give_back(struct app *app, uint64_t chunk)
{
	if (!*away(app, chunk)) {
		app->strange++;
		return;
	}
	*away(app, chunk) = false;
	app->free[app->nr_free++] = chunk;
}

/* An address as the kernel reports it, reduced to what it was given. */
static uint64_t chunk_of(const struct app *app, uint64_t addr)
{
	if (app->opt.unaligned)
		return xsk_umem__extract_addr(addr);
	return addr & ~(uint64_t)(app->opt.chunk - 1);
}

/* Chunks should be used in the order in which they were offered. */
static void check_order(struct app *app, uint64_t chunk)
{
	uint32_t used = app->offered[chunk / chunk_stride(&app->opt)];

	if ((int32_t)(used - app->last_used) < 0)
		app->backwards++;
	app->last_used = used;
}

static void refill(struct app *app, struct port *port)
{
	uint32_t idx, i, n = xsk_prod_nb_free(&port->fill, app->nr_free);

	if ((app->opt.starve && !fill_now) || fill_no_more)
		return;
	if (n > app->nr_free / app->opt.queues && app->opt.queues > 1)
		n = app->nr_free / app->opt.queues;	/* leave the other its share */
	if (n > app->nr_free)
		n = app->nr_free;
	if (!n || xsk_ring_prod__reserve(&port->fill, n, &idx) != n)
		return;
	for (i = 0; i < n; i++) {
		uint64_t chunk = give_away(app);

		app->offered[chunk / chunk_stride(&app->opt)] = app->nr_offered++;
		*xsk_ring_prod__fill_addr(&port->fill, idx + i) = chunk;
	}
	xsk_ring_prod__submit(&port->fill, n);
}

/* Sockets */

static int busy_poll(struct port *port)
{
	int fd = xsk_socket__fd(port->xsk), usecs = 20, one = 1, budget = BATCH;

	if (setsockopt(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &usecs, sizeof(usecs)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget, sizeof(budget)))
		return complain("asking for busy polling", errno);
	return 0;
}

static int create_umem(struct app *app)
{
	const struct xsk_umem_config cfg = {
		.fill_size = RING,
		.comp_size = RING,
		.frame_size = app->opt.chunk,
		.flags = app->opt.unaligned ? XDP_UMEM_UNALIGNED_CHUNK_FLAG : 0,
	};
	int err = xsk_umem__create(&app->umem, app->area, app->size, &app->port[0].fill,
				   &app->port[0].comp, &cfg);

	return err ? complain("creating the umem", err) : 0;
}

static int create_socket(struct app *app, unsigned int n)
{
	const struct xsk_socket_config cfg = {
		.rx_size = RING,
		.tx_size = n ? RING : app->opt.tx_size,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = app->opt.flags,
	};
	struct port *port = &app->port[n];

	port->queue = app->opt.queue[n];
	port->stream = 10 + port->queue;
	port->owner = port;
	if (n && port->queue == app->port[0].queue) {
		port->stream += 2;
		port->owner = &app->port[0];
	}
	if (!n)
		return xsk_socket__create(&port->xsk, app->opt.ifname, port->queue, app->umem,
					  &port->rx, &port->tx, &cfg);
	return xsk_socket__create_shared(&port->xsk, app->opt.ifname, port->queue, app->umem,
					 &port->rx, &port->tx, &port->fill, &port->comp, &cfg);
}

/* A refused socket takes libxdp's rings of the umem with it: start from there. */
static int create_first(struct app *app)
{
	uint64_t until = track_now_us() + 10000000;
	int err;

	for (;;) {
		if (create_umem(app))
			return -1;
		if (!app->opt.starve)
			refill(app, &app->port[0]);
		err = create_socket(app, 0);
		if (!err)
			return 0;
		xsk_umem__delete(app->umem);
		free(app->free);
		munmap(app->area, app->size);
		if (create_area(app))
			return -1;
		if (err != -EBUSY || track_now_us() > until || stop)
			return complain("binding the socket", err);
		app->retries++;
		nap_us(5000);
	}
}

static int into_map(const struct app *app)
{
	unsigned int n;
	int fd, err;

	if (!app->opt.map)
		return 0;
	fd = bpf_obj_get(app->opt.map);
	if (fd < 0)
		return complain(app->opt.map, errno);
	for (n = 0; n < app->opt.queues; n++) {
		err = xsk_socket__update_xskmap(app->port[n].xsk, fd);
		if (err)
			return complain("putting the socket into the map", err);
	}
	close(fd);
	return 0;
}

static int open_all(struct app *app)
{
	unsigned int n;
	int err;

	if (create_area(app) || create_first(app))
		return -1;
	for (n = 1; n < app->opt.queues; n++) {
		err = create_socket(app, n);
		if (err)
			return complain("binding the second socket", err);
		if (app->port[n].owner == &app->port[n])
			refill(app, &app->port[n]);
	}
	for (n = 0; n < app->opt.queues && app->opt.busy; n++)
		if (busy_poll(&app->port[n]))
			return -1;
	return into_map(app);
}

static void close_all(struct app *app)
{
	unsigned int n;

	for (n = app->opt.queues; n--;)
		xsk_socket__delete(app->port[n].xsk);
	xsk_umem__delete(app->umem);
	munmap(app->area, app->size);
	free(app->free);
}

/* What was negotiated, for the test to see. */
static void print_ready(const struct app *app)
{
	struct xdp_options got = {};
	socklen_t size = sizeof(got);

	getsockopt(xsk_socket__fd(app->port[0].xsk), SOL_XDP, XDP_OPTIONS, &got, &size);
	printf("ready zerocopy=%d retries=%u\n", !!(got.flags & XDP_OPTIONS_ZEROCOPY),
	       app->retries);
	fflush(stdout);
}

/* Receive */

static void take_frame(struct tracker *t, const uint8_t *frame, size_t len)
{
	const struct ether_header *eth = (const struct ether_header *)frame;
	size_t at = sizeof(*eth);

	if (len > at && ntohs(eth->ether_type) == ETHERTYPE_IP)
		at = UDP_PAYLOAD;
	if (len <= at)
		t->foreign++;
	else
		track_take(t, frame + at, len - at);
}

static void take_piece(struct app *app, struct port *port, struct tracker *t,
		       const struct xdp_desc *desc)
{
	const uint8_t *data = xsk_umem__get_data(app->area, xsk_umem__add_offset_to_addr(desc->addr));
	bool more = desc->options & XDP_PKT_CONTD;

	if (!more && !port->frame_len) {
		take_frame(t, data, desc->len);
		return;
	}
	if (port->frame_len + desc->len <= sizeof(port->frame)) {
		memcpy(port->frame + port->frame_len, data, desc->len);
		port->frame_len += desc->len;
	} else {
		port->frame_broken = true;
	}
	if (more)
		return;
	if (port->frame_broken)
		t->foreign++;
	else
		take_frame(t, port->frame, port->frame_len);
	port->frame_len = 0;
	port->frame_broken = false;
}

static unsigned int receive(struct app *app, struct port *port, struct tracker *t)
{
	uint32_t idx, i, n = xsk_ring_cons__peek(&port->rx, BATCH, &idx);

	for (i = 0; i < n; i++) {
		const struct xdp_desc *desc = xsk_ring_cons__rx_desc(&port->rx, idx + i);

		take_piece(app, port, t, desc);
		check_order(app, chunk_of(app, desc->addr));
		give_back(app, chunk_of(app, desc->addr));
	}
	if (n)
		xsk_ring_cons__release(&port->rx, n);
	refill(app, port);
	if (app->opt.busy || xsk_ring_prod__needs_wakeup(&port->fill))
		recvfrom(xsk_socket__fd(port->xsk), NULL, 0, MSG_DONTWAIT, NULL, NULL);
	return n;
}

static void wait_for_frames(const struct app *app)
{
	struct pollfd pfd[2];
	unsigned int n;

	for (n = 0; n < app->opt.queues; n++)
		pfd[n] = (struct pollfd){ xsk_socket__fd(app->port[n].xsk), POLLIN, 0 };
	if (app->opt.busy)
		return;
	poll(pfd, n, 100);
}

static void print_kernel_view(const struct app *app)
{
	unsigned int n;

	if (app->opt.queues == 1)
		printf("backwards=%u\n", app->backwards);
	printf("home=%u strange=%u\n", app->nr_free, app->strange);

	for (n = 0; n < app->opt.queues; n++) {
		struct xdp_statistics s = {};
		socklen_t size = sizeof(s);

		getsockopt(xsk_socket__fd(app->port[n].xsk), SOL_XDP, XDP_STATISTICS, &s, &size);
		printf("queue=%u rx_dropped=%llu rx_invalid=%llu tx_invalid=%llu rx_ring_full=%llu fill_empty=%llu\n",
		       app->port[n].queue, s.rx_dropped, s.rx_invalid_descs, s.tx_invalid_descs,
		       s.rx_ring_full, s.rx_fill_ring_empty_descs);
	}
}

static int run_rx(struct app *app)
{
	static struct tracker t;
	uint64_t last, limit = app->opt.idle_s * 1000000ULL;
	unsigned int n, got;

	if (open_all(app))
		return 1;
	print_ready(app);
	for (last = track_now_us(); !stop && track_received(&t) < app->opt.count;) {
		uint64_t quiet;

		for (n = got = 0; n < app->opt.queues; n++)
			got += receive(app, &app->port[n], &t);
		if (got) {
			last = track_now_us();
			continue;
		}
		quiet = track_now_us() - last;
		if (quiet > limit || (quiet > QUIET_US && !app->opt.keep && track_ended(&t) >= app->opt.queues))
			break;
		wait_for_frames(app);
	}
	print_kernel_view(app);
	got = track_print(&t);
	close_all(app);
	return got;
}

/* Transmit */

static void complete(struct app *app, struct port *port)
{
	struct port *owner = port->owner;
	uint32_t idx, i, n;

	/* a program that counts on need_wakeup wakes when asked, another always */
	if (!(app->opt.flags & XDP_USE_NEED_WAKEUP) || xsk_ring_prod__needs_wakeup(&port->tx) ||
	    app->opt.busy)
		if (sendto(xsk_socket__fd(port->xsk), NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 &&
		    errno == ENETDOWN && app->opt.leave)
			_exit(0);
	n = xsk_ring_cons__peek(&owner->comp, RING, &idx);
	for (i = 0; i < n; i++)
		give_back(app, chunk_of(app, *xsk_ring_cons__comp_addr(&owner->comp, idx + i)));
	if (n)
		xsk_ring_cons__release(&owner->comp, n);
	owner->outstanding -= n;
}

static size_t write_frame(const struct app *app, uint8_t *frame, uint32_t stream, uint64_t seq,
			  uint64_t total)
{
	struct ether_header *eth = (struct ether_header *)frame;
	static const uint8_t source[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x0a };

	memcpy(eth->ether_dhost, &app->opt.dest, ETH_ALEN);
	memcpy(eth->ether_shost, source, ETH_ALEN);
	eth->ether_type = htons(TRACK_ETHERTYPE);
	track_fill(frame + sizeof(*eth), app->opt.len, stream, seq, total);
	return sizeof(*eth) + app->opt.len;
}

/* Queue one frame, in as many chunks as it takes. False: no room now. */
static bool queue_frame(struct app *app, struct port *port, uint64_t seq, uint64_t total)
{
	static uint8_t frame[TRACK_MAX_LEN + 64];
	size_t len = write_frame(app, frame, port->stream, seq, total), at = 0;
	uint32_t pieces = (len + app->opt.chunk - 1) / app->opt.chunk, idx, i;

	if (app->nr_free < pieces || xsk_ring_prod__reserve(&port->tx, pieces, &idx) != pieces)
		return false;
	for (i = 0; i < pieces; i++) {
		struct xdp_desc *desc = xsk_ring_prod__tx_desc(&port->tx, idx + i);
		size_t n = len - at < app->opt.chunk ? len - at : app->opt.chunk;

		desc->addr = give_away(app);
		desc->len = n;
		desc->options = i + 1 < pieces ? XDP_PKT_CONTD : 0;
		memcpy(xsk_umem__get_data(app->area, desc->addr), frame + at, n);
		at += n;
	}
	xsk_ring_prod__submit(&port->tx, pieces);
	port->owner->outstanding += pieces;
	return true;
}

/* Queue -x's frames, of not much more than an Ethernet header, and see them complete. */
static bool send_runts(struct app *app, struct port *port)
{
	uint64_t until = track_now_us() + STALL_US;
	unsigned int sent = 0;
	uint32_t idx;

	while (sent < app->opt.runts || port->owner->outstanding) {
		if (stop || track_now_us() > until)
			return false;
		if (sent < app->opt.runts && app->nr_free &&
		    xsk_ring_prod__reserve(&port->tx, 1, &idx) == 1) {
			struct xdp_desc *desc = xsk_ring_prod__tx_desc(&port->tx, idx);

			desc->addr = give_away(app);
			desc->len = RUNT;
			desc->options = 0;
			write_frame(app, xsk_umem__get_data(app->area, desc->addr), port->stream, 0, 0);
			xsk_ring_prod__submit(&port->tx, 1);
			port->owner->outstanding++;
			sent++;
		}
		complete(app, port);
	}
	return true;
}

/* Send frames FROM to COUNT - 1 of a queue's stream, as far as RATE or BURST allows. */
static uint64_t send_due(struct app *app, struct port *port, uint64_t from, uint64_t due)
{
	unsigned int most = app->opt.burst ?: BATCH;

	if (app->opt.burst)
		due = port->owner->outstanding ? from : from + most;
	if (due > app->opt.count)
		due = app->opt.count;
	while (from < due && most-- && queue_frame(app, port, from, 0))
		from++;
	return from;
}

static bool drain(struct app *app)
{
	uint64_t until = track_now_us() + app->opt.drain_s * 1000000ULL;
	unsigned int n;

	while (track_now_us() < until) {
		for (n = 0; n < app->opt.queues && !app->port[n].outstanding; n++)
			;
		if (n == app->opt.queues)
			return true;
		for (n = 0; n < app->opt.queues; n++)
			complete(app, &app->port[n]);
		nap_us(1000);
	}
	return false;
}

static int run_tx(struct app *app)
{
	uint64_t seq[2] = {}, rate = track_rate(app->opt.rate), start, last;
	unsigned int n, i;
	bool drained;

	app->opt.starve = true;		/* every chunk is for sending */
	if (open_all(app))
		return 1;
	print_ready(app);
	if (!send_runts(app, &app->port[0]))
		complain("sending short frames", ETIMEDOUT);
	start = last = track_now_us();
	while (!stop) {
		uint64_t due = (track_now_us() - start) * rate / 1000000 + 1;
		bool done = true;

		if (track_now_us() - last > STALL_US) {
			complain("sending", ETIMEDOUT);
			break;
		}
		for (n = 0; n < app->opt.queues; n++) {
			uint64_t from = seq[n];

			seq[n] = send_due(app, &app->port[n], from, due);
			if (seq[n] != from)
				last = track_now_us();
			complete(app, &app->port[n]);
			done = done && seq[n] >= app->opt.count;
		}
		if (done)
			break;
		nap_us(1000);
	}
	drained = drain(app);
	for (i = 0; i < 10; i++) {
		for (n = 0; n < app->opt.queues; n++) {
			queue_frame(app, &app->port[n], 0, seq[n]);
			complete(app, &app->port[n]);
		}
		nap_us(20000);
	}
	drained = drain(app) && drained;
	for (n = 0; n < app->opt.queues; n++)
		printf("queue=%u sent=%" PRIu64 " never_completed=%" PRIu64 "\n",
		       app->port[n].queue, seq[n], app->port[n].outstanding);
	print_kernel_view(app);
	close_all(app);
	return !drained;
}

static int run_bind(struct app *app)
{
	unsigned int retries = 0;
	uint64_t i;

	for (i = 0; i < app->opt.count && !stop; i++) {
		if (open_all(app))
			return 1;
		close_all(app);
	}
	retries = app->retries;
	printf("bound=%" PRIu64 " retries=%u\n", i, retries);
	return 0;
}

static bool parse(int argc, char **argv, struct options *opt)
{
	int c;

	while ((c = getopt(argc, argv, "i:q:Q:t:m:zck:F:upHgWBKELn:r:b:s:d:T:x:")) != -1) {
		switch (c) {
		case 'i': opt->ifname = optarg; break;
		case 'q': opt->queue[0] = strtoul(optarg, NULL, 0); break;
		case 'Q': opt->queue[1] = strtoul(optarg, NULL, 0); opt->queues = 2; break;
		case 't': opt->tx_size = strtoul(optarg, NULL, 0); break;
		case 'm': opt->map = optarg; break;
		case 'K': opt->keep = true; break;
		case 'z': opt->flags |= XDP_ZEROCOPY; break;
		case 'c': opt->flags |= XDP_COPY; break;
		case 'k': opt->chunk = strtoul(optarg, NULL, 0); break;
		case 'F': opt->frames = strtoul(optarg, NULL, 0); break;
		case 'u': opt->unaligned = true; break;
		case 'p': opt->paged = true; break;
		case 'H': opt->huge = true; break;
		case 'g': opt->flags |= XDP_USE_SG; break;
		case 'W': opt->flags &= ~XDP_USE_NEED_WAKEUP; break;
		case 'B': opt->busy = true; break;
		case 'E': opt->starve = true; break;
		case 'L': opt->leave = true; break;
		case 'n': opt->count = strtoull(optarg, NULL, 0); break;
		case 'r': opt->rate = strtoull(optarg, NULL, 0); break;
		case 'b': opt->burst = strtoul(optarg, NULL, 0); break;
		case 's': opt->len = strtoul(optarg, NULL, 0); break;
		case 'x': opt->runts = strtoul(optarg, NULL, 0); break;
		case 'd':
			if (!ether_aton_r(optarg, &opt->dest))
				return false;
			break;
		case 'T': opt->idle_s = opt->drain_s = strtoul(optarg, NULL, 0); break;
		default: return false;
		}
	}
	return optind == argc && opt->ifname && opt->frames && opt->chunk >= 2048 &&
	       opt->len >= sizeof(struct track_head) && opt->len <= TRACK_MAX_LEN &&
	       (!opt->unaligned || opt->huge) &&
	       (!opt->paged || (opt->unaligned && opt->chunk <= PAGE));
}

int main(int argc, char **argv)
{
	static struct app app = { .opt = {
		.queues = 1, .tx_size = RING, .chunk = 4096, .frames = 2048, .flags = XDP_USE_NEED_WAKEUP,
		.count = UINT64_MAX, .rate = 1000, .len = 200, .idle_s = 60, .drain_s = 10,
	} };
	struct sigaction act = { .sa_handler = on_signal };

	if (argc < 2 || !parse(argc - 1, argv + 1, &app.opt)) {
		fputs("usage: xsk rx|tx|bind -i IF [-q QUEUE] [-Q QUEUE] [-m XSKMAP] [-z|-c] [-k CHUNK]\n"
		      "       [-F FRAMES] [-u] [-p] [-H] [-g] [-W] [-B] [-E] [-L] [-n COUNT] [-r RATE] [-b BURST]\n"
		      "       [-s LEN] [-d MAC] [-T SECONDS] [-x COUNT]\n", stderr);
		return 2;
	}
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGUSR1, &act, NULL);
	sigaction(SIGUSR2, &act, NULL);
	if (!strcmp(argv[1], "rx"))
		return run_rx(&app);
	if (!strcmp(argv[1], "tx"))
		return run_tx(&app);
	if (!strcmp(argv[1], "bind"))
		return run_bind(&app) ? 1 : 0;
	return 2;
}
