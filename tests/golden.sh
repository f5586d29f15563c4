#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs each line of golden.list (NAME COMMAND) over the saved snapshots and compares what it prints,
# on stdout and on stderr, and its exit status with golden/NAME. With GOLDEN_UPDATE=1 it writes those
# files instead: read the difference. Speaks TAP.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}" "${top_builddir:=$top_srcdir/build}"
golden=$top_srcdir/tests/golden
scratch=$(mktemp -d) && trap 'rm -rf "$scratch"' EXIT
cp "$top_srcdir"/tests/snapshots/*.json "$scratch" && cd "$scratch" || exit 1
sh "$top_srcdir/tests/snapshots/large.sh" > large.json || exit 1
sh "$top_srcdir/tests/snapshots/chain.sh" > chain.json || exit 1

export PATH=$top_builddir:$PATH LC_ALL=C.UTF-8 TZ=UTC
unset COLUMNS NO_COLOR TERM

# What a command prints, as a golden file has it.
record() {
	bash -o pipefail -c "$1" > stdout 2> stderr < /dev/null
	local status=$?
	cat stdout
	[ ! -s stderr ] || sed 's/^/stderr: /' stderr
	echo "exit: $status"
}

grep -v -e '^#' -e '^$' "$top_srcdir/tests/golden.list" > list
echo "1..$(wc -l < list)"
number=0 failed=0
while read -r name command; do
	number=$((number + 1))
	record "$command" > actual
	[ -z "${GOLDEN_UPDATE-}" ] || cp actual "$golden/$name"
	if diff -u "$golden/$name" actual > difference 2>&1; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		sed 's/^/# /' difference
		failed=1
	fi
done < list

for file in "$golden"/*; do
	grep -q "^$(basename "$file") " list || { echo "# $file belongs to no line of the list"; failed=1; }
done
exit $failed
