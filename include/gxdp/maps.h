/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Layout of the maps of the stand-alone BPF objects, shared by the programs,
 * the loader and the tests. The member names are what `bpftool map dump`
 * prints, so they are an interface: rename with care.
 *
 * Everything here is in host byte order.
 */
#ifndef GXDP_MAPS_H
#define GXDP_MAPS_H

#include <linux/types.h>

struct gxdp_count {
	__u64 packets;
	__u64 bytes;
};

/*
 * What a frame is, in the order of the counters of drop. One list makes both
 * the index (enum gxdp_class) and the named members, so they cannot part.
 *
 * *_fragment is a fragment other than the first, whose ports are elsewhere;
 * truncated means that the frame, or its IP datagram, ends inside a header;
 * malformed, that a header contradicts itself; ipv6_deep, that there are more
 * extension headers than the parser follows.
 */
#define GXDP_CLASSES(X)		\
	X(arp)			\
	X(ipv4_tcp)		\
	X(ipv4_udp)		\
	X(ipv4_icmp)		\
	X(ipv4_sctp)		\
	X(ipv4_other)		\
	X(ipv4_fragment)	\
	X(ipv6_tcp)		\
	X(ipv6_udp)		\
	X(ipv6_icmp)		\
	X(ipv6_sctp)		\
	X(ipv6_other)		\
	X(ipv6_fragment)	\
	X(ipv6_deep)		\
	X(other)		\
	X(truncated)		\
	X(malformed)

#define GXDP_CLASS_ENUM(name)	GXDP_CLASS_##name,
#define GXDP_CLASS_MEMBER(name)	struct gxdp_count name;

enum gxdp_class {
	GXDP_CLASSES(GXDP_CLASS_ENUM)
	GXDP_CLASS_MAX
};

/* drop: map drop_counters, per CPU, one entry */
struct gxdp_drop_counters {
	GXDP_CLASSES(GXDP_CLASS_MEMBER)
};

/* reflect: map reflect_stats, per CPU, one entry */
struct gxdp_reflect_stats {
	struct gxdp_count reflected;	/* sent back by XDP_TX */
	struct gxdp_count echo_reply;	/* of these: ping answered */
	struct gxdp_count neighbour;	/* ARP, ND: left to the stack */
	struct gxdp_count multicast;	/* group address: left to the stack */
	struct gxdp_count unreadable;	/* bad or out-of-reach headers: stack */
};

/* xsk_steer: which frames go to AF_XDP */
enum gxdp_steer_what {
	STEER_DEFAULT,		/* as steer_default in .rodata says */
	STEER_ALL,		/* every frame of a queue that has a socket */
	STEER_PORTS,		/* TCP or UDP to a destination port in the range */
	STEER_NOTHING,		/* no frame */
};

/* xsk_steer: map steer_config, one entry; may be changed at any time */
struct gxdp_steer_config {
	enum gxdp_steer_what what;
	__u16 port_first;
	__u16 port_last;	/* 0: port_first alone */
	__u8 udp;		/* take UDP; neither udp nor tcp: both */
	__u8 tcp;		/* take TCP */
	__u16 reserved;
};

/* xsk_steer: map steer_counters, per CPU, one entry */
struct gxdp_steer_counters {
	struct gxdp_count to_socket;
	struct gxdp_count to_stack;	/* not asked for */
	struct gxdp_count no_socket;	/* asked for, but none on this queue */
};

#endif /* GXDP_MAPS_H */
