// SPDX-License-Identifier: GPL-2.0
/*
 * xsk_meta: send frames with transmit metadata from an AF_XDP socket, zero-copy.
 *
 *	xsk_meta -i IF [-q QUEUE] [-b BATCH]
 *
 * Reads a frame from each line of standard input:
 *
 *	FLAGS CSUM_START CSUM_OFFSET HEX[,HEX]...
 *
 * FLAGS is "-" for a frame without metadata, else a number (XDP_TXMD_FLAGS_*); the
 * pieces of HEX lie in a umem buffer each. BATCH frames (1) are queued between two
 * wake-ups. Prints "frame=N stamp=NS" when a frame has completed: what was found where
 * the kernel writes the time, 0 if it asked for none.
 *
 * Exit codes: 0 all completed, 1 failed, 2 wrong usage.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_xdp.h>
#include <xdp/xsk.h>

#define RING		256
#define CHUNK		4096
#define CHUNKS		256
#define HEADROOM	256	/* of each chunk; the metadata lie at its end */
#define PIECES		8	/* of a frame, at most */
#define LINE		(64 << 10)
#define WAIT_MS		20000

struct app {
	const char *ifname;
	unsigned int queue, batch;
	uint8_t *area;
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons comp;
	unsigned int next_chunk, outstanding;
};

/* A frame on its way. */
struct frame {
	unsigned int number;
	bool asked;	/* for its time */
	const struct xsk_tx_metadata *meta;
};

static int complain(const char *what, int err)
{
	fprintf(stderr, "xsk_meta: %s: %s\n", what, strerror(err < 0 ? -err : err));
	return -1;
}

static int open_socket(struct app *app)
{
	const size_t size = (size_t)CHUNKS * CHUNK;
	struct xsk_umem_opts umem = {
		.sz = sizeof(umem),
		.size = size,
		.fill_size = RING,
		.comp_size = RING,
		.frame_size = CHUNK,
		.flags = XDP_UMEM_TX_METADATA_LEN,
		.tx_metadata_len = sizeof(struct xsk_tx_metadata),
	};
	const struct xsk_socket_config cfg = {
		.tx_size = RING,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_ZEROCOPY | XDP_USE_NEED_WAKEUP | XDP_USE_SG,
	};
	int err;

	app->area = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (app->area == MAP_FAILED)
		return complain("no memory for the umem", errno);
	app->umem = xsk_umem__create_opts(app->area, &app->fill, &app->comp, &umem);
	if (!app->umem)
		return complain("creating the umem", errno);
	err = xsk_socket__create(&app->xsk, app->ifname, app->queue, app->umem, NULL, &app->tx,
				 &cfg);
	return err ? complain("binding the socket", err) : 0;
}

/* The bytes of one piece into a chunk; -1 if HEX is not that. */
static int unhex(const char *hex, uint8_t *to)
{
	size_t len = strlen(hex), i;
	unsigned int byte;

	if (len % 2 || len / 2 > CHUNK - HEADROOM)
		return -1;
	for (i = 0; i < len; i += 2) {
		if (sscanf(hex + i, "%2x", &byte) != 1)
			return -1;
		*to++ = byte;
	}
	return len / 2;
}

/* Queue the pieces; the first has the metadata. */
static int queue_pieces(struct app *app, char *hex, struct xsk_tx_metadata *meta,
			struct frame *frame)
{
	char *save = NULL, *piece = strtok_r(hex, ",", &save);
	struct xdp_desc descs[PIECES], *desc;
	uint32_t idx, n = 0, i;

	for (; piece; piece = strtok_r(NULL, ",", &save), n++) {
		uint64_t addr = (uint64_t)(app->next_chunk++ % CHUNKS) * CHUNK + HEADROOM;
		int len = unhex(piece, app->area + addr);

		if (len < 0 || n == PIECES)
			return complain("a line that is no frame", EINVAL);
		descs[n] = (struct xdp_desc){ .addr = addr, .len = len, .options = XDP_PKT_CONTD };
	}
	if (!n || xsk_ring_prod__reserve(&app->tx, n, &idx) != n)
		return complain("the transmit ring", ENOSPC);
	descs[n - 1].options = 0;
	if (meta) {
		frame->meta = (void *)(app->area + descs[0].addr - sizeof(*meta));
		memcpy(app->area + descs[0].addr - sizeof(*meta), meta, sizeof(*meta));
		descs[0].options |= XDP_TX_METADATA;
	}
	for (i = 0; i < n; i++) {
		desc = xsk_ring_prod__tx_desc(&app->tx, idx + i);
		*desc = descs[i];
	}
	xsk_ring_prod__submit(&app->tx, n);
	app->outstanding += n;
	return 0;
}

static int queue_line(struct app *app, char *line, struct frame *frame)
{
	struct xsk_tx_metadata meta = {};
	unsigned int start, offset;
	char flags[32];
	int at = 0;

	if (sscanf(line, "%31s %u %u %n", flags, &start, &offset, &at) != 3 || !at)
		return complain("a line that is no frame", EINVAL);
	line[strcspn(line, "\n")] = '\0';
	frame->asked = false;
	if (!strcmp(flags, "-"))
		return queue_pieces(app, line + at, NULL, frame);
	meta.flags = strtoull(flags, NULL, 0);
	meta.request.csum_start = start;
	meta.request.csum_offset = offset;
	frame->asked = meta.flags & XDP_TXMD_FLAGS_TIMESTAMP;
	return queue_pieces(app, line + at, &meta, frame);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/* Wake the driver and wait until all of it has completed. */
static int complete(struct app *app)
{
	uint64_t until = now_ms() + WAIT_MS;
	uint32_t idx, n;

	while (app->outstanding) {
		const struct timespec nap = { .tv_nsec = 500000 };

		if (xsk_ring_prod__needs_wakeup(&app->tx))
			sendto(xsk_socket__fd(app->xsk), NULL, 0, MSG_DONTWAIT, NULL, 0);
		n = xsk_ring_cons__peek(&app->comp, RING, &idx);
		if (n)
			xsk_ring_cons__release(&app->comp, n);
		app->outstanding -= n;
		if (!app->outstanding)
			break;
		if (now_ms() > until)
			return complain("frames do not complete", ETIMEDOUT);
		nanosleep(&nap, NULL);
	}
	return 0;
}

static int run(struct app *app)
{
	static char line[LINE];
	struct frame frames[RING];
	unsigned int number = 0, n, i;
	bool more = true;

	while (more) {
		for (n = 0; n < app->batch; n++) {
			more = fgets(line, sizeof(line), stdin);
			if (!more)
				break;
			frames[n].number = number++;
			if (queue_line(app, line, &frames[n]))
				return 1;
		}
		if (complete(app))
			return 1;
		for (i = 0; i < n; i++)
			printf("frame=%u stamp=%" PRIu64 "\n", frames[i].number,
			       frames[i].asked ? (uint64_t)frames[i].meta->completion.tx_timestamp : 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct app app = { .batch = 1 };
	int c, status;

	while ((c = getopt(argc, argv, "i:q:b:")) != -1) {
		switch (c) {
		case 'i': app.ifname = optarg; break;
		case 'q': app.queue = strtoul(optarg, NULL, 0); break;
		case 'b': app.batch = strtoul(optarg, NULL, 0); break;
		default: app.batch = 0;
		}
	}
	if (optind != argc || !app.ifname || !app.batch || app.batch > RING / PIECES) {
		fputs("usage: xsk_meta -i IF [-q QUEUE] [-b BATCH (1 to 32)] <FRAMES\n", stderr);
		return 2;
	}
	if (open_socket(&app))
		return 1;
	status = run(&app);
	xsk_socket__delete(app.xsk);
	xsk_umem__delete(app.umem);
	return status;
}
