#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about nstree.

load helper

@test "options: --help, the man page, nstools(7)" {
	check_options 20
}

@test "columns: the tool and the man page" {
	check_columns "$(tool_columns)" COLUMNS \
		"$(nstree --help | sed -nE 's/^Columns \(default (.*)\):$/\1/p' | tr , '\n')"
}

# Over a saved snapshot, one that knows nothing, and live.
nstree_objects() {
	local saved=$top_srcdir/tests/snapshots/nested-pids.json
	jq '.host = {} | .processes |= map(del(.comm, .cmdline, .container, .uid, .ppid, .pids, .pgids, .sids, .view, .nsuid) |
		.ns = {})' "$saved" >bare.json
	nstree "$@" --from "$saved" -J
	nstree "$@" --from bare.json -J
	nstree "$@" -J self
}

@test "JSON: the object" {
	need jq
	nstree_objects >objects 2>/dev/null
	check_object <objects
}

@test "JSON: a process" {
	need jq
	nstree_objects --output-all >objects 2>/dev/null
	check_keys "A process" < <(jq -c '.processes[]' objects)
	# Those of these columns that are not asked for, and what comes without being asked for.
	nstree -J self | jq -e 'all(.processes[]; has("ppid") and has("depth") and has("border") and
		has("nsuser") and (has("tid") | not))'
	nstree -J -o PID self | jq -e '.processes[0] | keys == ["depth", "pid"]'
	nstree -J -N net self | jq -e 'all(.processes[]; has("netns") and (has("pidns") | not))'
}

@test "examples run" {
	check_examples
}

@test "examples run for an ordinary user" {
	check_examples_as_user
}

@test "diagnostics: what is printed is documented" {
	need jq
	patterns=$(diagnostic_patterns nstree -e 's/\<KIND\>/[a-z]+/g' -e 's/\<NAME\>/.*/g')
	pids=$top_srcdir/tests/snapshots/nested-pids.json
	jq '.processes |= map(select(.pid < 16400))' "$pids" >dead.json
	jq '.gaps = [] | .processes |= map(select(.pid < 16400 or .unreadable))' "$pids" >complete.json
	for arguments in 4194304 x:y:z "-N files" "-c a 1" "-c a -c b" "--from $pids nope" \
		"--from $pids -c nope" "--from $pids -B 99999 1" "--from dead.json pid:4026532301" \
		"--from complete.json pid:4026532301" "--from $pids -B"; do
		read -ra words <<<"$arguments"
		run nstree "${words[@]}"
		[ $status -ne 0 ] || [[ $arguments == *-B ]]
		grep -E "^nstree: " <<<"$output" |
			grep -vE "processes could not be read|not everything could be read" >messages
		while read -r line; do
			echo "$line"
			grep -qxE -f <(echo "$patterns") <<<"$line"
		done <messages
		[ -s messages ]
	done
}

@test "bash" {
	check_bash
	[ "$(bash_offers nstree --thr)" = --threads ]
	[ "$(bash_offers nstree --output +pid,nsp)" = +pid,NSPID ]
	[ "$(bash_offers nstree -N u)" = $'uts\nuser' ]
	[ "$(bash_offers nstree --ns-sort = ti)" = time ]
	[ "$(bash_offers nstree -sN ti)" = time ]
	same_lines kinds bash "$(tool_kinds)" "$(bash_offers nstree -N '')"
	bash_offers nstree 79@ | grep -x "79@$$"
}

@test "zsh" {
	check_zsh
	[ "$(zsh_offers 'nstree --thr')" = --threads ]
	[ "$(zsh_offers 'nstree --output=+pid,nspi')" = NSPID ]
	same_lines kinds zsh "$(tool_kinds)" "$(zsh_offers 'nstree -N ')"
	[ "$(zsh_offers 'nstree 0@sel')" = self ]
}

@test "fish" {
	check_fish
	[ "$(fish_offers 'nstree -o +pid,nspi')" = +pid,NSPID ]
	same_lines kinds fish "$(tool_kinds)" "$(fish_offers 'nstree -N ')"
	fish_offers 'nstree 79@' | grep -x "79@$$"
}

@test "bash: references" {
	check_bash_references
}

@test "zsh: references" {
	check_zsh_references
}

@test "fish: references" {
	check_fish_references
}
