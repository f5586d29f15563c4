/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "detail/fileids.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"

/* A mount that shows 0 to 999 of the disk as 100000 and so on. */
static const struct idmap_range shifted = { 0, 100000, 1000 };
/* And one that shows 7 of the disk as what stands for nobody. */
static const struct idmap_range nobody = { 7, ID_OVERFLOW, 1 };

static const struct row_seen {
	const char *name;
	uint32_t shown;
	bool idmapped;
	struct idmap map;
	bool maps_all;
	int here;
	uint32_t id_here;
	int on_disk;
	uint32_t id_on_disk;
} seen_rows[] = {
	{ "a plain file", 1000, false, { 0 }, true, 0, 1000, 0, 1000 },
	{ "a plain file, seen from inside", 1000, false, { 0 }, false, 0, 1000, 0, 1000 },
	{ "nobody's, for who has all ids", 65534, false, { 0 }, true, 0, 65534, ID_UNKNOWN, 0 },
	{ "nobody's, or of who has no id here",
	  65534,
	  false,
	  { 0 },
	  false,
	  ID_UNKNOWN,
	  0,
	  ID_UNKNOWN,
	  0 },
	{ "mapped", 100007, true, { 1, &shifted, 0 }, true, 0, 100007, 0, 7 },
	{ "not mapped", 65534, true, { 1, &shifted, 0 }, true, ID_UNMAPPED, 0, ID_UNKNOWN, 0 },
	{ "mapped to nobody, or not",
	  65534,
	  true,
	  { 1, &nobody, 0 },
	  true,
	  ID_UNKNOWN,
	  0,
	  ID_UNKNOWN,
	  0 },
	{ "a map that is not known", 1000, true, { .why = ENODATA }, true, 0, 1000, ID_UNKNOWN, 0 },
	{ "nobody's, and a map that is not known",
	  65534,
	  true,
	  { .why = ENODATA },
	  true,
	  ID_UNKNOWN,
	  0,
	  ID_UNKNOWN,
	  0 },
};

static void seen(void **state)
{
	const struct row_seen *row = ROW(struct row_seen, state);
	_cleanup_(freep) struct file_ids *ids = xcalloc(1, sizeof(*ids));
	for (enum id_type type = ID_UID; type <= ID_GID; type++) {
		uint32_t here = 0, on_disk = 0;
		*(type == ID_UID ? &ids->uid : &ids->gid) = row->shown;
		*(type == ID_UID ? &ids->gid : &ids->uid) = 1;
		*(type == ID_UID ? &ids->uids : &ids->gids) = row->map;
		*(type == ID_UID ? &ids->gids : &ids->uids) = (struct idmap){ .why = EIO };
		ids->idmapped = row->idmapped;
		assert_int_equal(file_ids_seen(ids, type, row->maps_all, &here), row->here);
		assert_int_equal(here, row->id_here);
		assert_int_equal(file_ids_on_disk(ids, type, &on_disk), row->on_disk);
		assert_int_equal(on_disk, row->id_on_disk);
	}
}

static void as_stat_shows_it(void **state _unused_)
{
	_cleanup_(freep) struct file_ids *ids = xcalloc(1, sizeof(*ids));
	_cleanup_(freep) char *path = scratch_path("file"), *fifo = scratch_path("fifo");
	_cleanup_(freep) char *link = scratch_path("link"), *nothing = scratch_path("nothing");
	const char *const paths[] = { path, fifo, link, "/", "/dev/null" };
	struct error err = { 0 };
	write_file(path, "", 0);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(symlink("file", link), 0);
	alarm(10);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct stat st;
		assert_int_equal(stat(paths[i], &st), 0);
		assert_int_equal(file_ids_read(-1, paths[i], ids, &err), 0);
		assert_int_equal(ids->uid, st.st_uid);
		assert_int_equal(ids->gid, st.st_gid);
	}
	alarm(0);
	assert_int_equal(file_ids_read(-1, nothing, ids, &err), -ENOENT);
	assert_non_null(strstr(err.text, "nothing: No such file or directory"));
}

/* Below our own root, by the directory of our process. */
static void below_a_root(void **state _unused_)
{
	_cleanup_(freep) struct file_ids *ids = xcalloc(1, sizeof(*ids));
	_cleanup_(closep) int dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct error err = { 0 };
	struct stat st;
	assert_int_equal(stat("/etc/passwd", &st), 0);
	assert_int_equal(file_ids_read(dir, "/../etc/passwd", ids, &err), 0);
	assert_int_equal(ids->uid, st.st_uid);
	assert_int_equal(file_ids_read(dir, "/proc/self/exe", ids, &err), -ELOOP);
}

int main(void)
{
	TEST_ROWS(seen, seen_rows);
	TEST(as_stat_shows_it);
	TEST(below_a_root);
	return suite_run("fileids");
}
