/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mutefs DIR: mounts a FUSE file system there, says "ready", and then takes requests without
 * answering one. */
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

static _Alignas(16) char buffer[256 * 1024];

/* The first one, FUSE_INIT, is answered, as all others wait for that. */
static int answer_init(int fd)
{
	const struct fuse_in_header *in = (const void *)buffer;
	struct {
		struct fuse_out_header header;
		struct fuse_init_out init;
	} out = {
		.header = { .len = sizeof(out) },
		.init = { .major = FUSE_KERNEL_VERSION,
			  .minor = 31,
			  .max_write = 4096,
			  .max_background = 1 },
	};
	if (read(fd, buffer, sizeof(buffer)) <= 0 || in->opcode != FUSE_INIT)
		return -1;
	out.header.unique = in->unique;
	return write(fd, &out, sizeof(out)) == sizeof(out) ? 0 : -1;
}

int main(int argc, char **argv)
{
	char options[64];
	if (argc != 2)
		return 2;
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		perror("mutefs: /dev/fuse");
		return 3;
	}
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount("mutefs", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) < 0 ||
	    answer_init(fd) < 0) {
		perror("mutefs");
		return 3;
	}
	puts("ready");
	fflush(stdout);
	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	return 0;
}
