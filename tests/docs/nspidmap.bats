#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about nspidmap.

load helper

@test "options: --help, the man page, nstools(7)" {
	check_options 15
}

@test "columns: the tool and the man page" {
	check_columns "$(tool_columns)" COLUMNS \
		"$(nspidmap --help | sed -nE 's/^Columns \(default (.*)\):$/\1/p' | tr , '\n')"
}

# Over a saved snapshot, one that knows nothing, and live.
nspidmap_objects() {
	local pids=$top_srcdir/tests/snapshots/nested-pids.json
	jq '.host = {} | .processes |= map(del(.comm, .cmdline, .container, .uid, .view, .nsuid))' "$pids" >bare.json
	nspidmap "$@" --from "$pids" -J 16410 16402 17000
	nspidmap "$@" --from bare.json -J 16410 17000
	jq '.processes |= map(select(.pid != 16400) | if .pid == 16402 then .pgids[1] = 0 else . end)' "$pids" | nspidmap "$@" --from - -J 16402
	nspidmap "$@" -J self
}

@test "JSON: the object" {
	need jq
	nspidmap_objects >objects 2>/dev/null
	check_object <objects
}

@test "JSON: a process, a level" {
	need jq
	nspidmap_objects --output-all >objects 2>/dev/null
	check_keys "A process" < <(jq -c '.processes[]' objects)
	check_keys "A level" < <(jq -c '.processes[].pids[]' objects)
	# With --all it is both in one.
	nspidmap --all self -J --output-all 2>/dev/null | jq -e 'all(.processes[];
		has("pidns") and has("level") and has("nsuser") and (has("pids") | not))'
}

@test "examples run" {
	check_examples
}

@test "examples run for an ordinary user" {
	check_examples_as_user
}

@test "diagnostics: what is printed is documented" {
	patterns=$(diagnostic_patterns nspidmap)
	pids=$top_srcdir/tests/snapshots/nested-pids.json
	for arguments in 4194304 "1@4194304" "99999@self" "x:y:z" "-i self -a self" "-J -i self self" \
		"-a self self" "--from $pids 9@16311" "--from $pids 1@17000" "--from $pids -i 16400 16311" \
		"--from $pids -a 17000" "--from $pids pid:4026532181" "--from $pids 1@net:4026531833" \
		"--from $pids nope" ""; do
		read -ra words <<<"$arguments"
		run nspidmap "${words[@]}"
		[ $status -ne 0 ]
		[[ ${lines[0]} == "nspidmap: "* ]]
		grep -vE "processes could not be read|other things? could|^Try " <<<"$output" |
			while read -r line; do
				echo "$line"
				grep -qxE -f <(echo "$patterns") <<<"$line"
			done
	done
}

@test "bash" {
	check_bash
	[ "$(bash_offers nspidmap --thr)" = --threads ]
	[ "$(bash_offers nspidmap --output +pid,nsp)" = $'+pid,NSPGID\n+pid,NSPID' ]
	bash_offers nspidmap 79@ | grep -x "79@$$"
	[ "$(bash_offers nspidmap 3@79@se)" = 3@79@self ]
	[ "$(bash_offers nspidmap 79 -i se)" = self ]
	[ "$(bash_offers nspidmap --in=se)" = --in=self ]
	[ "$(bash_offers nspidmap -Ja se)" = self ]
}

@test "bash: references" {
	check_bash_references --in -a --all
}

@test "zsh" {
	check_zsh
	[ "$(zsh_offers 'nspidmap --thr')" = --threads ]
	[ "$(zsh_offers 'nspidmap --output=+pid,nspg')" = NSPGID ]
	[ "$(zsh_offers 'nspidmap 0@sel')" = self ]
	[ "$(zsh_offers 'nspidmap 7 -i sel')" = self ]
	[ "$(zsh_offers 'nspidmap --all=sel')" = self ]
}

@test "zsh: references" {
	need zsh
	check_zsh_references --in --all
}

@test "fish" {
	check_fish
	[ "$(fish_offers 'nspidmap -o +pid,nspg')" = +pid,NSPGID ]
	fish_offers 'nspidmap 79@' | grep -x "79@$$"
	[ "$(fish_offers 'nspidmap 3@79@sel')" = 3@79@self ]
	[ "$(fish_offers 'nspidmap 7 -i sel')" = self ]
	[ "$(fish_offers 'nspidmap -a sel')" = self ]
}

@test "fish: references" {
	need fish
	check_fish_references --in -a --all
}
