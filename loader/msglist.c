// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "msglist.h"

void msg_list_init(struct msg_list *list)
{
	list->first = NULL;
	list->end = &list->first;
	list->count = 0;
}

void msg_list_free(struct msg_list *list)
{
	struct msg *msg, *next;

	for (msg = list->first; msg; msg = next) {
		next = msg->next;
		free(msg);
	}
	msg_list_init(list);
}

int msg_list_add(struct msg_list *list, const struct nlmsghdr *nlh)
{
	struct msg *msg = malloc(offsetof(struct msg, nlh) + nlh->nlmsg_len);

	if (!msg)
		return -ENOMEM;
	msg->next = NULL;
	msg->done = false;
	memcpy(&msg->nlh, nlh, nlh->nlmsg_len);
	*list->end = msg;
	list->end = &msg->next;
	list->count++;
	return 0;
}

struct nlmsghdr *msg_begin(void *buf, const struct msg *msg, int type, int flags,
			   size_t header, void **copy)
{
	struct nlmsghdr *nlh = nl_request(buf, type, flags);

	*copy = mnl_nlmsg_put_extra_header(nlh, header);
	memcpy(*copy, mnl_nlmsg_get_payload(&msg->nlh), header);
	return nlh;
}

const struct nlattr *msg_attr(const struct nlmsghdr *nlh, size_t header,
			      int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, header)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

void msg_put(struct nlmsghdr *nlh, const struct nlattr *attr)
{
	/* with the flags in the type, such as "nested" */
	mnl_attr_put(nlh, attr->nla_type, mnl_attr_get_payload_len(attr),
		     mnl_attr_get_payload(attr));
}
