/* Any file as configuration: refused with a reason, or loaded. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("conf", 0);
	char path[64];
	struct conf conf;
	struct ctx c;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ctx_init(&c, (size_t)4 << 20);
	if (conf_load(&c, path, &conf) == ERR_OK)
		conf_free(&conf);
	else if (!c.err.detail || conf.db_socket)
		abort();
	ctx_close(&c);
	close(fd);
	return 0;
}
