/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vforked: waits for a child of vfork(2) that neither ends nor runs anything. Until it is killed,
 * no tracer can stop it. */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void)
{
	if (vfork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return 0;
}
