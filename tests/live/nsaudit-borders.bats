#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsaudit and what a process has beyond its paths: chroots, open files, threads, processes by their handles.

load helper
load audit

@test "leaks: a directory of the host that a process has open" {
	need_root
	need jq
	confined -m -- 'mount --make-rprivate /'
	is "$(levels leaked-directory "$started")" ''
	exec 8< /srv
	confined -m -- 'mount --make-rprivate /'
	exec 8<&-
	is "$(levels leaked-directory "$started")" critical
	is "$(nsaudit -J "$started" 2> /dev/null |
		jq -r '.findings[] | select(.check == "leaked-directory") | .evidence')" 'fd/8 /srv'
	stat -L "/proc/$started/fd/8/../etc/passwd"
}

# A small root directory that has these programs.
make_jail() { # PROGRAM...
	local program
	mkdir jail
	for program in "$@"; do
		program=$(command -v "$program")
		# shellcheck disable=SC2046 # words
		cp --parents $(ldd "$program" | grep -o '/[^ ]*') "$program" jail
	done
}

# As who has CAP_SYS_CHROOT does it: whether PATH is there, outside of the root directory of PID.
find_outside() { # PID PATH
	python3 -c 'import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
mnt = os.open(f"/proc/{sys.argv[1]}/ns/mnt", os.O_RDONLY)
root = os.open(f"/proc/{sys.argv[1]}/root", os.O_PATH)
assert libc.setns(mnt, 0) == 0
os.fchdir(root)
os.chroot(".")
os.makedirs("x", exist_ok=True)
os.chroot("x")
for _ in range(64): os.chdir("..")
os.chroot(".")
os.stat(sys.argv[2])' "$@"
}

@test "chroot: who may leave it, and what is outside" {
	need_root
	need jq chroot setpriv python3
	need_unshare -m
	make_jail sleep setpriv
	background unshare -m chroot jail sleep 1000
	wait_for is_asleep
	is "$(levels chroot "$started")" low
	is "$(levels host-root "$started")" critical
	is "$(finding host-root "$started" | head -n 1)" "the host's / is writable at /"
	is "$(nsaudit -J "$started" 2> /dev/null | jq -r '.findings[] | select(.check == "chroot") | .evidence')" \
		"root $scratch/jail"
	find_outside "$started" /etc/passwd
	local confined=(chroot jail setpriv --no-new-privs --bounding-set=-sys_chroot sleep 1000)
	background unshare -m "${confined[@]}"
	wait_for is_asleep
	is "$(levels chroot "$started")" info
	is "$(levels host-root "$started")" ''
	exec 8< /srv
	background unshare -m "${confined[@]}"
	exec 8<&-
	wait_for is_asleep
	is "$(levels leaked-directory "$started")" critical
}

@test "proc: the host's, in spite of a pid namespace of its own" {
	need_root
	need jq
	mkdir proc
	background sleep 1000
	local other=$started first
	confined -m -p -f -- 'mount --make-rprivate /; mount --bind /proc "$w/proc"; mount -t proc proc /proc'
	first=$(pgrep -P "$started")
	is "$(levels host-proc "$first")" high
	is "$(finding host-proc "$first")" "sees the processes of the host, and their files, by $scratch/proc"
	inside "$first" ls "$scratch/proc/$other/root/etc" > listing
	[ -s listing ]
	confined -m -p -f --mount-proc -- 'mount --make-rprivate /'
	first=$(pgrep -P "$started")
	is "$(levels host-proc "$first")" ''
	run --separate-stderr unshare -m -p -f bash -c 'mount --bind /proc "$0"; mount -t proc proc /proc; nsaudit --self -J' \
		"$scratch/proc"
	jq -e 'any(.findings[]; .check == "host-proc" and .level == "high")' <<< "$output"
	run --separate-stderr unshare -m -p -f --mount-proc nsaudit --self -J
	jq -e 'any(.findings[]; .check == "host-proc") | not' <<< "$output"
}

@test "files: what it has open counts, wherever it is" {
	need_root
	need jq setpriv
	local mask='mount --make-rprivate /; mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys'
	confined -m -- "$mask"
	is "$(levels leaked-file "$started")" low # where its output goes
	exec 8>> /proc/sys/kernel/core_pattern
	confined -m -- "$mask"
	exec 8>&-
	is "$(levels core-pattern "$started")" ''
	is "$(levels leaked-file "$started" | head -n 1)" critical
	finding leaked-file "$started" | grep -xF 'has open /sys/kernel/core_pattern of the kernel, and may write to it'
	: >> "/proc/$started/fd/8"
	exec 8< /etc/passwd
	confined -m -- 'mount --make-rprivate /'
	finding leaked-file "$started" | grep -xF "has open the host's /etc/passwd, and may write to it"
	: >> "/proc/$started/fd/8"
	background unshare -m setpriv "${powerless[@]}" --clear-groups sleep 1000
	exec 8<&-
	wait_for is_asleep
	finding leaked-file "$started" | grep -xF "has open the host's /etc/passwd"
	is "$(levels leaked-file "$started" | head -n 1)" medium
}

@test "leaks: a directory that something covers, or that was unmounted" {
	need_root
	need jq
	mkdir a
	confined -m -- 'mount --make-rprivate /; mount --bind /etc "$w/a"; exec 7< "$w/a"; mount -t tmpfs none "$w/a"'
	is "$(levels leaked-directory "$started")" critical
	is "$(finding leaked-directory "$started")" "has open the host's /etc, behind what covers it"
	[ -e "/proc/$started/fd/7/passwd" ]
	confined -m -- 'mount --make-rprivate /; mount -t tmpfs none "$w/a"; exec 7< "$w/a"; mount -t tmpfs none "$w/a"'
	is "$(levels leaked-directory "$started")" ''
	confined -m -- 'mount --make-rprivate /; mount --bind /etc "$w/a"; exec 7< "$w/a"; umount -l "$w/a"'
	is "$(levels leaked-directory "$started")" critical
	[ -e "/proc/$started/fd/7/passwd" ]
}

@test "threads: one that is in another namespace than its process" {
	need_root
	need python3
	background python3 -c 'import ctypes, threading, time
libc = ctypes.CDLL(None, use_errno=True)
threading.Thread(target=time.sleep, args=(1000,)).start()
assert libc.unshare(0x40000000) == 0 # CLONE_NEWNET, of this thread alone
time.sleep(1000)'
	has_left() { [ "$(readlink "/proc/$started/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
	wait_for has_left
	is "$(levels net-host "$started")" high
	is "$(nsaudit -J -o +PID "$started" 2> /dev/null | jq '.findings[] | select(.check == "net-host").pid')" \
		"$(find "/proc/$started/task" -mindepth 1 -maxdepth 1 ! -name "$started" -printf '%f\n')"
}

# jailed SETUP: a process, $jailed, that runs python's SETUP, in mount, pid and network namespaces of its
# own. There, jail() makes an empty root directory with a new proc that is masked by mask(), and drop() gives
# up all rights.
jailed() {
	cat > jail.py <<-'END'
		import ctypes, mmap, os, socket, sys, threading, time
		C, w = ctypes.CDLL(None, use_errno=True), os.environ["w"]
		BIND, RDONLY, REMOUNT, REC, PRIVATE = 4096, 1, 32, 16384, 1 << 18
		def check(r):
		    if r < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
		    return r
		def mount(source, target, type=None, flags=0):
		    check(C.mount(source.encode(), target.encode(), type and type.encode(), ctypes.c_ulong(flags), None))
		def unshare(flags): check(C.unshare(flags))
		def open_tree(path): return check(C.syscall(428, -100, path.encode(), 1)) # OPEN_TREE_CLONE
		def mask():
		    mount("/proc/sys", "/proc/sys", None, BIND)
		    mount("none", "/proc/sys", None, BIND | REMOUNT | RDONLY)
		def jail(before=lambda root: None):
		    mount("none", "/", None, REC | PRIVATE)
		    root = w + "/root"
		    mount("none", root, "tmpfs")
		    for name in ("old", "proc", "x"): os.mkdir(root + "/" + name)
		    before(root)
		    os.chdir(root)
		    check(C.syscall(155, b".", b"old")) # pivot_root
		    os.chdir("/")
		    mount("proc", "/proc", "proc")
		    check(C.umount2(b"/old", 2))
		def drop(uid=0):
		    C.prctl(38, 1, 0, 0, 0)
		    for cap in range(64): C.prctl(24, cap, 0, 0, 0)
		    os.setgroups([])
		    os.setresgid(uid, uid, uid)
		    os.setresuid(uid, uid, uid)
		    check(C.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()))
		exec(sys.argv[1])
		os.write(7, b"done\n")
		os.close(7)
		time.sleep(1000)
	END
	local line=
	mkdir -p root
	rm -f report
	mkfifo report
	exec 7<> report
	w=$scratch background unshare -m -p -n -f --kill-child python3 jail.py "$1"
	read -r -t 20 line <&7 || true
	exec 7<&-
	[ "$line" = "done" ] || { cat started.err; return 1; }
	jailed=$(pgrep -P "$started")
}

# has FINDING CHECK LEVEL: whether those are what is found of $jailed.
has() {
	nsaudit -J "$jailed" 2> /dev/null | jq -e --arg finding "$1" --arg check "$2" --arg level "$3" '
		any(.findings[]; .check == $check and .level == $level and (.finding | startswith($finding)))' > /dev/null || {
		nsaudit -u -o LEVEL,CHECK,FINDING,EVIDENCE "$jailed"
		return 1
	}
}

@test "jails: nothing" {
	need_root
	need jq python3
	need_unshare -m -p -n
	jailed 'jail(); mask(); drop(1000)'
	is "$(levels leaked-directory "$jailed")" ''
	is "$(levels leaked-file "$jailed" | grep -v low || true)" '' # where its output goes
	jailed 'jail(); mask(); drop()'
	is "$(levels leaked-directory "$jailed")" ''
	has "runs the host's " leaked-file critical # as who may write to it
}

@test "jails: a directory of proc or sysfs by which masks are passed" {
	need_root
	need jq python3
	need_unshare -m -p -n
	jailed 'd = open_tree("/proc"); jail(); mask(); drop(); os.close(os.open("sys/kernel/core_pattern", os.O_WRONLY, dir_fd=d))'
	has 'has open a directory of proc, past what masks it' leaked-directory critical
	jailed 'jail(); d = os.open("/proc/sys", os.O_PATH); mask(); drop(); os.close(os.open("kernel/core_pattern", os.O_WRONLY, dir_fd=d))'
	has 'has open a directory of proc, past what masks it' leaked-directory critical
	jailed 'd = open_tree("/sys"); jail(); mask(); drop(); os.close(os.open("kernel/mm/transparent_hugepage/defrag", os.O_WRONLY, dir_fd=d)) if os.access("kernel/mm/transparent_hugepage/defrag", os.F_OK, dir_fd=d) else 0'
	has 'has open a directory of sysfs, past what masks it' leaked-directory high
	# Of a proc that nobody shows any more.
	jailed 'mount("none", "/", None, REC | PRIVATE); mount("proc", w + "/x", "proc") if os.mkdir(w + "/x") is None else 0
f = os.open(w + "/x/sys/kernel/core_pattern", os.O_RDWR); jail(); mask(); drop()'
	has 'has open ' leaked-file critical
	jailed 'mount("none", "/", None, REC | PRIVATE); mount("proc", w + "/x", "proc"); f = os.open(w + "/x/sys/kernel/core_pattern", os.O_RDWR)
jail(); mask(); drop(1000)'
	is "$(levels leaked-file "$jailed" | grep -v low || true)" '' # which asks who writes, when he writes
}

@test "jails: a root directory that is on a mount of the host" {
	need_root
	need jq python3
	need_unshare -m -p -n
	jailed 'h = os.open("/", 0); jail(); mask(); j = os.open("/x", 0); os.fchdir(h); os.chroot("."); os.fchdir(j); os.close(h); os.close(j)
drop(); os.close(os.open("/etc/passwd", os.O_WRONLY))'
	has 'has as its root directory a directory of the file system that the host has at /' leaked-directory critical
}

@test "jails: what a thread has by itself" {
	need_root
	need jq python3
	need_unshare -m -p -n
	jailed 'h = os.open("/", os.O_PATH); e = threading.Event()
def thread(): unshare(0x400); e.set(); time.sleep(1000) # CLONE_FILES
jail(); mask(); threading.Thread(target=thread, daemon=True).start(); e.wait(); os.close(h); drop()'
	has 'has open a directory of the file system that the host has at /' leaked-directory critical
	jailed 'h = os.open("/", os.O_PATH); e = threading.Event()
def thread(): unshare(0x200); os.fchdir(h); e.set(); time.sleep(1000) # CLONE_FS
jail(); mask(); threading.Thread(target=thread, daemon=True).start(); e.wait(); os.close(h); drop()'
	has 'works in a directory of the file system that the host has at /' leaked-directory critical
}

@test "jails: files that are mapped, sockets that are not connected, what rights were given up" {
	need_root
	need jq python3
	need_unshare -m -p -n
	jailed 'f = open("/etc/passwd", "r+b"); m = mmap.mmap(f.fileno(), 0); f.close(); jail(); mask(); drop(1000)'
	has "has in its memory the host's /etc/passwd, and may write to it" leaked-file critical
	jailed 's = socket.socket(socket.AF_UNIX); s.bind(w + "/docker.sock"); s.listen(); p = os.open(w + "/docker.sock", os.O_PATH)
jail(); mask(); drop(); socket.socket(socket.AF_UNIX).connect("/proc/self/fd/%d" % p)'
	has 'may command a docker outside, by the socket that it has open' leaked-file critical
	jailed 'jail(lambda root: mount("/etc", root + "/x", None, BIND)); mask(); f = os.open("/x/passwd", os.O_RDWR); drop(1000)'
	has "has open the host's /etc/passwd, and may write to it" leaked-file critical
	jailed 'jail(lambda root: mount("/etc", root + "/x", None, BIND)); mask(); f = os.open("/x/passwd", os.O_RDONLY); drop(1000)'
	is "$(levels leaked-file "$jailed" | grep -v low || true)" ''
	jailed 'd = os.open("/dev/loop0", os.O_PATH) if os.path.exists("/dev/loop0") else os.open("/", os.O_PATH); jail(); mask(); drop(1000); os.fstat(d)'
	is "$(levels leaked-file "$jailed" | grep -v low || true)" '' # which is not opened by that
}

@test "jails: what is below a covered folder, what is still to be received, a root of the system" {
	need_root
	need jq python3
	need_unshare -m -p -n
	jailed 'jail(lambda root: (os.mkdir(root + "/x/e"), mount("/etc", root + "/x/e", None, BIND))); mask()
f = os.open("/x", os.O_PATH); mount("none", "/x", "tmpfs"); drop(); os.close(os.open("e/passwd", os.O_WRONLY, dir_fd=f))'
	is "$(levels leaked-directory "$jailed" | head -n 1)" critical
	jailed 'a, b = socket.socketpair(); h = os.open("/", 0); socket.send_fds(a, [b"x"], [h]); os.close(h); jail(); mask(); drop()'
	is "$(levels leaked-directory "$jailed")" unknown
	jailed 'f = open("/etc/passwd", "r+b"); m = mmap.mmap(f.fileno(), 0); f.close(); jail(); mask(); drop(1000)
C.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
check(C.mprotect(ctypes.addressof(ctypes.c_char.from_buffer(m)), mmap.PAGESIZE, 1)) # PROT_READ'
	has "has in its memory the host's /etc/passwd, and may write to it" leaked-file critical
	jailed 'mount("none", "/", None, REC | PRIVATE); mount("/usr", w + "/root", None, BIND); os.chdir(w + "/root")
check(C.syscall(155, b".", b".")); check(C.umount2(b".", 2)); os.chdir("/"); drop(); os.stat("/bin")'
	has "the host's /usr is writable at /" host-mount critical
}

@test "processes: one of the host, by its handle" {
	need_root
	need jq python3
	background sleep 1000
	local other=$started
	background python3 -c 'import ctypes, os, sys, time
fd = os.pidfd_open(int(sys.argv[1]))
assert ctypes.CDLL(None).unshare(0x20000000) == 0 # CLONE_NEWPID
child = os.fork()
if child == 0: time.sleep(1000)
open("forked", "w").close()
os.wait()' "$other"
	wait_for test -e forked
	jailed=$(pgrep -P "$started")
	has 'has a handle (pidfd) of a process outside of its pid namespace' host-proc high
	kill "$jailed"
}
