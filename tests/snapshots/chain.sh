#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints a saved snapshot of 10,000 processes, each the child of the one before. Every hundredth is in
# another uts namespace than its parent.
exec awk 'BEGIN {
	n = 10000
	print "{\"nstools\":1,\"snapshot\":1,"
	print "\"host\":{\"hostname\":\"chain\",\"boot_id\":null,\"kernel\":\"6.18.0\",\"taken\":\"2026-11-24T06:00:00Z\"},"
	print "\"origin\":{\"source\":\"proc\",\"viewer\":{\"mnt\":4026531832,\"user\":4026531837},\"initial\":{\"mnt\":4026531832,\"net\":4026531833}},"
	print "\"users\":[{\"uid\":0,\"name\":\"root\"}],\n\"namespaces\":["
	print "{\"kind\":\"user\",\"ino\":4026531837,\"id\":\"7\",\"owner\":null,\"parent\":null},"
	print "{\"kind\":\"mnt\",\"ino\":4026531832,\"id\":\"3\",\"owner\":4026531837},"
	for (s = 0; s < n / 100; s++)
		printf "{\"kind\":\"uts\",\"ino\":%.0f,\"id\":\"%d\",\"owner\":4026531837}%s\n",
			4026532000 + s, 100 + s, (s < n / 100 - 1 ? "," : "],")
	print "\"processes\":["
	for (pid = 1; pid <= n; pid++)
		printf "{\"pid\":%d,\"tgid\":%d,\"ppid\":%d,\"uid\":0,\"state\":\"S\",\"start\":\"%d\",\"comm\":\"p%d\",\"tasks\":1,\"pids\":[%d],\"pgids\":[1],\"sids\":[1],\"ns\":{\"cgroup\":null,\"ipc\":null,\"mnt\":4026531832,\"net\":null,\"pid\":null,\"time\":null,\"user\":4026531837,\"uts\":%.0f}}%s\n",
			pid, pid, pid - 1, 100 + pid, pid, pid, 4026532000 + int((pid - 1) / 100),
			(pid < n ? "," : "],")
	print "\"gaps\":[]}"
}'
