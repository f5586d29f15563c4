/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/proofs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "model/kind.h"

/* Directories that look like those of two processes. */
#define MAP "         0          0 4294967295\n"
#define MOUNTS                                                                                     \
	"22 27 0:21 / /proc rw - proc proc rw\n"                                                   \
	"27 1 8:1 / / rw - ext4 /dev/sda1 rw\n"                                                    \
	"30 27 0:30 /sub /mnt/a\\040b rw shared:7 - tmpfs none rw\n"

struct files {
	const char *mountinfo, *uid_map, *gid_map, *setgroups;
	int net; /* its tree of files; 0: it has none */
};

static const struct row_proof {
	const char *name;
	struct files a, b;
	unsigned same, different;
} proof_rows[] = {
#define NET (1u << NS_NET)
#define MNT (1u << NS_MNT)
#define USER (1u << NS_USER)
	{ "all alike",
	  { MOUNTS, MAP, MAP, "allow\n", 1 },
	  { MOUNTS, MAP, MAP, "allow\n", 1 },
	  NET | MNT,
	  0 },
	{ "nothing alike",
	  { "22 27 0:21 / / rw - proc proc rw\n", MAP, MAP, "allow\n", 1 },
	  { "23 27 0:21 / / rw - proc proc rw\n", "0 5 1\n", MAP, "allow\n", 2 },
	  0,
	  NET | USER },
	{ "no file at all", { 0 }, { 0 }, 0, 0 },
	{ "one of them has none", { MOUNTS, MAP, MAP, "allow\n", 1 }, { 0 }, 0, 0 },
	{ "one mount below another root is enough, with other options",
	  { .mountinfo = MOUNTS },
	  { .mountinfo = "30 27 0:30 /sub / ro - tmpfs none ro\n" },
	  MNT,
	  0 },
	{ "an id that was reused: another device",
	  { .mountinfo = MOUNTS },
	  { .mountinfo = "30 27 0:31 /sub /mnt/a\\040b rw shared:7 - tmpfs none rw\n" },
	  0,
	  0 },
	{ "another parent",
	  { .mountinfo = MOUNTS },
	  { .mountinfo = "30 28 0:30 /sub /mnt/a\\040b rw shared:7 - tmpfs none rw\n" },
	  0,
	  0 },
	{ "another root in the file system",
	  { .mountinfo = MOUNTS },
	  { .mountinfo = "30 27 0:30 /other /mnt/a\\040b rw shared:7 - tmpfs none rw\n" },
	  0,
	  0 },
	{ "an id that begins like another one",
	  { .mountinfo = "3 1 8:1 / / rw - ext4 a rw\n" },
	  { .mountinfo = "30 1 8:1 / / rw - ext4 a rw\n" },
	  0,
	  0 },
	{ "a line that was cut is none",
	  { .mountinfo = MOUNTS },
	  { .mountinfo = "30 27 0:30 /sub" },
	  0,
	  0 },
	{ "no mounts below the root", { .mountinfo = MOUNTS }, { .mountinfo = "" }, 0, 0 },
	{ "lines of nothing", { .mountinfo = "\n\n" }, { .mountinfo = "\n" }, 0, 0 },
	{ "gid_map alone differs", { .gid_map = MAP }, { .gid_map = "0 5 1\n" }, 0, USER },
	{ "unmapped and mapped", { .uid_map = "" }, { .uid_map = MAP }, 0, USER },
	{ "setgroups alone differs",
	  { .setgroups = "allow\n" },
	  { .setgroups = "deny\n" },
	  0,
	  USER },
};

static void put(const char *dir, const char *name, const char *text)
{
	_cleanup_(freep) char *path = xasprintf("%s/%s", dir, name);
	unlink(path);
	if (text)
		write_file(path, text, strlen(text));
}

static int make_process(const char *name, const struct files *files)
{
	_cleanup_(freep) char *dir = scratch_path(name);
	_cleanup_(freep) char *net = xasprintf("%s/net", dir);
	_cleanup_(freep) char *dev = xasprintf("%s/net/dev", dir);
	mkdir(dir, 0700);
	mkdir(net, 0700);
	unlink(dev);
	put(dir, "mountinfo", files->mountinfo);
	put(dir, "uid_map", files->uid_map);
	put(dir, "gid_map", files->gid_map);
	put(dir, "setgroups", files->setgroups);
	if (files->net) {
		_cleanup_(freep) char *tree = xasprintf("%s/net%d", scratch_dir(), files->net);
		int fd = open(tree, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		close(fd);
		assert_int_equal(link(tree, dev), 0);
	}
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void proof(void **state)
{
	const struct row_proof *row = ROW(struct row_proof, state);
	_cleanup_(closep) int a = make_process("a", &row->a);
	_cleanup_(closep) int b = make_process("b", &row->b);
	struct proof found, back;
	proof_take(a, b, &found);
	proof_take(b, a, &back);
	assert_int_equal(found.same, row->same);
	assert_int_equal(found.different, row->different);
	assert_int_equal(back.same, row->same);
	assert_int_equal(back.different, row->different);
}

/* The one thing that is certain of any system. */
static void with_ourselves(void **state _unused_)
{
	_cleanup_(closep) int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct proof found;
	assert_true(self >= 0);
	proof_take(self, self, &found);
	assert_int_equal(found.different, 0);
	assert_int_equal(found.same & ~(NET | MNT), 0);
}

int main(void)
{
	TEST_ROWS(proof, proof_rows);
	TEST(with_ourselves);
	return suite_run("proofs");
}
