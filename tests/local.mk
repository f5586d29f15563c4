# SPDX-License-Identifier: LGPL-2.1-or-later
TESTS += tests/golden.sh
EXTRA_DIST += tests/golden.sh tests/golden.list tests/golden tests/snapshots

check_PROGRAMS += tests/caller tests/hold tests/idmount tests/kernelpid tests/mkns tests/mutefs tests/on-tty \
	tests/stopper tests/storm tests/vforked tests/with-listns tests/without tests/without-call
tests_hold_SOURCES = tests/hold.c
tests_hold_CPPFLAGS = -include config.h
tests_hold_LDADD = -lpthread
tests_idmount_SOURCES = tests/idmount.c
tests_idmount_CPPFLAGS = -include config.h
tests_idmount_LDADD =
tests_kernelpid_SOURCES = tests/kernelpid.c
tests_kernelpid_CPPFLAGS = -include config.h
tests_kernelpid_LDADD =
tests_mkns_SOURCES = tests/mkns.c
tests_mkns_CPPFLAGS = -include config.h
tests_mkns_LDADD = -lpthread
tests_mutefs_SOURCES = tests/mutefs.c
tests_mutefs_CPPFLAGS = -include config.h
tests_mutefs_LDADD =
tests_on_tty_SOURCES = tests/on-tty.c
tests_on_tty_CPPFLAGS = -include config.h
tests_on_tty_LDADD = -lutil
tests_stopper_SOURCES = tests/stopper.c
tests_stopper_CPPFLAGS = -include config.h
tests_stopper_LDADD =
tests_storm_SOURCES = tests/storm.c
tests_storm_CPPFLAGS = -include config.h
tests_storm_LDADD = -lpthread
tests_caller_SOURCES = tests/caller.c
tests_caller_CPPFLAGS = -include config.h
tests_caller_LDADD = -lpthread
tests_vforked_SOURCES = tests/vforked.c
tests_vforked_CPPFLAGS = -include config.h
tests_vforked_LDADD =
tests_with_listns_SOURCES = tests/with-listns.c
tests_with_listns_CPPFLAGS = -include config.h
tests_with_listns_LDADD =
tests_without_SOURCES = tests/without.c
tests_without_CPPFLAGS = -include config.h
tests_without_LDADD =
tests_without_call_SOURCES = tests/without-call.c
tests_without_call_CPPFLAGS = -include config.h
tests_without_call_LDADD =

TESTS += tests/layers.bats \
	tests/docs/nsaudit.bats tests/docs/nscmp.bats tests/docs/nsidmap.bats tests/docs/nsjoin.bats tests/docs/nsjoin-find.bats tests/docs/nsls.bats \
	tests/docs/nspidmap.bats tests/docs/nstools.bats tests/docs/nstrace.bats tests/docs/nstree.bats \
	tests/docs/nswho.bats \
	tests/live/containers.bats tests/live/holders.bats tests/live/hostile.bats \
	tests/live/nets.bats tests/live/nsenter.bats tests/live/nsjoin.bats tests/live/nsjoin-tty.bats \
	tests/live/nsaudit.bats tests/live/nsaudit-borders.bats tests/live/nscmp.bats tests/live/nsidmap.bats tests/live/nsls.bats tests/live/nspidmap.bats \
	tests/live/nstrace.bats tests/live/nstree.bats tests/live/peers.bats tests/live/same.bats tests/live/storm.bats \
	tests/engines/docker.bats tests/engines/podman.bats tests/engines/runtimes.bats \
	tests/engines/lxc.bats tests/engines/holders.bats tests/engines/audit.bats tests/engines/nsjoin.bats tests/engines/nstrace.bats tests/engines/nstrace-daemon.bats
EXTRA_DIST += tests/layers.bats tests/docs tests/live tests/engines
