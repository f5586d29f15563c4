#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about nsaudit.

load helper

@test "options: --help, the man page, nstools(7)" {
	check_options 19
}

@test "columns: the tool and the man page, table by table" {
	tables=$(nsaudit -H -r -n | cut -d ' ' -f 3 | uniq)
	[ "$(wc -l <<<"$tables")" = 2 ]
	while read -r table; do
		listed=$(nsaudit -H -r -n | awk -v table="$table" '$3 == table { print $1 }')
		check_columns "$listed" "Of $table" "$(nsaudit --help |
			sed -nE "s/^Columns of $table \\(default (.*)\\):$/\\1/p" | tr , '\n')"
	done <<<"$tables"
}

checks() {
	nsaudit --explain all -n -r -o CHECK
}

# What the man page has of each check, as it is written there, in a line.
described() {
	section "$man" CHECKS | awk '
		/^\.It Cm / { if (text) print text; text = $3; next }
		/^\.Em / { text = text " " $2; next }
		/^\./ { next }
		text { sub(/^\\&/, ""); text = text " " $0 }
		END { print text }'
}

@test "checks: the tool and the man page" {
	need jq
	[ "$(checks | wc -l)" -ge 30 ]
	same_lines nsaudit nsaudit.1 "$(nsaudit --explain all -J --output-all | jq -r '.checks[] |
		"\(.check) \(.worst) \(.title). \(.reason) Remedy: \(.remedy)"')" "$(described)"
}

@test "levels: the tool and the man page" {
	same_lines nsaudit nsaudit.1 "$(tool_words --fail-on)"$'\nunknown' \
		"$(section "$man" Levels | sed -n 's/^\.It Cm //p')"
}

# A process in what looks like a container, and what else makes all sorts of findings.
nsaudit_objects() {
	nsaudit "$@" -J --self
	nsaudit "$@" -J $$
	# Whose boot_id is hidden from us, and who has gaps.
	unshare -Urm sh -c 'mount -t tmpfs none /proc/sys; exec "$@"' - nsaudit "$@" -J --self
	unshare -Urmp --fork sh -c 'exec "$@"' - nsaudit "$@" -J --all
	[ "$(id -u)" != 0 ] || setpriv --reuid=65534 --regid=65534 --clear-groups nsaudit "$@" -J 2
	local id
	id=$(printf 'c0ffee%.0s' {1..10})4567
	cat >monitor <<-END
	unshare -Urm -p --fork --kill-child sleep 300 &
	wait
	END
	setsid bash -c 'exec -a /usr/bin/conmon bash "$@"' - monitor -c "$id" -n docs -b / -p / 3>&- &
	holder=$!
	for _ in {1..50}; do
		nsaudit "$@" -J "$id" >container.json 2>/dev/null || true
		[ ! -s container.json ] || break
		sleep 0.1
	done
	kill -KILL -- "-$holder"
	holder=
	cat container.json
}

@test "JSON: the object" {
	need jq unshare setpriv
	nsaudit_objects >objects 2>/dev/null || true
	check_object <objects
}

@test "JSON: a finding, a check" {
	need jq unshare setpriv
	nsaudit_objects --output-all >objects 2>/dev/null || true
	check_keys "A finding" < <(jq -c '.findings[]' objects)
	check_keys "A check" < <(nsaudit --explain all -J --output-all | jq -c '.checks[]')
	[ "$(nsaudit --explain all -J | jq -r 'keys_unsorted | join(" ")')" = "nstools checks" ]
}

@test "PID is shown where a process is in no container, and there are several" {
	heading() { nsaudit "$@" 2>/dev/null | head -n 1 | tr -s ' ' | sed 's/^ //'; }
	[ "$(heading $$)" = "CONTAINER LEVEL CHECK FINDING EVIDENCE" ]
	[ "$(heading $$ self)" = "CONTAINER PID LEVEL CHECK FINDING EVIDENCE" ]
}

@test "examples run" {
	check_examples
}

@test "examples run for an ordinary user" {
	check_examples_as_user
}

@test "diagnostics: what is printed is documented" {
	patterns=$(diagnostic_patterns nsaudit)
	for arguments in 4194304 "net:[4026531833]" x:y:z "--all --self" "--self 1" "--explain nothing" \
		"--ignore nothing" "--fail-on much" "--from x" "--explain all 1" "--explain all --all" "--all" \
		"self $$" no-such-container; do
		read -ra words <<<"$arguments"
		nsaudit "${words[@]}" 2>messages >/dev/null || true
		while read -r line; do
			echo "$line ($arguments)"
			[[ $line == Try* ]] || grep -qxE -f <(echo "$patterns") <<<"$line"
		done <messages
	done
}

@test "bash" {
	check_bash
	[ "$(bash_offers nsaudit --fail-on = hi)" = high ]
	[ "$(bash_offers nsaudit --explain core-)" = core-pattern ]
	[ "$(bash_offers nsaudit --ignore=core-pattern,uts)" = --ignore=core-pattern,uts-host ]
	same_lines checks bash "$(checks)" "$(bash_offers nsaudit --ignore '')"
	same_lines checks bash "$(checks)"$'\nall' "$(bash_offers nsaudit --explain '')"
	same_lines levels bash "$(tool_words --fail-on)" "$(bash_offers nsaudit --fail-on '')"
}

@test "bash: references" {
	check_bash_references
}

@test "zsh" {
	check_zsh
	[ "$(zsh_offers 'nsaudit --explain core-p')" = core-pattern ]
	[ "$(zsh_offers 'nsaudit --ignore=core-pattern,uts')" = uts-host ]
	same_lines levels zsh "$(tool_words --fail-on)" "$(zsh_offers 'nsaudit --fail-on ')"
}

@test "zsh: references" {
	need zsh
	check_zsh_references
}

@test "fish" {
	check_fish
	[ "$(fish_offers 'nsaudit --explain core-p')" = core-pattern ]
	[ "$(fish_offers 'nsaudit --ignore core-pattern,uts')" = core-pattern,uts-host ]
	same_lines levels fish "$(tool_words --fail-on)" "$(fish_offers 'nsaudit --fail-on ')"
}

@test "fish: references" {
	need fish
	check_fish_references
}
