// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "datapath.h"
#include "devinfo.h"
#include "gxdp.h"
#include "lock.h"
#include "netns.h"
#include "persist.h"
#include "pins.h"
#include "rebind.h"
#include "run.h"
#include "uppers.h"
#include "xdp.h"

#define NETDEV_WAIT_MS	10000
#define UDEV_CONTROL	"/run/udev/control"
#define UDEV_SECONDS	10

/* --- finding ------------------------------------------------------------ */

static bool netdev_here(void *arg)
{
	struct rebind *r = arg;
	struct nl nl;

	if (nl_open(&nl, NETLINK_ROUTE))
		return false;
	r->has_netdev = !link_by_parent(&nl, r->pci.address, &r->link);
	nl_close(&nl);
	return r->has_netdev;
}

/* In our own namespace, the machine's, or one with a name */
static void find_netdev(struct rebind *r)
{
	int init, back;

	if (netdev_here(r))
		return;
	init = netns_open_init();
	if (init >= 0) {
		back = netns_switch(init);
		close(init);
		if (back >= 0) {
			if (netdev_here(r)) {
				close(back);
				return;
			}
			netns_switch_back(back);
		}
	}
	netns_search(netdev_here, r);
}

static int address_of(const char *arg, char address[PCI_ADDRESS_LEN])
{
	struct driver_info info;
	struct link link;
	struct nl nl;
	int err;

	if (pci_parse_address(arg, address))
		return GX_OK;
	err = nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	err = link_by_name(&nl, arg, &link);
	nl_close(&nl);
	if (err) {
		fail(GX_NOT_FOUND, "%s is neither a PCI address nor a network device here",
		     arg);
		fail_hint("\"gxdp status\" lists the devices of this network namespace, lspci -D the PCI addresses");
		return GX_NOT_FOUND;
	}
	devinfo_driver(link.name, &info);
	if (!link.kind[0] && (pci_parse_address(link.parent, address) ||
			      pci_parse_address(info.bus, address)))
		return GX_OK;
	fail(GX_NOT_FOUND, "%s is not a PCI network card", arg);
	fail_hint("name the card itself, not a VLAN, bridge or virtual device");
	return GX_NOT_FOUND;
}

static int take_down(struct nl *nl, struct rebind *r)
{
	int err = netcfg_save(nl, &r->link, &r->cfg);

	if (!err)
		return GX_OK;
	fail(GX_FAILED, "cannot take down the configuration of %s", r->link.name);
	fail_reason("%s", strerror(-err));
	fail_hint("nothing was changed: try again");
	return GX_FAILED;
}

int rebind_find(struct rebind *r, const char *arg)
{
	char address[PCI_ADDRESS_LEN];
	struct nl nl;
	int ret, err;

	memset(r, 0, sizeof(*r));
	ret = address_of(arg, address);
	if (ret)
		return ret;
	ret = lock_take_machine(address);
	if (ret)
		return ret;
	err = pci_read(address, &r->pci);
	if (err) {
		fail(GX_NOT_FOUND, "there is no PCI device %s", address);
		fail_reason("%s", strerror(-err));
		fail_hint("lspci -D lists the PCI addresses");
		return GX_NOT_FOUND;
	}
	r->known = pci_known(&r->pci);
	if (!r->pci.driver[0])
		return GX_OK;

	find_netdev(r);
	if (!r->has_netdev)
		return GX_OK;
	err = nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	ret = take_down(&nl, r);
	nl_close(&nl);
	return ret;
}

void rebind_free(struct rebind *r)
{
	if (r->has_netdev)
		netcfg_free(&r->cfg);
}

/* --- what must not happen unasked ------------------------------------------ */

static int check_uppers(const struct rebind *r)
{
	char names[256];
	int err = uppers_find(&r->link, names, sizeof(names));

	if (err) {
		fail(GX_FAILED, "cannot find out which devices are built on %s",
		     r->link.name);
		fail_reason("%s", strerror(-err));
		fail_hint("try again; --force goes on, and those that there are are lost");
		return GX_FAILED;
	}
	if (!names[0])
		return GX_OK;
	fail(GX_UNSAFE, "other devices are built on %s: %s", r->link.name, names);
	fail_hint("take it out of them first; --force goes on (a bridge or bond gets it back, VLANs and the like are lost)");
	return GX_UNSAFE;
}

/* Taken from a virtual machine, say, it would crash that. */
static int check_owner(const struct rebind *r)
{
	const char *driver = r->pci.driver;

	if (!driver[0] || !r->known || !strcmp(driver, r->known->mainline) ||
	    !strcmp(driver, "gxdp"))
		return GX_OK;
	fail(GX_UNSAFE, "%s is in the hands of %s, not of the kernel's network driver %s",
	     r->pci.address, driver, r->known->mainline);
	fail_hint("if nothing uses it through %s, --force takes it", driver);
	return GX_UNSAFE;
}

/* A driver that lets go of its card takes them along, whoever uses them. */
static int check_functions(const struct rebind *r)
{
	unsigned int n = pci_virtual_functions(r->pci.address);

	if (!n)
		return GX_OK;
	fail(GX_UNSAFE, "%u virtual function%s of %s would go", n, n > 1 ? "s" : "",
	     r->pci.address);
	fail_hint("end what uses them, then: echo 0 >/sys/bus/pci/devices/%s/sriov_numvfs; --force goes on without asking who uses them",
		  r->pci.address);
	return GX_UNSAFE;
}

static int check_netdev(const struct rebind *r)
{
	if (!r->pci.driver[0] || r->has_netdev)
		return GX_OK;
	fail(GX_UNSAFE, "the network device of %s is in a network namespace that cannot be seen from here",
	     r->pci.address);
	fail_hint("run gxdp in that namespace; --force goes on, and its configuration is lost");
	return GX_UNSAFE;
}

static int check_default_route(const struct rebind *r)
{
	if (!netcfg_has_default_route(&r->cfg))
		return GX_OK;
	fail(GX_UNSAFE, "%s carries the default route: you may be connected through it",
	     r->link.name);
	fail_hint("--force does it all the same; the link is down for some seconds");
	return GX_UNSAFE;
}

static int check_permission(const struct rebind *r)
{
	if (pci_may_choose(r->pci.address))
		return GX_OK;
	fail(GX_REFUSED, "choosing a driver for %s is not permitted",
	     r->pci.address);
	fail_reason("%s", strerror(errno));
	fail_hint(geteuid() ? "run gxdp as root" :
		  "/sys is read-only here: run gxdp outside the container");
	return GX_REFUSED;
}

/* What would be cut off or go with the device */
static int check_users(const struct rebind *r)
{
	int ret = check_functions(r);

	if (!ret && r->has_netdev)
		ret = check_default_route(r);
	if (!ret && r->has_netdev)
		ret = check_uppers(r);
	return ret;
}

int rebind_check(struct rebind *r, bool force)
{
	int ret = check_permission(r);

	r->forced = force;
	if (!ret && !force) {
		ret = check_owner(r);
		if (!ret)
			ret = check_netdev(r);
		if (!ret)
			ret = check_users(r);
	}
	return ret;
}

/* --- moving ------------------------------------------------------------------ */

/* A socket where drivers make their devices, told of each that appears */
static int open_watch(struct nl *watch)
{
	int err = nl_open_machine(watch, NETLINK_ROUTE);

	if (!err)
		err = nl_join(watch, RTNLGRP_LINK);
	return err;
}

struct move {
	const char *override;	/* who may have it */
	const char *expect;	/* who is to have it; "": anybody but gxdp */
	bool need_carrier;	/* or it counts as failed */
};

static bool arrived(const char *address, const struct move *move)
{
	struct pci_dev now;

	if (pci_read(address, &now) || !now.driver[0])
		return false;
	if (move->expect[0])
		return !strcmp(now.driver, move->expect);
	return strcmp(now.driver, "gxdp");
}

/* The PCI side: 0 or -errno */
static int move_pci(const char *address, const struct move *move)
{
	struct pci_dev now;
	int err;

	err = pci_read(address, &now);
	if (!err)
		err = pci_set_override(address, move->override);
	if (!err && now.driver[0])
		err = pci_release(&now);
	if (err)
		return err;
	err = pci_probe(address);
	/* what counts is who has it: the probe's own errno tells little */
	if (arrived(address, move))
		return 0;
	return err ? err : -ENODEV;
}

/*
 * The requests go over a socket of their own: on one that hears events, an
 * overflow would get in the way of an answer.
 */
static int wait_for_netdev(struct nl *watch, const char *address,
			   struct link *link)
{
	int64_t deadline = clock_ms() + NETDEV_WAIT_MS;
	struct nl nl;
	int64_t wait;
	int err;

	err = nl_open_machine(&nl, NETLINK_ROUTE);
	if (err)
		return err;
	for (;;) {
		err = link_by_parent(&nl, address, link);
		wait = deadline - clock_ms();
		if (!err || wait <= 0)
			break;
		nl_wait_event(watch, wait);
	}
	nl_close(&nl);
	return err;
}

/* udev renames what appears: let it be done before we name it. */
static void let_udev_finish(void)
{
	char *argv[] = { "udevadm", "settle", "--timeout=5", NULL };
	char output[256];

	if (!access(UDEV_CONTROL, F_OK))
		run_command(argv, UDEV_SECONDS, output, sizeof(output));
}

/* Into the caller's namespace if it is elsewhere, and by its old name */
static int bring_home(struct nl *watch, const struct rebind *r,
		      const struct link *found)
{
	int self, err;

	if (netns_is_init()) {
		if (!strcmp(found->name, r->link.name))
			return 0;
		return netcfg_rename(watch, found->ifindex, r->link.name);
	}
	self = netns_open_self();
	if (self < 0)
		return self;
	err = netcfg_move(watch, found->ifindex, self, r->link.name);
	close(self);
	return err;
}

static int restore_all(const struct rebind *r, bool need_carrier)
{
	struct link link;
	struct nl nl;
	int err, ret;

	err = nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	err = link_by_parent(&nl, r->pci.address, &link);
	if (err) {
		ret = fail(GX_FAILED, "%s went away again", r->link.name);
		fail_reason("%s", strerror(-err));
	} else {
		ret = netcfg_restore(&nl, &r->cfg, link.ifindex,
				     need_carrier);
	}
	nl_close(&nl);
	return ret;
}

/* The network side, once the driver has the device; gx_exit code */
static int bring_back_netdev(struct nl *watch, const struct rebind *r,
			     bool need_carrier)
{
	struct link found;
	struct nl nl;
	int err;

	err = wait_for_netdev(watch, r->pci.address, &found);
	if (err) {
		fail(GX_FAILED, "no network device appeared for %s within %d s",
		     r->pci.address, NETDEV_WAIT_MS / 1000);
		return GX_FAILED;
	}
	let_udev_finish();
	err = nl_open_machine(&nl, NETLINK_ROUTE);
	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	/* its name may have changed meanwhile */
	err = link_by_index(&nl, found.ifindex, &found);
	if (!err)
		err = bring_home(&nl, r, &found);
	if (err) {
		fail(GX_FAILED, "cannot give the new device its name %s back",
		     r->link.name);
		fail_reason("%s", nl_reason(&nl, err));
	}
	nl_close(&nl);
	return err ? GX_FAILED : restore_all(r, need_carrier);
}

static int move_all(struct nl *watch, const struct rebind *r,
		    const struct move *move)
{
	struct link found;
	int err;

	err = move_pci(r->pci.address, move);
	if (err) {
		fail(GX_FAILED, "%s did not take %s",
		     move->expect[0] ? move->expect : "the kernel's own driver",
		     r->pci.address);
		fail_reason("%s; the kernel log (dmesg) may say more",
			    strerror(-err));
		return GX_FAILED;
	}
	if (r->has_netdev)
		return bring_back_netdev(watch, r, move->need_carrier);
	/* there is nothing to restore, but gxdp has to make a device */
	if (strcmp(move->expect, "gxdp") ||
	    !wait_for_netdev(watch, r->pci.address, &found))
		return GX_OK;
	return fail(GX_FAILED, "no network device appeared for %s within %d s",
		    r->pci.address, NETDEV_WAIT_MS / 1000);
}

/* Whether the old driver never let go, so that all there is to undo is a word */
static bool untouched(const struct rebind *r)
{
	struct pci_dev now;
	struct link link;
	struct nl nl;
	int err;

	if (pci_read(r->pci.address, &now) ||
	    strcmp(now.driver, r->pci.driver))
		return false;
	if (!r->has_netdev)
		return true;
	if (nl_open(&nl, NETLINK_ROUTE))
		return false;
	err = link_by_parent(&nl, r->pci.address, &link);
	nl_close(&nl);
	return !err && link.ifindex == r->link.ifindex;
}

/* It failed with @message, and all is as it was: but for what? */
static int rolled_back(const struct rebind *r, const char *message)
{
	const char *name = r->link.name, *driver = r->pci.driver;

	switch (r->lost) {
	case REBIND_LOST_RULES:
		fail(GX_BROKEN, "%s; the rules of %s are gone", message, name);
		fail_hint("apply them again at once (gxdp apply FILE dev %s); the rest is as it was, with the driver %s",
			  name, driver);
		return GX_BROKEN;
	case REBIND_LOST_PROGRAM:
		fail(GX_BROKEN, "%s; the XDP program of %s is gone", message, name);
		fail_hint("attach it again (gxdp attach FILE dev %s); the rest is as it was, with the driver %s",
			  name, driver);
		return GX_BROKEN;
	default:
		fail(GX_FAILED, "%s", message);
		fail_hint("all is as it was, with the driver %s; dmesg may say what went wrong",
			  driver[0] ? driver : "(none)");
		return GX_FAILED;
	}
}

/* For -j */
static json_t *lost_json(const struct rebind *r)
{
	static const char *const names[] = {
		[REBIND_LOST_PROGRAM] = "program",
		[REBIND_LOST_RULES] = "rules",
	};

	return text_or_null(names[r->lost]);
}

static int roll_back(struct nl *watch, const struct rebind *r)
{
	const struct move back = {
		.override = r->pci.override,
		.expect = r->pci.driver,
	};
	char message[512], reason[1024];
	struct pci_dev now;
	int ret;

	snprintf(message, sizeof(message), "%s", fail_message());
	snprintf(reason, sizeof(reason), "%s", fail_reason_text());
	debug("putting %s back: %s (%s)", r->pci.address, message, reason);
	if (untouched(r)) {
		ret = pci_set_override(r->pci.address, r->pci.override) ?
		      GX_FAILED : GX_OK;
	} else if (r->pci.driver[0]) {
		ret = move_all(watch, r, &back);
	} else {
		if (!pci_read(r->pci.address, &now) && now.driver[0])
			pci_release(&now);
		ret = pci_set_override(r->pci.address, r->pci.override) ?
		      GX_FAILED : GX_OK;
	}
	if (ret) {
		char second[512];

		snprintf(second, sizeof(second), "%s", fail_message());
		fail(GX_BROKEN, "%s; and then: %s", message, second);
		fail_hint("%s is not as it was: see \"lspci -k -s %s\" and \"ip address\"",
			  r->pci.address, r->pci.address);
		return GX_BROKEN;
	}
	ret = rolled_back(r, message);
	if (reason[0])
		fail_reason("%s", reason);
	return ret;
}

/* Half moved is worse than either: what would end us has to wait. */
static void block_signals(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, old);
}

/* What a program that goes with the old driver's device leaves behind */
struct left {
	struct pins pins;
	bool pinned;
	bool rules;
};

/*
 * To be asked while the program runs. Behind a dispatcher it is not the one that
 * the device names: rules are known by their maps.
 */
static void find_left(const struct rebind *r, __u32 prog, struct left *left)
{
	left->rules = datapath_pins_of(&r->link, &left->pins);
	left->pinned = left->rules ||
		       (pins_locate_existing(&left->pins, r->link.name) &&
			pins_find(&left->pins, prog));
}

/*
 * Other programs may have changed the device since rebind_find() and rebind_check(), while
 * a module was loaded. From here on no other gxdp does.
 */
static int read_again(struct rebind *r)
{
	struct nl nl;
	int ret, err;

	err = nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	ret = link_lock(&nl, &r->link);
	if (!ret) {
		netcfg_free(&r->cfg);
		ret = take_down(&nl, r);
	}
	nl_close(&nl);
	if (!ret && !r->forced)
		ret = check_users(r);
	return ret;
}

int rebind_to(struct rebind *r, const char *driver)
{
	const struct move move = {
		.override = driver,
		.expect = driver,
		.need_carrier = true,
	};
	struct left left = {};
	enum xdp_mode mode;
	struct nl watch;
	__u32 prog = 0;
	sigset_t old;
	int ret, err;

	ret = r->has_netdev ? read_again(r) : GX_OK;
	if (ret)
		return ret;
	err = open_watch(&watch);
	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	if (r->has_netdev)
		prog = xdp_current(&r->link.xdp, &mode);
	if (prog) {
		find_left(r, prog, &left);
		warn(left.rules ?
		     "the rules on %s do not come along: apply them again" :
		     "the XDP program on %s does not come along: attach it again",
		     r->link.name);
	}
	block_signals(&old);
	ret = move_all(&watch, r, &move);
	if (prog && !untouched(r)) {
		r->lost = left.rules ? REBIND_LOST_RULES : REBIND_LOST_PROGRAM;
		if (left.pinned)
			pins_remove(&left.pins);
	}
	if (ret)
		ret = roll_back(&watch, r);
	/* for whatever fails from here on, the caller's next step too */
	if (r->has_netdev)
		fail_details("xdp_lost", lost_json(r));
	sigprocmask(SIG_SETMASK, &old, NULL);
	nl_close(&watch);
	return ret;
}

/* --- saying so ------------------------------------------------------------------ */

void rebind_report(struct rebind *r, const char *verb, bool changed)
{
	struct pci_dev now;
	json_t *body;

	if (pci_read(r->pci.address, &now))
		now = r->pci;
	body = json_pack("{s:o, s:b, s:b, s:o, s:o}", "pci",
			 text_json(r->pci.address), "changed", changed,
			 "persistent", persist_has(r->pci.address), "driver",
			 text_or_null(now.driver), "previous",
			 text_or_null(r->pci.driver));
	if (r->has_netdev) {
		json_object_set_new(body, "dev", text_json(r->link.name));
		json_object_set_new(body, "addresses",
				    json_integer(r->cfg.addresses.count));
		json_object_set_new(body, "routes",
				    json_integer(r->cfg.routes.count));
		json_object_set_new(body, "xdp_lost", lost_json(r));
	}
	if (!changed)
		say("%s is with %s already: nothing to do", r->pci.address,
		    now.driver[0] ? now.driver : "no driver");
	else if (r->has_netdev)
		say("%s (%s): from %s to %s, with %d addresses and %d routes",
		    r->link.name, r->pci.address, r->pci.driver, now.driver,
		    r->cfg.addresses.count, r->cfg.routes.count);
	else
		say("%s: from %s to %s", r->pci.address, r->pci.driver[0] ?
		    r->pci.driver : "no driver", now.driver);
	print_json(json_pack("{s:o}", verb, body));
}
