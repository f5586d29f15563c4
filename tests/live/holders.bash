# SPDX-License-Identifier: LGPL-2.1-or-later
# Namespaces that are held in one way only, as hold (hold.c) makes them. The program has another
# name here: "hold" is what other tests call their pipes.

# keep HOW [PATH]: until let_go, or the end of the test. AS may hold a command in front. What the
# kernel does not let us make cannot be looked for.
keep() {
	mkfifo "$scratch/keep"
	# shellcheck disable=SC2086 # AS is a list of words
	${AS-} hold-ns "$@" < "$scratch/keep" > "$scratch/kept" 2> "$scratch/keep.err" 3>&- 9>&- &
	keep_pid=$!
	exec 8> "$scratch/keep"
	until_says ready || cannot_run "$(cat "$scratch/keep.err" "$scratch/kept")"
}

# until_says WORD: whether it does within 10 seconds.
until_says() {
	local _
	for _ in $(seq 200); do
		! grep -q "^$1\$" "$scratch/kept" || return 0
		kill -0 "$keep_pid" 2> /dev/null || return 1
		sleep 0.05
	done
	return 1
}

# Only its holder goes: who held it is still there.
let_go() {
	echo >&8
	until_says released || { cat "$scratch/keep.err"; return 1; }
}

end_keep() {
	[ -n "${keep_pid-}" ] || return 0
	exec 8>&-
	wait "$keep_pid" || true
	unset keep_pid
	rm -f "$scratch/keep"
}

teardown() {
	end_keep
	release_holder
	release
	cd / && rm -rf "$scratch"
}

# kept KEY: what hold said of it.
kept() {
	sed -n 1p "$scratch/kept" | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# eventually COMMAND...: it succeeds within 2 seconds, as the kernel frees some a little later.
eventually() {
	local _
	for _ in $(seq 40); do
		! "$@" || return 0
		sleep 0.05
	done
	echo "not within 2 seconds: $*"
	return 1
}

# listed JQ [OPTION]...: of the row that nsls has for it; nothing if it has none.
listed() {
	# shellcheck disable=SC2086
	${AS-} nsls -J -o NS,TYPE,HELDBY,PATH,NSFS "${@:2}" 2> "$scratch/nsls.err" |
		jq -r --argjson ino "$(kept ino)" --arg kind "$(kept kind)" \
			".namespaces[] | select(.ns == \$ino and .type == \$kind) | $1"
}

# How nsls says that it is held.
heldby() {
	listed '.heldby // ["?"] | join(" ")' "$@"
}

# heldby_at PATH: of one without a number.
heldby_at() {
	# shellcheck disable=SC2086
	${AS-} nsls -J -o NS,TYPE,HELDBY,PATH 2> /dev/null | jq -r --arg path "$1" '.namespaces[]
		| select(.ns == null and .path == $path) | "\(.type) \(.heldby | join(" "))"'
}

is_not_listed() {
	[ -z "$(heldby)" ]
}

is_not_listed_at() {
	[ -z "$(heldby_at "$1")" ]
}

nswho_kept() {
	# shellcheck disable=SC2086
	${AS-} nswho -J "$(kept kind):[$(kept ino)]"
}

nswho_finds_nothing() {
	local r=0
	nswho_kept > /dev/null 2>&1 || r=$?
	[ "$r" = 1 ]
}

# What hold said of the holder, as nswho would: an object of what applies.
holder_made() {
	sed -n 1p "$scratch/kept" | tr ' ' '\n' |
		jq -R 'capture("^(?<key>by|pid|tid|fd|path)=(?<value>.*)")
			| if .key | IN("pid", "tid", "fd") then .value |= tonumber else . end' |
		jq -c -S -s from_entries
}

# All that nswho has of it, each reduced to what hold said. What is in flight stands apart, as it
# could be any namespace; and who has a copy of all mounts meanwhile holds it the same way.
holders_named() {
	nswho_kept 2> "$scratch/nswho.err" |
		jq -c -S --argjson ino "$(kept ino)" --argjson made "$(holder_made)" \
			'.namespaces[] | select(.ns == $ino).holders[]
				| with_entries(select(.key | in($made)))' | sort -u
}

# held HOW [PATH]: while it is, nsls says how, and nswho by whom; then neither knows it.
held() {
	need_root
	keep "$@"
	is "$(heldby)" "$(kept by)"
	is "$(holders_named)" "$(holder_made)"
	let_go
	eventually is_not_listed
	eventually nswho_finds_nothing
}

# held_quickly EXPECTED HOW [PATH]: what nsls --quick says.
held_quickly() {
	need_root
	keep "${@:2}"
	is "$(heldby --quick)" "$1"
}

# held_at HOW: what can only be told by the mount, a folder.
held_at() {
	need_root
	mkdir at
	keep "$1" "$scratch/at"
	is "$(heldby_at "$scratch/at")" "$(kept kind) $(kept by)"
	is "$(heldby)" ''
	let_go
	eventually is_not_listed_at "$scratch/at"
}

# same_by_source HOW [PATH]
same_by_source() {
	need_bpf
	keep "$@"
	is "$(heldby --source=bpf)" "$(kept by)"
	is "$(listed tojson --source=bpf)" "$(listed tojson --source=proc)"
}

# What nsls says on stderr of what is on its way.
said_in_flight() {
	local where
	where="socket $(kept fd) of process $(kept pid)"
	nsls "$@" 2>&1 > /dev/null |
		grep -Fx "nsls: a descriptor is in flight in $where: it may hold a namespace"
}

says_nothing_in_flight() {
	! said_in_flight "$@"
}

# A place without the device may let us make one.
tun_device() {
	[ -c /dev/net/tun ] || { mknod -m 600 "$scratch/tun" c 10 200 && echo "$scratch/tun"; }
}
