#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about nstrace, whose options are not those of the other tools.

load helper

event_types() {
	sed -nE 's/.*\[EVENT_[A-Z]+\] = "([a-z]+)".*/\1/p; s/.*\[EVENT_[A-Z]+\] = "[a-z]+",[[:space:]]*\[EVENT_[A-Z]+\] = "([a-z]+)".*/\1/p' \
		<(tr ',' '\n' < "$top_srcdir/src/model/event.c")
}

event_words() {
	(event_types; echo none) | sort
}

@test "options: --help, the man page" {
	[ "$(help_options | wc -l)" -ge 20 ]
	same_lines "nstrace --help" nstrace.1 "$(help_options)" "$(man_options "$man" OPTIONS)"
}

@test "columns: the tool and the man page" {
	check_columns "$(tool_columns)" COLUMNS \
		"$(nstrace --help | sed -nE 's/^Columns \(default (.*)\):$/\1/p' | tr , '\n')"
}

@test "events: the words" {
	[ "$(event_types | wc -l)" = 13 ]
	same_lines event.c nstrace.1 "$(event_types)" \
		"$(section "$man" Events | sed -n 's/^\.It Cm //p')"
}

@test "JSON: an event" {
	need jq unshare
	nstrace -J --output-all -o story.json -- sh -c '
		unshare -Urpf sh -c "echo in; true"; unshare -pf true; chroot /no/such; setpriv --no-new-privs true; true' \
		> /dev/null 2>&1
	check_keys "An event" < <(tail -n +2 story.json)
}

# A parent that was there before is gone when nstrace, which is stopped, would look at it.
@test "JSON: the tree and the summary" {
	need jq unshare mkfifo
	nstrace --source=bpf -o /dev/null true || skip 'needs BPF'
	local parent tracer _
	rm -f go told
	mkfifo go
	sh -c 'sh -c "read -r x < go; unshare -Urpf true; unshare -Urpf no-such; unshare -Ur no-such; nsenter -t $$ -U true; exec true" & echo $! > told; wait' \
		2> /dev/null 3>&- &
	parent=$!
	for _ in $(seq 100); do [ ! -s told ] || break; sleep 0.1; done
	nstrace -J -e none --tree --summary -p "$(cat told)" > sum.json 3>&- &
	tracer=$!
	for _ in $(seq 100); do [ ! -s sum.json ] || break; sleep 0.1; done
	kill -STOP $tracer
	echo > go
	wait $parent
	kill -CONT $tracer
	wait $tracer
	rm go
	check_keys "A process" < <(jq -c '.processes[]?' sum.json)
	check_keys "A container" < <(jq -c '.summary[]?' sum.json)
	[ "$(tail -n 2 sum.json | jq -c keys | xargs)" = '[complete,summary] [complete,processes]' ]
	# Of these, no null is to be had here: threads whose numbers are unknown, calls that nobody saw.
	run compare_keys "$(documented_keys "A call")" < <(jq -c '.summary[]?.calls[]' sum.json)
	[ "$output" = 'call: never null
command: never null
nspid: never null' ]
}

@test "JSON: the first line" {
	nstrace -J -o story.json true
	head -n 1 story.json | jq -e '.nstools == 1 and (.host.kernel | type == "string")'
}

# run_each LEAST: each line of stdin runs, and prints something; there are so many at least.
run_each() {
	local command n=0
	while read -r command; do
		n=$((n + 1))
		run timeout 30 bash -o pipefail -c "$command" < /dev/null
		echo "$status: $command: $output"
		[ "$status" = 0 ] && [ -n "$output" ]
	done
	[ "$n" -ge "$1" ]
}

@test "examples run" {
	need jq unshare
	run_each 9 < <(examples)
}

@test "examples for root run" {
	[ "$(id -u)" = 0 ] || skip 'needs root'
	nstrace --source=bpf -o /dev/null true || skip 'needs BPF'
	run_each 1 < <(examples '#' | grep -vE 'runc run|pidof')
}

@test "bash" {
	same_lines "nstrace --help" bash "$(option_names)" "$(bash_offers nstrace -)"
	same_lines columns bash "$(tool_columns | sort -u)" "$(bash_offers nstrace --columns '')"
	same_lines --color bash "$(tool_words --color)" "$(bash_offers nstrace --color = '')"
	same_lines events bash "$(event_words)" "$(bash_offers nstrace -e '')"
	[ "$(bash_offers nstrace -e clone,un)" = clone,unshare ]
	[ "$(bash_offers nstrace -o '')" = "<files>" ]
	[ "$(bash_offers nstrace --source '' | xargs)" = "auto bpf ptrace" ]
	bash_offers nstrace -p "$$" sel | grep -x self
	bash_offers nstrace -p sel | grep -x self
	bash_offers nstrace rea | grep -x readlink
	bash_offers nstrace -J -o x -- rea | grep -x readlink
	[ "$(bash_offers nstrace ls -)" = "<files>" ]
	run bash --noprofile --norc -uc 'source "$0" && complete -p nstrace' \
		"$top_srcdir/completions/bash/nstrace"
	[ "$output" = "complete -F _nstrace nstrace" ]
}

@test "zsh" {
	need zsh
	zsh -n "$top_srcdir/completions/zsh/_nstrace"
	same_lines "nstrace --help" zsh "$(option_names)" "$(zsh_offers "nstrace -")"
	same_lines columns zsh "$(tool_columns | sort -u)" "$(zsh_offers "nstrace --columns ")"
	same_lines --color zsh "$(tool_words --color)" "$(zsh_offers "nstrace --color=")"
	same_lines events zsh "$(event_words)" "$(zsh_offers "nstrace -e ")"
	zsh_offers "nstrace readl" | grep -x readlink
	zsh_offers "nstrace -p sel" | grep -x self
	zsh_offers "nstrace -p 1 sel" | grep -x self
	zsh_offers "nstrace -J -- readl" | grep -x readlink
}

@test "fish" {
	need fish
	same_lines "nstrace --help" fish "$(option_names)" \
		"$(fish_offers "nstrace -" | sed 's/=$//' | sort -u)"
	same_lines columns fish "$(tool_columns | sort -u)" "$(fish_offers "nstrace --columns ")"
	same_lines --color fish "$(tool_words --color | sed s/^/--color=/)" \
		"$(fish_offers "nstrace --color=")"
	same_lines events fish "$(event_words)" "$(fish_offers "nstrace -e ")"
	fish_offers "nstrace readl" | grep -x readlink
	fish_offers "nstrace -p sel" | grep -x self
	fish_offers "nstrace -p 1 sel" | grep -x self
	fish_offers "nstrace -J -- readl" | grep -x readlink
}
