# SPDX-License-Identifier: LGPL-2.1-or-later
# Fuzz targets, each named for what it fuzzes. They need CC=clang --enable-fuzzer, and find more with
# --enable-sanitizers. tests/fuzz/corpus/NAME/ is where one begins; what it finds on its way is kept
# below the build directory, so that the next run goes on from there.
FUZZ_SECONDS = 10

if FUZZER
fuzz_targets = cgroup passwd procfile reference safe saved
noinst_PROGRAMS += tests/fuzz/cgroup tests/fuzz/passwd tests/fuzz/procfile tests/fuzz/reference \
	tests/fuzz/safe tests/fuzz/saved
endif

fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
fuzz_libs = libnstools.a $(PROC2_LIBS) $(MOUNT_LIBS) $(SMARTCOLS_LIBS) $(CJSON_LIBS)

tests_fuzz_cgroup_SOURCES = tests/fuzz/cgroup.c tests/fuzz/fuzz.h
tests_fuzz_cgroup_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_cgroup_LDADD = $(fuzz_libs)
tests_fuzz_passwd_SOURCES = tests/fuzz/passwd.c tests/fuzz/fuzz.h
tests_fuzz_passwd_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_passwd_LDADD = $(fuzz_libs)
tests_fuzz_procfile_SOURCES = tests/fuzz/procfile.c tests/fuzz/fuzz.h
tests_fuzz_procfile_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_procfile_LDADD = $(fuzz_libs)
tests_fuzz_reference_SOURCES = tests/fuzz/reference.c tests/fuzz/fuzz.h
tests_fuzz_reference_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_reference_LDADD = $(fuzz_libs)
tests_fuzz_safe_SOURCES = tests/fuzz/safe.c tests/fuzz/fuzz.h
tests_fuzz_safe_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_safe_LDADD = $(fuzz_libs)
tests_fuzz_saved_SOURCES = tests/fuzz/saved.c tests/fuzz/fuzz.h \
	tools/columns.c tools/columns.h tools/fields.c tools/fields.h tools/idrows.c tools/idrows.h
tests_fuzz_saved_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_saved_LDADD = $(fuzz_libs)

EXTRA_DIST += tests/fuzz/corpus tests/fuzz/cgroup.dict \
	tests/fuzz/procfile.dict tests/fuzz/reference.dict tests/fuzz/saved.dict

.PHONY: fuzz
if FUZZER
# One that fails does not keep the others from running.
fuzz: $(noinst_PROGRAMS)
	@failed=; for name in $(fuzz_targets); do \
		work=tests/fuzz/work/$$name; dict=$(srcdir)/tests/fuzz/$$name.dict; \
		$(MKDIR_P) $$work tests/fuzz/findings && \
		cp $(srcdir)/tests/fuzz/corpus/$$name/* $$work/ && chmod -R u+w $$work || exit 1; \
		test -f $$dict && dict=-dict=$$dict || dict=; \
		echo "fuzz: $$name, $(FUZZ_SECONDS) s"; \
		tests/fuzz/$$name -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 \
			-print_final_stats=1 $$dict -artifact_prefix=tests/fuzz/findings/$$name- \
			$$work >tests/fuzz/$$name.log 2>&1 || failed="$$failed $$name"; \
		grep -aE 'ERROR:|runtime error:|broken:|Test unit|stat::number_of_executed' tests/fuzz/$$name.log; \
	done; \
	test -z "$$failed" || { \
		echo "fuzz: failed:$$failed (tests/fuzz/NAME.log, tests/fuzz/findings)" >&2; exit 1; }
else
fuzz:
	@echo 'make fuzz: configure with CC=clang --enable-fuzzer (and --enable-sanitizers)' >&2; exit 1
endif
CLEANFILES += tests/fuzz/*.log
