/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "joinoptions.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "util/parse.h"

enum {
	OPTION_USER_PARENT = CLI_TOOL_OPTION,
	OPTION_AS,
	OPTION_PRESERVE_CREDENTIALS,
	OPTION_KEEP_CAPS,
	OPTION_KEEP_ENV,
	OPTION_NO_JOIN_CGROUP,
	OPTION_LIKE_TARGET,
	OPTION_BEST_EFFORT,
	OPTION_MOUNT_PROC,
	OPTION_NO_KILL_CHILD,
	OPTION_PTY,
	OPTION_NO_PTY,
	OPTION_DRY_RUN,
	OPTION_COLOR,
};

static const struct cli_option options[] = {
	{ 't', "target", "REFERENCE", "whom to join, in place of the first operand" },
	{ 'a', "all", NULL, "join all namespaces of the target, and nothing else" },
	{ 'm', "mount", "[=FILE]", "join the mount namespace" },
	{ 'u', "uts", "[=FILE]", "join the UTS namespace (host name)" },
	{ 'i', "ipc", "[=FILE]", "join the IPC namespace" },
	{ 'n', "net", "[=FILE]", "join the network namespace" },
	{ 'p', "pid", "[=FILE]", "join the pid namespace" },
	{ 'U', "user", "[=FILE]", "join the user namespace" },
	{ 'C', "cgroup", "[=FILE]", "join the cgroup namespace" },
	{ 'T', "time", "[=FILE]", "join the time namespace" },
	{ 'N', "net-socket", "FD", "join the network namespace of the target's socket FD" },
	{ OPTION_USER_PARENT, "user-parent", NULL,
	  "join the user namespace above, or the owner of others" },
	{ OPTION_AS, "as", "USER", "be that user (NAME or NAME:GROUP), as known inside" },
	{ 'S', "setuid", "UID", "be the user with that number, or the target's: follow" },
	{ 'G', "setgid", "GID", "be in the group with that number, or follow" },
	{ OPTION_PRESERVE_CREDENTIALS, "preserve-credentials", NULL, "keep our user and groups" },
	{ OPTION_KEEP_CAPS, "keep-caps", NULL,
	  "keep the capabilities that a user namespace grants" },
	{ 'r', "root", "[=DIR]", "set the root directory, to the target's or DIR" },
	{ 'w', "wd", "[=DIR]", "go to the target's working directory, or DIR" },
	{ 'W', "wdns", "[=DIR]", "go to DIR as it is inside" },
	{ 'e', "env", NULL, "take the environment of the target" },
	{ OPTION_KEEP_ENV, "keep-env", NULL, "keep our environment" },
	{ 'c', "join-cgroup", NULL, "join the cgroups of the target" },
	{ OPTION_NO_JOIN_CGROUP, "no-join-cgroup", NULL, "stay in our cgroups" },
	{ 'Z', "follow-context", NULL, "take the SELinux context of the target" },
	{ OPTION_LIKE_TARGET, "like-target", NULL, "let it do no more than the target may" },
	{ OPTION_BEST_EFFORT, "best-effort", NULL,
	  "with --like-target, go on with what can be had" },
	{ OPTION_MOUNT_PROC, "mount-proc", NULL, "mount /proc, for the command alone" },
	{ 'F', "no-fork", NULL, "do not fork, and stay outside of the pid namespace" },
	{ OPTION_NO_KILL_CHILD, "no-kill-child", NULL, "let the command outlive us" },
	{ OPTION_PTY, "pty", NULL, "give it a private terminal" },
	{ OPTION_NO_PTY, "no-pty", NULL, "hand on our terminal" },
	{ OPTION_DRY_RUN, "dry-run", NULL, "print what would be done, and do nothing" },
	{ OPTION_COLOR, "color", "[=WHEN]", "colors: auto, always or never" },
	{ 'v', "verbose", NULL, "print what will be done on stderr, and do it" },
	{ 'h', "help", NULL, "print this help" },
	{ 'V', "version", NULL, "print the version" },
};

void join_options_help(void)
{
	puts("Usage:\n nsjoin [options] [REFERENCE] [--] [COMMAND [ARGUMENT...]]\n\n"
	     "Runs a command, or a shell, inside the namespaces of a process: all that differ\n"
	     "from ours, with its root and working directory, user, groups, cgroups and\n"
	     "environment. Where a kind of namespace is named, or -a: nothing but those, as\n"
	     "nsenter(1) does.\n\n"
	     "Options:");
	options_print(options, ARRAY_SIZE(options));
	puts("\nFor more, see nsjoin(1) and nstools(7).");
}

static enum ns_kind kind_by_letter(int letter)
{
	enum ns_kind kind = 0;
	while (kind < NS_KIND_COUNT && ns_kind_info(kind)->letter != letter)
		kind++;
	return kind;
}

/* getopt_long(3) leaves the "=" of "-n=FILE" in the argument; nsenter(1) takes "-nFILE" only. */
static void set_kind(struct wish *wish, enum ns_kind kind, const char *file)
{
	if (file)
		wish->files[kind] = file;
	else
		wish->kinds |= 1u << kind;
}

static void set_dir(struct wish_dir *dir, const char *path)
{
	*dir = (struct wish_dir){ path ? FROM_PATH : FROM_TARGET, path };
}

static int set_id(struct wish_id *id, const char *option, const char *text, struct error *err)
{
	uint64_t value = 0;
	bool follow = strcmp(text, "follow") == 0;
	if (!follow && parse_u64(text, UINT32_MAX - 1, &value) < 0)
		return error_set(err, EINVAL,
				 "%s: '%s' is no number of a user or group; names are "
				 "for --as",
				 option, text);
	*id = (struct wish_id){ .given = true, .follow = follow, .id = value };
	return 0;
}

static int set_socket(struct wish *wish, const char *text, struct error *err)
{
	uint64_t value;
	if (parse_u64(text, INT_MAX, &value) < 0)
		return error_set(err, EINVAL, "--net-socket: '%s' is no number of a descriptor",
				 text);
	wish->net_socket = value;
	return 0;
}

static int set_option(struct wish *wish, int id, const char *value, enum color_when *color,
		      struct error *err)
{
	switch (id) {
	case 't':
		wish->target = value;
		return 0;
	case 'a':
		wish->all = true;
		return 0;
	case 'N':
		return set_socket(wish, value, err);
	case OPTION_USER_PARENT:
		wish->user_parent = true;
		return 0;
	case OPTION_AS:
		wish->as = value;
		return 0;
	case 'S':
		return set_id(&wish->uid, "--setuid", value, err);
	case 'G':
		return set_id(&wish->gid, "--setgid", value, err);
	case OPTION_PRESERVE_CREDENTIALS:
		wish->preserve_credentials = true;
		return 0;
	case OPTION_KEEP_CAPS:
		wish->keep_caps = true;
		return 0;
	case 'r':
		set_dir(&wish->root, value);
		return 0;
	case 'w':
		set_dir(&wish->cwd, value);
		return 0;
	case 'W':
		wish->cwd_inside = value;
		return 0;
	case 'e':
		wish->target_env = true;
		return 0;
	case OPTION_KEEP_ENV:
		wish->keep_env = true;
		return 0;
	case 'c':
		wish->target_cgroup = true;
		return 0;
	case OPTION_NO_JOIN_CGROUP:
		wish->no_cgroup = true;
		return 0;
	case 'Z':
		wish->follow_context = true;
		return 0;
	case OPTION_LIKE_TARGET:
		wish->like_target = true;
		return 0;
	case OPTION_BEST_EFFORT:
		wish->best_effort = true;
		return 0;
	case OPTION_MOUNT_PROC:
		wish->mount_proc = true;
		return 0;
	case 'F':
		wish->no_fork = true;
		return 0;
	case OPTION_NO_KILL_CHILD:
		wish->outlive = true;
		return 0;
	case OPTION_PTY:
	case OPTION_NO_PTY:
		wish->terminal = id == OPTION_PTY;
		return 0;
	case OPTION_DRY_RUN:
		wish->dry_run = true;
		return 0;
	case OPTION_COLOR:
		return color_parse(value, color, err);
	case 'v':
		wish->verbose = true;
		return 0;
	default:
		set_kind(wish, kind_by_letter(id), value);
		return 0;
	}
}

static int check(const struct wish *wish, struct error *err)
{
	bool as_numbers = wish->uid.given || wish->gid.given;
	if (wish->cwd.from != FROM_NOWHERE && wish->cwd_inside)
		return error_set(err, EINVAL, "--wd and --wdns exclude each other");
	if (wish->target_env && wish->keep_env)
		return error_set(err, EINVAL, "--env and --keep-env exclude each other");
	if (wish->target_cgroup && wish->no_cgroup)
		return error_set(err, EINVAL,
				 "--join-cgroup and --no-join-cgroup exclude each other");
	if (wish->as && (as_numbers || wish->preserve_credentials))
		return error_set(err, EINVAL,
				 "--as excludes --setuid, --setgid and "
				 "--preserve-credentials");
	if (wish->best_effort && !wish->like_target)
		return error_set(err, EINVAL, "--best-effort goes with --like-target");
	if (wish->like_target && wish->no_cgroup)
		return error_set(err, EINVAL,
				 "--like-target and --no-join-cgroup exclude each other");
	return 0;
}

/* Whether something is wished for that only a target has: it is the first operand then, unless -t
 * has named it. nsenter(1) has no such operand, and takes what follows for the command. */
static bool needs_target(const struct wish *wish)
{
	return wish->defaults || wish->kinds || wish->all || wish->root.from == FROM_TARGET ||
	       wish->cwd.from == FROM_TARGET || wish->target_env || wish->target_cgroup ||
	       wish->follow_context || wish->like_target || wish->net_socket >= 0 ||
	       wish->uid.follow || wish->gid.follow;
}

static bool names_kind(const struct wish *wish)
{
	bool file = false;
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		file |= wish->files[kind] != NULL;
	return wish->all || wish->kinds || file || wish->user_parent || wish->net_socket >= 0;
}

static int take_operands(int argc, char **argv, struct wish *wish, struct error *err)
{
	bool after_dashes = optind > 1 && strcmp(argv[optind - 1], "--") == 0;
	if (!wish->target && needs_target(wish)) {
		if (optind == argc || after_dashes)
			return error_set(err, EINVAL,
					 "whom to join? A PID, or the name of a "
					 "container, goes before the command");
		wish->target = argv[optind++];
		if (optind < argc && strcmp(argv[optind], "--") == 0)
			optind++;
	}
	wish->command = argv + optind;
	return 0;
}

int join_options_parse(int argc, char **argv, struct wish *ret, enum join_ask *ret_ask,
		       enum color_when *ret_color, struct error *err)
{
	struct option_list list;
	int c;
	*ret = (struct wish){ .net_socket = -1, .terminal = -1 };
	*ret_ask = JOIN_ASK_RUN;
	*ret_color = COLOR_AUTO;
	option_list_begin(&list, "+:");
	option_list_add(&list, options, ARRAY_SIZE(options));
	while ((c = option_next(&list, argc, argv, err)) != -1) {
		if (c == 'h' || c == 'V') {
			*ret_ask = c == 'h' ? JOIN_ASK_HELP : JOIN_ASK_VERSION;
			return 0;
		}
		if (c == '?' || set_option(ret, c, optarg, ret_color, err) < 0)
			return -EINVAL;
	}
	ret->defaults = !names_kind(ret);
	int r = check(ret, err);
	return r < 0 ? r : take_operands(argc, argv, ret, err);
}
