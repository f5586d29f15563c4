#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints a saved snapshot of 10,000 processes in 1,000 sets of namespaces: set 0 is the host, each
# other one has its own mnt, net, pid, uts and ipc; its first process is its PID 1.
exec awk 'BEGIN {
	n_processes = 10000; n_sets = 1000
	split("cgroup ipc mnt net pid time user uts", kinds)
	split("4026531835 4026531839 4026531832 4026531833 4026531836 4026531834 4026531837 4026531838", host)
	own["ipc"] = 0; own["mnt"] = 1; own["net"] = 2; own["pid"] = 3; own["uts"] = 4
	print "{\"nstools\":1,\"snapshot\":1,"
	print "\"host\":{\"hostname\":\"large\",\"boot_id\":null,\"kernel\":\"6.18.0\",\"taken\":\"2026-11-24T06:00:00Z\"},"
	print "\"origin\":{\"source\":\"proc\",\"initial\":{\"mnt\":4026531832,\"net\":4026531833}},"
	print "\"users\":[{\"uid\":0,\"name\":\"root\"}],\n\"namespaces\":["
	for (k = 1; k <= 8; k++) {
		above = kinds[k] == "user" ? "null" : host[7]
		parent = kinds[k] == "pid" || kinds[k] == "user" ? ",\"parent\":null" : ""
		printf "%s{\"kind\":\"%s\",\"ino\":%s,\"id\":\"%d\",\"owner\":%s%s}",
			(k == 1 ? "" : ",\n"), kinds[k], host[k], k, above, parent
	}
	for (s = 1; s < n_sets; s++)
		for (k = 1; k <= 8; k++)
			if (kinds[k] in own) {
				parent = kinds[k] == "pid" ? ",\"parent\":" host[5] : ""
				printf ",\n{\"kind\":\"%s\",\"ino\":%.0f,\"id\":\"%d\",\"owner\":%s%s}",
					kinds[k], inode(s, kinds[k]), 100 + s * 5 + own[kinds[k]], host[7], parent
			}
	print "],\n\"processes\":["
	for (i = 0; i < n_processes; i++) {
		s = int(i / (n_processes / n_sets)); pid = i + 1
		printf "%s{\"pid\":%d,\"tgid\":%d,\"ppid\":%d,\"uid\":0,\"state\":\"S\",\"start\":\"%d\",\"comm\":\"p%d\",\"tasks\":1,\"ns\":{",
			(i ? ",\n" : ""), pid, pid, (i % 10 ? s * 10 + 1 : (s ? 1 : 0)), 100 + i, i
		for (k = 1; k <= 8; k++)
			printf "%s\"%s\":%.0f", (k == 1 ? "" : ","), kinds[k],
				(s && (kinds[k] in own) ? inode(s, kinds[k]) : host[k])
		printf "}"
		if (s)
			printf ",\"pids\":[%d,%d],\"pgids\":[%d,%d],\"sids\":[%d,%d]", pid, i % 10 + 1, pid, i % 10 + 1, pid, i % 10 + 1
		printf ",\"cmdline\":[\"sleep\",\"%d\"]}", i
	}
	print "],\n\"gaps\":[]}"
}
function inode(s, kind) { return 4026532000 + s * 5 + own[kind] }'
