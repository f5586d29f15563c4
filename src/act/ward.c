/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/ward.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

/* The ones that a fault of our own raises, and those that cannot be caught, stay. */
int ward_begin(struct ward *ward)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };
	sigset_t set;
	sigfillset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		sigdelset(&set, faults[i]);
	*ward = (struct ward){ .signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) };
	if (ward->signals < 0)
		return -errno;
	/* An ignored one would be told of by nobody. */
	signal(SIGCHLD, SIG_DFL);
	return sigprocmask(SIG_SETMASK, &set, &ward->before) < 0 ? -errno : 0;
}

void ward_release(const struct ward *ward)
{
	sigprocmask(SIG_SETMASK, &ward->before, NULL);
}

static void send(const struct ward *ward, int signal_number)
{
	kill(signal_number == SIGCONT && ward->apart ? -ward->pid : ward->pid, signal_number);
}

/* Stops WHOM, which is us or our process group, as a key would. Where no shell waits for that (an
 * orphaned process group, setpgid(2)) the kernel does nothing. */
static void stop(pid_t whom)
{
	sigset_t set, before;
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	kill(whom, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, &before); /* here */
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/*
 * It was stopped, so we stop. Who serves its terminal does that to all of the job, as the key would
 * have done, and if nobody is there who could let it go on, it goes on. Who leads its session tells
 * him, and is in an orphaned process group himself. Who goes on gets a SIGCONT, to hand on.
 */
static void stop_with_it(const struct ward *ward, struct terminal *terminal)
{
	bool typed = terminal && terminal->reading;
	if (!terminal && ward->apart) {
		raise(SIGSTOP);
		return;
	}
	if (terminal)
		terminal_restore(terminal);
	stop(typed ? 0 : getpid());
	if (!terminal)
		return;
	terminal_set_raw(terminal);
	send(ward, SIGCONT);
}

static int die_as(int signal_number)
{
	sigset_t set;
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* it has left a core dump, if any is wanted */
	signal(signal_number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	raise(signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return 128 + signal_number;
}

/* True once it has ended. */
static bool look_after(const struct ward *ward, struct terminal *terminal, int *ret_status)
{
	while (waitpid(ward->pid, ret_status, WNOHANG | WUNTRACED) == ward->pid) {
		if (!WIFSTOPPED(*ret_status))
			return true;
		stop_with_it(ward, terminal);
	}
	return false;
}

/* What a key, or the end of a terminal, sends reaches all of a process group. */
static bool has_got(const struct ward *ward, const struct signalfd_siginfo *info)
{
	return info->ssi_code == SI_KERNEL && !ward->apart;
}

static void hand_on(const struct ward *ward, struct terminal *terminal)
{
	struct signalfd_siginfo info;
	while (read(ward->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		if (info.ssi_signo == SIGWINCH && terminal)
			terminal_resize(terminal);
		else if (!has_got(ward, &info))
			send(ward, info.ssi_signo);
		/* Back in the foreground. */
		if (info.ssi_signo == SIGCONT && terminal)
			terminal_set_raw(terminal);
	}
}

static void wait_for_more(const struct ward *ward, struct terminal *terminal)
{
	struct pollfd fds[3] = { { .fd = ward->signals, .events = POLLIN } };
	int patience = terminal ? terminal_prepare(terminal, &fds[1]) : -1;
	int n = poll(fds, terminal ? 3 : 1, patience);
	if (n > 0 && terminal)
		terminal_pass(terminal, &fds[1]);
	if (n == 0)
		terminal_set_raw(terminal);
}

/* What says that we are to end. The command has: it is for us now. */
static void drain(const struct ward *ward, struct terminal *terminal)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaddset(&set, numbers[i]);
	terminal_drain(terminal, signalfd(ward->signals, &set, 0));
	terminal_restore(terminal);
}

int ward_attend(struct ward *ward, struct terminal *terminal)
{
	int status;
	if (terminal)
		terminal_set_raw(terminal);
	while (!look_after(ward, terminal, &status)) {
		wait_for_more(ward, terminal);
		hand_on(ward, terminal);
	}
	if (terminal)
		drain(ward, terminal);
	close(ward->signals);
	return WIFSIGNALED(status) ? die_as(WTERMSIG(status)) : WEXITSTATUS(status);
}
