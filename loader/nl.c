// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "netns.h"
#include "nl.h"

/* A driver that resets its chip on the way may hold the answer back a while. */
#define ANSWER_SECONDS 30

static int set_timeout(struct mnl_socket *sock)
{
	struct timeval tv = { .tv_sec = ANSWER_SECONDS };

	return setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &tv,
			  sizeof(tv));
}

int nl_open(struct nl *nl, int bus)
{
	int on = 1;

	memset(nl, 0, sizeof(*nl));
	nl->sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->sock)
		return -errno;
	nl->seq = time(NULL);
	/* Without these the kernel's reasons stay with the kernel. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	if (set_timeout(nl->sock) ||
	    mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		nl_close(nl);
		return err;
	}
	return 0;
}

int nl_open_machine(struct nl *nl, int bus)
{
	int init = netns_open_init();
	int err, back;

	/* hidden from us: then ours is all there is */
	if (init < 0)
		return nl_open(nl, bus);
	back = netns_switch(init);
	close(init);
	if (back < 0)
		return back;
	err = nl_open(nl, bus);
	netns_switch_back(back);
	return err;
}

void nl_close(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

struct nlmsghdr *nl_request(void *buf, int type, int flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	return nlh;
}

static int note_reason(const struct nlattr *attr, void *data)
{
	struct nl *nl = data;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		snprintf(nl->ack, sizeof(nl->ack), "%s",
			 mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

/* An acknowledgement: 0, or an error, either of which may carry words */
static int on_ack(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	unsigned int skip = sizeof(*err);
	struct nl *nl = data;

	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*err))) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += mnl_nlmsg_get_payload_len(&err->msg);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_parse(nlh, skip, note_reason, nl);
	if (!err->error)
		return MNL_CB_STOP;
	errno = -err->error;
	return MNL_CB_ERROR;
}

struct answer {
	struct nl *nl;
	mnl_cb_t cb;
	void *data;
	int err;
};

/* One datagram: >0 more to come, 0 done, <0 -errno */
static int handle(struct answer *answer, const char *buf, size_t len,
		  unsigned int seq, unsigned int portid)
{
	const struct nlmsghdr *nlh = (const void *)buf;
	int left = len;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (!mnl_nlmsg_portid_ok(nlh, portid) ||
		    !mnl_nlmsg_seq_ok(nlh, seq))
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			answer->err = -EINTR;
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			if (on_ack(nlh, answer->nl) == MNL_CB_ERROR)
				return -errno;
			return answer->err;
		}
		if (nlh->nlmsg_type == NLMSG_DONE) {
			const int *code = mnl_nlmsg_get_payload(nlh);

			if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*code) &&
			    *code < 0)
				return *code;
			return answer->err;
		}
		if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && answer->cb &&
		    answer->cb(nlh, answer->data) < MNL_CB_STOP)
			answer->err = errno ? -errno : -EBADMSG;
	}
	return 1;
}

int nl_talk(struct nl *nl, struct nlmsghdr *req, mnl_cb_t cb, void *data)
{
	struct answer answer = { .nl = nl, .cb = cb, .data = data };
	unsigned int portid = mnl_socket_get_portid(nl->sock);
	char buf[NL_BUFFER];
	ssize_t len;
	int ret;

	nl->ack[0] = '\0';
	req->nlmsg_seq = ++nl->seq;
	req->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl->sock, req, req->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (len < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		ret = handle(&answer, buf, len, req->nlmsg_seq, portid);
	} while (ret > 0);
	return ret;
}

int nl_join(struct nl *nl, int group)
{
	if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0)
		return -errno;
	return 0;
}

int nl_wait_event(struct nl *nl, int timeout_ms)
{
	struct pollfd fd = {
		.fd = mnl_socket_get_fd(nl->sock),
		.events = POLLIN,
	};
	char buf[NL_BUFFER];
	int ret;

	ret = poll(&fd, 1, timeout_ms);
	if (ret < 0)
		return errno == EINTR ? 0 : -errno;
	if (!ret)
		return -ETIME;
	/* An overrun lost notifications, but it is one itself. */
	if (mnl_socket_recvfrom(nl->sock, buf, sizeof(buf)) < 0 &&
	    errno != ENOBUFS)
		return -errno;
	return 0;
}

const char *nl_reason(const struct nl *nl, int err)
{
	return nl->ack[0] ? nl->ack : strerror(-err);
}
