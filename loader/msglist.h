/* SPDX-License-Identifier: GPL-2.0 */
/* Messages of the kernel's kept to be sent back to it, somewhat changed. */
#ifndef GXDP_MSGLIST_H
#define GXDP_MSGLIST_H

#include <stdbool.h>

#include "nl.h"

struct msg {
	struct msg *next;
	bool done;		/* for the user of the list */
	struct nlmsghdr nlh;	/* all of the message */
};

struct msg_list {
	struct msg *first, **end;
	int count;
};

void msg_list_init(struct msg_list *list);
void msg_list_free(struct msg_list *list);
/* 0 or -ENOMEM */
int msg_list_add(struct msg_list *list, const struct nlmsghdr *nlh);

/*
 * Begin a request in @buf with the family header (@header bytes) of @msg, which
 * is returned through @copy to be changed, and no attribute yet. @buf is to have
 * NL_BUFFER bytes: then attributes of @msg fit, each once, for @msg itself did.
 */
struct nlmsghdr *msg_begin(void *buf, const struct msg *msg, int type, int flags,
			   size_t header, void **copy);

/* Attribute @type of @msg, or NULL */
const struct nlattr *msg_attr(const struct nlmsghdr *nlh, size_t header,
			      int type);
/* Copy attribute @attr as it is to the end of @nlh, in a buffer of NL_BUFFER bytes */
void msg_put(struct nlmsghdr *nlh, const struct nlattr *attr);

#endif /* GXDP_MSGLIST_H */
