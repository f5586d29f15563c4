#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The private terminal of nsjoin, seen from ours (on-tty) and from the shell that started it.

# shellcheck disable=SC2016 # much is for the shell inside

load helper

# inside LEVEL...: namespaces to join, and their process.
inside() {
	mk "$@"
	pid=$(made "$#" PID)
}

# In a subshell: with no descriptor of ours.
become() {
	exec 3>&- 9>&-
	TERM=dumb exec "$@"
}

# on COMMAND...: on a terminal that follows the script on stdin.
on() {
	status=0
	output=$(become timeout 60 on-tty "$@" 2>&1) || status=$?
	echo "$status: $output"
}

# A shell as users have it, on that terminal. What a key is to stop or end there is run by exec: a
# child of vfork(2) that is stopped before its exec(2) stops its parent, a shell, for good.
on_shell() {
	PS1='# ' HISTFILE='' on bash --norc --noprofile --noediting -i
}

# A duration for sleep(1) that nobody else has, to find that process by.
own_sleep() {
	echo "$((BATS_TEST_NUMBER * 10000000 + BASHPID))"
}

# How long the command on the terminal has used the processor, in ticks.
ticks="sed 's/.*) //' /proc/\$COMMAND_PID/stat | awk '{ print \$12 + \$13 }'"

# gone TEXT, there TEXT: waits until no process, or some, has it in its command line.
gone() {
	local _
	for _ in $(seq 200); do
		pgrep -f -- "$1" > /dev/null || return 0
		sleep 0.05
	done
	pgrep -af -- "$1"
	return 1
}

there() {
	local _
	for _ in $(seq 200); do
		! pgrep -f -- "$1" > /dev/null || return 0
		sleep 0.05
	done
	return 1
}

@test "all three are a terminal, and none of ours" {
	need_root
	inside pid,uts
	on sh -c "echo ours=\$(tty); nsjoin $pid sh -c '
		[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo theirs=\$(tty)'" <<< 'expect theirs='
	[ "$status" = 0 ]
	ours=$(sed -n 's/^ours=\(.*\)\r$/\1/p' <<< "$output")
	theirs=$(sed -n 's/^theirs=\(.*\)\r$/\1/p' <<< "$output")
	[[ $ours = /dev/pts/* && $theirs = /dev/pts/* && $ours != "$theirs" ]]
}

@test "what it types on its terminal (TIOCSTI) is not typed on ours" {
	need_root
	[ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2> /dev/null || echo 1)" = 1 ] ||
		cannot_run 'dev.tty.legacy_tiocsti is not 1'
	inside user,pid,uts
	on sh -c "nsjoin --no-pty $pid on-tty --type 'by it
'; read line; echo \"read: \$line.\"" <<< 'expect read: '
	[[ $output = *'typed: all'*'read: by it.'* ]]
	on sh -c "nsjoin $pid on-tty --type 'by it
'; echo ended; read line; echo \"read: \$line.\"" <<- 'END'
		expect ended
		send by us\n
		expect read: 
	END
	[[ $output = *'typed: all'*'read: by us.'* ]]
}

@test "the window: its size, and each new one" {
	need_root
	inside pid,uts
	on nsjoin "$pid" sh -c 'stty size; trap "stty size; exit 0" WINCH; echo ready
		while :; do sleep 0.05; done' <<- 'END'
		expect 24 80
		expect ready
		resize 33 101
		expect 33 101
	END
	[ "$status" = 0 ]
}

@test "^C, ^\\ end the command, and us as it was ended; our terminal is as before" {
	need_root
	inside pid,uts
	on_shell <<- END
		send nsjoin $pid sh -c 'echo rea""dy; exec sleep 60'\n
		expect ready
		modes raw
		send \x03
		modes same
		send echo status=\$?.\n
		expect status=130.
		modes same
		send nsjoin $pid sh -c 'echo rea""dy; exec sleep 60'\n
		expect ready
		modes raw
		send \x1c
		modes same
		send echo status=\$?.\n
		expect status=131.
		modes same
		send exit\n
	END
	[ "$status" = 0 ]
}

@test "^Z: the shell has its job back, with its modes; fg goes on" {
	need_root
	local levels
	for levels in uts pid,uts user,pid,uts; do
		inside "$levels"
		on_shell <<- END
			send nsjoin $pid sh -c 'echo rea""dy; read a; echo got=\$a; read b; echo got=\$b'\n
			expect ready
			send one\n
			expect got=one
			modes raw
			send \x1a
			expect Stopped
			modes same
			send echo still=\$((40+2))\n
			expect still=42
			send fg\n
			modes raw
			send two\n
			expect got=two
			modes same
			send exit\n
		END
		[ "$status" = 0 ]
		release
	done
}

@test "^Z where no shell is: nothing waits to let it go on, so it goes on" {
	need_root
	inside pid,uts
	on nsjoin "$pid" sh -c 'echo ready; exec cat' <<- 'END'
		expect ready
		send \x1a
		expect ^Z
		send hello\n
		expect hello\r\nhello
		send \x04
	END
	[ "$status" = 0 ]
}

@test "^Z below a script: all of the job stops" {
	need_root
	inside pid,uts
	on_shell <<- END
		send sh -c 'nsjoin $pid cat; echo end=\$?.'\n
		modes raw
		send hello\n
		expect hello\r\nhello
		send \x1a
		expect Stopped
		modes same
		send fg\n
		modes raw
		send bye\n
		expect bye\r\nbye
		send \x04
		expect end=0.
		send exit\n
	END
	[ "$status" = 0 ]
}

@test "kill -STOP of us, which cannot be caught: fg goes on" {
	need_root
	inside pid,uts
	on_shell <<- END
		send nsjoin $pid cat\n
		modes raw
		send hello\n
		expect hello\r\nhello
		run pkill -STOP -x -P \$COMMAND_PID nsjoin
		expect Stopped
		send fg\n
		modes raw
		send bye\n
		expect bye\r\nbye
		send \x04
		modes same
		send exit\n
	END
	[ "$status" = 0 ]
}

@test "stopped so, and let go on from elsewhere: takes no key that is the shell's" {
	need_root
	inside pid,uts
	on_shell <<- END
		send nsjoin $pid cat\n
		modes raw
		run pkill -STOP -x -P \$COMMAND_PID nsjoin
		expect Stopped
		modes same
		run pkill -CONT -x -P \$COMMAND_PID nsjoin
		send echo still=\$((40+2))\n
		expect still=42
		modes same
		send fg\n
		modes raw
		send hello\n
		expect hello\r\nhello
		send \x04
		modes same
		send exit\n
	END
	[ "$status" = 0 ]
}

@test "in the background it does not stop, and leaves the modes alone" {
	need_root
	inside pid,uts
	mkfifo go
	on_shell <<- END
		send nsjoin $pid sh -c 'echo rea""dy; read x < go; exit 4' &\n
		expect ready
		modes same
		send jobs\n
		expect Running
		run echo > go
		send wait %1; echo status=\$?.\n
		expect status=4.
		modes same
		send exit\n
	END
	[ "$status" = 0 ]
}

@test "fg of one that was started in the background, of which no signal tells" {
	need_root
	inside pid,uts
	local shell
	for shell in --noediting --norc; do # the editor has its own modes while it waits
		PS1='# ' HISTFILE='' on bash --norc --noprofile "$shell" -i <<- END
			send nsjoin $pid sh -c 'echo rea""dy; exec cat' &\n
			expect ready
			send fg\n
			expect nsjoin
			modes raw
			send hello\n
			expect hello\r\nhello
			send \x04
			expect #
			send exit\n
		END
		[ "$status" = 0 ]
	done
}

@test "bg lets it go on, without the keyboard" {
	need_root
	inside pid,uts
	mkfifo go
	on_shell <<- END
		send nsjoin $pid sh -c 'echo rea""dy; read x < go; exit 4'\n
		expect ready
		modes raw
		send \x1a
		expect Stopped
		send bg\n
		expect nsjoin
		run echo > go
		send wait %1; echo status=\$?.\n
		expect status=4.
		modes same
		send exit\n
	END
	[ "$status" = 0 ]
}

@test "exit status and signals are handed on, and our modes are as before" {
	need_root
	inside pid,uts
	local script=$'wait\nmodes same'
	on nsjoin "$pid" true <<< "$script"
	[ "$status" = 0 ]
	on nsjoin "$pid" sh -c 'exit 7' <<< "$script"
	[ "$status" = 7 ]
	on nsjoin "$pid" sh -c 'kill -TERM $$' <<< "$script"
	[ "$status" = 143 ]
	on nsjoin "$pid" sh -c 'kill -KILL $$' <<< "$script"
	[ "$status" = 137 ]
	on nsjoin "$pid" /no/such <<< "$script"
	[ "$status" = 127 ]
	[[ $output = *'nsjoin: cannot run /no/such'* ]]
	on nsjoin "$pid" / <<< "$script"
	[ "$status" = 126 ]
}

@test "a signal to us is for the command" {
	need_root
	inside pid,uts
	local signal
	for signal in TERM HUP INT QUIT USR1; do
		on nsjoin "$pid" sh -c "trap 'echo got $signal; exit 3' $signal; echo ready
			while :; do sleep 0.05; done" <<- END
			expect ready
			run kill -$signal \$COMMAND_PID
			expect got $signal
			wait
			modes same
		END
		[ "$status" = 3 ]
	done
	on nsjoin "$pid" sleep 60 <<- 'END'
		modes raw
		run kill -TERM $COMMAND_PID
		wait
		modes same
	END
	[ "$status" = 143 ]
}

@test "our terminal hangs up: the command ends, and so do we" {
	need_root
	inside pid,uts
	duration=$(own_sleep)
	on nsjoin "$pid" sleep "$duration" <<< $'modes raw\nhangup'
	[ "$status" = 129 ]
	gone "sleep $duration"
	on_shell <<- END
		send nsjoin $pid sleep $duration\n
		modes raw
		hangup
	END
	gone "sleep $duration"
}

@test "our terminal hangs up, and is not our controlling one" {
	need_root
	inside pid,uts
	duration=$(own_sleep)
	on sh -c "setsid -w nsjoin $pid sleep $duration; :" <<< $'modes raw\nhangup'
	gone "sleep $duration"
}

@test "our terminal hangs up, the command does not care: we wait, and do nothing meanwhile" {
	need_root
	inside pid,uts
	on sh -c "trap '' HUP; nsjoin $pid sh -c 'exec > /dev/null; echo ready > /dev/tty
		until [ -e go ]; do sleep 0.05; done'" <<- END
		expect ready
		modes raw
		run pgrep -x -P \$COMMAND_PID nsjoin > number
		hangup
		run COMMAND_PID=\$(cat number); $ticks > before
		deaf 1
		run COMMAND_PID=\$(cat number); $ticks > after
		run touch go
	END
	[ "$status" = 0 ]
	[ $(($(cat after) - $(cat before))) -lt 20 ]
}

@test "a shell inside has job control" {
	need_root
	local levels
	for levels in uts pid,uts user,pid,uts; do
		inside "$levels"
		on nsjoin --keep-env "$pid" bash --norc --noprofile --noediting -i <<- 'END'
			send sh -c 'echo rea""dy; exec cat'\n
			expect ready
			send \x1a
			expect Stopped
			send fg\n
			send hello\n
			expect hello
			expect hello
			send \x03
			expect bash-
			send echo status=$?.\n
			expect status=130.
			send sleep 60 & kill %1; wait %1; echo status=$?.\n
			expect status=143.
			send exit 3\n
		END
		[ "$status" = 3 ]
		[[ $output != *'no job control'* && $output != *'cannot set'* ]]
		on nsjoin --keep-env "$pid" sh -i <<- 'END'
			send sh -c 'echo rea""dy; exec cat'\n
			expect ready
			send \x1a
			expect Stopped
			send fg\n
			send hello\n
			expect hello
			expect hello
			send \x04
			send exit 4\n
		END
		[ "$status" = 4 ]
		[[ $output != *'job control turned off'* ]]
		release
	done
}

@test "input from a pipe" {
	need_root
	inside pid,uts
	on sh -c "echo hi | nsjoin $pid cat" < /dev/null
	is "$output" $'hi\r'
	[ "$status" = 0 ]
	on sh -c "nsjoin $pid cat < /dev/null" < /dev/null
	[ "$status" = 0 ]
	is "$output" ''
}

@test "output into a pipe, whose reader has the keyboard" {
	need_root
	inside pid,uts
	on sh -c "nsjoin $pid cat /etc/passwd | cat" < /dev/null
	is "$(tr -d '\r' <<< "$output")" "$(cat /etc/passwd)"
	on sh -c "nsjoin $pid cat | { read line < /dev/tty; echo line=\$line; }" <<< 'send hello\n'
	[[ $output = *line=hello* ]]
}

@test "output into a pipe, with --pty: the keyboard is the command's" {
	need_root
	inside pid,uts
	on sh -c "nsjoin --pty $pid sh -c 'read line; echo line=\$line' | cat" <<- 'END'
		modes raw
		send hello\n
		expect line=hello
		wait
		modes same
	END
	[ "$status" = 0 ]
}

@test "output into a file" {
	need_root
	inside pid,uts
	on sh -c "nsjoin $pid sh > file" <<- 'END'
		modes raw
		send echo in the file\n
		send exit 6\n
		wait
		modes same
	END
	[ "$status" = 6 ]
	is "$(cat file)" 'in the file'
}

@test "output to another terminal gets there" {
	need_root
	inside pid,uts
	on sh -c "on-tty sh -c \"nsjoin $pid echo hello > \$(tty)\" < /dev/null > second" < /dev/null
	[[ $output = *hello* ]]
	is "$(cat second)" ''
}

@test "standard input decides which terminal is ours" {
	need_root
	inside pid,uts
	on sh -c "on-tty sh -c \"nsjoin $pid sh -c 'read a; echo a=\\\$a' < \$(tty) > \$(tty) 2>&1\" \
		< /dev/null > second" <<- 'END'
		modes raw
		send hello\n
		expect a=hello
		wait
		modes same
	END
	[ "$status" = 0 ]
	is "$(cat second)" ''
}

@test "much output arrives whole and in order" {
	need_root
	inside pid,uts
	become timeout 60 on-tty nsjoin "$pid" seq 1500000 < /dev/null | tr -d '\r' > got
	[ "${PIPESTATUS[0]}" = 0 ]
	seq 1500000 | cmp - got
}

@test "much input arrives whole and in order" {
	need_root
	inside pid,uts
	on nsjoin "$pid" sh -c 'stty -echo; echo ready; head -n 30000 | cksum' < <(
		echo 'expect ready'
		printf 'send '
		seq -f '%.0f\n' 30000 | tr -d '\n'
		printf '\nexpect %s\n' "$(seq 30000 | cksum)"
	)
	[ "$status" = 0 ]
}

@test "the last words are not lost" {
	need_root
	inside pid,uts
	local _
	for _ in $(seq 20); do
		become timeout 60 on-tty nsjoin "$pid" sh -c 'seq 3000; printf END' < /dev/null |
			tr -d '\r' > got
		{ seq 3000; printf END; } | cmp - got
	done
}

@test "the last words are not lost on a slow terminal" {
	need_root
	inside pid,uts
	on nsjoin "$pid" sh -c 'echo ready; seq 5000; printf END' <<- 'END'
		expect ready
		deaf 3
		expect 5000\r\nEND
	END
	[ "$status" = 0 ]
}

@test "a terminal that takes nothing more: a signal ends the wait" {
	need_root
	inside pid,uts
	on sh -c "nsjoin $pid sh -c 'seq 5000; touch ended'; echo status=\$?." <<- 'END'
		run until [ -e ended ]; do sleep 0.05; done
		run kill -TERM $(pgrep -x -P $COMMAND_PID nsjoin)
		deaf 1
		run ! pgrep -x -P $COMMAND_PID nsjoin
		expect status=0.
	END
	[ "$status" = 0 ]
}

@test "who stays in the background does not keep us" {
	need_root
	inside pid,uts
	on nsjoin "$pid" sh -c "trap '' HUP; sleep $(own_sleep) & exit 5" < /dev/null
	[ "$status" = 5 ]
}

@test "who stays in the background and prints on and on does not keep us" {
	need_root
	inside pid,uts
	mkfifo begun
	# A slow terminal, so that there always is more.
	on nsjoin "$pid" sh -c "trap '' HUP; (echo > begun; exec yes $(own_sleep)) & read x < begun
		exit 5" <<< $'slow\nwait\nmodes same'
	[ "$status" = 5 ]
}

@test "--no-fork: the command leads the session" {
	need_root
	inside pid,uts
	on nsjoin -F "$pid" bash -c 'echo "$(ps -o sid= -p $$) $$"; read a; echo "a=$a"; exec sleep 60' <<- 'END'
		modes raw
		send hello\n
		expect a=hello
		send \x1a
		send \x03
		wait
		modes same
	END
	[ "$status" = 130 ]
	[[ $output =~ \ *([0-9]+)\ ([0-9]+) && ${BASH_REMATCH[1]} = "${BASH_REMATCH[2]}" ]]
}

@test "SIGKILL of us ends the command and who is with it" {
	need_root
	local levels
	duration=$(own_sleep)
	for levels in uts pid,uts user,pid,uts; do
		inside "$levels"
		on nsjoin "$pid" sh -c "sleep $duration & echo ready; sleep $duration; :" <<- 'END'
			expect ready
			run kill -KILL $COMMAND_PID
		END
		[ "$status" = 137 ]
		gone "sleep $duration"
		release
	done
}

@test "SIGKILL of us, --no-kill-child: it lives, its terminal is gone" {
	need_root
	inside pid,uts
	duration=$(own_sleep)
	on nsjoin --no-kill-child "$pid" sh -c "trap '' HUP; echo ready; sleep $duration; :" <<- 'END'
		expect ready
		run kill -KILL $COMMAND_PID
	END
	[ "$status" = 137 ]
	there "sleep $duration"
	on nsjoin --no-kill-child "$pid" sh -c "trap 'touch hup' HUP; echo ready
		until [ -e hup ]; do sleep 0.05; done; seq 100000 2> refused; touch ended" <<- 'END'
		expect ready
		run kill -KILL $COMMAND_PID
	END
	local _
	for _ in $(seq 200); do
		[ ! -e ended ] || break
		sleep 0.05
	done
	[ -e ended ] && [ -e hup ]
	grep -q 'Input/output error' refused
}

@test "without a terminal" {
	need_root
	inside pid,uts
	run setsid -w nsjoin "$pid" sh -c 'tty; ps -o tty= -p $$' < /dev/null
	[[ $output = *'not a tty'* ]]
	run setsid -w nsjoin --pty "$pid" true < /dev/null
	[ "$status" = 125 ]
	[[ $output = *'--pty: we have no terminal'* ]]
}

@test "on a terminal that does not control us" {
	need_root
	inside pid,uts
	on sh -c "setsid -w nsjoin $pid sh -c 'read a; echo a=\$a; exec sleep 60'; echo status=\$?." <<- 'END'
		modes raw
		send hello\n
		expect a=hello
		send \x03
		expect status=130.
		modes same
	END
	[ "$status" = 0 ]
}

@test "all is redirected, and still the terminal that controls it is a private one" {
	need_root
	inside uts
	on sh -c "ps -o tty= -p \$\$ > ours
		nsjoin $pid sh -c 'ps -o tty= -p \$\$' < /dev/null > theirs 2>&1" < /dev/null
	[ "$status" = 0 ]
	[[ $(cat ours) = pts/* && $(cat theirs) = pts/* && $(cat ours) != "$(cat theirs)" ]]
}

@test "an ordinary user, into a user namespace of his own" {
	need_root
	need setpriv
	chmod 777 .
	AS='setpriv --reuid=65534 --regid=65534 --clear-groups' inside user,pid,uts
	on setpriv --reuid=65534 --regid=65534 --clear-groups bash --norc --noprofile --noediting -i <<- END
		send nsjoin $pid sh -c 'id -u; echo rea""dy; exec cat'\n
		expect 0\r\nready
		modes raw
		send \x1a
		expect Stopped
		modes same
		send fg\n
		modes raw
		send hello\n
		expect hello\r\nhello
		send \x03
		modes same
		send echo status=\$?.\n
		expect status=130.
		modes same
		send exit\n
	END
	[ "$status" = 0 ]
}

@test "the command's user may open its terminal" {
	need_root
	inside pid,uts
	on nsjoin --as 65534 "$pid" sh -c 'echo "user $(id -u)" > "$(tty)"' < /dev/null
	[[ $output = *'user 65534'* ]]
	release
	inside user,pid,uts
	on nsjoin "$pid" sh -c 'echo "user $(id -u)" > "$(tty)"' < /dev/null
	[[ $output = *'user 0'* ]]
	on nsjoin --as 65534 "$pid" sh -c 'echo "user $(id -u)" > "$(tty)"' < /dev/null
	[[ $output = *'user 65534'* ]]
}

@test "the private terminal is hung up inside: no spin, and it can be opened again" {
	need_root
	inside uts
	mkfifo go end
	on nsjoin "$pid" sh -c 'trap "" HUP; here=$(tty); on-tty --vhangup; touch hung; read x < go
		echo again > $here; read x < end' <<- END
		run until [ -e hung ]; do sleep 0.05; done
		run $ticks > before
		deaf 1
		run $ticks > after
		run echo > go
		expect again
		run echo > end
		wait
		modes same
	END
	[ "$status" = 0 ]
	[ $(($(cat after) - $(cat before))) -lt 20 ]
}

@test "who leads the session inside has nothing of ours open" {
	need_root
	inside uts
	on nsjoin "$pid" sh -c "ls -l /proc/\$PPID/fd; sed -n 's/^PPid:\t/parent=/p' /proc/\$PPID/status
		ls -l /proc/self/fd" < /dev/null
	[ "$status" = 0 ]
	[[ $output = *parent=* && $output != *ptmx* && $output != */dev/tty* ]]
}

@test "root of a user namespace inside reads nothing of us, and ends no more than his own" {
	need_root
	inside user,uts
	on nsjoin "$pid" sh -c '
		outer=$(sed -n "s/^PPid:\t//p" /proc/$PPID/status)
		for process in $PPID $outer; do
			for file in mem environ maps fd/0 fd/9; do
				! head -c 1 /proc/$process/$file 2> /dev/null || echo bad
			done
			! readlink /proc/$process/exe /proc/$process/cwd || echo bad
		done
		kill -STOP $outer 2>&1 || echo refused
		kill -KILL $PPID' <<- 'END'
		expect not permitted
		wait
		modes same
	END
	[ "$status" = 137 ]
	[[ $output != *bad* && $output = *refused* ]]
}
