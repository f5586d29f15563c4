#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Data flows one way, and the include lines show it.

setup() {
	: "${top_srcdir:=$(cd "$BATS_TEST_DIRNAME/.." && pwd)}" "${top_builddir:=$top_srcdir/build}"
	cd "$top_srcdir" || return 1
}

# allow LAYER LAYERS...: the files of LAYER include nothing of ours but what is in LAYERS.
allow() {
	local layer=$1 pattern
	shift
	pattern=$(IFS='|'; echo "$*")
	[ -d "$layer" ]
	! grep -rnE '^#include "' --include='*.[ch]' "$layer" | grep -vE "#include \"(config\.h|($pattern)/)"
}

@test "src/util knows no namespace" { allow src/util util; }
@test "src/uapi stands alone" { allow src/uapi uapi; }
@test "src/model is data" { allow src/model util uapi model; }
@test "src/container reads containers, and no snapshot" { allow src/container util uapi model container; }
@test "src/query asks the model only" { allow src/query util model query; }
@test "src/detail reads details, and no snapshot" { allow src/detail util uapi model container detail; }
@test "src/render prints what it is given" { allow src/render util model render; }
@test "src/collect fills the model" { allow src/collect util uapi model container collect query; }

@test "src/act joins, and sees no snapshot" {
	allow src/act util uapi model act collect
	! grep -rnE '#include "collect/' src/act | grep -vE '"collect/(procfs|resolve)\.h"'
}

@test "src/trace follows, and sees no snapshot" {
	allow src/trace util uapi model trace collect
	! grep -rnE '#include "collect/' src/trace | grep -vE '"collect/((procfs|listing)\.h|iter\.bpf\.h)"'
}

@test "of query, collect knows only what a reference is" {
	! grep -rnE '#include "query/' src/collect | grep -vE 'src/collect/resolve(-far)?\.[ch]:'
}

@test "only builders change a snapshot: nobody above collect includes model/builder.h" {
	! grep -rn 'model/builder.h' src/container src/query src/render src/detail tools
}

@test "src prints nothing and never exits, out of memory aside" {
	! grep -rnE '\b(printf|puts|perror|warnx?|errx?|exit|abort)\(' src | grep -v '^src/util/alloc.c:'
}

@test "no mutable variable at file scope in src" {
	# Those of a BPF program are the map of one run.
	! grep -rnE '^(static )?[a-z][a-z_ *]*[a-z_]+(\[[^]]*\])?( =.*)?;' --include='*.c' --exclude='*.bpf.c' src |
		grep -vE ':(static )?const |\bconst [a-z_]+\[|:extern |:typedef |:struct [a-z_]+;|:enum '
}

@test "libcurl is loaded when it is needed, and never linked" {
	ldd "$top_builddir/nsls" | grep libsmartcols
	! ldd "$top_builddir/nsls" | grep libcurl
}

@test "only nsjoin and nstrace change a process" {
	! grep -rnE '#include "(act|trace)/' src tools --include='*.[ch]' |
		grep -vE '^(src/(act|trace)|tools/(nsjoin|joinoptions|nstrace|traced|ending)\.[ch]):?'
}

@test "nsjoin links none of the libraries" {
	ldd "$top_builddir/nsjoin" | grep libc
	! ldd "$top_builddir/nsjoin" | grep -E 'curl|cjson|mount|smartcols|proc2|seccomp'
}

@test "each file names its licence" {
	# bpftool writes one of its own into what it makes.
	! grep -rL 'SPDX-License-Identifier: LGPL-2.1-or-later' --include='*.[ch]' --include='*.bats' \
		--include='*.sh' --include='*.mk' --include='*.ac' --include='*.am' --exclude='*.skel.h' src tools tests bench configure.ac Makefile.am | grep .
}

@test "no line is longer than 100 columns" {
	# The tables of tests/unit hold texts that are longer.
	! find src tools bench tests -name unit -prune -o ! -name '*.skel.h' -name '*.[ch]' -exec expand {} + |
		grep -nE '^.{101,}'
}
