/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reads N: so many times one byte of /dev/zero, a system call each. */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "/dev/zero");
	for (long left = argc > 1 ? atol(argv[1]) : 0; left > 0; left--)
		if (read(fd, &byte, 1) != 1)
			err(1, "read");
	return 0;
}
