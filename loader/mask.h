/* SPDX-License-Identifier: GPL-2.0 */
/* Taking addresses and names out of text that is to be shown to strangers. */
#ifndef GXDP_MASK_H
#define GXDP_MASK_H

#include <stdio.h>

/*
 * Write @line to @out with each MAC, IPv4 and IPv6 address replaced by a word
 * (<mac-1>, <ip-2>), the same word for the same address throughout the process,
 * so that what belongs together still shows. Left are addresses that are the
 * same everywhere: all-zero, all-one, loopback, and the netmask of a prefix.
 */
void mask_line(const char *line, FILE *out);

/* Have the word @word stand for @text from now on: the host's name, say */
void mask_name(const char *text, const char *word);

#endif /* GXDP_MASK_H */
