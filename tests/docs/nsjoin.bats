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

# run_examples_as PROMPT COMMAND...: those behind that prompt, each with the command in front, which
# print something. Where a container is named it is the process $box.
run_examples_as() {
	local prompt=$1 command status n=0
	shift
	while read -r command; do
		n=$((n + 1))
		command=$(sed -E "s/\<(chal|12675)\>/$box/; s:/run/netns/blue:/proc/$box/ns/net:" <<<"$command")
		status=0
		"$@" timeout 20 bash -o pipefail -c "$command" >out 2>err <<<"echo a line of input" || status=$?
		echo "exit status $status: $command"
		cat out err
		[ "$status" = 0 ]
		[ -s out ]
	done < <(examples "$prompt")
	[ "$n" -ge 6 ]
}

# What a container is to nsjoin; it has a user of its own, and what it writes to /tmp is gone with it.
make_box() {
	local _
	[ "$(id -u)" = 0 ] || cannot_run 'needs root'
	need unshare
	unshare -mnpuiC -f --mount-proc true 2>/dev/null || cannot_run 'unshare is refused here'
	printf '%s\n' root:x:0:0::/root:/bin/sh ctf:x:1000:1000::/:/bin/sh >passwd
	mkfifo ready
	unshare -mnpuiC -f --kill-child --mount-proc sh -c '
		exec 3>ready && mount --bind passwd /etc/passwd && mount -t tmpfs box /tmp && cd / &&
		echo ready >&3 && exec sleep 1000 3>&-' 3>&- &
	holder=$!
	read -r -t 20 _ <ready
	box=$(pgrep -P $holder)
}

@test "examples run" {
	need ip ps ss tar
	make_box
	run_examples_as '#'
	[ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$box/ns/net")" ]
	[ "$(cat out)" = "$(nsjoin --dry-run --as ctf "$box")" ] # the last one
	[ -e "/proc/$box/root/tmp/hosts" ]
	run_examples_as '[$]'
}

@test "examples run for an ordinary user" {
	need setpriv
	[ "$(id -u)" = 0 ] || return 0 # as just now
	run_examples_as '[$]' setpriv --reuid=65534 --regid=65534 --clear-groups
}

# check STATUS ARGUMENT...: what is printed is among the patterns; AS may hold a command in front.
check() {
	local want=$1 status=0 line
	shift
	# shellcheck disable=SC2086 # words
	${AS-} timeout 20 nsjoin "$@" 2>messages >/dev/null </dev/null || status=$?
	echo "exit status $status: $*: $(cat messages)"
	[ "$status" = "$want" ]
	[ -s messages ]
	while read -r line; do
		grep -qxE -f patterns <<<"$line" || return
	done < <(grep -v '^Try ' messages)
}

@test "diagnostics: what is printed is documented" {
	diagnostic_patterns nsjoin -e 's/\<KIND\>/[a-z]+/g' >patterns
	check 125
	check 125 4194304
	check 125 -x
	check 125 -t
	check 125 --best self
	check 125 --color=blue self
	check 125 --wd -W/ self
	check 125 -e --keep-env self
	check 125 -c --no-join-cgroup self
	check 125 --like-target --no-join-cgroup self
	check 125 --as root -S 0 self
	check 125 --best-effort self
	check 125 -S root self
	check 125 -N x self
	check 125 -N 0 self true
	check 125 -N 999 self true
	check 125 -U -t self true
	check 125 -t self --user-parent true
	check 125 --as nobody-is-called-so self true
	check 125 --as root:nobody-is-called-so self true
	check 125 -m /proc/self/ns/net true
	check 125 -a /proc/self/ns/net true
	check 125 -S follow /proc/self/ns/net true
	check 125 -n/etc/passwd true
	check 125 -n/nowhere true
	check 125 -r/nowhere self true
	check 125 -W/nowhere self true
	check 127 self /nowhere
	check 126 self /etc
	[ "$(id -u)" != 0 ] || AS="setpriv --reuid=65534 --regid=65534 --clear-groups"
	need setsid
	check 125 -r/ -t self true
	check 125 -S 0 self true
	check 125 -G 0 self true
	check 125 --mount-proc self true
	check 125 -n/proc/self/ns/net true
	AS="setsid -w $AS"
	check 125 --pty self true
}

@test "diagnostics: of a container" {
	make_box
	diagnostic_patterns nsjoin -e 's/\<KIND\>/[a-z]+/g' >patterns
	check 127 "$box" /nowhere
	check 126 "$box" /etc
	check 125 --as user-of-this-side "$box" true
	check 0 -m -t "$box" -w/usr true
	AS="setpriv --reuid=65534 --regid=65534 --clear-groups"
	check 125 "$box" true
	check 125 -n -t "$box" true
	AS='' teardown
	unshare -U sleep 1000 3>&- &
	holder=$!
	for _ in {1..200}; do
		[ "$(readlink "/proc/$holder/ns/user")" = "$(readlink /proc/self/ns/user)" ] || break
		sleep 0.05
	done
	check 125 $holder true
	check 125 -S 5 -G 5 $holder true
}

# The longest piece of each that is no placeholder.
@test "diagnostics: what is documented is printed" {
	local line piece
	cat "$top_srcdir"/src/act/*.c "$top_srcdir"/tools/{joinoptions,finder,options}.c |
		tr -d '\n\t' | sed 's/" *"//g' >source
	while read -r line; do
		piece=$(sed -E 's/\<(REFERENCE|FILE|WORD|REASON|KIND|[NM])\>|: cannot | \(/\n/g' <<<"$line" |
			sed 's/: *$//' | awk 'length > length(longest) { longest = $0 } END { print longest }')
		echo "$line: '$piece'"
		[ ${#piece} -ge 5 ]
		grep -qF -- "$piece" source
	done < <(section "$man" DIAGNOSTICS | sed -n 's/^\.It "\(.*\)"$/\1/p' |
		grep -vE "^--as: there is no|^cannot (become|make|set)")
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
		asked="command"
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
