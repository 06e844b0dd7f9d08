// SPDX-License-Identifier: GPL-2.0
/*
 * gxdp bugreport: what a maintainer needs to see, as one text. Every line goes
 * through mask_line(): it is meant to be sent to strangers.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gxdp/version.h>
#include "caps.h"
#include "devinfo.h"
#include "gxdp.h"
#include "link.h"
#include "mask.h"

#define COMMAND_SECONDS "20"

struct report_args {
	const char *file;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct report_args *args = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (args->file)
		argp_error(state, "unexpected \"%s\"", arg);
	args->file = arg;
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.children = gx_common_options,
	.args_doc = "[FILE]",
	.doc = "Collect what a maintainer needs to see of a problem, into FILE or standard output."
	       "\vMAC and IP addresses and the host's name are replaced; read it before you send it. See gxdp-bugreport(8).",
};

static void heading(FILE *out, const char *what)
{
	fprintf(out, "\n=== %s\n", what);
}

static void copy_masked(FILE *from, FILE *out)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, from) > 0)
		mask_line(line, out);
	free(line);
}

/*
 * Run by the shell under timeout(1): these are our own words, with the names of
 * network devices between, which never hold a quote's end (see safe_name()).
 */
static void section(FILE *out, const char *command)
{
	char limited[1024];
	int status;
	FILE *p;

	heading(out, command);
	fflush(out);
	snprintf(limited, sizeof(limited), "exec 2>&1 </dev/null; timeout " COMMAND_SECONDS " sh -c '%s'",
		 command);
	p = popen(limited, "re");
	if (!p) {
		fprintf(out, "(cannot be run: %s)\n", strerror(errno));
		return;
	}
	copy_masked(p, out);
	status = pclose(p);
	if (status)
		fprintf(out, "(status %d)\n", WIFEXITED(status) ? WEXITSTATUS(status) : status);
}

static void file_section(FILE *out, const char *path)
{
	FILE *f = fopen(path, "re");

	heading(out, path);
	if (!f) {
		fprintf(out, "(%s)\n", strerror(errno));
		return;
	}
	copy_masked(f, out);
	fclose(f);
}

/* The kernel permits nearly anything in a name; the shell must not see it */
static bool safe_name(const char *name)
{
	return name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-@") ==
	       strlen(name);
}

static const char *const machine_commands[] = {
	"gxdp doctor",
	"gxdp status",
	"cat /etc/os-release",
	"sed -E \"s/([^ ]*(pass|secret|cred|token|key)[^ =]*=)[^ ]*/\\1<hidden>/Ig\" /proc/cmdline",
	"modinfo gxdp",
	"dkms status",
	"lspci -nnk -d 8086::0200",
	"lspci -vvv -d 8086::0200",
	"lscpu",
	"grep -iE \"gxdp|TxRx\" /proc/interrupts",
	"ip -d -s link",
	"bpftool net",
	"bpftool prog show type xdp",
	"devlink health",
	"uname -a",
};

/* Not the registers (ethtool -d): the card's address is among them, in disguise. */
static const char *const device_commands[] = {
	"ethtool %s", "ethtool -i %s", "ethtool -k %s", "ethtool -g %s", "ethtool -l %s",
	"ethtool -c %s", "ethtool -a %s", "ethtool -x %s", "ethtool -S %s",
	"tc -s qdisc show dev %s",
};

/*
 * Of devlink's reporters, by PCI address. A dump that trouble has left is shown; to ask
 * for one where there is none would keep it, and the next trouble's would not be kept.
 */
static const char *const reporter_commands[] = {
	"devlink health diagnose pci/%s reporter tx",
	"devlink health diagnose pci/%s reporter rx",
	"devlink -j health show pci/%1$s reporter tx | grep -q last_dump || exit 0; devlink health dump show pci/%1$s reporter tx",
	"devlink -j health show pci/%1$s reporter rx | grep -q last_dump || exit 0; devlink health dump show pci/%1$s reporter rx",
};

static void sections(FILE *out, const char *const *commands, size_t n, const char *name)
{
	char command[256];

	while (n--) {
		snprintf(command, sizeof(command), *commands++, name);
		section(out, command);
	}
}

static bool device_sections(const struct link *link, void *arg)
{
	struct driver_info info;
	FILE *out = arg;

	devinfo_driver(link->name, &info);
	if (!link->parent[0] || link->kind[0])
		return true;
	if (strcmp(info.driver, "gxdp") && strcmp(info.driver, "e1000e") &&
	    strcmp(info.driver, "e1000") && strcmp(info.driver, "igb"))
		return true;
	if (!safe_name(link->name)) {
		fprintf(out, "\n(a device whose name is left out, for it is not plain)\n");
		return true;
	}
	sections(out, device_commands, sizeof(device_commands) / sizeof(device_commands[0]),
		 link->name);
	if (!strcmp(info.driver, "gxdp") && safe_name(link->parent))
		sections(out, reporter_commands,
			 sizeof(reporter_commands) / sizeof(reporter_commands[0]), link->parent);
	return true;
}

static void write_report(FILE *out, struct nl *nl)
{
	struct utsname uts;
	size_t i;

	uname(&uts);
	mask_name(uts.nodename, "<host>");
	if (strcmp(uts.domainname, "(none)"))
		mask_name(uts.domainname, "<domain>");
	fprintf(out, "gxdp %s bug report. Addresses and the host's name are masked; look it through before you send it.\n",
		GXDP_VERSION);
	for (i = 0; i < sizeof(machine_commands) / sizeof(machine_commands[0]); i++)
		section(out, machine_commands[i]);
	link_for_each(nl, device_sections, out);
	file_section(out, "/etc/udev/rules.d/70-gxdp.rules");
	section(out, "dmesg | grep -iE \"gxdp|e1000|igb|xdp|aer|dmar|lockdown|WARNING|BUG:|Call Trace\" | tail -n 400");
}

/* Nobody else's to read, and never through a link of somebody else's */
static FILE *open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? NULL : fdopen(fd, "w");
}

static int write_to(const char *path, struct nl *nl)
{
	FILE *out = open_file(path);
	bool failed;

	if (!out) {
		fail(GX_FAILED, "cannot write %s", path);
		fail_reason("%s", strerror(errno));
		fail_hint("give a file that does not exist yet");
		return GX_FAILED;
	}
	write_report(out, nl);
	failed = ferror(out);
	if (fclose(out) || failed) {
		unlink(path);
		return fail(GX_FAILED, "cannot write all of %s", path);
	}
	say("%s: look it through before you send it", path);
	print_json(json_pack("{s:{s:o}}", "bugreport", "file",
			     text_json(path)));
	return GX_OK;
}

static int write_to_stdout(struct nl *nl)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out;

	if (!gx_options.json) {
		write_report(stdout, nl);
		return GX_OK;
	}
	out = open_memstream(&text, &size);
	if (!out)
		return fail(GX_FAILED, "out of memory");
	write_report(out, nl);
	fclose(out);
	print_json(json_pack("{s:{s:o}}", "bugreport", "text",
			     text_json(text)));
	free(text);
	return GX_OK;
}

int verb_bugreport(int argc, char **argv)
{
	struct report_args args = {};
	struct nl nl;
	int ret, err;

	argp_parse(&argp, argc, argv, 0, NULL, &args);
	caps_keep(CAPS_REPORT, args.file);
	if (geteuid())
		warn("run it as root, or much of it will be missing");
	err = nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return fail(GX_FAILED, "no netlink: %s", strerror(-err));
	ret = args.file ? write_to(args.file, &nl) : write_to_stdout(&nl);
	nl_close(&nl);
	return ret;
}
