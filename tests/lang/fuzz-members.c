// SPDX-License-Identifier: GPL-2.0
/* libFuzzer on the parser of block lists, which are other people's files. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gx_prefixes v4 = {}, v6 = {};
	struct gx_timed_prefixes timed = {};
	struct gx_diags diags = {};
	static int fd = -1;
	char path[32];

	if (fd < 0)
		fd = memfd_create("members", 0);
	assert(fd >= 0 && !ftruncate(fd, 0));
	assert(pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (gx_lang_read_timed(path, &v4, &v6, &timed, &diags)) {
		gx_prefixes_aggregate(&v4, false);
		gx_prefixes_aggregate(&v6, true);
		assert(!gx_prefixes_aggregate(&v4, false));
	}
	free(timed.v);
	free(v4.v);
	free(v6.v);
	gx_diags_free(&diags);
	return 0;
}
