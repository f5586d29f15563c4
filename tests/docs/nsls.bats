#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is written about nsls.

load helper

@test "options: --help, the man page, nstools(7)" {
	check_options 20
}

@test "columns: the tool and the man page" {
	check_columns "$(tool_columns)" COLUMNS \
		"$(nsls --help | sed -nE 's/^Columns \(default (.*)\):$/\1/p' | tr , '\n')"
}

@test "JSON: the object" {
	need jq
	make_snapshots
	for file in full.json empty.json; do
		nsls --from $file -J 2>/dev/null
	done >saved
	nsls -J 2>/dev/null >live
	check_object < <(cat saved live)
}

@test "JSON: a namespace" {
	need jq
	make_snapshots
	for file in full.json empty.json "$top_srcdir/tests/snapshots/holders.json"; do
		nsls --from $file -J -T --output-all
		nsls --from $file -J --output-all
	done >saved 2>/dev/null
	nsls -J --output-all --tree=owner >live 2>/dev/null
	check_keys "A namespace" < <(jq -c '.namespaces[]' saved live)
	# depth is there with --tree, and only then.
	nsls -J | jq -e 'all(.namespaces[]; has("depth") | not)'
	nsls -J --tree | jq -e 'all(.namespaces[]; has("depth"))'
}

@test "examples run" {
	check_examples
}

@test "examples run for an ordinary user" {
	check_examples_as_user
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

@test "bash: options" {
	check_bash
	[ "$(bash_offers nsls --tr)" = --tree ]
}

@test "bash: values" {
	[ "$(bash_offers nsls -t ne)" = net ]
	[ "$(bash_offers nsls -Jt ne)" = net ]
	[ "$(bash_offers nsls -t pid,ne)" = pid,net ]
	[ "$(bash_offers nsls -t net,ne)" = "" ]
	same_lines kinds bash "$(tool_kinds)" "$(bash_offers nsls --type '')"
	same_lines columns bash "$(tool_columns | grep ^N)" "$(bash_offers nsls -o N)"
	[ "$(bash_offers nsls --output +ns,ow)" = +ns,OWNERUID ]
	same_lines --tree bash "$(tool_words --tree)" "$(bash_offers nsls --tree =)"
	# A word as bash leaves it where "=" does not break words.
	[ "$(bash_offers nsls --tree=ow)" = --tree=owner ]
	[ "$(bash_offers nsls --type=net,u)" = $'--type=net,uts\n--type=net,user' ]
	[ "$(bash_offers nsls -To)" = -Towner ]
	# An argument that may be left out is not the next word.
	bash_offers nsls -T '' | grep -x self
}

@test "bash: references and files" {
	bash_offers nsls -p '' | grep -x $$
	[ "$(bash_offers nsls -p se)" = self ]
	[ "$(bash_offers nsls /proc/self/ns/n)" = "<files>" ]
	[ "$(bash_offers nsls --save = x)" = "<files>" ]
	check_bash_references -p --task
	[ "$(offers_at_once bash_offers nsls -c ch | sort)" = $'chal\ncharon' ]
	[ "$(offers_at_once bash_offers nsls --container = docker : ch)" = chal ]
	[ "$(offers_at_once bash_offers nsls -c se)" = "" ]
}

@test "zsh: options" {
	check_zsh
	[ "$(zsh_offers 'nsls --tr')" = --tree ]
}

@test "zsh: values" {
	need zsh
	[ "$(zsh_offers 'nsls -t ne')" = net ]
	[ "$(zsh_offers 'nsls --type=pid,ne')" = net ]
	same_lines kinds zsh "$(tool_kinds)" "$(zsh_offers 'nsls -t ')"
	[ "$(zsh_offers 'nsls --output=+ns,ow')" = OWNERUID ]
	same_lines --tree zsh "$(tool_words --tree)" "$(zsh_offers 'nsls --tree=')"
	[ "$(zsh_offers 'nsls -To')" = owner ]
}

@test "zsh: references and files" {
	need zsh
	[ "$(zsh_offers 'nsls -p sel')" = self ]
	[ "$(zsh_offers 'nsls /proc/self/ns/ut')" = uts ]
	check_zsh_references --task
	[ "$(offers_at_once zsh_offers 'nsls -c ch' | sort)" = $'chal\ncharon' ]
	[ "$(offers_at_once zsh_offers 'nsls --container=docker:ch')" = docker:chal ]
}

@test "fish: options" {
	check_fish
	fish_offers 'nsls --tr' | grep -x -- --tree
}

@test "fish: values" {
	need fish
	[ "$(fish_offers 'nsls -t ne')" = net ]
	[ "$(fish_offers 'nsls -Jt ne')" = net ]
	[ "$(fish_offers 'nsls --type=pid,ne')" = --type=pid,net ]
	same_lines kinds fish "$(tool_kinds)" "$(fish_offers 'nsls -t ')"
	[ "$(fish_offers 'nsls -o +ns,ow')" = +ns,OWNERUID ]
	same_lines --tree fish "$(tool_words --tree | sed s/^/--tree=/)" \
		"$(fish_offers 'nsls --tree=')"
}

@test "fish: references and files" {
	need fish
	fish_offers 'nsls -p ' | grep -x $$
	[ "$(fish_offers 'nsls /proc/self/ns/ut')" = /proc/self/ns/uts ]
	check_fish_references -p --task
	[ "$(offers_at_once fish_offers 'nsls -c cha' | sort)" = $'chal\ncharon' ]
	[ "$(offers_at_once fish_offers 'nsls --container=docker:ch')" = --container=docker:chal ]
}
