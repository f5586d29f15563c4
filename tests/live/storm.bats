#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# While processes come and go as fast as they can.

load helper

@test "50 scans in a storm of short-lived processes: no error, valid JSON" {
	need_root
	"$top_builddir/tests/storm" 60 < /dev/zero > storm.out 3>&- &
	local storm=$! _
	for _ in $(seq 50); do
		if ! nsls -J --output-all > out 2> err || ! jq -e '.namespaces | length > 0' out > /dev/null ||
			grep -v -e 'could not be read' -e 'is in flight in socket' err; then
			jq -c .gaps out
			kill "$storm"
			return 1
		fi
	done
	kill "$storm"
	wait "$storm" || true
	cat storm.out
}
