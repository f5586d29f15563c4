# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/unit/x.c tests src/*/x.c. Each case is a test of its own in the TAP output.
unit_libs = libnstools.a $(PROC2_LIBS) $(MOUNT_LIBS) $(SMARTCOLS_LIBS) $(CJSON_LIBS) $(CMOCKA_LIBS)
unit_fixture = tests/unit/fixture.c tests/unit/fixture.h
unit_tests = \
	tests/unit/alloc \
	tests/unit/arena \
	tests/unit/audit \
	tests/unit/builder \
	tests/unit/calls \
	tests/unit/cgroup \
	tests/unit/cgroups \
	tests/unit/changes \
	tests/unit/child \
	tests/unit/compare \
	tests/unit/container \
	tests/unit/container-find \
	tests/unit/containers \
	tests/unit/details \
	tests/unit/disk \
	tests/unit/engine \
	tests/unit/environ \
	tests/unit/error \
	tests/unit/eventtext \
	tests/unit/explain \
	tests/unit/field \
	tests/unit/fileids \
	tests/unit/find \
	tests/unit/holders \
	tests/unit/idmap \
	tests/unit/joinoptions \
	tests/unit/json \
	tests/unit/kind \
	tests/unit/lineage \
	tests/unit/list \
	tests/unit/newfile \
	tests/unit/nsid \
	tests/unit/of \
	tests/unit/parse \
	tests/unit/passwd \
	tests/unit/pids \
	tests/unit/proccred \
	tests/unit/proctree \
	tests/unit/procfile \
	tests/unit/proofs \
	tests/unit/record \
	tests/unit/reference \
	tests/unit/report \
	tests/unit/rootfile \
	tests/unit/runtime \
	tests/unit/safe \
	tests/unit/save \
	tests/unit/saved \
	tests/unit/snapshot \
	tests/unit/sort \
	tests/unit/status \
	tests/unit/story \
	tests/unit/storytext \
	tests/unit/table \
	tests/unit/tree \
	tests/unit/utf8

AM_CPPFLAGS += $(CMOCKA_CFLAGS)
if CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
else
TESTS += tests/unit/no-cmocka.sh
endif
EXTRA_DIST += tests/unit/no-cmocka.sh

tests_unit_alloc_SOURCES = tests/unit/alloc.c $(unit_fixture)
tests_unit_alloc_LDADD = $(unit_libs)
tests_unit_arena_SOURCES = tests/unit/arena.c $(unit_fixture)
tests_unit_arena_LDADD = $(unit_libs)
tests_unit_audit_SOURCES = tests/unit/audit.c $(unit_fixture)
tests_unit_audit_LDADD = $(unit_libs)
tests_unit_builder_SOURCES = tests/unit/builder.c $(unit_fixture)
tests_unit_builder_LDADD = $(unit_libs)
tests_unit_calls_SOURCES = tests/unit/calls.c $(unit_fixture)
tests_unit_calls_LDADD = $(unit_libs)
tests_unit_cgroup_SOURCES = tests/unit/cgroup.c $(unit_fixture)
tests_unit_cgroup_LDADD = $(unit_libs)
tests_unit_cgroups_SOURCES = tests/unit/cgroups.c $(unit_fixture)
tests_unit_cgroups_LDADD = $(unit_libs)
tests_unit_changes_SOURCES = tests/unit/changes.c $(unit_fixture)
tests_unit_changes_LDADD = $(unit_libs)
tests_unit_compare_SOURCES = tests/unit/compare.c $(unit_fixture)
tests_unit_compare_LDADD = $(unit_libs)
tests_unit_child_SOURCES = tests/unit/child.c $(unit_fixture)
tests_unit_child_LDADD = $(unit_libs)
tests_unit_container_SOURCES = tests/unit/container.c $(unit_fixture)
tests_unit_container_LDADD = $(unit_libs)
tests_unit_container_find_SOURCES = tests/unit/container-find.c tests/unit/procs.h $(unit_fixture)
tests_unit_container_find_LDADD = $(unit_libs)
tests_unit_containers_SOURCES = tests/unit/containers.c $(unit_fixture)
tests_unit_containers_LDADD = $(unit_libs)
tests_unit_details_SOURCES = tests/unit/details.c $(unit_fixture)
tests_unit_details_LDADD = $(unit_libs)
tests_unit_disk_SOURCES = tests/unit/disk.c $(unit_fixture)
tests_unit_disk_LDADD = $(unit_libs)
tests_unit_engine_SOURCES = tests/unit/engine.c $(unit_fixture)
tests_unit_engine_LDADD = $(unit_libs)
tests_unit_environ_SOURCES = tests/unit/environ.c $(unit_fixture)
tests_unit_environ_LDADD = $(unit_libs)
tests_unit_error_SOURCES = tests/unit/error.c $(unit_fixture)
tests_unit_error_LDADD = $(unit_libs)
tests_unit_eventtext_SOURCES = tests/unit/eventtext.c tools/eventtext.c tools/eventtext.h \
	$(unit_fixture)
tests_unit_eventtext_LDADD = $(unit_libs)
tests_unit_explain_SOURCES = tests/unit/explain.c $(unit_fixture)
tests_unit_explain_LDADD = $(unit_libs)
tests_unit_field_SOURCES = tests/unit/field.c $(unit_fixture)
tests_unit_field_LDADD = $(unit_libs)
tests_unit_fileids_SOURCES = tests/unit/fileids.c $(unit_fixture)
tests_unit_fileids_LDADD = $(unit_libs)
tests_unit_find_SOURCES = tests/unit/find.c $(unit_fixture)
tests_unit_find_LDADD = $(unit_libs)
tests_unit_holders_SOURCES = tests/unit/holders.c $(unit_fixture)
tests_unit_holders_LDADD = $(unit_libs)
tests_unit_idmap_SOURCES = tests/unit/idmap.c $(unit_fixture)
tests_unit_idmap_LDADD = $(unit_libs)
tests_unit_joinoptions_SOURCES = tests/unit/joinoptions.c tools/joinoptions.c tools/joinoptions.h \
	tools/options.c tools/options.h $(unit_fixture)
tests_unit_joinoptions_LDADD = $(unit_libs)
tests_unit_json_SOURCES = tests/unit/json.c $(unit_fixture)
tests_unit_json_LDADD = $(unit_libs)
tests_unit_kind_SOURCES = tests/unit/kind.c $(unit_fixture)
tests_unit_kind_LDADD = $(unit_libs)
tests_unit_lineage_SOURCES = tests/unit/lineage.c $(unit_fixture)
tests_unit_lineage_LDADD = $(unit_libs)
tests_unit_list_SOURCES = tests/unit/list.c $(unit_fixture)
tests_unit_list_LDADD = $(unit_libs)
tests_unit_newfile_SOURCES = tests/unit/newfile.c $(unit_fixture)
tests_unit_newfile_LDADD = $(unit_libs)
tests_unit_nsid_SOURCES = tests/unit/nsid.c $(unit_fixture)
tests_unit_nsid_LDADD = $(unit_libs)
tests_unit_of_SOURCES = tests/unit/of.c tests/unit/procs.h $(unit_fixture)
tests_unit_of_LDADD = $(unit_libs)
tests_unit_parse_SOURCES = tests/unit/parse.c $(unit_fixture)
tests_unit_parse_LDADD = $(unit_libs)
tests_unit_passwd_SOURCES = tests/unit/passwd.c $(unit_fixture)
tests_unit_passwd_LDADD = $(unit_libs)
tests_unit_pids_SOURCES = tests/unit/pids.c $(unit_fixture)
tests_unit_pids_LDADD = $(unit_libs)
tests_unit_proccred_SOURCES = tests/unit/proccred.c $(unit_fixture)
tests_unit_proccred_LDADD = $(unit_libs)
tests_unit_procfile_SOURCES = tests/unit/procfile.c $(unit_fixture)
tests_unit_procfile_LDADD = $(unit_libs)
tests_unit_proctree_SOURCES = tests/unit/proctree.c $(unit_fixture)
tests_unit_proctree_LDADD = $(unit_libs)
tests_unit_proofs_SOURCES = tests/unit/proofs.c $(unit_fixture)
tests_unit_proofs_LDADD = $(unit_libs)
tests_unit_record_SOURCES = tests/unit/record.c $(unit_fixture)
tests_unit_record_LDADD = $(unit_libs)
tests_unit_reference_SOURCES = tests/unit/reference.c $(unit_fixture)
tests_unit_reference_LDADD = $(unit_libs)
tests_unit_report_SOURCES = tests/unit/report.c $(unit_fixture)
tests_unit_report_LDADD = $(unit_libs)
tests_unit_rootfile_SOURCES = tests/unit/rootfile.c $(unit_fixture)
tests_unit_rootfile_LDADD = $(unit_libs)
tests_unit_runtime_SOURCES = tests/unit/runtime.c tests/unit/procs.h $(unit_fixture)
tests_unit_runtime_LDADD = $(unit_libs)
tests_unit_safe_SOURCES = tests/unit/safe.c $(unit_fixture)
tests_unit_safe_LDADD = $(unit_libs)
tests_unit_save_SOURCES = tests/unit/save.c $(unit_fixture)
tests_unit_save_LDADD = $(unit_libs)
tests_unit_saved_SOURCES = tests/unit/saved.c $(unit_fixture)
tests_unit_saved_LDADD = $(unit_libs)
tests_unit_snapshot_SOURCES = tests/unit/snapshot.c $(unit_fixture)
tests_unit_snapshot_LDADD = $(unit_libs)
tests_unit_sort_SOURCES = tests/unit/sort.c $(unit_fixture)
tests_unit_sort_LDADD = $(unit_libs)
tests_unit_status_SOURCES = tests/unit/status.c $(unit_fixture)
tests_unit_status_LDADD = $(unit_libs)
tests_unit_story_SOURCES = tests/unit/story.c $(unit_fixture)
tests_unit_story_LDADD = $(unit_libs)
tests_unit_storytext_SOURCES = tests/unit/storytext.c tools/storytext.c tools/storytext.h \
	tools/storyrows.c tools/storyrows.h $(unit_fixture)
tests_unit_storytext_LDADD = $(unit_libs)
tests_unit_table_SOURCES = tests/unit/table.c $(unit_fixture)
tests_unit_table_LDADD = $(unit_libs)
tests_unit_tree_SOURCES = tests/unit/tree.c $(unit_fixture)
tests_unit_tree_LDADD = $(unit_libs)
tests_unit_utf8_SOURCES = tests/unit/utf8.c $(unit_fixture)
tests_unit_utf8_LDADD = $(unit_libs)
