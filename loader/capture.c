// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "gxdp.h"

struct capture {
	const char *in_name, *out_name;
	pcap_t *in;
	pcap_t *like;		/* what the output is like */
	pcap_dumper_t *out;
};

static int open_in(struct capture *c)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int link;

	c->in = pcap_open_offline(c->in_name, why);
	if (!c->in) {
		fail(GX_NOT_FOUND, "cannot read the capture %s", c->in_name);
		fail_reason("%s", why);
		return GX_NOT_FOUND;
	}
	link = pcap_datalink(c->in);
	if (link == DLT_EN10MB)
		return GX_OK;
	fail(GX_FAILED, "%s holds no Ethernet frames", c->in_name);
	fail_reason("its link type is %s", pcap_datalink_val_to_name(link) ?:
		    "unknown");
	fail_hint("capture on an Ethernet device, not on \"any\" or a tunnel");
	return GX_FAILED;
}

/* pcap opens files by itself: "-" is standard input */
static bool is_same_file(const struct capture *c)
{
	struct stat in, out;

	if ((strcmp(c->in_name, "-") ? stat(c->in_name, &in) : fstat(STDIN_FILENO, &in)) ||
	    stat(c->out_name, &out))
		return false;
	return S_ISREG(in.st_mode) && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

static int open_out(struct capture *c)
{
	if (is_same_file(c)) {
		fail(GX_USAGE, "%s is the capture that is read, and cannot be written too",
		     c->out_name);
		fail_hint("give --pcap-out another file");
		return GX_USAGE;
	}
	c->like = pcap_open_dead(DLT_EN10MB, CAPTURE_FRAME_MAX);
	if (c->like)
		c->out = pcap_dump_open(c->like, c->out_name);
	if (c->out)
		return GX_OK;
	fail(GX_FAILED, "cannot write the capture %s", c->out_name);
	fail_reason("%s", c->like ? pcap_geterr(c->like) : strerror(errno));
	return GX_FAILED;
}

int capture_open(const char *in, const char *out, struct capture **capture)
{
	struct capture *c = calloc(1, sizeof(*c));
	int ret;

	if (!c)
		return fail(GX_FAILED, "out of memory");
	c->in_name = in;
	c->out_name = out;
	ret = open_in(c);
	if (!ret && out)
		ret = open_out(c);
	if (ret)
		capture_close(c);
	else
		*capture = c;
	return ret;
}

int capture_next(struct capture *c, struct capture_frame *frame)
{
	struct pcap_pkthdr *head;
	const unsigned char *data;
	int ret;

	ret = pcap_next_ex(c->in, &head, &data);
	if (ret == 1) {
		frame->data = data;
		frame->len = head->caplen;
		frame->cut = head->caplen < head->len;
		frame->head = head;
		return 1;
	}
	if (ret != PCAP_ERROR)
		return 0;
	fail(GX_FAILED, "the capture %s ends in the middle of something",
	     c->in_name);
	fail_reason("%s", pcap_geterr(c->in));
	return -1;
}

void capture_write(struct capture *c, const struct capture_frame *frame,
		   const void *data, size_t len)
{
	struct pcap_pkthdr head = *(const struct pcap_pkthdr *)frame->head;

	if (!c->out)
		return;
	head.caplen = len;
	head.len = len;
	pcap_dump((u_char *)c->out, &head, data);
}

int capture_close(struct capture *c)
{
	int ret = GX_OK;

	if (!c)
		return GX_OK;
	if (c->out) {
		if (pcap_dump_flush(c->out)) {
			ret = fail(GX_FAILED, "cannot write the capture %s",
				   c->out_name);
			fail_reason("%s", strerror(errno));
		}
		pcap_dump_close(c->out);
	}
	if (c->like)
		pcap_close(c->like);
	if (c->in)
		pcap_close(c->in);
	free(c);
	return ret;
}
