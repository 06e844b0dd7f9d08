/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a command line: some in their places, and "dev NAME" anywhere, or NAME alone
 * behind the others.
 */
#ifndef GXDP_WORDS_H
#define GXDP_WORDS_H

#include <argp.h>
#include <stdbool.h>

#define GX_WORDS_MAX 4

struct words {
	const char *word[GX_WORDS_MAX];
	unsigned int n, max;
	const char *dev;
	bool no_dev;		/* the verb has no device: "dev" is a word like others */
	bool dev_next;
};

/* For ARGP_KEY_ARG. Words beyond @w->max end in argp_error(). */
void words_take(struct words *w, char *arg, struct argp_state *state);
/* For ARGP_KEY_END: at least @least words, and a device if @dev */
void words_need(const struct words *w, unsigned int least, bool dev,
		const char *what, struct argp_state *state);

#endif /* GXDP_WORDS_H */
