// SPDX-License-Identifier: GPL-2.0
/*
 * gxdp_mark: for tc's ingress. Takes the mark that a rule of the filter has put in
 * front of the frame, and gives it to the skb, where nft, tc and routing rules find
 * it:
 *
 *	tc qdisc add dev eth1 clsact
 *	tc filter add dev eth1 ingress bpf da obj gxdp_mark.bpf.o sec tc
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include <gxdp/filter.h>

SEC("tc")
int gxdp_mark(struct __sk_buff *skb)
{
	struct gxdp_meta *meta = (void *)(long)skb->data_meta;

	if ((void *)(meta + 1) <= (void *)(long)skb->data &&
	    meta->magic == GXDP_META_MAGIC)
		skb->mark = meta->mark;
	return TC_ACT_UNSPEC;
}

char LICENSE[] SEC("license") = "GPL";
