#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about nsidmap.

load helper

@test "options: --help, the man page, nstools(7)" {
	check_options 15
}

@test "columns: the tool and the man page, table by table" {
	tables=$(nsidmap -H -r -n | cut -d ' ' -f 3 | uniq)
	[ "$(wc -l <<<"$tables")" = 3 ]
	while read -r table; do
		listed=$(nsidmap -H -r -n | awk -v table="$table" '$3 == table { print $1 }')
		check_columns "$listed" "Of $table" "$(nsidmap --help |
			sed -nE "s/^Columns of $table \\(default (.*)\\):$/\\1/p" | tr , '\n')"
	done <<<"$tables"
}

# The objects of all calls that nsidmap has: over a saved snapshot, and live.
nsidmap_objects() {
	local ids=$top_srcdir/tests/snapshots/ids.json
	sed '/4026532177,"id"/s/"uids":.*/"uids":"EACCES"},/' "$ids" >unknown.json
	sed '/4026532177,"id"/s/100000,65536/4294967295,65536/' "$ids" >first.json
	sed -e '/"host"/d' -e 's/^{"nstools":1/&,"host":{}/' "$ids" >no-host.json
	# It is mapped in there, and not here.
	sed '/"viewer"/s/"user":4026531837/"user":4026532177/
		/4026531837,"id"/s/0,0,4294967295/0,4294967295,4294967295/' "$ids" >inside.json
	nsidmap "$@" --from "$ids" -J 23 24
	nsidmap "$@" --from first.json -J 23
	nsidmap "$@" --from no-host.json -J 23
	nsidmap "$@" --from "$ids" -J 1000@11 7@24
	nsidmap "$@" --from unknown.json -J 5@24
	nsidmap "$@" --from inside.json -J 0@user:4026531837
	nsidmap "$@" -J -f / -f /dev/null
}

@test "JSON" {
	need jq
	{ nsidmap_objects; nsidmap -J 0@self; } >objects 2>/dev/null || true
	check_object <objects
}

@test "JSON: a range, an id, a file" {
	need jq setpriv
	nsidmap_objects --output-all >objects 2>/dev/null || true
	# One who may know the map of a process, and not its user namespace.
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups nsidmap --output-all -J $$
	else
		nsidmap --output-all -J 1
	fi >>objects 2>/dev/null
	check_keys "A range" < <(jq -c '.maps // [] | .[]' objects)
	check_keys "An id" < <(jq -c '.ids // [] | .[]' objects)
	# Numbers of files that nobody knows are in tests/live/nsidmap.bats.
	run compare_keys "$(documented_keys "A file")" < <(jq -c '.files // [] | .[]' objects)
	[ "$(grep -v 'never null' <<<"$output")" = "" ] || { echo "$output"; false; }
}

@test "examples run" {
	check_examples
}

@test "examples run for an ordinary user" {
	check_examples_as_user
}

@test "diagnostics: what is printed is documented" {
	patterns=$(diagnostic_patterns nsidmap)
	ids=$top_srcdir/tests/snapshots/ids.json
	sed '/4026532177,"id"/s/"uids":.*/"uids":"EACCES"},/' "$ids" >unknown.json
	for arguments in 4194304 "0@4194304" "x@self" "self 0@self" "--from $ids 70000@24" \
		"--from $ids 65534@13" "--from $ids 5 -i 24" "--from unknown.json 23" \
		"--from unknown.json 5 -i 23" "--from $ids 0@net:4026531833" "--from $ids 0@self" \
		"--from $top_srcdir/tests/snapshots/host-only.json" "--from empty.json"; do
		echo '{"snapshot":1,"host":{}}' >empty.json
		read -ra words <<<"$arguments"
		run nsidmap "${words[@]}"
		[ $status -ne 0 ]
		grep -vE "processes could not be read|other things? could|^Try " <<<"$output" |
			while read -r line; do
				echo "$line"
				grep -qxE -f <(echo "$patterns") <<<"$line"
			done
	done
	run -0 nsidmap --from "$ids" 0@12
	grep -xE -f <(echo "$patterns") <<<"$output" | grep 'Operation not supported'
}

@test "diagnostics: what is documented can be printed" {
	cat "$top_srcdir"/src/*/*.c "$top_srcdir"/tools/*.c | tr '\n\t' '  ' |
		sed 's/" *"//g; s/%[a-z]\+/@/g; s/@_map/uid_map/g; s/no @ namespace/no user namespace/g
			s/the @ namespace/the user namespace/g; s/no @/no uid/g' >source
	section "$man" DIAGNOSTICS | sed -nE 's/^\.It "(.*)"$/\1/p' >messages
	[ "$(wc -l <messages)" -ge 12 ]
	sed -E 's/\<([NM]|REFERENCE|FILE|WORD|REASON|65534|uid|passwd)\>/\n/g' messages | grep -E '.{8}' |
		while read -r fragment; do
			fragment=${fragment#: }
			fragment=${fragment#\' } fragment=${fragment#]}
			echo "$fragment"
			grep -qF -- "$fragment" source
		done
}

@test "bash" {
	check_bash
	[ "$(bash_offers nsidmap --tar)" = --target ]
	[ "$(bash_offers nsidmap --output +id,na)" = +id,NAME ]
	bash_offers nsidmap 1000@ | grep -x "1000@$$"
	[ "$(bash_offers nsidmap 0@se)" = 0@self ]
	[ "$(bash_offers nsidmap 0 -gi se)" = self ]
	[ "$(bash_offers nsidmap --in=se)" = --in=self ]
	[ "$(bash_offers nsidmap -f '')" = "<files>" ]
}

@test "bash: references" {
	check_bash_references --in -t --target
}

@test "zsh" {
	check_zsh
	[ "$(zsh_offers 'nsidmap --tar')" = --target ]
	[ "$(zsh_offers 'nsidmap --output=+id,na')" = NAME ]
	[ "$(zsh_offers 'nsidmap 0@sel')" = self ]
	[ "$(zsh_offers 'nsidmap 0 -i sel')" = self ]
	touch state.json
	[ "$(zsh_offers "nsidmap -f $PWD/state")" = state.json ]
}

@test "zsh: references" {
	need zsh
	check_zsh_references --in --target
}

@test "fish" {
	check_fish
	[ "$(fish_offers 'nsidmap -o +id,na')" = +id,NAME ]
	fish_offers 'nsidmap 0@' | grep -x "0@$$"
	[ "$(fish_offers 'nsidmap 0@sel')" = 0@self ]
	[ "$(fish_offers 'nsidmap 0 -i sel')" = self ]
}

@test "fish: references" {
	need fish
	check_fish_references --in -t --target
}
