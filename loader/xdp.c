// SPDX-License-Identifier: GPL-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xdp.h"

static const char *const mode_names[] = {
	[XDP_MODE_NONE] = "none",
	[XDP_MODE_NATIVE] = "native",
	[XDP_MODE_GENERIC] = "generic",
	[XDP_MODE_OFFLOAD] = "offload",
};

static const __u32 mode_flags[] = {
	[XDP_MODE_NATIVE] = XDP_FLAGS_DRV_MODE,
	[XDP_MODE_GENERIC] = XDP_FLAGS_SKB_MODE,
	[XDP_MODE_OFFLOAD] = XDP_FLAGS_HW_MODE,
};

const char *xdp_mode_name(enum xdp_mode mode)
{
	return mode_names[mode];
}

enum xdp_mode xdp_mode_parse(const char *name)
{
	enum xdp_mode mode;

	for (mode = XDP_MODE_NATIVE; mode <= XDP_MODE_OFFLOAD; mode++)
		if (!strcmp(name, mode_names[mode]))
			return mode;
	return XDP_MODE_NONE;
}

__u32 xdp_current(const struct link_xdp *xdp, enum xdp_mode *mode)
{
	if (xdp->offload_id) {
		*mode = XDP_MODE_OFFLOAD;
		return xdp->offload_id;
	}
	if (xdp->native_id) {
		*mode = XDP_MODE_NATIVE;
		return xdp->native_id;
	}
	*mode = xdp->generic_id ? XDP_MODE_GENERIC : XDP_MODE_NONE;
	return xdp->generic_id;
}

int xdp_prog_info_fd(int fd, struct xdp_prog *prog)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int i;

	memset(prog, 0, sizeof(*prog));
	info.nr_map_ids = sizeof(prog->map_ids) / sizeof(prog->map_ids[0]);
	info.map_ids = (__u64)(unsigned long)prog->map_ids;
	/* the newer name of this call is not in Debian 12's libbpf */
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	prog->id = info.id;
	prog->nr_maps = info.nr_map_ids;
	if (prog->nr_maps > sizeof(prog->map_ids) / sizeof(prog->map_ids[0]))
		prog->nr_maps = sizeof(prog->map_ids) / sizeof(prog->map_ids[0]);
	memcpy(prog->name, info.name, sizeof(prog->name));
	for (i = 0; i < BPF_TAG_SIZE; i++)
		sprintf(prog->tag + 2 * i, "%02x", info.tag[i]);
	return 0;
}

int xdp_prog_info(__u32 id, struct xdp_prog *prog)
{
	int fd, err;

	memset(prog, 0, sizeof(*prog));
	prog->id = id;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return -errno;
	err = xdp_prog_info_fd(fd, prog);
	close(fd);
	return err;
}

int xdp_exchange(struct nl *nl, int ifindex, enum xdp_mode mode, int fd,
		 int expected)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = nl_request(buf, RTM_SETLINK, 0);
	__u32 flags = mode_flags[mode];
	struct ifinfomsg *ifi;
	struct nlattr *nest;

	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	nest = mnl_attr_nest_start(nlh, IFLA_XDP);
	mnl_attr_put_u32(nlh, IFLA_XDP_FD, fd);
	if (expected >= 0) {
		flags |= XDP_FLAGS_REPLACE;
		mnl_attr_put_u32(nlh, IFLA_XDP_EXPECTED_FD, expected);
	} else {
		flags |= XDP_FLAGS_UPDATE_IF_NOEXIST;
	}
	mnl_attr_put_u32(nlh, IFLA_XDP_FLAGS, flags);
	mnl_attr_nest_end(nlh, nest);
	return nl_talk(nl, nlh, NULL, NULL);
}
