# SPDX-License-Identifier: LGPL-2.1-or-later
# What the live tests share. They run the tool against the kernel that is there, on namespaces that
# mkns made and described; whatever a test starts is gone when it ends.

bats_require_minimum_version 1.5.0
: "${top_srcdir:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}" "${top_builddir:=$top_srcdir/build}"
export LC_ALL=C.UTF-8 TZ=UTC
unset COLUMNS NO_COLOR

# What a test cannot do without. A skip is said, and fails where NSTOOLS_TESTS_MUST_RUN=1.
cannot_run() {
	[ "${NSTOOLS_TESTS_MUST_RUN-}" != 1 ] || { echo "cannot run: $1"; return 1; }
	skip "$1"
}

need() {
	local program
	for program; do
		command -v "$program" > /dev/null || cannot_run "$program is not installed"
	done
}

need_root() {
	[ "$(id -u)" = 0 ] || cannot_run 'needs root'
}

# Some places (a chroot, a container) refuse some namespaces, or new mounts.
need_unshare() {
	need unshare
	unshare "$@" true 2> /dev/null || cannot_run "unshare $* is refused here"
}

need_bpf() {
	need_root
	run nsls --source=bpf
	case $output in
	*'built without BPF'*) skip 'built without BPF' ;;
	*'nsls: --source=bpf'*) cannot_run "$output" ;;
	esac
}

# The tools where an ordinary user can reach them, and a folder that everybody may enter.
setup() {
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/nstools.XXXXXX")
	chmod 755 "$scratch"
	install -m 755 "$top_builddir"/ns{audit,cmp,idmap,join,join-find,ls,pidmap,trace,tree,who} \
		"$top_builddir"/tests/{caller,idmount,kernelpid,mkns,mutefs,on-tty,stopper,vforked,with-listns,without,without-call} "$scratch"
	install -m 755 "$top_builddir/tests/hold" "$scratch/hold-ns"
	PATH=$scratch:$PATH
	cd "$scratch" || return 1
}

# background COMMAND...: until the end of the test, in a group of its own. It is $started.
background() {
	setsid "$@" < /dev/null > /dev/null 2> started.err 3>&- &
	started=$!
	groups+=("$started")
}

# Waits until the command succeeds.
wait_for() {
	local _
	for _ in $(seq 100); do
		! "$@" > /dev/null 2>&1 || return 0
		sleep 0.1
	done
	echo "waited in vain for: $*"
	return 1
}

end_groups() {
	local group
	for group in "${groups[@]}"; do
		kill -KILL -- "-$group" 2> /dev/null || true
		wait "$group" 2> /dev/null || true
	done
}

teardown() {
	end_groups
	release_holder
	release
	cd / && rm -rf "$scratch"
}

# mk LEVEL...: namespaces as mkns describes them, until release or the end of the test. AS may hold a
# command in front.
mk() {
	mkfifo "$scratch/hold"
	# shellcheck disable=SC2086 # AS is a list of words
	${AS-} mkns "$@" < "$scratch/hold" > "$scratch/made" 2> "$scratch/mkns.err" 3>&- &
	mkns_pid=$!
	exec 9> "$scratch/hold"
	local _
	for _ in $(seq 200); do
		! grep -q '^ready$' "$scratch/made" || return 0
		kill -0 "$mkns_pid" 2> /dev/null || break
		sleep 0.05
	done
	cat "$scratch/mkns.err" "$scratch/made"
	! grep -q 'Operation not permitted' "$scratch/mkns.err" || cannot_run "mkns $* is refused here"
	return 1
}

release() {
	[ -n "${mkns_pid-}" ] || return 0
	exec 9>&-
	wait "$mkns_pid" || true
	unset mkns_pid
	rm -f "$scratch/hold"
}

# hold COMMAND...: leaves it in the background until the test ends.
hold() {
	"$@" 3>&- 9>&- & # nor does it keep what mk made
	holder=$!
}

# SIGKILL, as unshare --fork ignores SIGTERM; with --kill-child all goes with it.
release_holder() {
	[ -n "${holder-}" ] || return 0
	kill -KILL "$holder" 2> /dev/null || true
	wait "$holder" 2> /dev/null || true
	unset holder
}

# made N KEY: what mkns said of its level N.
made() {
	sed -n "$1p" "$scratch/made" | tr ' ' '\n' | sed -n "s/^$2=//p"
}

# A test goes on after a line that begins with "!": this one fails it.
not() {
	! "$@"
}

as_user() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# row NS COLUMNS: the cells of one namespace.
row() {
	nsls -n -r -o "NS,$2" "${@:3}" 2> /dev/null | sed -n "s/^$1 //p"
}

# How many we say are in a namespace where we see nobody: where not all can be read, who knows.
zero() {
	nsls -J -t user 2> /dev/null | jq -r 'if .complete then 0 else "?" end'
}

# Compares, and shows both where they differ.
is() {
	[ "$1" = "$2" ] || { printf 'got:      %s\nexpected: %s\n' "$1" "$2"; return 1; }
}

# ends_meanwhile TOOL TIMES: it shows a process that ends while it looks, or says that it misses it.
ends_meanwhile() {
	local i
	for i in $(seq "$2"); do
		sleep "0.00$((i % 10))" 3>&- &
		run --separate-stderr "$1" -n -r -o PID "$!"
		wait "$!" || true
		case $status in
		0) is "$output" "$!" ;;
		1) [[ $stderr == *"$!: "* ]]; is "$output" '' ;;
		*) return 1 ;;
		esac
	done
}
