#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about nsjoin, whose options are not those of the other tools.

load helper

@test "options: --help, the man page" {
	[ "$(help_options | wc -l)" -ge 35 ]
	same_lines "nsjoin --help" nsjoin.1 "$(help_options)" "$(man_options "$man" OPTIONS)"
}

@test "options: each that is documented is taken" {
	local option
	while read -r option; do
		run nsjoin --dry-run "$option" self true
		[[ $output != *unknown* ]]
	done < <(help_options | grep -oE -- '--[a-z-]+')
}

@test "examples run" {
	run_examples_of_self
}

@test "examples run for an ordinary user" {
	need setpriv
	[ "$(id -u)" = 0 ] || return 0 # as just now
	run_examples_of_self setpriv --reuid=65534 --regid=65534 --clear-groups
}

# Those that take no container.
run_examples_of_self() {
	local command n=0
	while read -r command; do
		n=$((n + 1))
		run "$@" timeout 20 bash -o pipefail -c "$command" < /dev/null
		echo "$status: $command: $output"
		[ "$status" = 0 ] && [ -n "$output" ]
	done < <(examples | grep self)
	[ "$n" -ge 6 ]
}

@test "diagnostics: what is printed is documented" {
	local patterns
	patterns=$(diagnostic_patterns nsjoin -e 's/\<KIND\>/[a-z]+/g')
	check() { # the exit status, and the arguments
		local want=$1 status=0 line
		shift
		nsjoin "$@" 2> messages > /dev/null < /dev/null || status=$?
		echo "exit status $status: $*: $(cat messages)"
		[ "$status" = "$want" ] && [ -s messages ]
		while read -r line; do
			grep -qxE -f <(echo "$patterns") <<< "$line"
		done < <(grep -v '^Try ' messages)
	}
	check 125
	check 125 4194304
	check 125 -x
	check 125 --wd -W/ self
	check 125 -U -t self true
	check 125 --as nobody-is-called-so self true
	check 127 -r/ -t self /nowhere
	[ ! -e /proc/1/ns/pid ] || ! readlink /proc/1/ns/pid || check 0 -v self true
}

zsh_line() {
	zsh_offers "$*"
}

fish_line() {
	fish_offers "$*"
}

# Where $1 offers whom to join, and where a command: as the tool takes them, which says so itself.
check_whom() {
	local words offers=$1 asked offered
	while read -ra words; do
		asked=command
		SHELL=/bin/true timeout 20 nsjoin "${words[@]}" >messages 2>&1 </dev/null || :
		! grep "whom to join?" messages || asked=whom
		offered=$({
			"$offers" nsjoin "${words[@]}" sel | sed -n 's/^self$/whom/p'
			"$offers" nsjoin "${words[@]}" readl | sed -n 's/^readlink$/command/p'
		} | sort -u)
		echo "nsjoin ${words[*]}: it asks for $asked, and is offered $offered"
		[ "$offered" = $asked ]
	done <<-'END'
		-n
		-n/proc/self/ns/net
		--net=/proc/self/ns/net
		-vn/proc/self/ns/net
		-n/proc/self/ns/net -m
		-n/proc/self/ns/net --mount
		-n/proc/self/ns/net -e
		-n/proc/self/ns/net -Fe
		-n/proc/self/ns/net -w
		-n/proc/self/ns/net -w/
		-n/proc/self/ns/net --root=/
		-n/proc/self/ns/net -S follow
		-n/proc/self/ns/net -S 0
		-n/proc/self/ns/net --setgid=follow
		-n/proc/self/ns/net --like-target
		-n/proc/self/ns/net -t self
		-a -t self
		-vt self
		-w/
		--as root
	END
}

@test "bash" {
	same_lines "nsjoin --help" bash "$(option_names)" "$(bash_offers nsjoin -)"
	same_lines --color bash "$(tool_words --color)" "$(bash_offers nsjoin --color = '')"
	bash_offers nsjoin '' | grep -x $$
	[ "$(bash_offers nsjoin -a se)" = self ]
	[ "$(bash_offers nsjoin -t se)" = self ]
	bash_offers nsjoin self rea | grep -x readlink
	bash_offers nsjoin -t self rea | grep -x readlink
	bash_offers nsjoin -an self -- rea | grep -x readlink
	bash_offers nsjoin -- rea | grep -x readlink
	[ "$(bash_offers nsjoin self ls -)" = "<files>" ]
	[ "$(bash_offers nsjoin self /bin/l)" = "<files>" ]
	[ "$(bash_offers nsjoin -S fo)" = follow ]
	[ "$(bash_offers nsjoin --net = /proc/self/ns/ut)" = "<files>" ]
	check_whom bash_offers
	run bash --noprofile --norc -uc 'source "$0" && complete -p nsjoin' \
		"$top_srcdir/completions/bash/nsjoin"
	[ "$output" = "complete -F _nsjoin nsjoin" ]
}

@test "zsh" {
	need zsh
	zsh -n "$top_srcdir/completions/zsh/_nsjoin"
	same_lines "nsjoin --help" zsh "$(option_names)" "$(zsh_offers "nsjoin -")"
	same_lines --color zsh "$(tool_words --color)" "$(zsh_offers "nsjoin --color=")"
	[ "$(zsh_offers "nsjoin sel")" = self ]
	[ "$(zsh_offers "nsjoin -t sel")" = self ]
	[ "$(zsh_offers "nsjoin -S fol")" = follow ]
	zsh_offers "nsjoin self readl" | grep -x readlink
	zsh_offers "nsjoin -t self readl" | grep -x readlink
	zsh_offers "nsjoin self -- readl" | grep -x readlink
	check_whom zsh_line
}

@test "fish" {
	need fish
	same_lines "nsjoin --help" fish "$(option_names)" \
		"$(fish_offers "nsjoin -" | sed 's/=$//' | sort -u)"
	same_lines --color fish "$(tool_words --color | sed s/^/--color=/)" \
		"$(fish_offers "nsjoin --color=")"
	[ "$(fish_offers "nsjoin sel")" = self ]
	[ "$(fish_offers "nsjoin -t sel")" = self ]
	fish_offers "nsjoin self readl" | grep -x readlink
	fish_offers "nsjoin -t self readl" | grep -x readlink
	fish_offers "nsjoin self -- readl" | grep -x readlink
	[ "$(fish_offers "nsjoin self readlink -" | grep -c -- --like-target)" = 0 ]
	[ "$(fish_offers "nsjoin -S fol")" = follow ]
	check_whom fish_line
}
