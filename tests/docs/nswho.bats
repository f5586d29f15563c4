#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about nswho.

load helper

@test "options: --help, the man page, nstools(7)" {
	check_options 15
}

@test "columns: the tool and the man page" {
	check_columns "$(tool_columns)" COLUMNS \
		"$(nswho --help | sed -nE 's/^Columns \(default (.*)\):$/\1/p' | tr , '\n')"
}

@test "what holds a namespace: the words" {
	same_lines holder.c nswho.1 \
		"$(sed -nE 's/^	\[HELD_BY_[A-Z_]+\] = "(.*)",$/\1/p' "$top_srcdir/src/model/holder.c")" \
		"$(section "$man" "What holds a namespace" | sed -n 's/^\.It Cm //p')"
}

# A namespace that one of each holds, and some more that have no name.
make_held() {
	cat >held.json <<'END'
{"nstools":1,"snapshot":1,
"host":{"hostname":"h","boot_id":"b","kernel":"6.18.0","taken":"2026-11-24T14:05:00Z"},
"origin":{"holders":true,"viewer":{"mnt":4026531832}},
"users":[{"uid":0,"name":"root"}],
"namespaces":[
{"kind":"mnt","ino":4026532300},
{"kind":"user","ino":4026532200,"owner":null,"parent":null},
{"kind":"net","ino":4026532201,"owner":4026532200,"netnsid":0,"interfaces":["lo"]},
{"kind":"net","ino":4026532202,"owner":4026532200},
{"kind":"pid","ino":4026532203,"owner":4026532200,"parent":null},
{"kind":"pid","ino":4026532204,"owner":4026532200,"parent":4026532203}],
"processes":[
{"pid":7,"tgid":7,"ppid":1,"uid":0,"state":"S","start":"100","comm":"sh","tasks":2,
 "ns":{"user":4026532200,"net":4026532201},"cmdline":["sh","-i"],
 "container":{"engine":"docker","id":"b929","name":"chal"}},
{"pid":8,"tgid":7,"ns":{"user":4026532200,"net":4026532202}}],
"gaps":[{"source":"mounts of mnt:[4026532301]","error":"EPERM","of_holder":true}],
"pins":[
{"by":"in-flight","pid":7,"fd":4},
{"kind":"pid","ino":4026532204,"by":"mount","mnt":4026532300,"path":"/run/p"},
{"kind":"net","ino":4026532201,"by":"fd","pid":7,"tid":8,"fd":3},
{"kind":"pid","by":"superblock","mnt":4026532300,"path":"/run/proc"}]}
END
	jq 'del(.origin, .pins)' held.json >quick.json
}

nswho_objects() {
	make_held
	nswho "$@" --from held.json -J -t user,net 7
	nswho "$@" --from held.json -J net:4026532202 pid:4026532204
	jq '.host = {}' held.json | nswho "$@" --from - -J user:4026532200
	nswho "$@" -J self
}

@test "JSON: the object" {
	need jq
	nswho_objects >objects 2>/dev/null
	check_object <objects
}

@test "JSON: a namespace, a holder" {
	need jq
	nswho_objects --output-all >objects 2>/dev/null
	check_keys "A namespace" < <(jq -c '.namespaces[]' objects)
	check_keys "A holder" < <(jq -c '.namespaces[].holders[]' objects)
}

@test "TID and MNTNS are shown where there are some" {
	need jq
	make_held
	heading() { nswho --from held.json "$@" 2>/dev/null | head -n 1 | tr -s ' ' | sed 's/^ //'; }
	[ "$(heading -t user 7)" = "NS TYPE BY PID FD PATH USER COMMAND" ]
	[ "$(heading -t net 7)" = "NS TYPE BY PID TID FD PATH USER COMMAND" ]
	[ "$(heading pid:4026532204)" = "NS TYPE BY PID FD MNTNS PATH USER COMMAND" ]
}

@test "examples run" {
	check_examples
}

@test "examples run for an ordinary user" {
	check_examples_as_user
}

@test "diagnostics: what is printed is documented" {
	need jq
	make_held
	patterns=$(diagnostic_patterns nswho -e 's/\<KIND\>/[a-z]+/g')
	jq 'del(.pins)' held.json >unheld.json
	jq '.gaps = []' unheld.json >complete.json
	check() { # the exit status, and the arguments
		local want=$1 line status=0
		shift
		nswho "$@" 2>messages >/dev/null || status=$?
		echo "exit status $status: $*"
		[ "$status" = "$want" ] && [ -s messages ]
		grep -vE "processes could not be read|other things? could|^Try " messages |
			while read -r line; do
				echo "$line"
				grep -qxE -f <(echo "$patterns") <<<"$line"
			done
	}
	check 2
	check 1 4194304
	check 2 x:y:z
	check 0 --from held.json pid:4026532204
	check 0 --from held.json pid:4026532203
	check 2 --from held.json -t net pid:4026532204
	check 2 --from held.json -t uts 7
	check 1 --from held.json 9
	check 0 --from quick.json 7
	check 2 --from unheld.json pid:4026532204
	check 1 --from complete.json pid:4026532204
	check 0 --from complete.json pid:4026532203
}

@test "bash" {
	check_bash
	[ "$(bash_offers nswho -t ne)" = net ]
	[ "$(bash_offers nswho --type=net,u)" = $'--type=net,uts\n--type=net,user' ]
	[ "$(bash_offers nswho --output +ns,mn)" = +ns,MNTNS ]
	same_lines kinds bash "$(tool_kinds)" "$(bash_offers nswho --type '')"
}

@test "bash: references" {
	check_bash_references
}

@test "zsh" {
	check_zsh
	[ "$(zsh_offers 'nswho --type=pid,ne')" = net ]
	[ "$(zsh_offers 'nswho --output=+ns,mn')" = MNTNS ]
	[ "$(zsh_offers 'nswho 0@sel')" = self ]
}

@test "zsh: references" {
	need zsh
	check_zsh_references
}

@test "fish" {
	check_fish
	[ "$(fish_offers 'nswho --type=pid,ne')" = --type=pid,net ]
	[ "$(fish_offers 'nswho -o +ns,mn')" = +ns,MNTNS ]
	[ "$(fish_offers 'nswho 3@79@sel')" = 3@79@self ]
}

@test "fish: references" {
	need fish
	check_fish_references
}
