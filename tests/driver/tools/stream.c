// SPDX-License-Identifier: GPL-2.0
/*
 * stream: numbered frames through a network interface and the kernel's stack.
 *
 *	stream send -i IF -d MAC | -u ADDRESS[:PORT]  [-n COUNT] [-r RATE] [-s LEN] [-S ID]
 *	stream recv -i IF        | -u [ADDRESS]:PORT  [-N STREAMS] [-T SECONDS] [-v LEN]
 *
 * With -i the frames carry an EtherType of their own (0x88b5), through a packet
 * socket; with -u they are UDP over IPv4. LEN is that of the payload. A sender
 * without COUNT goes on until SIGTERM. Either way it ends its stream with frames
 * that say how many there were, so that the receiver knows of losses at the end.
 * The receiver ends with its streams, on SIGTERM, or after SECONDS without any.
 *
 * Exit codes: 0 done, 1 failed (receiver: nothing came), 2 wrong usage.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "track.h"

/*
 * Frames sent in a millisecond, however late we are: when an emulated ring
 * overflows, QEMU's hub lets later frames overtake.
 */
#define MOST_AT_ONCE	2
#define END_FRAMES	10
#define QUIET_MS	200	/* after the last stream's end: what is still on its way */

struct options {
	const char *ifname;
	struct sockaddr_in udp;
	struct ether_addr mac;
	uint64_t count, rate;
	size_t len, valid;
	uint32_t stream;
	unsigned int streams, idle_s;
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static int complain(const char *what)
{
	fprintf(stderr, "stream: %s: %s\n", what, strerror(errno));
	return 1;
}

static void nap_us(unsigned int us)
{
	struct timespec ts = { .tv_nsec = us * 1000L };

	nanosleep(&ts, NULL);
}

static struct sockaddr_ll link_address(const struct options *opt)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(TRACK_ETHERTYPE),
		.sll_ifindex = opt->ifname ? if_nametoindex(opt->ifname) : 0,
		.sll_halen = ETH_ALEN,
	};

	memcpy(ll.sll_addr, &opt->mac, ETH_ALEN);
	return ll;
}

static int open_socket(const struct options *opt)
{
	int fd, big = 64 << 20;

	if (opt->ifname)
		fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	else
		fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	return fd;
}

/* Nobody's fault: the interface has no room, or is not there just now. */
static bool passing(int err)
{
	return err == ENOBUFS || err == EAGAIN || err == ENETDOWN || err == ENETUNREACH ||
	       err == ECONNREFUSED || err == EHOSTUNREACH;
}

static int send_one(int fd, const struct options *opt, uint64_t seq, uint64_t total)
{
	struct sockaddr_ll ll = link_address(opt);
	static uint8_t payload[TRACK_MAX_LEN];

	track_fill(payload, opt->len, opt->stream, seq, total);
	if (opt->ifname)
		return sendto(fd, payload, opt->len, 0, (struct sockaddr *)&ll, sizeof(ll));
	return sendto(fd, payload, opt->len, 0, (const struct sockaddr *)&opt->udp,
		      sizeof(opt->udp));
}

static int run_sender(const struct options *opt)
{
	uint64_t start = track_now_us(), rate = track_rate(opt->rate), seq = 0, refused = 0;
	int fd = open_socket(opt);
	unsigned int i;

	if (fd < 0)
		return complain("no socket");
	while (!stop && seq < opt->count) {
		uint64_t due = (track_now_us() - start) * rate / 1000000 + 1;

		for (i = 0; i < MOST_AT_ONCE && seq < due && seq < opt->count && !stop; i++) {
			if (send_one(fd, opt, seq, 0) >= 0) {
				seq++;
				continue;
			}
			if (!passing(errno))
				return complain("sending");
			refused++;
			break;
		}
		nap_us(1000);
	}
	for (i = 0; i < END_FRAMES; i++) {
		send_one(fd, opt, 0, seq);
		nap_us(20000);
	}
	printf("sent=%" PRIu64 " refused=%" PRIu64 " ms=%" PRIu64 "\n", seq, refused,
	       (track_now_us() - start) / 1000);
	return 0;
}

static int bind_receiver(int fd, const struct options *opt)
{
	struct sockaddr_ll ll = link_address(opt);

	if (opt->ifname)
		return bind(fd, (struct sockaddr *)&ll, sizeof(ll));
	return bind(fd, (const struct sockaddr *)&opt->udp, sizeof(opt->udp));
}

static void receive(int fd, struct tracker *t)
{
	static uint8_t payload[TRACK_MAX_LEN];
	ssize_t len;

	while ((len = recv(fd, payload, sizeof(payload), MSG_DONTWAIT | MSG_TRUNC)) >= 0)
		if ((size_t)len <= sizeof(payload))
			track_take(t, payload, len);
}

static int run_receiver(const struct options *opt)
{
	struct tracker t = { .valid = opt->valid };
	uint64_t idle = 0, limit = opt->idle_s * 1000ULL;
	struct pollfd pfd = { .events = POLLIN };

	pfd.fd = open_socket(opt);
	if (pfd.fd < 0 || bind_receiver(pfd.fd, opt))
		return complain("no socket to receive on");
	puts("ready");
	fflush(stdout);
	while (!stop && idle < limit) {
		int n = poll(&pfd, 1, QUIET_MS);

		if (n > 0 && (pfd.revents & POLLIN)) {
			receive(pfd.fd, &t);
			idle = 0;
			continue;
		}
		if (track_ended(&t) >= opt->streams)
			break;
		/* an interface that went down leaves an error behind; go on */
		if (n > 0) {
			int err;
			socklen_t size = sizeof(err);

			getsockopt(pfd.fd, SOL_SOCKET, SO_ERROR, &err, &size);
			nap_us(1000);
		}
		idle += QUIET_MS;
	}
	receive(pfd.fd, &t);
	return track_print(&t);
}

static bool parse_udp(const char *text, struct sockaddr_in *in)
{
	char address[INET_ADDRSTRLEN] = "0.0.0.0";
	unsigned int port = 7777;
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);

	if (len >= sizeof(address))
		return false;
	if (len) {
		memcpy(address, text, len);
		address[len] = 0;
	}
	if (colon)
		port = strtoul(colon + 1, NULL, 10);
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	return inet_pton(AF_INET, address, &in->sin_addr) == 1 && port && port < 65536;
}

static bool parse_mac(const char *text, struct ether_addr *mac)
{
	return ether_aton_r(text, mac);
}

static bool parse(int argc, char **argv, struct options *opt)
{
	int c;

	while ((c = getopt(argc, argv, "i:u:d:n:r:s:S:N:T:v:")) != -1) {
		switch (c) {
		case 'i': opt->ifname = optarg; break;
		case 'u':
			if (!parse_udp(optarg, &opt->udp))
				return false;
			break;
		case 'd':
			if (!parse_mac(optarg, &opt->mac))
				return false;
			break;
		case 'n': opt->count = strtoull(optarg, NULL, 0); break;
		case 'r': opt->rate = strtoull(optarg, NULL, 0); break;
		case 's': opt->len = strtoul(optarg, NULL, 0); break;
		case 'S': opt->stream = strtoul(optarg, NULL, 0); break;
		case 'N': opt->streams = strtoul(optarg, NULL, 0); break;
		case 'T': opt->idle_s = strtoul(optarg, NULL, 0); break;
		case 'v': opt->valid = strtoul(optarg, NULL, 0); break;
		default: return false;
		}
	}
	if (opt->ifname && !if_nametoindex(opt->ifname)) {
		complain(opt->ifname);
		return false;
	}
	return optind == argc && (opt->ifname || opt->udp.sin_port) &&
	       opt->len >= sizeof(struct track_head) && opt->len <= TRACK_MAX_LEN;
}

int main(int argc, char **argv)
{
	struct options opt = { .count = UINT64_MAX, .rate = 1000, .len = 200, .stream = 1,
			       .streams = 1, .idle_s = 60 };
	struct sigaction act = { .sa_handler = on_signal };

	if (argc < 2 || !parse(argc - 1, argv + 1, &opt)) {
		fputs("usage: stream send -i IF -d MAC | -u ADDRESS[:PORT] [-n COUNT] [-r RATE] [-s LEN] [-S ID]\n"
		      "       stream recv -i IF | -u [ADDRESS]:PORT [-N STREAMS] [-T SECONDS] [-v LEN]\n",
		      stderr);
		return 2;
	}
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	if (!strcmp(argv[1], "send"))
		return run_sender(&opt);
	return run_receiver(&opt);
}
