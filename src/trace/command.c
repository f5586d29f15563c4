/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/command.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "util/macro.h"

/* In the child: waits until it is traced, as the filter would refuse its calls before. */
static _noreturn_ void run(char *const *argv, struct filter *filter, const struct signals *before,
			   int go, int failed)
{
	char byte;
	int why = 0;
	if (read(go, &byte, 1) != 1)
		_exit(1);
	sigaction(SIGCHLD, &before->child_before, NULL);
	sigprocmask(SIG_SETMASK, &before->before, NULL);
	int r = filter ? filter_install(filter) : 0;
	if (r < 0)
		why = -r;
	else
		execvp(argv[0], argv);
	if (!why)
		why = errno;
	(void)!write(failed, &why, sizeof(why));
	_exit(why == ENOENT ? 127 : 126); /* as a shell has it */
}

int command_start(struct command *command, char *const *argv, struct filter *filter,
		  const struct signals *before, struct error *err)
{
	int go[2], failed[2];
	if (pipe2(go, O_CLOEXEC) < 0)
		return error_errno(err, errno, "cannot make a pipe");
	_cleanup_(closep) int theirs = go[0];
	command->go = go[1];
	if (pipe2(failed, O_CLOEXEC) < 0)
		return error_errno(err, errno, "cannot make a pipe");
	_cleanup_(closep) int their_end = failed[1];
	command->failed = failed[0];
	command->pid = fork();
	if (command->pid == 0) {
		close(go[1]);
		run(argv, filter, before, theirs, their_end);
	}
	return command->pid < 0 ? error_errno(err, errno, "cannot fork") : 0;
}

int command_go(struct command *command, struct error *err)
{
	int r = write(command->go, "", 1) == 1 ? 0 : -errno;
	close(TAKE_FD(command->go));
	return r < 0 ? error_errno(err, -r, "cannot start it") : 0;
}

int command_failure(const struct command *command)
{
	int why;
	return read(command->failed, &why, sizeof(why)) == sizeof(why) ? why : 0;
}

void command_clear(struct command *command)
{
	closep(&command->go);
	closep(&command->failed);
}

void signals_block(struct signals *signals, bool with_command)
{
	const struct sigaction by_default = { .sa_handler = SIG_DFL };
	sigset_t blocked_too;
	static const int blocked[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigemptyset(&signals->set);
	for (size_t i = 0; i < ARRAY_SIZE(blocked); i++)
		sigaddset(&signals->set, blocked[i]);
	sigaction(SIGCHLD, &by_default, &signals->child_before);
	blocked_too = signals->set;
	if (with_command)
		sigaddset(&blocked_too, SIGPIPE);
	sigprocmask(SIG_BLOCK, &blocked_too, &signals->before);
}

void signals_restore(const struct signals *signals)
{
	const struct timespec at_once = { 0 };
	sigset_t pipe;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	/* What the write has said. */
	if (!sigismember(&signals->before, SIGPIPE))
		while (sigtimedwait(&pipe, NULL, &at_once) > 0)
			;
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}

void command_hand_on(const struct command *command, int signal, int code)
{
	if (signal != SIGCHLD && code != SI_KERNEL)
		kill(command->pid, signal);
}
