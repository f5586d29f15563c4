#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about nscmp.

load helper

@test "options: --help, the man page, nstools(7)" {
	check_options 15
}

@test "columns: the tool and the man page, table by table" {
	tables=$(nscmp -H -r -n | cut -d ' ' -f 3 | uniq)
	[ "$(wc -l <<<"$tables")" = 3 ]
	while read -r table; do
		listed=$(nscmp -H -r -n | awk -v table="$table" '$3 == table { print $1 }')
		check_columns "$listed" "Of $table" "$(nscmp --help |
			sed -nE "s/^Columns of $table \\(default (.*)\\):$/\\1/p" | tr , '\n')"
	done <<<"$tables"
}

# The objects of all calls that nscmp has, over saved snapshots and live. That something differs is
# no failure.
nscmp_objects() {
	local saved=$top_srcdir/tests/snapshots
	jq '.host.boot_id = null | .host.hostname = null' "$saved/two-containers.json" >unknown.json
	jq '.processes |= map(del(.comm, .cmdline, .container, .uid, .pids, .pgids, .sids))' \
		"$saved/host-only.json" >bare.json
	sed 's/,"id":"[0-9]*"//; /"pid":16189/s/"start":"[0-9]*"/"start":"9"/' \
		"$saved/two-containers.json" >old.json
	jq '.processes |= map(select(.ns.net != 4026532188))' "$saved/two-containers.json" >nobody.json
	nscmp --from "$saved/two-containers.json" -J -e 2230 16311
	nscmp --from "$saved/two-containers.json" -J --output-all 16189 16311
	nscmp --from "$saved/unreadable-init.json" -J -e 1 2
	nscmp --from bare.json -J -e 1 2
	nscmp -J self
	nscmp --from "$saved/two-containers.json" --from old.json -J
	nscmp --from "$saved/host-only.json" --from bare.json -J
	nscmp --from bare.json --from "$saved/two-containers.json" -J
	nscmp --from nobody.json --from "$saved/host-only.json" -J
	nscmp --from "$saved/unreadable-init.json" --from unknown.json --by=container -J
	sed '/"pid":16100/s/"net":4026532182/"net":4026531833/' unknown.json |
		nscmp --from "$saved/two-containers.json" --from - --by=container -J
	jq -c '.host = {}' "$saved/host-only.json" | nscmp --from - --from unknown.json --by=container -J
}

@test "JSON: the object" {
	need jq
	{ nscmp_objects; jq -c '.host = {}' "$top_srcdir/tests/snapshots/host-only.json" |
		nscmp --from - -J 1 2; } >objects 2>/dev/null || true
	check_object <objects
}

@test "JSON: a process, a kind, a change" {
	need jq
	nscmp_objects >objects 2>/dev/null || true
	for by in process container; do
		nscmp --from "$top_srcdir/tests/snapshots/host-only.json" --by=$by --output-all -J \
			--from "$top_srcdir/tests/snapshots/two-containers.json" || true
		nscmp --from "$top_srcdir/tests/snapshots/two-containers.json" --by=$by --output-all -J \
			--from "$top_srcdir/tests/snapshots/nested-pids.json" || true
		nscmp --from nobody.json --by=$by --output-all -J \
			--from "$top_srcdir/tests/snapshots/host-only.json" || true
		nscmp --from bare.json --by=$by --output-all -J \
			--from "$top_srcdir/tests/snapshots/two-containers.json" || true
		nscmp --from "$top_srcdir/tests/snapshots/two-containers.json" --by=$by --output-all -J \
			--from bare.json || true
	done >>objects 2>/dev/null
	check_keys "A process" < <(jq -c '.processes // [] | .[]' objects)
	check_keys "A kind" < <(jq -c '.kinds // [] | .[]' objects)
	check_keys "A change" < <(jq -c '.changes // [] | .[]' objects)
	# An item for each process.
	jq -se 'map(select(.kinds)) | length > 3 and all(.[]; (.processes | length) as $n |
		all(.kinds[]; [.namespaces, .same, .host, (.meaning // .same) | length] ==
			[$n, $n, $n, $n]))' objects
}

@test "examples run" {
	check_examples
}

@test "examples run for an ordinary user" {
	check_examples_as_user
}

@test "diagnostics: what is printed is documented" {
	patterns=$(diagnostic_patterns nscmp)
	saved=$top_srcdir/tests/snapshots
	sed 's/"boot_id":"[^"]*"/"boot_id":"x"/' "$saved/host-only.json" >other.json
	sed '/^"origin"/s/"pid":4026531836/"pid":4026532181/' "$saved/two-containers.json" >inside.json
	jq '.processes |= map(del(.ns))' "$saved/host-only.json" >bare.json
	two="--from $saved/host-only.json --from"
	for arguments in 4194304 "self 4194304" "net:[4026531833]" "x:y:z" "" "-q -J self" "-q -e self" "-q -v self" \
		"--by=host" "--by=container self" "-t foo self" "-e --from $saved/host-only.json" \
		"--from $saved/host-only.json 1" "$two $saved/host-only.json 1 2" "$two $saved/a --from b" \
		"--from - --from -" "$two other.json" "$two inside.json" "$two $saved/unreadable-init.json" \
		"--from $saved/unreadable-init.json --from $saved/host-only.json" "--from bare.json 1 2" \
		"--from $saved/unreadable-init.json 1 2" "--from $saved/host-only.json 1 nope"; do
		read -ra words <<<"$arguments"
		run nscmp "${words[@]}"
		[ $status -ne 0 ]
		grep '^nscmp: ' <<<"$output" >lines
		while read -r line; do
			echo "$line"
			grep -qxE -f <(echo "$patterns") <<<"$line"
		done <lines
	done
	run nscmp --from "$saved/host-only.json" --from "$saved/host-only.json"
	[ "$output" = "nscmp: nothing is different" ]
	[ "$status" = 0 ]
}

@test "bash" {
	check_bash
	[ "$(bash_offers nscmp --ex)" = --explain ]
	[ "$(bash_offers nscmp --output +kind,na)" = +kind,NAMESPACES ]
	same_lines kinds bash "$(tool_kinds)" "$(bash_offers nscmp --type '')"
	[ "$(bash_offers nscmp -Jt net,pi)" = net,pid ]
	same_lines --by bash "$(tool_words --by)" "$(bash_offers nscmp --by = '')"
}

@test "bash: references" {
	check_bash_references
}

@test "zsh" {
	check_zsh
	[ "$(zsh_offers 'nscmp --ex')" = --explain ]
	[ "$(zsh_offers 'nscmp --output=+kind,na')" = NAMESPACES ]
	[ "$(zsh_offers 'nscmp -t net,pi')" = pid ]
	same_lines --by zsh "$(tool_words --by)" "$(zsh_offers 'nscmp --by=')"
}

@test "zsh: references" {
	need zsh
	check_zsh_references
}

@test "fish" {
	check_fish
	[ "$(fish_offers 'nscmp -o +kind,na')" = +kind,NAMESPACES ]
	[ "$(fish_offers 'nscmp -t net,pi')" = net,pid ]
	same_lines --by fish "$(tool_words --by)" "$(fish_offers 'nscmp --by ')"
}

@test "fish: references" {
	need fish
	check_fish_references
}
