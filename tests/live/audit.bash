# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What the tests of nsaudit have in common.

# confined [OPTION...] -- SCRIPT [WORD...]: a process in namespaces as unshare(1) makes them, which has
# run SCRIPT. What SCRIPT may need is in $w, the folder of the test.
confined() {
	local options=() script
	while [ "$1" != -- ]; do options+=("$1"); shift; done
	script=$2
	shift 2
	need_unshare "${options[@]}"
	rm -f ready
	w=$scratch background unshare "${options[@]}" bash -e -c \
		"$script"$'\n''echo > "$w/ready"; exec sleep 1000' - "$@"
	local _
	for _ in $(seq 400); do
		[ ! -e ready ] || return 0
		kill -0 "$started" 2> /dev/null || break
		sleep 0.05
	done
	cat started.err
	return 1
}

# levels CHECK REFERENCE: of what that check finds there, each once.
levels() {
	nsaudit -n -r -o CHECK,LEVEL "$2" 2> /dev/null | sed -n "s/^$1 //p" | uniq
}

# finding CHECK REFERENCE: its words.
finding() {
	nsaudit -J "$2" 2> /dev/null | jq -r --arg check "$1" '.findings[] | select(.check == $check) | .finding'
}

# Whether a shell that is in all namespaces of the process, and with its user, may do that.
inside() { # PID COMMAND...
	nsenter -t "$1" -a -r -w --preserve-credentials "${@:2}"
}

is_asleep() {
	[ "$(cat "/proc/$started/comm")" = sleep ]
}

# Of setpriv(1): somebody without any right.
powerless=(--reuid 65534 --regid 65534 --no-new-privs --bounding-set=-all --inh-caps=-all)
