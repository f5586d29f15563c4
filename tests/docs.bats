#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# --help, the man pages and the completions say the same as the tool, and what they show works.

setup_file() {
	export top_srcdir=${top_srcdir:-$BATS_TEST_DIRNAME/..}
	export top_builddir=${top_builddir:-$top_srcdir/build}
	# Where an ordinary user can read it.
	DOCS_DIR=$(mktemp -d)
	chmod 755 "$DOCS_DIR"
	cp "$top_builddir"/ns{idmap,ls} "$DOCS_DIR/"
	export DOCS_DIR PATH=$DOCS_DIR:$PATH
}

teardown_file() {
	rm -rf "$DOCS_DIR"
}

setup() {
	about nsls
	holder= # a process that the test has left in the background
	cd "$BATS_TEST_TMPDIR" || return
}

# The tool that a test is about, and its page.
about() {
	tool=$1
	man=$top_srcdir/man/$1.1
}

teardown() {
	[ -z "$holder" ] || kill -KILL "$holder" || :
	wait 2>/dev/null
}

# Skips the test where a program is missing, or fails it where none may be skipped.
need() {
	local program
	for program; do
		command -v "$program" >/dev/null && continue
		[ "${NSTOOLS_TESTS_MUST_RUN-}" != 1 ] || { echo "$program is missing" && return 1; }
		skip "$program is missing"
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

# What bash offers for the last of the words; "<files>" where it leaves that to readline.
bash_offers() {
	bash --noprofile --norc -c '
		source "$0"
		compopt() { [ "$2" != default ] || echo "<files>"; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		"_${0##*/}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
		[ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"' \
		"$top_srcdir/completions/bash/$tool" "$@"
}

# What fish offers behind the command line $1.
fish_offers() {
	# shellcheck disable=SC2016
	HOME=$PWD XDG_CONFIG_HOME=$PWD XDG_DATA_HOME=$PWD fish --no-config \
		-c 'source $argv[1]; complete -C $argv[2]' \
		"$top_srcdir/completions/fish/$tool.fish" "$1" </dev/null | cut -f 1
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
"origin":{"initial":{"net":4026531833}},
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
"gaps":[{"source":"/proc/8/ns","error":"EACCES"}]}
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
				is("array") and all(.[]; is($want[9:] | rtrimstr("s")))
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

# Prints the commands in EXAMPLES.
examples() {
	section "$man" EXAMPLES | sed -E -e 's/^(\.Dl )?\$ //' -e t -e d |
		sed -e 's/\\(dq/"/g' -e 's/\\&//g' -e 's/\\e/\\/g'
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
	done < <(examples)
	[ $n -ge 8 ]
}

@test "options: --help and the man page" {
	[ "$(help_options | wc -l)" -ge 20 ]
	same_lines "nsls --help" OPTIONS "$(help_options)" "$(man_options "$man" OPTIONS)"
}

@test "options: nsls(1) and nstools(7)" {
	same_lines nsls.1 nstools.7 "$(man_options "$man" "Common options")" \
		"$(man_options "$top_srcdir/man/nstools.7" "COMMON OPTIONS")"
}

@test "columns: the tool and the man page" {
	documented=$(section "$man" COLUMNS | sed -n 's/^\.It Sy //p')
	same_lines "nsls -H" COLUMNS "$(tool_columns)" "$documented"
	# The default ones come first.
	default=$(nsls --help | sed -nE 's/^Columns \(default (.*)\):$/\1/p' | tr , '\n')
	[ "$(head -n "$(wc -l <<<"$default")" <<<"$documented")" = "$default" ]
}

@test "JSON: the object" {
	need jq
	make_snapshots
	for file in full.json empty.json; do
		nsls --from $file -J 2>/dev/null
	done >saved
	nsls -J 2>/dev/null >live
	known=$(documented_keys "The object")
	run compare_keys "$known" < <(jq -c '., (.host | with_entries(.key |= "host." + .)),
		(.gaps[] | with_entries(.key |= "gaps." + .))' saved live)
	echo "$output"
	[ $status = 0 ]
	[ -z "$output" ]
}

@test "JSON: a namespace" {
	need jq
	make_snapshots
	for file in full.json empty.json; do
		nsls --from $file -J -T --output-all
		nsls --from $file -J --output-all
	done >saved 2>/dev/null
	nsls -J --output-all --tree=owner >live 2>/dev/null
	run compare_keys "$(documented_keys "A namespace")" < <(jq -c '.namespaces[]' saved live)
	echo "$output"
	[ $status = 0 ]
	[ -z "$output" ]
	# depth is there with --tree, and only then.
	nsls -J | jq -e 'all(.namespaces[]; has("depth") | not)'
	nsls -J --tree | jq -e 'all(.namespaces[]; has("depth"))'
}

@test "examples run" {
	need jq unshare
	run_examples
}

@test "examples run for an ordinary user" {
	need jq unshare setpriv
	[ "$(id -u)" = 0 ] || return 0 # as just now
	run_examples setpriv --reuid=65534 --regid=65534 --clear-groups
}

@test "diagnostics: what is printed is documented" {
	make_snapshots
	echo '{"snapshot":2}' >newer.json
	echo '{}' >other.json
	echo '{' >broken.json
	patterns=$(section "$man" DIAGNOSTICS | sed -nE 's/^\.It "(.*)"$/\1/p' |
		sed -E -e 's/[][().*+?^$|]/\\&/g' -e 's/\<[NM]\>/[0-9]+/g' \
			-e 's/\<things\>/things?/' -e 's/\<(REFERENCE|FILE|WORD|REASON)\>/.+/g' \
			-e 's/.*/nsls: &/')
	for arguments in 4194304 id:9000000000000000000 self:1 "--type uts $BASH" \
		"--from full.json self" "--from full.json /proc/1/ns/net" \
		"--from full.json 8" "--from full.json 10" \
		"--from full.json -c chal" "--from full.json -c web" \
		"--from full.json -c docker:chal -t uts" "-c no-such-container" \
		"--from full.json -t uts 7" "--from newer.json" "--from other.json" \
		"--from broken.json" "-T owner"; do
		read -ra words <<<"$arguments"
		run nsls "${words[@]}"
		[ $status -ne 0 ]
		[[ ${lines[0]} == "nsls: "* ]]
		# As root there is no advice to become root.
		grep -vE "processes could not be read$|other things? could|^Try " <<<"$output" |
			while read -r line; do
				echo "$line"
				grep -qxE -f <(echo "$patterns") <<<"$line"
			done
	done
	nsls -t net 2>&1 >/dev/null |
		sed 's/processes could not be read$/&; run as root to see all/' |
		while read -r line; do
			echo "$line"
			grep -qxE -f <(echo "$patterns") <<<"$line"
		done
}

@test "diagnostics: what is documented can be printed" {
	# The literals of the source, joined where one is written as several.
	cat "$top_srcdir"/src/*/*.c "$top_srcdir"/tools/*.c | tr '\n\t' '  ' |
		sed 's/" *"//g' >source
	section "$man" DIAGNOSTICS | sed -nE 's/^\.It "(.*)"$/\1/p' >messages
	[ "$(wc -l <messages)" -ge 15 ]
	sed -E 's/\<([NM]|REFERENCE|FILE|WORD|REASON)\>|; /\n/g' messages | grep -E '.{8}' |
		while read -r fragment; do
			fragment=${fragment#: }
			echo "$fragment"
			grep -qF -- "$fragment" source
		done
}

@test "nstools(7): the kinds" {
	table=$(section "$top_srcdir/man/nstools.7" Kinds |
		sed -nE 's/^\.It Cm ([a-z]+) Ta ([a-zA-Z]) Ta ([0-9]+) .*/\1 \2 \3/p')
	same_lines "nsls -H" nstools.7 "$(tool_kinds)" "$(cut -d ' ' -f 1 <<<"$table")"
	while read -r kind letter number; do
		grep -E "\"$kind\", '$letter', CLONE_[A-Z]+, $(printf 0x%x "$number")," \
			"$top_srcdir/src/model/kind.c"
	done <<<"$table"
}

@test "nstools(7): references are understood" {
	n=0
	for reference in $(section "$top_srcdir/man/nstools.7" REFERENCES |
		sed -n 's/^\.It Ql //p'); do
		run nsls "$reference"
		[[ $output != *"is neither"* ]]
		n=$((n + 1))
	done
	[ $n -ge 8 ]
}

@test "man pages have no lint" {
	need mandoc
	for page in "$top_srcdir"/man/*.[1-8]; do
		run mandoc -T lint -W warning "$page"
		echo "$output"
		[ $status = 0 ]
	done
}

@test "man pages: no line is longer than 100" {
	run grep -nE '^.{101}' "$top_srcdir"/man/*.[1-8]
	echo "$output"
	[ $status = 1 ]
}

@test "bash: options" {
	same_lines "nsls --help" bash "$(option_names)" "$(bash_offers nsls -)"
	[ "$(bash_offers nsls --tr)" = --tree ]
	[ "$(bash_offers nsls -- -)" = "" ]
}

@test "bash: values" {
	[ "$(bash_offers nsls -t ne)" = net ]
	[ "$(bash_offers nsls -Jt ne)" = net ]
	[ "$(bash_offers nsls -t pid,ne)" = pid,net ]
	[ "$(bash_offers nsls -t net,ne)" = "" ]
	same_lines kinds bash "$(tool_kinds)" "$(bash_offers nsls --type '')"
	same_lines columns bash "$(tool_columns)" "$(bash_offers nsls -o '')"
	same_lines columns bash "$(tool_columns | grep ^N)" "$(bash_offers nsls -o N)"
	[ "$(bash_offers nsls --output +ns,ow)" = +ns,OWNERUID ]
	same_lines --tree bash "$(tool_words --tree)" "$(bash_offers nsls --tree =)"
	same_lines --color bash "$(tool_words --color)" "$(bash_offers nsls --color = '')"
	same_lines --source bash "$(tool_words --source)" "$(bash_offers nsls --source '')"
	# A word as bash leaves it where "=" does not break words.
	[ "$(bash_offers nsls --tree=ow)" = --tree=owner ]
	[ "$(bash_offers nsls --type=net,u)" = $'--type=net,uts\n--type=net,user' ]
	[ "$(bash_offers nsls -To)" = -Towner ]
	# An argument that may be left out is not the next word.
	bash_offers nsls -T '' | grep -x self
}

@test "bash: references and files" {
	bash_offers nsls '' | grep -x $$
	bash_offers nsls -p '' | grep -x $$
	[ "$(bash_offers nsls -p se)" = self ]
	[ "$(bash_offers nsls net : 4)" = "" ]
	[ "$(bash_offers nsls /proc/self/ns/n)" = "<files>" ]
	[ "$(bash_offers nsls --from '')" = "<files>" ]
	[ "$(bash_offers nsls --save = x)" = "<files>" ]
}

@test "bash: the completion is registered, under set -u too" {
	run bash --noprofile --norc -uc 'source "$0" && complete -p nsls' \
		"$top_srcdir/completions/bash/nsls"
	[ "$output" = "complete -F _nsls nsls" ]
}

@test "zsh: options" {
	need zsh
	zsh -n "$top_srcdir/completions/zsh/_nsls"
	same_lines "nsls --help" zsh "$(option_names)" "$(zsh_offers 'nsls -')"
	[ "$(zsh_offers 'nsls --tr')" = --tree ]
}

@test "zsh: values" {
	need zsh
	[ "$(zsh_offers 'nsls -t ne')" = net ]
	[ "$(zsh_offers 'nsls --type=pid,ne')" = net ]
	same_lines kinds zsh "$(tool_kinds)" "$(zsh_offers 'nsls -t ')"
	same_lines columns zsh "$(tool_columns)" "$(zsh_offers 'nsls -o ')"
	[ "$(zsh_offers 'nsls --output=+ns,ow')" = OWNERUID ]
	same_lines --tree zsh "$(tool_words --tree)" "$(zsh_offers 'nsls --tree=')"
	same_lines --color zsh "$(tool_words --color)" "$(zsh_offers 'nsls --color=')"
	same_lines --source zsh "$(tool_words --source)" "$(zsh_offers 'nsls --source ')"
	[ "$(zsh_offers 'nsls -To')" = owner ]
}

@test "zsh: references and files" {
	need zsh
	[ "$(zsh_offers 'nsls sel')" = self ]
	[ "$(zsh_offers 'nsls -p sel')" = self ]
	touch state.json
	[ "$(zsh_offers "nsls --from $PWD/state")" = state.json ]
	[ "$(zsh_offers 'nsls /proc/self/ns/ut')" = uts ]
}

@test "fish: options" {
	need fish
	same_lines "nsls --help" fish "$(option_names)" \
		"$(fish_offers 'nsls -' | sed 's/=$//' | sort -u)"
	fish_offers 'nsls --tr' | grep -x -- --tree
}

@test "fish: values" {
	need fish
	[ "$(fish_offers 'nsls -t ne')" = net ]
	[ "$(fish_offers 'nsls -Jt ne')" = net ]
	[ "$(fish_offers 'nsls --type=pid,ne')" = --type=pid,net ]
	same_lines kinds fish "$(tool_kinds)" "$(fish_offers 'nsls -t ')"
	same_lines columns fish "$(tool_columns)" "$(fish_offers 'nsls -o ')"
	[ "$(fish_offers 'nsls -o +ns,ow')" = +ns,OWNERUID ]
	same_lines --tree fish "$(tool_words --tree | sed s/^/--tree=/)" \
		"$(fish_offers 'nsls --tree=')"
	same_lines --color fish "$(tool_words --color | sed s/^/--color=/)" \
		"$(fish_offers 'nsls --color=')"
	same_lines --source fish "$(tool_words --source)" "$(fish_offers 'nsls --source ')"
}

@test "fish: references and files" {
	need fish
	fish_offers 'nsls ' | grep -x $$
	fish_offers 'nsls -p ' | grep -x $$
	[ "$(fish_offers 'nsls sel')" = self ]
	touch state.json
	[ "$(fish_offers "nsls --from $PWD/state")" = "$PWD/state.json" ]
	[ "$(fish_offers 'nsls /proc/self/ns/ut')" = /proc/self/ns/uts ]
}

@test "nsidmap: options: --help, the man page, nstools(7)" {
	about nsidmap
	[ "$(help_options | wc -l)" -ge 15 ]
	same_lines "nsidmap --help" OPTIONS "$(help_options)" "$(man_options "$man" OPTIONS)"
	same_lines nsidmap.1 nstools.7 "$(man_options "$man" "Common options")" \
		"$(man_options "$top_srcdir/man/nstools.7" "COMMON OPTIONS")"
}

@test "nsidmap: columns: the tool and the man page, table by table" {
	about nsidmap
	tables=$(nsidmap -H -r -n | cut -d ' ' -f 3 | uniq)
	[ "$(wc -l <<<"$tables")" = 3 ]
	while read -r table; do
		documented=$(section "$man" "Of $table" | sed -n 's/^\.It Sy //p')
		listed=$(nsidmap -H -r -n | awk -v table="$table" '$3 == table { print $1 }')
		[ "$documented" = "$listed" ]
		default=$(nsidmap --help |
			sed -nE "s/^Columns of $table \\(default (.*)\\):$/\\1/p" | tr , '\n')
		[ "$(head -n "$(wc -l <<<"$default")" <<<"$documented")" = "$default" ]
	done <<<"$tables"
}

# The objects of all calls that nsidmap has: over a saved snapshot, and live.
nsidmap_objects() {
	local ids=$top_srcdir/tests/snapshots/ids.json
	sed '/4026532177,"id"/s/"uids":.*/"uids":"EACCES"},/' "$ids" >unknown.json
	sed '/4026532177,"id"/s/100000,65536/4294967295,65536/' "$ids" >first.json
	sed -e '/"host"/d' -e 's/^{"nstools":1/&,"host":{}/' "$ids" >no-host.json
	# It is mapped in there, and not here.
	sed '/"viewer"/s/"user":4026531837/"user":4026532177/
		/4026531837,"id"/s/0,0,4294967295/0,4294967295,4294967295/' "$ids" >inside.json
	nsidmap "$@" --from "$ids" -J 23 24
	nsidmap "$@" --from first.json -J 23
	nsidmap "$@" --from no-host.json -J 23
	nsidmap "$@" --from "$ids" -J 1000@11 7@24
	nsidmap "$@" --from unknown.json -J 5@24
	nsidmap "$@" --from inside.json -J 0@user:4026531837
	nsidmap "$@" -J -f / -f /dev/null
}

@test "nsidmap: JSON" {
	need jq
	about nsidmap
	{ nsidmap_objects; nsidmap -J 0@self; } >objects 2>/dev/null || true
	run compare_keys "$(documented_keys "The object")" < <(jq -c '.,
		(.host | with_entries(.key |= "host." + .)),
		(.gaps[] | with_entries(.key |= "gaps." + .))' objects)
	echo "$output"
	[ $status = 0 ]
	[ -z "$output" ]
}

@test "nsidmap: JSON: a range, an id, a file" {
	need jq
	about nsidmap
	nsidmap_objects --output-all >objects 2>/dev/null || true
	run compare_keys "$(documented_keys "A range")" < <(jq -c '.maps // [] | .[]' objects)
	[ -z "$output" ] || { echo "$output"; false; }
	run compare_keys "$(documented_keys "An id")" < <(jq -c '.ids // [] | .[]' objects)
	[ "$output" = "" ] || { echo "$output"; false; }
	# Numbers of files that nobody knows are in tests/live/nsidmap.bats.
	run compare_keys "$(documented_keys "A file")" < <(jq -c '.files // [] | .[]' objects)
	[ "$(grep -v 'never null' <<<"$output")" = "" ] || { echo "$output"; false; }
}

@test "nsidmap: examples run" {
	need jq unshare
	about nsidmap
	run_examples
}

@test "nsidmap: examples run for an ordinary user" {
	need jq unshare setpriv
	about nsidmap
	[ "$(id -u)" = 0 ] || return 0 # as just now
	run_examples setpriv --reuid=65534 --regid=65534 --clear-groups
}

@test "nsidmap: diagnostics: what is printed is documented" {
	about nsidmap
	patterns=$(for page in nsidmap nsls; do
		section "$top_srcdir/man/$page.1" DIAGNOSTICS
	done | sed -nE 's/^\.It "(.*)"$/\1/p' |
		sed -E -e 's/[][().*+?^$|]/\\&/g' -e 's/\<[NM]\>/[0-9]+/g' \
			-e 's/\<(REFERENCE|FILE|WORD|REASON)\>/.*/g' -e 's/.*/nsidmap: &/')
	ids=$top_srcdir/tests/snapshots/ids.json
	sed '/4026532177,"id"/s/"uids":.*/"uids":"EACCES"},/' "$ids" >unknown.json
	for arguments in 4194304 "0@4194304" "x@self" "self 0@self" "--from $ids 70000@24" \
		"--from $ids 65534@13" "--from $ids 5 -i 24" "--from unknown.json 23" \
		"--from unknown.json 5 -i 23" "--from $ids 0@net:4026531833" "--from $ids 0@self" \
		"--from $top_srcdir/tests/snapshots/host-only.json" "--from empty.json"; do
		echo '{"snapshot":1,"host":{}}' >empty.json
		read -ra words <<<"$arguments"
		run nsidmap "${words[@]}"
		[ $status -ne 0 ]
		grep -vE "processes could not be read|other things? could|^Try " <<<"$output" |
			while read -r line; do
				echo "$line"
				grep -qxE -f <(echo "$patterns") <<<"$line"
			done
	done
	run -0 nsidmap --from "$ids" 0@12
	grep -xE -f <(echo "$patterns") <<<"$output" | grep 'Operation not supported'
}

@test "nsidmap: diagnostics: what is documented can be printed" {
	about nsidmap
	cat "$top_srcdir"/src/*/*.c "$top_srcdir"/tools/*.c | tr '\n\t' '  ' |
		sed 's/" *"//g; s/%[a-z]\+/@/g; s/@_map/uid_map/g; s/no @/no uid/g' >source
	section "$man" DIAGNOSTICS | sed -nE 's/^\.It "(.*)"$/\1/p' >messages
	[ "$(wc -l <messages)" -ge 12 ]
	sed -E 's/\<([NM]|REFERENCE|FILE|WORD|REASON|65534|uid|passwd)\>/\n/g' messages | grep -E '.{8}' |
		while read -r fragment; do
			fragment=${fragment#: }
			fragment=${fragment#\' } fragment=${fragment#]}
			echo "$fragment"
			grep -qF -- "$fragment" source
		done
}

@test "nsidmap: bash" {
	about nsidmap
	same_lines "nsidmap --help" bash "$(option_names)" "$(bash_offers nsidmap -)"
	[ "$(bash_offers nsidmap --tar)" = --target ]
	same_lines columns bash "$(tool_columns | sort -u)" "$(bash_offers nsidmap -o '')"
	[ "$(bash_offers nsidmap --output +id,na)" = +id,NAME ]
	same_lines --color bash "$(tool_words --color)" "$(bash_offers nsidmap --color = '')"
	same_lines --source bash "$(tool_words --source)" "$(bash_offers nsidmap --source '')"
	bash_offers nsidmap '' | grep -x $$
	bash_offers nsidmap 1000@ | grep -x "1000@$$"
	[ "$(bash_offers nsidmap 0@se)" = 0@self ]
	[ "$(bash_offers nsidmap 0 -gi se)" = self ]
	[ "$(bash_offers nsidmap --in=se)" = --in=self ]
	[ "$(bash_offers nsidmap -f '')" = "<files>" ]
	[ "$(bash_offers nsidmap --from = x)" = "<files>" ]
	run bash --noprofile --norc -uc 'source "$0" && complete -p nsidmap' \
		"$top_srcdir/completions/bash/nsidmap"
	[ "$output" = "complete -F _nsidmap nsidmap" ]
}

@test "nsidmap: zsh" {
	need zsh
	about nsidmap
	zsh -n "$top_srcdir/completions/zsh/_nsidmap"
	same_lines "nsidmap --help" zsh "$(option_names)" "$(zsh_offers 'nsidmap -')"
	[ "$(zsh_offers 'nsidmap --tar')" = --target ]
	same_lines columns zsh "$(tool_columns | sort -u)" "$(zsh_offers 'nsidmap -o ')"
	[ "$(zsh_offers 'nsidmap --output=+id,na')" = NAME ]
	same_lines --color zsh "$(tool_words --color)" "$(zsh_offers 'nsidmap --color=')"
	same_lines --source zsh "$(tool_words --source)" "$(zsh_offers 'nsidmap --source ')"
	[ "$(zsh_offers 'nsidmap sel')" = self ]
	[ "$(zsh_offers 'nsidmap 0@sel')" = self ]
	[ "$(zsh_offers 'nsidmap 0 -i sel')" = self ]
	touch state.json
	[ "$(zsh_offers "nsidmap --from $PWD/state")" = state.json ]
	[ "$(zsh_offers "nsidmap -f $PWD/state")" = state.json ]
}

@test "nsidmap: fish" {
	need fish
	about nsidmap
	same_lines "nsidmap --help" fish "$(option_names)" \
		"$(fish_offers 'nsidmap -' | sed 's/=$//' | sort -u)"
	same_lines columns fish "$(tool_columns | sort -u)" "$(fish_offers 'nsidmap -o ')"
	[ "$(fish_offers 'nsidmap -o +id,na')" = +id,NAME ]
	same_lines --color fish "$(tool_words --color | sed s/^/--color=/)" \
		"$(fish_offers 'nsidmap --color=')"
	same_lines --source fish "$(tool_words --source)" "$(fish_offers 'nsidmap --source ')"
	fish_offers 'nsidmap ' | grep -x $$
	fish_offers 'nsidmap 0@' | grep -x "0@$$"
	[ "$(fish_offers 'nsidmap 0@sel')" = 0@self ]
	[ "$(fish_offers 'nsidmap 0 -i sel')" = self ]
	touch state.json
	[ "$(fish_offers "nsidmap --from $PWD/state")" = "$PWD/state.json" ]
}
