/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Will the kernel take a module of ours? Secure Boot and lockdown refuse one that
 * is not signed with a key the machine trusts.
 */
#ifndef GXDP_SIGNING_H
#define GXDP_SIGNING_H

#include <stdbool.h>
#include <stddef.h>

struct signing {
	bool efi;		/* the machine booted by EFI */
	bool secure_boot;	/* and the firmware enforces signatures */
	bool sig_enforce;	/* module.sig_enforce */
	char lockdown[32];	/* "none", "integrity", "confidentiality"; "" unknown */
	bool required;		/* one of them asks for a signature */
};

/* What one gxdp.ko has; all "" or false when it is not found */
struct module_file {
	bool found;
	char path[512];
	char version[32];
	char vermagic[128];	/* its first word is the kernel's release */
	char signer[128];	/* "": not signed */
	char key[128];		/* serial number of the signing key's certificate, in hex */
};

void signing_read(struct signing *s);

/* @module: a file, or the name of an installed module */
void signing_module(const char *module, struct module_file *m);

/* DKMS's or Debian's machine owner key here, or NULL */
const char *signing_mok(void);

/* What mends it when the kernel has refused @module's signature; of several lines */
void signing_steps(const char *module, char *steps, size_t size);

/*
 * Whether @module is sure to be refused; if so @why (for fail_reason()) and the
 * steps that mend it, of several lines, are written.
 */
bool signing_would_refuse(const char *module, char *why, size_t why_size,
			  char *steps, size_t steps_size);

#endif /* GXDP_SIGNING_H */
