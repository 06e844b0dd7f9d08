// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "words.h"

void words_take(struct words *w, char *arg, struct argp_state *state)
{
	if (w->dev_next) {
		w->dev = arg;
		w->dev_next = false;
	} else if (!w->no_dev && !w->dev && !strcmp(arg, "dev") &&
		   state->next < state->argc) {
		w->dev_next = true;
	} else if (w->n < w->max) {
		w->word[w->n++] = arg;
	} else if (!w->no_dev && !w->dev && strcmp(arg, "dev")) {
		w->dev = arg;
	} else {
		argp_error(state, "unexpected \"%s\"", arg);
	}
}

void words_need(const struct words *w, unsigned int least, bool dev,
		const char *what, struct argp_state *state)
{
	if (w->n < least || (dev && !w->dev))
		argp_error(state, "%s", what);
}
