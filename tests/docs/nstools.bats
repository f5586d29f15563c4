#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about all of the tools.

load helper

setup() {
	tool=nsls
	cd "$BATS_TEST_TMPDIR" || return
}

@test "nstools(7): the kinds" {
	table=$(section "$top_srcdir/man/nstools.7" Kinds |
		sed -nE 's/^\.It Cm ([a-z]+) Ta ([a-zA-Z]) Ta ([0-9]+) .*/\1 \2 \3/p')
	same_lines "nsls -H" nstools.7 "$(tool_kinds)" "$(cut -d ' ' -f 1 <<<"$table")"
	while read -r kind letter number; do
		grep -E "\"$kind\", '$letter', CLONE_[A-Z]+, $(printf 0x%x "$number")," \
			"$top_srcdir/src/model/kind.c"
	done <<<"$table"
}

@test "nstools(7): references are understood" {
	n=0
	for reference in $(section "$top_srcdir/man/nstools.7" REFERENCES |
		sed -n 's/^\.It Ql //p'); do
		run nsls "$reference"
		[[ $output != *"is no PID"* ]]
		n=$((n + 1))
	done
	[ $n -ge 11 ]
}

@test "man pages have no lint" {
	need mandoc
	for page in "$top_srcdir"/man/*.[1-8]; do
		run mandoc -T lint -W warning "$page"
		echo "$output"
		[ $status = 0 ]
	done
}

@test "man pages: no line is longer than 100" {
	run grep -nE '^.{101}' "$top_srcdir"/man/*.[1-8]
	echo "$output"
	[ $status = 1 ]
}
