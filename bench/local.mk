# SPDX-License-Identifier: LGPL-2.1-or-later
EXTRA_PROGRAMS = bench/population bench/readlink-walk bench/reads bench/stopwatch
bench_population_SOURCES = bench/population.c
bench_readlink_walk_SOURCES = bench/readlink-walk.c
bench_reads_SOURCES = bench/reads.c
bench_stopwatch_SOURCES = bench/stopwatch.c
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += bench/join bench/run bench/trace

# Needs root, and some minutes.
.PHONY: bench
bench: all $(EXTRA_PROGRAMS)
	$(srcdir)/bench/join --nsjoin ./nsjoin --bindir bench
	$(srcdir)/bench/trace --nstrace ./nstrace --bindir bench
	$(srcdir)/bench/run --nsls ./nsls --bindir bench
