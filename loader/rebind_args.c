// SPDX-License-Identifier: GPL-2.0
#include "rebind_args.h"

error_t rebind_parse(int key, char *arg, struct argp_state *state)
{
	struct rebind_args *args = state->input;

	switch (key) {
	case 'f':
		args->force = true;
		return 0;
	case 'm':
		args->module = arg;
		return 0;
	case 'p':
		args->persist = true;
		return 0;
	case REBIND_KEY_CHOSEN:
		args->chosen = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->device)
			argp_error(state, "unexpected \"%s\"", arg);
		args->device = arg;
		return 0;
	case ARGP_KEY_END:
		if (args->chosen && (args->device || args->persist))
			argp_error(state, "--chosen goes with neither a device nor --persist");
		if (!args->device && !args->chosen)
			argp_error(state, "which device? a PCI address or a name");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}
