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

@test "bash: completions are loaded from any directory" {
	ln -s "$(cd "$top_srcdir" && pwd)/completions/bash" here
	for file in here/ns*; do
		tool=${file##*/} words='--color = n' last=n offered=never
		[ "$tool" != nsjoin-find ] || words=sel last=sel offered=self # it has no options
		for source in "cd here && source ./$tool" "source $file" "source $PWD/$file"; do
			run bash --noprofile --norc -uc "$source && complete -p $tool &&
				COMP_WORDS=($tool $words) COMP_CWORD=\$((\${#COMP_WORDS[@]} - 1)) &&
				_$tool $tool $last = && echo \"\${COMPREPLY[*]}\""
			[ "$output" = "complete -F _$tool $tool"$'\n'$offered ]
		done
	done
}

@test "bash: completions are loaded by bash-completion" {
	package=/usr/share/bash-completion/bash_completion
	[ -e $package ] || [ "${NSTOOLS_TESTS_MUST_RUN-}" = 1 ] || skip "bash-completion is missing"
	ln -s "$(cd "$top_srcdir" && pwd)/completions/bash" completions
	for file in completions/ns*; do
		tool=${file##*/}
		run env BASH_COMPLETION_USER_DIR="$PWD" bash --noprofile --norc -c '
			source "$0"
			loader=$(complete -p -D | sed "s/.*-F \([^ ]*\).*/\1/")
			"$loader" "$1"
			complete -p "$1"
			declare -F _nstools' $package "$tool"
		[ "$output" = "complete -F _$tool $tool"$'\n'_nstools ]
	done
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
