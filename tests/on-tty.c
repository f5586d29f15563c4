/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * on-tty COMMAND [ARGUMENT...]: runs a command as the leader of a session on a new terminal, and
 * does what the lines on stdin say, as somebody who sits there would. Prints all that came, and
 * exits as the command did, or with 99 where a line could not be done in time.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

/* clang-format off */
static const char help[] =
	"Usage: on-tty COMMAND [ARGUMENT...] < SCRIPT\n"
	"       on-tty --type TEXT | --vhangup\n"
	"The second types TEXT on our own terminal by TIOCSTI, or hangs it up. SCRIPT has lines\n"
	"  send TEXT         types it; \\n \\r \\e \\\\ \\xHH are decoded\n"
	"  expect TEXT       waits until that has come, behind what was expected before\n"
	"  modes same|raw    waits until the terminal's modes are those of the start; until keys\n"
	"                    come as bytes\n"
	"  deaf SECONDS      takes nothing that comes for so long\n"
	"  slow              takes 1000 bytes each 10 ms from now on\n"
	"  resize ROWS COLS\n"
	"  run COMMAND       runs it elsewhere; $COMMAND_PID is the command on the terminal\n"
	"  hangup            goes away\n"
	"  wait              until the command has ended; so does the end of SCRIPT\n";
/* clang-format on */

enum { SECONDS = 45, FAILED = 99 };

static struct {
	int master, slave; /* both, so that what came and the modes outlast the command */
	pid_t pid;
	bool ended, slow;
	int status;
	struct termios modes;
	char *came;
	size_t n, seen; /* bytes that came, and those that were expected already */
} tty = { .master = -1, .slave = -1 };

__attribute__((format(printf, 1, 2), noreturn)) static void fail(const char *format, ...)
{
	va_list args;
	if (tty.n)
		fwrite(tty.came, 1, tty.n, stdout);
	fflush(stdout);
	fputs("\non-tty: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\n", stderr);
	if (tty.pid > 0 && !tty.ended)
		kill(tty.pid, SIGKILL);
	exit(FAILED);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool take(void)
{
	tty.came = realloc(tty.came, tty.n + 65536);
	if (!tty.came)
		abort();
	ssize_t n = read(tty.master, tty.came + tty.n, tty.slow ? 1000 : 65536);
	tty.n += n > 0 ? (size_t)n : 0;
	return n > 0;
}

/* What comes within some milliseconds. */
static void look(bool writable)
{
	struct pollfd fd = { .fd = tty.master, .events = POLLIN | (writable ? POLLOUT : 0) };
	if (poll(&fd, 1, 10) > 0 && fd.revents & POLLIN)
		take();
	if (tty.slow)
		usleep(10000);
	if (!tty.ended && waitpid(tty.pid, &tty.status, WNOHANG) == tty.pid)
		tty.ended = true;
}

static size_t decode(char *text)
{
	static const char letters[] = "nre\\", bytes[] = "\n\r\033\\";
	char *to = text, *end;
	for (const char *from = text; *from; from++) {
		const char *known = from[0] == '\\' && from[1] ? strchr(letters, from[1]) : NULL;
		char hex[3] = "";
		if (known) {
			*to++ = bytes[known - letters];
			from++;
		} else if (from[0] == '\\' && from[1] == 'x') {
			strncpy(hex, from + 2, 2);
			*to++ = (char)strtoul(hex, &end, 16);
			from += 1 + (end - hex);
		} else {
			*to++ = *from;
		}
	}
	*to = 0;
	return to - text;
}

static bool do_send(char *text)
{
	size_t n = decode(text), sent = 0;
	for (double end = now() + SECONDS; sent < n && now() < end;) {
		ssize_t m = write(tty.master, text + sent, n - sent);
		sent += m > 0 ? (size_t)m : 0;
		look(sent < n);
	}
	return sent == n;
}

static bool do_expect(char *text)
{
	size_t n = decode(text);
	for (double end = now() + SECONDS;;) {
		char *at = tty.n ? memmem(tty.came + tty.seen, tty.n - tty.seen, text, n) : NULL;
		if (at)
			tty.seen = at + n - tty.came;
		if (at || now() > end)
			return at;
		look(false);
	}
}

static bool have_modes(const char *which)
{
	struct termios modes;
	if (tcgetattr(tty.master, &modes) < 0)
		return false;
	if (strcmp(which, "raw") == 0)
		return !(modes.c_lflag & (ICANON | ISIG | ECHO)) && !(modes.c_oflag & OPOST);
	return modes.c_iflag == tty.modes.c_iflag && modes.c_oflag == tty.modes.c_oflag &&
	       modes.c_cflag == tty.modes.c_cflag && modes.c_lflag == tty.modes.c_lflag &&
	       memcmp(modes.c_cc, tty.modes.c_cc, sizeof(modes.c_cc)) == 0;
}

static bool do_modes(char *which)
{
	for (double end = now() + SECONDS; now() < end; look(false))
		if (have_modes(which))
			return true;
	return false;
}

static bool do_deaf(char *seconds)
{
	return sleep(atoi(seconds)) == 0;
}

static bool do_slow(char *nothing)
{
	tty.slow = true;
	return !*nothing;
}

static bool do_resize(char *text)
{
	struct winsize size = { 0 };
	return sscanf(text, "%hu %hu", &size.ws_row, &size.ws_col) == 2 &&
	       ioctl(tty.master, TIOCSWINSZ, &size) == 0;
}

static bool do_run(char *command)
{
	int status = -1;
	pid_t pid = fork();
	if (pid == 0) {
		execlp("timeout", "timeout", "20", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool do_hangup(char *nothing)
{
	close(tty.master);
	close(tty.slave);
	tty.master = tty.slave = -1;
	return !*nothing;
}

static bool do_wait(char *nothing)
{
	for (double end = now() + SECONDS; !tty.ended && now() < end;)
		look(false);
	while (tty.ended && tty.master >= 0 && take())
		;
	return tty.ended && !*nothing;
}

static const struct {
	const char *word;
	bool (*act)(char *argument);
} words[] = {
	{ "send", do_send }, { "expect", do_expect }, { "modes", do_modes },
	{ "deaf", do_deaf }, { "slow", do_slow },     { "resize", do_resize },
	{ "run", do_run },   { "hangup", do_hangup }, { "wait", do_wait },
};

static void follow(char *line)
{
	char *argument = line, *word = strsep(&argument, " "),
	     *text = argument ? argument : word + strlen(word);
	char *shown = strdup(text);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i].word) != 0)
			continue;
		if (!words[i].act(text))
			fail("%s %s: not in time, or not possible", word, shown ? shown : "");
		free(shown);
		return;
	}
	fail("%s: no such word", word);
}

static int type(const char *text)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC), r = 0;
	for (; *text && r == 0; text++)
		r = ioctl(fd, TIOCSTI, text);
	printf("typed: %s\n", r < 0 ? strerror(errno) : "all");
	return r < 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--type") == 0)
		return type(argv[2]);
	if (argc == 2 && strcmp(argv[1], "--vhangup") == 0)
		_exit(vhangup() < 0);
	if (argc < 2 || argv[1][0] == '-')
		return fputs(help, stderr), 2;
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	if (openpty(&tty.master, &tty.slave, NULL, NULL, &size) < 0 ||
	    tcgetattr(tty.master, &tty.modes) < 0)
		fail("no terminal: %s", strerror(errno));
	tty.pid = fork();
	if (tty.pid == 0) {
		close(tty.master);
		login_tty(tty.slave);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (tty.pid < 0 || fcntl(tty.master, F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(tty.master, F_SETFD, FD_CLOEXEC) < 0 || fcntl(tty.slave, F_SETFD, FD_CLOEXEC) < 0)
		fail("no terminal: %s", strerror(errno));
	char *line = NULL, nothing[] = "", number[16];
	size_t size_of_line = 0;
	snprintf(number, sizeof(number), "%d", tty.pid);
	setenv("COMMAND_PID", number, 1);
	ssize_t n;
	while ((n = getline(&line, &size_of_line, stdin)) > 0) {
		line[strcspn(line, "\n")] = 0;
		follow(line);
	}
	free(line);
	if (!do_wait(nothing))
		fail("the command has not ended in time");
	if (tty.n)
		fwrite(tty.came, 1, tty.n, stdout);
	free(tty.came);
	return WIFSIGNALED(tty.status) ? 128 + WTERMSIG(tty.status) : WEXITSTATUS(tty.status);
}
