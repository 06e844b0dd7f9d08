// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <string.h>

#include "frames.h"

#define MAX_FRAMES 64

struct frame frames[MAX_FRAMES];
int nr_frames;

static const uint8_t our_mac[] = { 0x02, 0, 0, 0, 0, 0x01 };
static const uint8_t their_mac[] = { 0x02, 0, 0, 0, 0, 0x02 };
static const uint8_t group_mac[] = { 0x01, 0, 0x5e, 0, 0, 0x05 };
static const uint8_t our_ip[] = { 10, 0, 0, 1 };
static const uint8_t their_ip[] = { 10, 0, 0, 2 };
static const uint8_t our_ip6[16] = { 0xfd, [15] = 1 };
static const uint8_t their_ip6[16] = { 0xfd, [15] = 2 };

/* --- bytes ----------------------------------------------------------------- */

static void put(struct frame *f, const void *bytes, int n)
{
	memcpy(f->data + f->len, bytes, n);
	f->len += n;
}

static void put8(struct frame *f, uint8_t v)
{
	f->data[f->len++] = v;
}

static void put16(struct frame *f, uint16_t v)
{
	put8(f, v >> 8);
	put8(f, v);
}

static void put32(struct frame *f, uint32_t v)
{
	put16(f, v >> 16);
	put16(f, v);
}

static void set16(struct frame *f, int off, uint16_t v)
{
	f->data[off] = v >> 8;
	f->data[off + 1] = v;
}

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t sum_bytes(uint32_t sum, const uint8_t *p, int n)
{
	for (; n > 1; p += 2, n -= 2)
		sum += get16(p);
	if (n)
		sum += p[0] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* --- checksums --------------------------------------------------------------- */

/* Where in the transport header the checksum is; -1: none we know */
static int checksum_offset(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return 16;
	case IPPROTO_UDP:
		return 6;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return 2;
	default:
		return -1;
	}
}

/* Sum over pseudo header and datagram: 0xffff when the checksum is right */
static uint16_t l4_sum(const struct frame *f, const uint8_t *data, int len)
{
	bool v6 = data[f->ip] >> 4 == 6;
	uint32_t sum = 0;

	if (f->proto != IPPROTO_ICMP) {
		sum = sum_bytes(sum, data + f->ip + (v6 ? 8 : 12),
				v6 ? 32 : 8);
		sum += f->proto + len - f->l4;
	}
	return fold(sum_bytes(sum, data + f->l4, len - f->l4));
}

bool checksums_right(const struct frame *f, const uint8_t *data, int len)
{
	if (!f->ip)
		return true;
	if (data[f->ip] >> 4 == 4 &&
	    fold(sum_bytes(0, data + f->ip, (data[f->ip] & 15) * 4)) != 0xffff)
		return false;
	if (!f->l4 || checksum_offset(f->proto) < 0)
		return true;
	return l4_sum(f, data, len) == 0xffff;
}

/* Lengths and checksums, once the frame is whole */
static void complete(struct frame *f)
{
	bool v6 = f->data[f->ip] >> 4 == 6;
	int at;

	if (v6) {
		set16(f, f->ip + 4, f->len - f->ip - 40);
	} else {
		set16(f, f->ip + 2, f->len - f->ip);
		set16(f, f->ip + 10, 0);
		set16(f, f->ip + 10, ~fold(sum_bytes(0, f->data + f->ip,
					   (f->data[f->ip] & 15) * 4)));
	}
	at = f->l4 ? checksum_offset(f->proto) : -1;
	if (at < 0)
		return;
	if (f->proto == IPPROTO_UDP)
		set16(f, f->l4 + 4, f->len - f->l4);
	set16(f, f->l4 + at, 0);
	set16(f, f->l4 + at, ~l4_sum(f, f->data, f->len));
}

/* --- headers ------------------------------------------------------------------ */

static struct frame *start(const char *name, enum gxdp_class class,
			   enum reflection reflection, const uint8_t *dst,
			   uint16_t ethertype)
{
	struct frame *f = &frames[nr_frames++];

	f->name = name;
	f->class = class;
	f->reflection = reflection;
	put(f, dst, 6);
	put(f, their_mac, 6);
	put16(f, ethertype);
	f->headers = f->len;
	return f;
}

/* A tag in front of @ethertype; the outer type is there already */
static void tag(struct frame *f, uint16_t vid, uint16_t ethertype)
{
	put16(f, vid);
	put16(f, ethertype);
	f->headers = f->len;
}

static void ipv4(struct frame *f, uint8_t proto, uint16_t frag, int options)
{
	f->ip = f->len;
	f->proto = proto;
	put8(f, 0x40 | (5 + options / 4));
	put8(f, 0);
	put16(f, 0);
	put16(f, 0x1234);
	put16(f, frag);
	put8(f, 64);
	put8(f, proto);
	put16(f, 0);
	put(f, their_ip, 4);
	put(f, our_ip, 4);
	f->headers = f->len;
	for (; options; options--)
		put8(f, 1);
}

static void ipv6(struct frame *f, uint8_t next)
{
	f->ip = f->len;
	f->proto = next;
	put32(f, 0x60000000);
	put16(f, 0);
	put8(f, next);
	put8(f, 64);
	put(f, their_ip6, 16);
	put(f, our_ip6, 16);
	f->headers = f->len;
}

/* A header of 8 + 8 * @more bytes that says what comes @next */
static void ext(struct frame *f, uint8_t next, int more)
{
	f->proto = next;
	put8(f, next);
	put8(f, more);
	f->headers = f->len;
	for (more = 6 + 8 * more; more; more--)
		put8(f, 0);
}

/* An authentication header counts in words of four bytes, less two. */
static void auth(struct frame *f, uint8_t next)
{
	f->proto = next;
	put8(f, next);
	put8(f, 4);
	f->headers = f->len;
	memset(f->data + f->len, 0, 22);
	f->len += 22;
}

static void ipv6_frag(struct frame *f, uint8_t next, uint16_t bits)
{
	f->proto = next;
	put8(f, next);
	put8(f, 0);
	put16(f, bits);
	put32(f, 0x12345678);
	f->headers = f->len;
}

static void l4(struct frame *f, int header)
{
	f->l4 = f->len;
	f->headers = f->len + header;
}

static void tcp(struct frame *f, uint16_t dport)
{
	l4(f, 20);
	put16(f, 40000);
	put16(f, dport);
	put32(f, 1);
	put32(f, 2);
	put16(f, 0x5010);
	put16(f, 1000);
	put32(f, 0);
	f->dport = dport;
	f->swaps_ports = true;
}

static void udp(struct frame *f, uint16_t dport)
{
	l4(f, 8);
	put16(f, 40000);
	put16(f, dport);
	put32(f, 0);
	f->dport = dport;
	f->swaps_ports = true;
}

static void sctp(struct frame *f, uint16_t dport)
{
	l4(f, 12);
	put16(f, 40000);
	put16(f, dport);
	put32(f, 0xdeadbeef);
	put32(f, 0xcafebabe);
	f->dport = dport;
}

static void icmp(struct frame *f, uint8_t type)
{
	l4(f, 8);
	put8(f, type);
	put8(f, 0);
	put16(f, 0);
	put32(f, 0x00010002);
}

static void payload(struct frame *f, int n)
{
	while (n--)
		put8(f, n * 7);
}

static void end(struct frame *f)
{
	payload(f, 23);
	complete(f);
}

/* --- the frames -------------------------------------------------------------- */

#define V4(name, class, reflection) \
	start(name, GXDP_CLASS_##class, reflection, our_mac, 0x0800)
#define V6(name, class, reflection) \
	start(name, GXDP_CLASS_##class, reflection, our_mac, 0x86dd)

/* Choose the echo's identifier so that its checksum becomes @want */
static void force_checksum(struct frame *f, uint16_t want)
{
	set16(f, f->l4 + 4, 0);
	complete(f);
	set16(f, f->l4 + 4, fold((uint16_t)~want + get16(f->data + f->l4 + 2)));
	complete(f);
}

static void build_ethernet(void)
{
	struct frame *f;

	f = start("ARP", GXDP_CLASS_arp, STAY_NEIGHBOUR, our_mac, 0x0806);
	payload(f, 46);
	f = start("unknown EtherType", GXDP_CLASS_other, BACK, our_mac, 0x88b5);
	payload(f, 46);
	f = start("802.3 length", GXDP_CLASS_other, BACK, our_mac, 46);
	payload(f, 46);
	f = start("multicast MAC", GXDP_CLASS_other, STAY_MULTICAST, group_mac,
		  0x88b5);
	payload(f, 46);
	f = start("multicast sender", GXDP_CLASS_other, STAY_MULTICAST, our_mac,
		  0x88b5);
	f->data[6] |= 1;
	payload(f, 46);
	f = start("ARP in a VLAN", GXDP_CLASS_arp, STAY_NEIGHBOUR, our_mac,
		  0x8100);
	tag(f, 5, 0x0806);
	payload(f, 46);
	f = start("three tags", GXDP_CLASS_other, BACK, our_mac, 0x88a8);
	tag(f, 5, 0x8100);
	tag(f, 6, 0x8100);
	payload(f, 46);
}

static void build_ipv4(void)
{
	struct frame *f;

	f = V4("TCP", ipv4_tcp, BACK);
	ipv4(f, IPPROTO_TCP, 0, 0);
	tcp(f, 80);
	end(f);
	f = V4("UDP", ipv4_udp, BACK);
	ipv4(f, IPPROTO_UDP, 0x4000, 0);
	udp(f, 53);
	end(f);
	f = V4("UDP behind IP options", ipv4_udp, BACK);
	ipv4(f, IPPROTO_UDP, 0, 40);
	udp(f, 53);
	end(f);
	f = V4("SCTP", ipv4_sctp, BACK);
	ipv4(f, IPPROTO_SCTP, 0, 0);
	sctp(f, 3868);
	end(f);
	f = V4("ping", ipv4_icmp, BACK_ECHO);
	ipv4(f, IPPROTO_ICMP, 0, 0);
	icmp(f, 8);
	end(f);
	f = V4("ping whose reply's checksum is 0", ipv4_icmp, BACK_ECHO);
	ipv4(f, IPPROTO_ICMP, 0, 0);
	icmp(f, 8);
	end(f);
	force_checksum(f, 0xf7ff);
	f = V4("ping reply", ipv4_icmp, BACK);
	ipv4(f, IPPROTO_ICMP, 0, 0);
	icmp(f, 0);
	end(f);
	f = V4("GRE", ipv4_other, BACK);
	ipv4(f, 47, 0, 0);
	end(f);
	f = V4("ICMPv6 in IPv4", ipv4_other, BACK);
	ipv4(f, IPPROTO_ICMPV6, 0, 0);
	end(f);
	f = V4("first fragment", ipv4_udp, BACK);
	ipv4(f, IPPROTO_UDP, 0x2000, 0);
	udp(f, 53);
	end(f);
	f = V4("later fragment", ipv4_fragment, BACK);
	ipv4(f, IPPROTO_UDP, 0x0010, 0);
	end(f);
	f = V4("to a multicast address", ipv4_udp, STAY_MULTICAST);
	ipv4(f, IPPROTO_UDP, 0, 0);
	f->data[f->ip + 16] = 239;
	udp(f, 53);
	end(f);
	f = V4("from no address", ipv4_udp, STAY_MULTICAST);
	ipv4(f, IPPROTO_UDP, 0, 0);
	memset(f->data + f->ip + 12, 0, 4);
	udp(f, 53);
	end(f);
	f = start("UDP in a VLAN", GXDP_CLASS_ipv4_udp, BACK, our_mac, 0x8100);
	tag(f, 5, 0x0800);
	ipv4(f, IPPROTO_UDP, 0, 0);
	udp(f, 53);
	end(f);
	f = start("TCP in two VLANs", GXDP_CLASS_ipv4_tcp, BACK, our_mac,
		  0x88a8);
	tag(f, 5, 0x8100);
	tag(f, 6, 0x0800);
	ipv4(f, IPPROTO_TCP, 0, 0);
	tcp(f, 80);
	end(f);
}

static void build_ipv4_broken(void)
{
	struct frame *f;

	f = V4("IP header of 16 bytes", malformed, STAY_UNREADABLE);
	ipv4(f, IPPROTO_UDP, 0, 0);
	udp(f, 53);
	end(f);
	f->data[f->ip] = 0x44;
	f->headers = f->ip + 20;
	f = V4("version 5", malformed, STAY_UNREADABLE);
	ipv4(f, IPPROTO_UDP, 0, 0);
	udp(f, 53);
	end(f);
	f->data[f->ip] = 0x55;
	f->headers = f->ip + 20;
	f = V4("shorter than its header", malformed, STAY_UNREADABLE);
	ipv4(f, IPPROTO_UDP, 0, 0);
	udp(f, 53);
	end(f);
	set16(f, f->ip + 2, 19);
	f->headers = f->ip + 20;
	/* the bytes are there, but they are padding */
	f = V4("ports in the padding", truncated, STAY_UNREADABLE);
	ipv4(f, IPPROTO_UDP, 0, 0);
	udp(f, 53);
	end(f);
	set16(f, f->ip + 2, 20 + 7);
	f->headers = f->ip + 20;
	f = V4("TCP header of 16 bytes", malformed, STAY_UNREADABLE);
	ipv4(f, IPPROTO_TCP, 0, 0);
	tcp(f, 80);
	f->data[f->l4 + 12] = 0x40;
	end(f);
}

static void build_ipv6(void)
{
	struct frame *f;

	f = V6("TCP6", ipv6_tcp, BACK);
	ipv6(f, IPPROTO_TCP);
	tcp(f, 80);
	end(f);
	f = V6("UDP6", ipv6_udp, BACK);
	ipv6(f, IPPROTO_UDP);
	udp(f, 53);
	end(f);
	f = V6("SCTP6", ipv6_sctp, BACK);
	ipv6(f, IPPROTO_SCTP);
	sctp(f, 3868);
	end(f);
	f = V6("ping6", ipv6_icmp, BACK_ECHO);
	ipv6(f, IPPROTO_ICMPV6);
	icmp(f, 128);
	end(f);
	f = V6("ping6 whose reply's checksum carries twice", ipv6_icmp,
	       BACK_ECHO);
	ipv6(f, IPPROTO_ICMPV6);
	icmp(f, 128);
	end(f);
	force_checksum(f, 0x00ff);
	f = V6("neighbour solicitation", ipv6_icmp, STAY_NEIGHBOUR);
	ipv6(f, IPPROTO_ICMPV6);
	icmp(f, 135);
	end(f);
	f = V6("ICMP in IPv6", ipv6_other, BACK);
	ipv6(f, IPPROTO_ICMP);
	f->proto = 59;
	payload(f, 20);
	complete(f);
	f = V6("no next header", ipv6_other, BACK);
	ipv6(f, 59);
	complete(f);
	f = V6("to a multicast group", ipv6_udp, STAY_MULTICAST);
	ipv6(f, IPPROTO_UDP);
	f->data[f->ip + 24] = 0xff;
	udp(f, 53);
	end(f);
	f = V6("from the unspecified address", ipv6_udp, STAY_MULTICAST);
	ipv6(f, IPPROTO_UDP);
	memset(f->data + f->ip + 8, 0, 16);
	udp(f, 53);
	end(f);
	f = start("UDP6 in two VLANs", GXDP_CLASS_ipv6_udp, BACK, our_mac,
		  0x8100);
	tag(f, 5, 0x8100);
	tag(f, 6, 0x86dd);
	ipv6(f, IPPROTO_UDP);
	udp(f, 53);
	end(f);
	f = V6("version 4", malformed, STAY_UNREADABLE);
	ipv6(f, IPPROTO_UDP);
	udp(f, 53);
	end(f);
	f->data[f->ip] = 0x40;
	f->headers = f->ip + 40;
}

static void build_ipv6_extensions(void)
{
	struct frame *f;
	int i;

	f = V6("hop-by-hop, destination, routing, UDP", ipv6_udp, BACK);
	ipv6(f, IPPROTO_HOPOPTS);
	ext(f, IPPROTO_DSTOPTS, 0);
	ext(f, IPPROTO_ROUTING, 3);
	ext(f, IPPROTO_UDP, 1);
	udp(f, 53);
	end(f);
	f = V6("authentication header, TCP", ipv6_tcp, BACK);
	ipv6(f, IPPROTO_AH);
	auth(f, IPPROTO_TCP);
	tcp(f, 80);
	end(f);
	f = V6("eight extension headers", ipv6_udp, BACK);
	ipv6(f, IPPROTO_DSTOPTS);
	for (i = 0; i < 7; i++)
		ext(f, IPPROTO_DSTOPTS, 0);
	ext(f, IPPROTO_UDP, 0);
	udp(f, 53);
	end(f);
	f = V6("nine extension headers", ipv6_deep, STAY_UNREADABLE);
	ipv6(f, IPPROTO_DSTOPTS);
	for (i = 0; i < 8; i++)
		ext(f, IPPROTO_DSTOPTS, 0);
	ext(f, IPPROTO_UDP, 0);
	/* given up at the ninth, so all that counts is up to the eighth */
	f->headers -= 8;
	udp(f, 53);
	f->headers = f->l4 - 14;
	end(f);
	f = V6("first fragment 6", ipv6_udp, BACK);
	ipv6(f, IPPROTO_FRAGMENT);
	ipv6_frag(f, IPPROTO_UDP, 0x0001);
	udp(f, 53);
	end(f);
	f = V6("later fragment 6", ipv6_fragment, BACK);
	ipv6(f, IPPROTO_FRAGMENT);
	ipv6_frag(f, IPPROTO_UDP, 0x0100);
	end(f);
	f = V6("later fragment 6, eight bytes on", ipv6_fragment, BACK);
	ipv6(f, IPPROTO_FRAGMENT);
	ipv6_frag(f, IPPROTO_UDP, 0x0009);
	end(f);
	f = V6("atomic fragment", ipv6_udp, BACK);
	ipv6(f, IPPROTO_FRAGMENT);
	ipv6_frag(f, IPPROTO_UDP, 0);
	udp(f, 53);
	end(f);
	f = V6("extension past the datagram", truncated, STAY_UNREADABLE);
	ipv6(f, IPPROTO_DSTOPTS);
	ext(f, IPPROTO_UDP, 30);
	f->l4 = 0;
	complete(f);
	f->headers = f->ip + 40;
	f = V6("ESP", ipv6_other, BACK);
	ipv6(f, 50);
	end(f);
}

/* Larger than any buffer: only the xdp.frags programs can be given it */
static void build_jumbo(void)
{
	struct frame *f;

	f = V4("jumbo UDP", ipv4_udp, BACK);
	ipv4(f, IPPROTO_UDP, 0, 0);
	udp(f, 53);
	payload(f, 8900);
	complete(f);
}

void frames_build(void)
{
	build_ethernet();
	build_ipv4();
	build_ipv4_broken();
	build_ipv6();
	build_ipv6_extensions();
	build_jumbo();
}
