# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the tests of a tool's documentation share. A file of tests is named for the tool whose page,
# --help and completions it compares with what that does.

setup_file() {
	export top_srcdir=${top_srcdir:-$BATS_TEST_DIRNAME/../..}
	export top_builddir=${top_builddir:-$top_srcdir/build}
	# Where an ordinary user can read it.
	DOCS_DIR=$(mktemp -d)
	chmod 755 "$DOCS_DIR"
	cp "$top_builddir"/ns{audit,cmp,idmap,join,join-find,ls,pidmap,trace,tree,who} "$DOCS_DIR/"
	export DOCS_DIR PATH=$DOCS_DIR:$PATH
}

teardown_file() {
	rm -rf "$DOCS_DIR"
}

setup() {
	tool=$(basename "$BATS_TEST_FILENAME" .bats)
	man=$top_srcdir/man/$tool.1
	holder= # a process that the test has left in the background
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[ -z "$holder" ] || kill -KILL "$holder" || :
	wait 2>/dev/null
}

# Skips the test, or fails it where none may be skipped.
cannot_run() {
	[ "${NSTOOLS_TESTS_MUST_RUN-}" != 1 ] || { echo "cannot run: $1" && return 1; }
	skip "$1"
}

need() {
	local program
	for program; do
		command -v "$program" >/dev/null || cannot_run "$program is missing"
	done
}

# Compares two texts line by line, whatever their order: $1 and $2 say what they are.
same_lines() {
	diff -u --label "$1" --label "$2" <(sort <<<"$3") <(sort <<<"$4")
}

# The section $2 of the man page $1, or the subsection.
section() {
	awk -v name="$2" '/^\.S[hs] / { on = substr($0, 5) == name || on && /^\.Ss/ && top
				       top = /^\.Sh/ ? on : top; next } on' "$1"
}

# "-t --type KIND", a line an option.
help_options() {
	$tool --help | sed -nE '/^Options:/,/^$/ {
		s/^ (-.,|   ) (--[a-z-]+(\[=[A-Z]+\]| [A-Z]+)?) +[^ ].*/\1 \2/
		s/^(-.),/\1/
		s/^ +--/--/
		/^-/p
	}'
}

# The same of the section $2 of the man page $1.
man_options() {
	section "$1" "$2" | sed -nE '/^\.It Fl / {
		s/^\.It Fl /-/
		s/ , Fl -/ --/
		s/ Ns Oo = Ns Ar ([A-Z]+) Oc$/[=\1]/
		s/ Ar / /
		p
	}'
}

option_names() {
	help_options | sed -E 's/(\[=| )[A-Z]+\]?$//' | tr ' ' '\n'
}

tool_columns() {
	$tool --list-columns --noheadings --raw | cut -d ' ' -f 1
}

tool_kinds() {
	nsls --list-columns --noheadings --notruncate | sed -n 's/^TYPE *kind: //p' | tr ' ' '\n'
}

# The words that the option $1 takes, as it says itself if it gets another one.
tool_words() {
	$tool "$1=?" 2>&1 | sed -n 's/.* is none of //p' | sed 's/, /\n/g'
}

# What bash offers for the last of the words, which come as readline breaks them: in place of none
# of "=" and ":", and of "@" too. "<files>" where it leaves that to readline.
bash_offers() {
	bash --noprofile --norc -uc '
		source "$0"
		compopt() { [ "$2" != default ] || echo "<files>"; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		text=${!#}
		[[ $text == *[!=:]* ]] || text=
		[[ ${COMP_WORDS[COMP_CWORD-1]} != @ ]] || text=@$text
		"_${0##*/}" "$1" "$text" "${COMP_WORDS[COMP_CWORD-1]}"
		[ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' \
		"$top_srcdir/completions/bash/$tool" "$@"
}

# What fish offers behind the command line $1.
fish_offers() {
	# shellcheck disable=SC2016
	HOME=$PWD XDG_CONFIG_HOME=$PWD XDG_DATA_HOME=$PWD fish --no-config -c '
		set -p fish_function_path $argv[1]/functions
		source $argv[1]/$argv[2].fish
		complete -C $argv[3]' \
		"$top_srcdir/completions/fish" "$tool" "$1" </dev/null | cut -f 1
}

# What zsh offers behind the command line $1: a shell of its own on a terminal of its own, in which
# compadd prints what it adds, between two marks.
zsh_offers() {
	cat >offers.zsh <<'EOF'
zmodload zsh/zpty || exit
init=(
	'PROMPT=; stty -echo'
	"fpath=(${(q)1} \$fpath)"
	'autoload -Uz compinit; compinit -u -D'
	'bindkey "^I" complete-word'
	'mark() { print -r -- @@@ }'
	'compprefuncs=(mark); comppostfuncs=(mark exit)'
	'compadd() {
		local -a found
		[[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] || builtin compadd -A found "$@"
		(( $#found )) && print -rl -- $found
		builtin compadd "$@"
	}'
)
zpty shell zsh -f -i
zpty -w shell "source =(<<<${(qq)${(F)init}})"
zpty -w shell 'print RE""ADY'
zpty -r shell line $'*READY\r\n' || exit
zpty -w -n shell "$2"$'\t'
integer marks=0
while (( marks < 2 )) && zpty -r shell line; do
	line=${line%%[$'\r\n']#}
	if [[ $line == *@@@ ]]; then
		(( marks++ ))
	elif (( marks )) && [[ $line ]]; then
		print -r -- $line
	fi
done
zpty -d shell
EOF
	timeout 60 zsh -f -o extendedglob offers.zsh "$top_srcdir/completions/zsh" "$1" </dev/null
}

# A saved snapshot in which all is known, and one in which nothing is.
make_snapshots() {
	cat >full.json <<'EOF'
{"nstools":1,"snapshot":1,
"host":{"hostname":"h","boot_id":"b","kernel":"6.18.0","taken":"2026-11-24T14:05:00Z"},
"origin":{"holders":true,"initial":{"net":4026531833}},
"users":[{"uid":0,"name":"root"}],
"namespaces":[
{"kind":"user","dev":4,"ino":4026531837,"id":"3","owner":null,"parent":null,"owner_uid":0},
{"kind":"pid","dev":4,"ino":4026531836,"id":"4","owner":4026531837,"parent":null},
{"kind":"user","dev":4,"ino":4026532200,"id":"20","owner":4026531837,"parent":4026531837,
 "owner_uid":1000},
{"kind":"net","dev":4,"ino":4026532201,"id":"21","owner":4026532200}],
"processes":[
{"pid":7,"tgid":7,"ppid":1,"uid":0,"state":"S","start":"100","comm":"sh","tasks":1,
 "ns":{"user":4026532200,"pid":4026531836,"net":4026532201},
 "pids":[7],"pgids":[7],"sids":[7],"cmdline":["sh","-i"],
 "ps":{"stat":"Ss+","started":1795497745,"tty":"pts/0","rss":100},
 "container":{"engine":"docker","id":"b929","name":"chal"},"cgroup":"/docker/b929","hostname":"b929"},
{"pid":9,"tgid":9,"ppid":1,"uid":0,"tasks":1,"ns":{"user":4026532200},
 "container":{"engine":"podman","id":"a0","name":"chal"}},
{"pid":8,"tgid":8,"ppid":1,"uid":0,"tasks":1,"unreadable":true}],
"gaps":[{"source":"/proc/8/ns","error":"EACCES"}],
"pins":[
{"kind":"net","ino":4026532201,"by":"mount","path":"/run/netns/blue"},
{"kind":"pid","by":"superblock","path":"/run/proc"}]}
EOF
	cat >empty.json <<'EOF'
{"snapshot":1,"host":{},
"namespaces":[{"kind":"net","ino":4026532999},{"kind":"user","ino":4026532998}],
"processes":[{"pid":5,"tgid":5,"ns":{"net":4026532999}}]}
EOF
}

# {"ns": ["integer"], "pid": ["integer", "null"], …} of the subsection $1 of JSON.
documented_keys() {
	section "$man" "$1" | sed -nE 's/^\.It Va ([a-z_.]+) : (.*)$/\1=\2/p' |
		jq -R 'split("=") | { (.[0]): (.[1] | split(" or ")) }' | jq -cs add
}

# Compares the keys in the objects of standard input with those that are documented; prints what
# differs.
compare_keys() {
	jq -rs --argjson known "$1" '
		def is($want):
			if $want == "integer" then type == "number" and . == floor
			elif $want[:9] == "array of " then
				is("array") and all(.[]; . as $item | any($want[9:] | split(" and ")[];
					rtrimstr("s") as $kind | $item | is($kind)))
			else type == $want end;
		map(to_entries[]) as $seen |
		($seen[] | .key as $key | .value as $value | $known[$key] as $types |
			if $types == null then "\($key): not documented"
			elif any($types[]; . as $type | $value | is($type)) then empty
			else "\($key): \($value) is not \($types | join(" or "))" end),
		($known | to_entries[] | .key as $key | .value[] as $type |
			if any($seen[]; .key == $key and (.value | is($type))) then empty
			else "\($key): never \($type)" end)' | sort -u
}

# Prints the commands in EXAMPLES, behind the prompt $1: without it, what anybody may run.
examples() {
	section "$man" EXAMPLES | sed -E -e "s/^(\\.Dl )?${1-[$]} //" -e t -e d |
		sed -e 's/\\(dq/"/g' -e "s/\\\\(aq/'/g" -e 's/\\&//g' -e 's/\\e/\\/g'
}

# Runs all of them with the prefix $@. Each has to print something, or to write a file. Where we may
# make namespaces we do, so that there are some besides the host's own.
run_examples() {
	local command file n=0 made=
	mkdir -p "$DOCS_DIR/examples$#"
	chmod 777 "$DOCS_DIR/examples$#"
	cd "$DOCS_DIR/examples$#" || return
	"$@" unshare --user --net --pid --fork --kill-child sleep 300 3>&- &
	holder=$!
	for _ in {1..50}; do
		made=$("$@" nsls -rn -t net,pid --no-host 2>/dev/null)
		[ -z "$made" ] || break
		kill -0 $holder || break
		sleep 0.1
	done
	while read -r command; do
		n=$((n + 1))
		"$@" bash -o pipefail -c "$command" >"$BATS_TEST_TMPDIR/out" \
			2>"$BATS_TEST_TMPDIR/err" </dev/null || {
			echo "exit status $?: $command"
			cat "$BATS_TEST_TMPDIR/err"
			return 1
		}
		[ ! -s "$BATS_TEST_TMPDIR/out" ] || continue
		file=$(sed -nE 's/.*--save ([^ ]+).*/\1/p' <<<"$command")
		[ -z "$file" ] || [ ! -s "$file" ] || continue
		[[ ! $command == *--no-host* || $made ]] || continue
		echo "no output: $command"
		return 1
	done < <(examples '[$]')
	[ $n -ge 6 ]
}

# In front of all tools, an nsls in whose system some containers run, and which writes to the file
# calls that it was called.
stub_nsls() {
	mkdir -p stub
	cat >stub/nsls <<EOF
#!/bin/sh
echo "\$*" >>'$PWD/calls'
[ "\$*" = "--quick --noheadings --raw --output CONTAINER" ] || exec '$DOCS_DIR/nsls' "\$@"
printf '%s\n' - docker:chal ? docker:twice lxc:charon podman:twice docker:chal docker:99999999
echo trouble >&2
EOF
	chmod +x stub/nsls
	PATH=$PWD/stub:$PATH
}

# One call, at most, of what tells the containers; $1 is what offers, the rest its arguments. All
# that it says on standard error is part of the answer.
offers_at_once() {
	: >calls
	"$@" >offered 2>&1
	[ "$(wc -l <calls)" -le 1 ] || cat calls >>offered
	cat offered
	sed "s/^/offered: /" offered >&2 # for who looks into a failed test
}

### What holds for every tool

# As many options as $1, or more; those common to all tools are the ones in nstools(7).
check_options() {
	[ "$(help_options | wc -l)" -ge "$1" ]
	same_lines "$tool --help" OPTIONS "$(help_options)" "$(man_options "$man" OPTIONS)"
	same_lines "$tool.1" nstools.7 "$(man_options "$man" "Common options")" \
		"$(man_options "$top_srcdir/man/nstools.7" "COMMON OPTIONS")"
}

# The columns $1 are those in the section $2, where the default ones $3 come first.
check_columns() {
	local documented
	documented=$(section "$man" "$2" | sed -n 's/^\.It Sy //p')
	same_lines "$tool -H" "$2" "$1" "$documented"
	[ "$(head -n "$(wc -l <<<"$3")" <<<"$documented")" = "$3" ]
}

# Compares the objects of standard input, whole answers of the tool, with the section "The object".
check_object() {
	run compare_keys "$(documented_keys "The object")" < <(jq -c '.,
		(.host | with_entries(.key |= "host." + .)),
		(.gaps[] | with_entries(.key |= "gaps." + .))')
	echo "$output"
	[ "$status" = 0 ] && [ -z "$output" ]
}

# Compares the objects of standard input with the section $1.
check_keys() {
	run compare_keys "$(documented_keys "$1")"
	echo "$output"
	[ "$status" = 0 ] && [ -z "$output" ]
}

check_examples() {
	need jq unshare
	run_examples
}

check_examples_as_user() {
	need jq unshare setpriv
	[ "$(id -u)" = 0 ] || return 0 # as just now
	run_examples setpriv --reuid=65534 --regid=65534 --clear-groups
}

check_bash() {
	stub_nsls # containers of others come and go
	same_lines "$tool --help" bash "$(option_names)" "$(bash_offers "$tool" -)"
	[ "$(bash_offers "$tool" -- -)" = "" ]
	same_lines columns bash "$(tool_columns | sort -u)" "$(bash_offers "$tool" -o '')"
	same_lines --color bash "$(tool_words --color)" "$(bash_offers "$tool" --color = '')"
	same_lines --source bash "$(tool_words --source)" "$(bash_offers "$tool" --source '')"
	bash_offers "$tool" '' | grep -x $$
	[ "$(bash_offers "$tool" net : 4)" = "" ]
	[ "$(bash_offers "$tool" --from '')" = "<files>" ]
	[ "$(bash_offers "$tool" --from = x)" = "<files>" ]
	run bash --noprofile --norc -uc 'source "$0" && complete -p "${0##*/}"' \
		"$top_srcdir/completions/bash/$tool"
	[ "$output" = "complete -F _$tool $tool" ]
}

# That the options $@, and what is no option, take references. With zsh, these are long ones.
check_bash_references() {
	local at option
	stub_nsls
	for option in -n "$@"; do
		for at in "" 79@ 3@79@; do
			offers() { offers_at_once bash_offers "$tool" "$option" "$@" | sort; }
			offers "$at" | grep -x "$at$$"
			[ "$(offers "${at}se")" = "${at}self" ]
			[ "$(offers "${at}ch")" = "$(printf "$at%s\n" chal charon)" ]
			[ "$(offers "${at}docker:")" = "$(printf "${at}docker:%s\n" 99999999 chal twice)" ]
			[ "$(offers "${at}tw")" = "" ]
			[ "$(offers "${at}99999")" = "" ]
		done
		# As readline breaks words.
		[ "$(offers docker : ch)" = chal ]
		[ "$(offers lxc :)" = charon ]
		[ "$(offers 79 @ docker : ch)" = chal ]
		[ "$(offers 79 @ ch)" = $'@chal\n@charon' ]
		offers 79 @ | grep -x "@$$"
		[ "$(offers /proc/self/ns/u)" = "<files>" ]
		[ "$(offers 79@/proc/self/ns/ut)" = 79@/proc/self/ns/uts ]
		[ "$(offers 79 @ /proc/self/ns/ut)" = @/proc/self/ns/uts ]
		[ ! -s calls ]
		[[ $option == --* ]] || continue
		offers() { offers_at_once bash_offers "$tool" "$@" | sort; }
		[ "$(offers "$option=ch")" = "$option=chal"$'\n'"$option=charon" ]
		[ "$(offers "$option" = 79 @ docker : ch)" = chal ]
		[ "$(offers "$option" = /proc/self/ns/ut)" = "<files>" ]
		[ "$(offers "$option=/proc/self/ns/ut")" = "$option=/proc/self/ns/uts" ]
	done
	# The one beside the tool tells them.
	[ "$(PATH=/usr/bin:/bin bash_offers "$PWD/stub/$tool" lxc:)" = lxc:charon ]
	# There is none, nor a tool.
	[ "$(bash_offers "/nowhere/$tool" lxc: 2>&1)" = "" ]
	[ "$(bash_offers "/nowhere/$tool" -o '' 2>&1)" = "" ]
}

check_zsh() {
	need zsh
	zsh -n "$top_srcdir/completions/zsh/_$tool"
	same_lines "$tool --help" zsh "$(option_names)" "$(zsh_offers "$tool -")"
	same_lines columns zsh "$(tool_columns | sort -u)" "$(zsh_offers "$tool -o ")"
	same_lines --color zsh "$(tool_words --color)" "$(zsh_offers "$tool --color=")"
	same_lines --source zsh "$(tool_words --source)" "$(zsh_offers "$tool --source ")"
	[ "$(zsh_offers "$tool sel")" = self ]
	touch state.json
	[ "$(zsh_offers "$tool --from $PWD/state")" = state.json ]
}

check_zsh_references() {
	local before
	stub_nsls
	for before in "" 3@79@ "${@/%/=79@}"; do
		offers() { offers_at_once zsh_offers "$tool $before$1" | sort; }
		[ "$(offers se)" = self ]
		[ "$(offers ch)" = $'chal\ncharon' ]
		[ "$(offers docker:)" = $'docker:99999999\ndocker:chal\ndocker:twice' ]
		[ "$(offers tw)" = "" ]
		[ "$(offers /proc/self/ns/ut)" = uts ]
		[ ! -s calls ]
		offers '' | grep -x $$
	done
}

check_fish() {
	need fish
	same_lines "$tool --help" fish "$(option_names)" \
		"$(fish_offers "$tool -" | sed 's/=$//' | sort -u)"
	same_lines columns fish "$(tool_columns | sort -u)" "$(fish_offers "$tool -o ")"
	same_lines --color fish "$(tool_words --color | sed s/^/--color=/)" \
		"$(fish_offers "$tool --color=")"
	same_lines --source fish "$(tool_words --source)" "$(fish_offers "$tool --source ")"
	fish_offers "$tool " | grep -x $$
	[ "$(fish_offers "$tool sel")" = self ]
	touch state.json
	[ "$(fish_offers "$tool --from $PWD/state")" = "$PWD/state.json" ]
}

check_fish_references() {
	local at option
	stub_nsls
	for option in -n "$@"; do
		for at in "" 3@79@; do
			offers() { offers_at_once fish_offers "$tool $option $1" | sort; }
			offers "$at" | grep -x "$at$$"
			[ "$(offers "${at}sel")" = "${at}self" ]
			[ "$(offers "${at}cha")" = "$(printf "$at%s\n" chal charon)" ]
			[ "$(offers "${at}docker:")" = "$(printf "${at}docker:%s\n" 99999999 chal twice)" ]
			[ "$(offers "${at}tw" | grep -v :)" = "" ]
			[ "$(offers "$at/proc/self/ns/ut")" = "$at/proc/self/ns/uts" ]
			[ ! -s calls ]
		done
		[[ $option == --* ]] || continue
		offers() { offers_at_once fish_offers "$tool $option=$1" | sort; }
		[ "$(offers 79@chal)" = "$option=79@chal" ]
		[ "$(offers /proc/self/ns/ut)" = "$option=/proc/self/ns/uts" ]
	done
}

# diagnostic_patterns TOOL [SED-OPTION...]: what its page and nsls(1) say that it prints, as extended
# regular expressions; the options make further words of the pages ones.
diagnostic_patterns() {
	local tool=$1 page
	shift
	for page in "$tool" nsls; do
		section "$top_srcdir/man/$page.1" DIAGNOSTICS
	done | sed -nE 's/^\.It "(.*)"$/\1/p' |
		sed -E -e 's/[][().*+?^$|]/\\&/g' -e 's/\<[NM]\>/[0-9]+/g' \
			-e 's/\<(REFERENCE|FILE|WORD|REASON)\>/.*/g' "$@" -e "s/.*/$tool: &/"
}
