// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gxdp.h"
#include "run.h"
#include "signing.h"

#define MODINFO_SECONDS	20
#define MOKUTIL_SECONDS	20
#define EFI_VARS	"/sys/firmware/efi/efivars/"
/* the EFI global variable namespace, and shim's (UEFI specification; shim) */
#define EFI_GLOBAL	"-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define EFI_SHIM	"-605dab50-e046-4300-abb6-3dd810dd8b23"

/* A variable of one byte, behind four of attributes: its value, or -1 */
static int efi_byte(const char *name)
{
	unsigned char data[5];
	char path[256];
	size_t got;
	FILE *f;

	snprintf(path, sizeof(path), EFI_VARS "%s", name);
	f = fopen(path, "re");
	if (!f)
		return -1;
	got = fread(data, 1, sizeof(data), f);
	fclose(f);
	return got == sizeof(data) ? data[4] : -1;
}

/* The word in brackets of "none [integrity] confidentiality" */
static void read_lockdown(char *word, size_t size)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char line[128], *start, *end;

	word[0] = '\0';
	if (!f)
		return;
	if (fgets(line, sizeof(line), f)) {
		start = strchr(line, '[');
		end = start ? strchr(start, ']') : NULL;
		if (end) {
			*end = '\0';
			snprintf(word, size, "%s", start + 1);
		}
	}
	fclose(f);
}

static bool read_yes(const char *path)
{
	FILE *f = fopen(path, "re");
	int c;

	if (!f)
		return false;
	c = fgetc(f);
	fclose(f);
	return c == 'Y' || c == '1';
}

void signing_read(struct signing *s)
{
	memset(s, 0, sizeof(*s));
	s->efi = !access("/sys/firmware/efi", F_OK);
	/* shim can be told not to validate: then the kernel does not ask either */
	s->secure_boot = efi_byte("SecureBoot" EFI_GLOBAL) == 1 &&
			 efi_byte("SetupMode" EFI_GLOBAL) != 1 &&
			 efi_byte("MokSBStateRT" EFI_SHIM) != 1;
	s->sig_enforce = read_yes("/sys/module/module/parameters/sig_enforce");
	read_lockdown(s->lockdown, sizeof(s->lockdown));
	s->required = s->secure_boot || s->sig_enforce ||
		      (s->lockdown[0] && strcmp(s->lockdown, "none"));
}

static bool modinfo(const char *module, const char *field, char *out, size_t size)
{
	char *argv[] = { "modinfo", "-F", (char *)field, (char *)module, NULL };

	out[0] = '\0';
	if (run_command(argv, MODINFO_SECONDS, out, size)) {
		out[0] = '\0';
		return false;
	}
	out[strcspn(out, "\n")] = '\0';
	return true;
}

void signing_module(const char *module, struct module_file *m)
{
	memset(m, 0, sizeof(*m));
	m->found = modinfo(module, "filename", m->path, sizeof(m->path));
	if (!m->found)
		return;
	modinfo(module, "version", m->version, sizeof(m->version));
	modinfo(module, "vermagic", m->vermagic, sizeof(m->vermagic));
	modinfo(module, "signer", m->signer, sizeof(m->signer));
	modinfo(module, "sig_key", m->key, sizeof(m->key));
}

const char *signing_mok(void)
{
	static const char *const keys[] = {
		"/var/lib/dkms/mok.pub",
		"/var/lib/shim-signed/mok/MOK.der",
		"/etc/dkms/mok.pub",
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!access(keys[i], R_OK))
			return keys[i];
	return NULL;
}

/* One byte of "5A:0f:..."; what follows it, or NULL */
static const char *hex_byte(const char *text, unsigned char *byte)
{
	unsigned int value;
	int used = 0;

	if (sscanf(text, "%2x%n", &value, &used) != 1 || used != 2)
		return NULL;
	*byte = value;
	return text[2] == ':' ? text + 3 : text + 2;
}

/*
 * Is this the certificate of the key that has signed the module? The signature names it
 * by its serial number, which stands in the certificate as it is (RFC 5280, 4.1.2.2).
 */
static bool signed_with(const struct module_file *m, const char *certificate)
{
	unsigned char serial[sizeof(m->key)], file[8192];
	const char *p = m->key;
	size_t len = 0, got;
	FILE *f;

	while (p && *p)
		p = hex_byte(p, &serial[len++]);
	if (!p || !len)
		return false;
	f = fopen(certificate, "re");
	if (!f)
		return false;
	got = fread(file, 1, sizeof(file), f);
	fclose(f);
	return memmem(file, got, serial, len);
}

/*
 * Has the firmware's shim not been told to trust this key? mokutil says so in words;
 * where there is no mokutil, nobody knows before the kernel has been asked.
 */
static bool mok_missing(const char *key)
{
	char *argv[] = { "mokutil", "--test-key", (char *)key, NULL };
	char out[512] = "";

	run_command(argv, MOKUTIL_SECONDS, out, sizeof(out));
	return strstr(out, "is not enrolled");
}

static void describe_why(const struct signing *s, const struct module_file *m,
			 char *why, size_t size)
{
	const char *who = s->secure_boot ? "Secure Boot is on" :
			  s->sig_enforce ? "the kernel was told to enforce signatures" :
			  "the kernel is locked down";

	if (m->signer[0])
		snprintf(why, size, "%s, and %s is signed with a key (%s) that has not been enrolled",
			 who, m->path, m->signer);
	else
		snprintf(why, size, "%s, and %s is not signed", who, m->path);
}

/* What is to be done with a machine owner key, whichever of it is still missing */
static void describe_steps(const struct module_file *m, const char *key,
			   char *steps, size_t size)
{
	snprintf(steps, size,
		 "sign the module with a key of this machine's owner, and enroll that key once:\n"
		 "%s"
		 "    mokutil --import %s        # asks for a password, for the next boot\n"
		 "    reboot, choose \"Enroll MOK\" in the blue screen, give that password\n"
		 "%s"
		 "  then bind again; \"gxdp doctor\" shows what is still missing",
		 key ? "" :
		 "    dkms generate_mok        # or: openssl req -new -x509 -newkey rsa:2048 -nodes -days 36500 -subj /CN=gxdp/ -keyout mok.key -outform DER -out mok.pub\n",
		 key ? key : "/var/lib/dkms/mok.pub",
		 m->signer[0] ? "" :
		 "    dkms install --force gxdp/VERSION        # DKMS signs with that key; a module of make's: scripts/sign-file of the kernel's headers\n");
}

void signing_steps(const char *module, char *steps, size_t size)
{
	struct module_file m;

	signing_module(module, &m);
	describe_steps(&m, signing_mok(), steps, size);
}

bool signing_would_refuse(const char *module, char *why, size_t why_size,
			  char *steps, size_t steps_size)
{
	const char *key = signing_mok();
	struct module_file m;
	struct signing s;

	signing_read(&s);
	if (!s.required)
		return false;
	signing_module(module, &m);
	if (!m.found)
		return false;	/* that is another error */
	/* of a signature by any other key than ours the kernel knows more than we do */
	if (m.signer[0] &&
	    !(s.secure_boot && key && signed_with(&m, key) && mok_missing(key)))
		return false;
	describe_why(&s, &m, why, why_size);
	describe_steps(&m, key, steps, steps_size);
	return true;
}
