// SPDX-License-Identifier: GPL-2.0
/* By itself: term.h makes macros of half the words there are. */
#include <ncurses.h>
#include <stdbool.h>
#include <term.h>
#include <unistd.h>

#include "terminal.h"

bool terminal_has_screen(void)
{
	const char *go;
	int found;

	if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
		return false;
	go = tigetstr("cup");
	return go && go != (const char *)-1;
}
