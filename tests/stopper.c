/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stopper NAME: stops each new process of that name that it may, and says so, until it is killed.
 * It looks at the numbers that the kernel has given last. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int has_name(pid_t pid, const char *name)
{
	char path[64], comm[32] = "";
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	int read = fgets(comm, sizeof(comm), file) != NULL;
	fclose(file);
	comm[strcspn(comm, "\n")] = 0;
	return read && strcmp(comm, name) == 0;
}

static pid_t last_pid(void)
{
	char line[128] = "";
	FILE *file = fopen("/proc/loadavg", "re");
	if (!file || !fgets(line, sizeof(line), file))
		exit(1);
	fclose(file);
	const char *blank = strrchr(line, ' ');
	return blank ? atoi(blank + 1) : 0;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	alarm(60);
	for (;;) {
		pid_t last = last_pid();
		for (pid_t pid = last > 5 ? last - 4 : 2; pid <= last + 8; pid++)
			if (has_name(pid, argv[1]) && kill(pid, SIGSTOP) == 0) {
				printf("%d\n", pid);
				fflush(stdout);
			}
	}
}
