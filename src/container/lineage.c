/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/lineage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/procfile.h"

/* What we read of a command line: those of engines have a few paths. */
#define CMDLINE_MAX ((size_t)64 * 1024)

void supervisor_clear(struct supervisor *supervisor)
{
	known_clear(&supervisor->known);
	free(supervisor->bundle);
	free(supervisor->pidfile);
	*supervisor = (struct supervisor){ 0 };
}

/* The arguments, behind each of which there is a NUL. */
struct arguments {
	const char *at, *end;
};

static const char *next_argument(struct arguments *arguments)
{
	const char *argument = arguments->at;
	if (argument >= arguments->end)
		return NULL;
	arguments->at += strlen(argument) + 1;
	return argument;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* The value of an option that is written as "-id VALUE" or "-id=VALUE". */
static const char *option_value(struct arguments arguments, const char *option)
{
	size_t n = strlen(option);
	for (const char *argument; (argument = next_argument(&arguments));) {
		if (strncmp(argument, option, n) != 0)
			continue;
		if (argument[n] == '=')
			return argument + n + 1;
		if (argument[n] == 0)
			return next_argument(&arguments);
	}
	return NULL;
}

static char *copy_value(struct arguments arguments, const char *option)
{
	const char *value = option_value(arguments, option);
	return value && *value ? xstrdup(value) : NULL;
}

static int describe(struct supervisor *supervisor, const char *engine, const char *id)
{
	if (!id || !*id)
		return SUPERVISOR_NOT;
	supervisor->known.running = true;
	supervisor->known.container.engine = engine;
	supervisor->known.container.id = xstrdup(id);
	return 0;
}

/* containerd-shim-runc-v2 -namespace moby -id ID -address …: the namespace is containerd's and
 * tells who uses it. */
static int parse_shim(struct arguments arguments, struct supervisor *supervisor)
{
	const char *client = option_value(arguments, "-namespace");
	const char *engine = "containerd";
	if (client && strcmp(client, "moby") == 0)
		engine = "docker";
	if (client && strcmp(client, "k8s.io") == 0)
		engine = "kubernetes";
	supervisor->of_pod = strcmp(engine, "kubernetes") == 0;
	return describe(supervisor, engine, option_value(arguments, "-id"));
}

/* conmon --api-version 1 -c ID -u ID -r /usr/bin/runc -b BUNDLE -p PIDFILE -n NAME …; CRI-O starts
 * it too, with a name of "k8s_…". */
static int parse_conmon(struct arguments arguments, struct supervisor *supervisor)
{
	const char *name = option_value(arguments, "-n");
	bool cri = name && strncmp(name, "k8s_", 4) == 0;
	int r = describe(supervisor, cri ? "kubernetes" : "podman", option_value(arguments, "-c"));
	if (r != 0)
		return r;
	if (!cri)
		known_set_name(&supervisor->known, name);
	supervisor->bundle = copy_value(arguments, "-b");
	supervisor->pidfile = copy_value(arguments, "-p");
	return 0;
}

/* "[lxc monitor] /var/lib/lxc NAME": a title that it gave itself, of one piece. */
static int parse_lxc(const char *title, struct supervisor *supervisor)
{
	const char *space = strrchr(title, ' ');
	int r = describe(supervisor, "lxc", space ? space + 1 : NULL);
	if (r == 0)
		known_set_name(&supervisor->known, supervisor->known.container.id);
	return r;
}

/* An option of systemd-nspawn: "--machine=NAME", "--machine NAME", "-M NAME", "-MNAME", "-bM NAME",
 * where letters without a value may stand in front of ours. */
static const char *nspawn_value(struct arguments arguments, const char *option, char letter)
{
	static const char no_value[] = "abhjknPqUx";
	size_t n = strlen(option);
	for (const char *argument; (argument = next_argument(&arguments));) {
		if (strcmp(argument, "--") == 0)
			break;
		bool is_long = strncmp(argument, option, n) == 0;
		if (is_long && argument[n] == '=')
			return argument + n + 1;
		if (is_long && argument[n] == 0)
			return next_argument(&arguments);
		if (argument[0] != '-' || argument[1] == '-')
			continue;
		const char *at = argument + 1 + strspn(argument + 1, no_value);
		if (*at == letter)
			return at[1] ? at + 1 : next_argument(&arguments);
	}
	return NULL;
}

/* Without a name it takes that of the folder or of the image, see systemd-nspawn(1). */
static int parse_nspawn(struct arguments arguments, struct supervisor *supervisor)
{
	const char *value = nspawn_value(arguments, "--machine", 'M');
	if (!value)
		value = nspawn_value(arguments, "--directory", 'D');
	if (!value)
		value = nspawn_value(arguments, "--image", 'i');
	_cleanup_(freep) char *path = value ? xstrdup(value) : NULL;
	for (size_t n = path ? strlen(path) : 0; n && path[n - 1] == '/'; n--)
		path[n - 1] = 0;
	int r = describe(supervisor, "nspawn", path ? base_name(path) : NULL);
	if (r == 0)
		known_set_name(&supervisor->known, supervisor->known.container.id);
	return r;
}

static int parse(const char *text, size_t n, struct supervisor *supervisor)
{
	struct arguments arguments = { text, text + n };
	const char *program = next_argument(&arguments);
	if (!program)
		return SUPERVISOR_NOT;
	if (strncmp(program, "[lxc monitor] ", 14) == 0)
		return parse_lxc(program, supervisor);
	program = base_name(program);
	if (strncmp(program, "containerd-shim", 15) == 0)
		return parse_shim(arguments, supervisor);
	if (strcmp(program, "conmon") == 0)
		return parse_conmon(arguments, supervisor);
	if (strcmp(program, "systemd-nspawn") == 0)
		return parse_nspawn(arguments, supervisor);
	return SUPERVISOR_NOT;
}

int supervisor_parse(const char *cmdline, size_t n, struct supervisor *ret)
{
	/* With a NUL behind the last one, also where the text was cut. */
	_cleanup_(freep) char *text = xcalloc(1, n + 1);
	if (n)
		memcpy(text, cmdline, n);
	struct supervisor supervisor = { 0 };
	int r = parse(text, n, &supervisor);
	if (r == 0)
		*ret = supervisor;
	else
		supervisor_clear(&supervisor);
	return r;
}

int ancestor_read(int dir, struct ancestor *ret)
{
	struct proc_stat stat;
	int r = proc_read_stat(dir, &stat);
	if (r < 0)
		return r;
	*ret = (struct ancestor){ -1, stat.pid, stat.ppid, stat.start };
	return 0;
}

int ancestor_open(int proc, pid_t pid, struct ancestor *ret)
{
	_cleanup_(closep) int dir = proc_open_pid(proc, pid);
	if (dir < 0)
		return dir;
	int r = ancestor_read(dir, ret);
	if (r == 0)
		ret->dir = TAKE_FD(dir);
	return r;
}

void ancestor_close(struct ancestor *ancestor)
{
	closep(&ancestor->dir);
	ancestor->dir = -1;
}

int ancestor_climb(int proc, struct ancestor *ancestor)
{
	struct ancestor parent;
	if (ancestor->ppid <= 1)
		return -ESRCH;
	int r = ancestor_open(proc, ancestor->ppid, &parent);
	if (r < 0)
		return r;
	if (parent.start > ancestor->start) {
		ancestor_close(&parent);
		return -ESRCH;
	}
	ancestor_close(ancestor);
	*ancestor = parent;
	return 0;
}

bool ancestor_is_gone(int r)
{
	return r == -ESRCH || r == -ENOENT || r == -ENOTDIR;
}

/* The user of all four ids, or SUPERVISOR_NOT. Names are escaped in front of that line. */
static int only_user(int dir, uid_t *ret)
{
	char text[4096];
	ssize_t n = proc_read(dir, "status", text, sizeof(text));
	if (n < 0)
		return n;
	const char *line = strstr(text, "\nUid:\t");
	uid_t ids[4];
	if (!line ||
	    sscanf(line, "\nUid:\t%u\t%u\t%u\t%u", &ids[0], &ids[1], &ids[2], &ids[3]) != 4)
		return -EIO;
	if (ids[0] != ids[1] || ids[0] != ids[2] || ids[0] != ids[3])
		return SUPERVISOR_NOT;
	*ret = ids[0];
	return 0;
}

int ancestor_supervises(const struct ancestor *ancestor, struct supervisor *ret)
{
	_cleanup_(freep) char *text = NULL;
	_cleanup_(supervisor_clear) struct supervisor supervisor = { 0 };
	size_t n;
	int r = proc_read_all(ancestor->dir, "cmdline", CMDLINE_MAX, &text, &n);
	if (r == 0)
		r = supervisor_parse(text, n, &supervisor);
	if (r == 0)
		r = only_user(ancestor->dir, &supervisor.known.container.owner);
	if (ancestor_is_gone(r))
		return SUPERVISOR_NOT;
	if (r != 0)
		return r;
	*ret = supervisor;
	supervisor = (struct supervisor){ 0 };
	return 0;
}
