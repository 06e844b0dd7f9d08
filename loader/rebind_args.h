/* SPDX-License-Identifier: GPL-2.0 */
/* The command line of bind and unbind. */
#ifndef GXDP_REBIND_ARGS_H
#define GXDP_REBIND_ARGS_H

#include "gxdp.h"

struct rebind_args {
	const char *device;
	const char *module;	/* bind alone has the option */
	bool force;
	bool persist;		/* of bind alone, too */
	bool chosen;		/* instead of @device */
};

/* --chosen has no letter */
#define REBIND_KEY_CHOSEN 0x100

#define REBIND_ARGS_DOC "PCI-ADDRESS|NAME"

/* To be listed in a verb's options */
#define REBIND_OPTION_FORCE \
	{ "force", 'f', NULL, 0, \
	  "Also a device that carries the default route or others are built on", \
	  0 }

/* The parser of a verb's argp, with a struct rebind_args as input */
error_t rebind_parse(int key, char *arg, struct argp_state *state);

#endif /* GXDP_REBIND_ARGS_H */
