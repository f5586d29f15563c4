#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What shells offer for nsjoin-find, which takes one reference and no option.

load helper

# check_offers OFFERS: by the function OFFERS, whose words are those of the command line.
check_offers() {
	local offers=$1 at
	stub_nsls # containers of others come and go
	"$offers" '' | grep -x $$
	for at in '' 79@ 3@79@; do
		[ "$("$offers" "${at}sel")" = "${at}self" ]
		[ "$("$offers" "${at}chal")" = "${at}chal" ]
	done
	[ "$("$offers" self sel)" = "" ]
	[ "$("$offers" self '')" = "" ]
	[ "$("$offers" -)" = "" ]
}

@test "bash" {
	offers() { bash_offers nsjoin-find "$@"; }
	check_offers offers
	# Where it is installed, no nsls is beside it.
	mkdir libexec
	offers() { bash_offers "$PWD/libexec/nsjoin-find" "$@"; }
	check_offers offers
	[ "$(bash_offers nsjoin-find /proc/self/ns/ut)" = "<files>" ]
}

@test "zsh" {
	need zsh
	zsh -n "$top_srcdir/completions/zsh/_nsjoin-find"
	# What stands in front of "@" is no part of what zsh adds.
	offers() { zsh_offers "nsjoin-find $*" | sed "s/^/$(grep -o '.*@' <<<"$*")/"; }
	check_offers offers
}

@test "fish" {
	need fish
	offers() { fish_offers "nsjoin-find $*"; }
	check_offers offers
}
