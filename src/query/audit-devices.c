/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "query/auditing.h"
#include "util/alloc.h"

/* What a node leads to. */
enum device_kind {
	DEVICE_HARMLESS,
	DEVICE_DISK,
	DEVICE_MEMORY, /* that of the kernel, and ports */
	DEVICE_KMSG,
	DEVICE_OTHER,
};

/* Character devices that lead past the block device: raw, SCSI generic, memory technology. */
static bool is_disks_own(dev_t rdev)
{
	return major(rdev) == 21 || major(rdev) == 90 || major(rdev) == 162;
}

/* See the kernel's Documentation/admin-guide/devices.txt. */
static enum device_kind device_kind(mode_t mode, dev_t rdev)
{
	static const struct {
		unsigned major, minor;
		enum device_kind kind;
	} known[] = {
		{ 1, 1, DEVICE_MEMORY },   { 1, 2, DEVICE_MEMORY },   { 1, 3, DEVICE_HARMLESS },
		{ 1, 4, DEVICE_MEMORY },   { 1, 5, DEVICE_HARMLESS }, { 1, 7, DEVICE_HARMLESS },
		{ 1, 8, DEVICE_HARMLESS }, { 1, 9, DEVICE_HARMLESS }, { 1, 11, DEVICE_KMSG },
		{ 5, 0, DEVICE_HARMLESS }, { 5, 2, DEVICE_HARMLESS },
	};
	if (S_ISBLK(mode) || is_disks_own(rdev))
		return DEVICE_DISK;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].major == major(rdev) && known[i].minor == minor(rdev))
			return known[i].kind;
	return DEVICE_OTHER;
}

const char *device_word(mode_t mode, dev_t rdev, enum audit_level *ret_level)
{
	static const struct {
		const char *word;
		enum audit_level level;
	} words[] = {
		[DEVICE_DISK] = { "a disk", LEVEL_CRITICAL },
		[DEVICE_MEMORY] = { "the host's memory", LEVEL_CRITICAL },
		[DEVICE_KMSG] = { "the log of the kernel", LEVEL_MEDIUM },
		[DEVICE_OTHER] = { "a device of the host", LEVEL_MEDIUM },
	};
	enum device_kind kind = device_kind(mode, rdev);
	if (kind == DEVICE_HARMLESS || device_is_terminal(rdev))
		return NULL;
	*ret_level = words[kind].level;
	return words[kind].word;
}

/* Devices of one kind, as they are found. */
struct devices {
	enum device_kind kind;
	struct few free, refused; /* by the rules for devices */
	enum answer may;	  /* it opens one of them by the rights of the node */
	char *evidence;		  /* of the first */
};

static void devices_clear(struct devices *devices)
{
	free(devices->free.list);
	free(devices->refused.list);
	free(devices->evidence);
}

/* What is at a path. */
struct node {
	mode_t mode;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
};

/* Rules that cannot be read are taken to allow it, as engines make no nodes in vain. */
static bool is_refused(const struct auditing *auditing, const struct node *node)
{
	const struct device_rules *rules = &auditing->exposure->device_rules;
	return rules->has_rules && !rules->rules_why &&
	       !device_rules_allow(rules->list, S_ISBLK(node->mode) ? 'b' : 'c', major(node->rdev),
				   minor(node->rdev));
}

static void note(const struct auditing *auditing, struct devices *devices, const char *path,
		 struct node node)
{
	if (device_is_terminal(node.rdev) || device_kind(node.mode, node.rdev) != devices->kind)
		return;
	if (!devices->evidence)
		devices->evidence = xasprintf("%s %c %u:%u", path, S_ISBLK(node.mode) ? 'b' : 'c',
					      major(node.rdev), minor(node.rdev));
	if (is_refused(auditing, &node)) {
		few_add(&devices->refused, path);
		return;
	}
	few_add(&devices->free, path);
	devices->may = answer_or(
		devices->may, may_use(auditing, node.uid, node.gid, node.mode, S_IROTH | S_IWOTH));
}

static bool is_listed(const struct node_list *nodes, const char *path)
{
	for (size_t i = 0; i < nodes->n; i++)
		if (strcmp(nodes->items[i].path, path) == 0)
			return true;
	return false;
}

/* Those in the folders where devices are, and those that are mounted, wherever. */
static void find(const struct auditing *auditing, const struct mount_table *mounts,
		 struct devices *devices)
{
	const struct node_list *nodes = &auditing->view->nodes;
	for (size_t i = 0; i < nodes->n; i++) {
		const struct device_node *node = &nodes->items[i];
		const struct mount_entry *mount = mounts_at(mounts, node->path);
		if (!mount || !mount->no_devices)
			note(auditing, devices, node->path,
			     (struct node){ node->mode, node->uid, node->gid, node->rdev });
	}
	/* On a folder's list, what is mounted on a file looks like a file. */
	for (size_t i = 0; i < mounts->n; i++) {
		const struct mount_entry *mount = &mounts->items[i];
		bool is_node = !mount->why && (S_ISBLK(mount->mode) || S_ISCHR(mount->mode));
		if (is_node && !mount->no_devices && mount->is_seen &&
		    !is_listed(nodes, mount->target))
			note(auditing, devices, mount->target,
			     (struct node){ mount->mode, mount->uid, mount->gid, mount->rdev });
	}
}

/* What is said of a kind. */
struct device_words {
	enum device_kind kind;
	const char *noun, *verb; /* what they are, and what is done with them */
	enum audit_level level;	 /* where that may be done; else, low */
};

static void say_free(struct auditing *auditing, struct devices *devices,
		     const struct device_words *words, enum answer may)
{
	_cleanup_(freep) char *list = few_take(&devices->free);
	struct grade grade = grade_by(may, words->level, LEVEL_LOW);
	if (may == ANSWER_NO)
		audit_say(auditing, grade, xstrdup(devices->evidence),
			  "has nodes of %s, which nobody in there may open: %s", words->noun, list);
	else
		audit_say(auditing, grade, xstrdup(devices->evidence), "%s: %s", words->verb, list);
}

static void say_refused(struct auditing *auditing, struct devices *devices,
			const struct device_words *words)
{
	_cleanup_(freep) char *list = few_take(&devices->refused);
	audit_say(auditing, grade(LEVEL_LOW), xstrdup(devices->evidence),
		  "has nodes of %s, which its cgroups do not let it open: %s", words->noun, list);
}

/* MAY: whether it may open them. A disk that it may open as anybody, or as one of a group, is bad,
 * while other nodes that are open to all are meant so. */
static void check(struct auditing *auditing, const struct device_words *words, enum answer may)
{
	const struct mount_table *mounts = audit_mounts(auditing);
	const struct node_list *nodes = &auditing->view->nodes;
	_cleanup_(devices_clear) struct devices devices = { .kind = words->kind };
	if (!mounts)
		return;
	find(auditing, mounts, &devices);
	if (words->kind == DEVICE_DISK)
		may = answer_or(may, devices.may);
	if (devices.free.n)
		say_free(auditing, &devices, words, may);
	if (devices.refused.n)
		say_refused(auditing, &devices, words);
	if (nodes->why)
		audit_unknown(auditing, nodes->why, "not all device nodes could be looked for");
}

void check_device_disk(struct auditing *auditing)
{
	const struct device_words words = { DEVICE_DISK, "disks", "may read and write disks",
					    LEVEL_CRITICAL };
	check(auditing, &words, auditing->power.files);
}

/* /dev/mem asks for the capability, whoever owns the node (open_port() in drivers/char/mem.c). */
void check_device_memory(struct auditing *auditing)
{
	const struct device_words words = { DEVICE_MEMORY, "the host's memory",
					    "may read and write the host's memory",
					    LEVEL_CRITICAL };
	enum answer may = has_capability(auditing, BIT(CAP_SYS_RAWIO));
	check(auditing, &words, answer_and(may, auditing->power.root));
}

void check_device_kmsg(struct auditing *auditing)
{
	const struct device_words words = { DEVICE_KMSG, "the log of the kernel",
					    "may read and write the log of the kernel",
					    LEVEL_MEDIUM };
	check(auditing, &words, auditing->power.root);
}

void check_device_other(struct auditing *auditing)
{
	const struct device_words words = { DEVICE_OTHER, "other devices of the host",
					    "may use devices of the host", LEVEL_MEDIUM };
	check(auditing, &words, auditing->power.files);
}

/* Both versions have to allow it. What a BPF program says cannot be known; those that there are
 * come from engines, and refuse all that was not asked for. */
static enum answer may_open_disks(const struct device_rules *rules)
{
	enum answer first = ANSWER_YES, second = ANSWER_YES;
	const char *rule;
	if (rules->rules_why)
		first = ANSWER_UNKNOWN;
	else if (rules->has_rules && !device_rules_find(rules->list, &rule))
		first = ANSWER_NO;
	if (rules->programs_why)
		second = ANSWER_UNKNOWN;
	else if (rules->n_programs)
		second = ANSWER_NO;
	return answer_and(first, second);
}

/* The rule that lets it open disks; NULL: there is none. Freed by the caller. */
static char *disk_rule(const struct device_rules *rules)
{
	const char *rule;
	size_t n =
		rules->has_rules && !rules->rules_why ? device_rules_find(rules->list, &rule) : 0;
	return n ? xstrndup(rule, n) : NULL;
}

/* Whether the rule is for a single disk, of which it has a node, as device-disk says. */
static bool is_given(const struct auditing *auditing, const struct mount_table *mounts,
		     const char *rule)
{
	_cleanup_(devices_clear) struct devices devices = { .kind = DEVICE_DISK };
	if (!rule || strchr(rule, '*'))
		return false;
	find(auditing, mounts, &devices);
	return devices.free.n;
}

void check_device_rules(struct auditing *auditing)
{
	const struct device_rules *rules = &auditing->exposure->device_rules;
	const struct mount_table *mounts = audit_mounts(auditing);
	enum answer makes =
		answer_and(has_capability(auditing, BIT(CAP_MKNOD)), auditing->power.root);
	enum answer opens = may_open_disks(rules);
	_cleanup_(freep) char *rule = disk_rule(rules);
	if (!mounts || makes == ANSWER_NO || is_given(auditing, mounts, rule))
		return;
	if (opens == ANSWER_UNKNOWN)
		audit_unknown(auditing, rules->rules_why ? rules->rules_why : rules->programs_why,
			      "which devices its cgroups let it open");
	else if (opens == ANSWER_YES)
		audit_say(auditing, grade_by(makes, LEVEL_CRITICAL, LEVEL_NONE),
			  xasprintf("devices.list %s", rule ? rule : "none"),
			  "may make a node of a disk, and open it");
	else if (rules->n_programs && (!rules->has_rules || rule))
		audit_say(auditing, grade(LEVEL_INFO),
			  xasprintf("BPF_CGROUP_DEVICE %u", rules->n_programs),
			  "may make nodes of devices: what it may open is up to a program");
}
