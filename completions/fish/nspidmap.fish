# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nspidmap(1)

# The columns as the tool lists them: the name, and what it says with blanks as \x20.
function __nspidmap_columns
    command nspidmap --list-columns --noheadings --raw 2>/dev/null |
        string replace ' ' \t | string replace --all '\x20' ' '
end

# The lines of standard input as items of the comma list under the cursor: each behind those that
# stand there already, less the ones that do.
function __nspidmap_list
    set -l list (commandline -ct | string replace -r -- '^(--[a-z-]+=|-[^-oia]*o)' '')
    set -l before (string match -r -- '^\+?(?:.*,)?' $list)
    set -l present (string replace -r '^\+' '' -- $before | string lower | string split ,)
    while read -l line
        contains -- (string split -f 1 \t -- $line | string lower) $present
        or echo $before$line
    end
end

# PID@ and the processes behind it.
function __nspidmap_where
    set -l before (commandline -ct | string match -r -- '^(?:[0-9]+@)+')
    test -n "$before"
    and for process in self (__fish_complete_pids)
        echo $before$process
    end
end

complete -c nspidmap -f
complete -c nspidmap -n 'string match -q "*/*" -- (commandline -ct)' -F
complete -c nspidmap -a self -d 'The calling process'
complete -c nspidmap -a '(__fish_complete_pids)'
complete -c nspidmap -a '(__nspidmap_where)'

complete -c nspidmap -s i -l in -x -d 'Print only the number in there' \
    -a 'self (__fish_complete_pids)'
complete -c nspidmap -s a -l all -x -d 'All processes in there' \
    -a 'self (__fish_complete_pids)'
complete -c nspidmap -l threads -d 'Threads too'
complete -c nspidmap -s J -l json -d 'Print JSON'
complete -c nspidmap -s r -l raw -d 'Print a raw table, without padding, for scripts'
complete -c nspidmap -s n -l noheadings -d 'Do not print the heading'
complete -c nspidmap -s o -l output -x -d 'Columns to print; +LIST adds' \
    -a '(__nspidmap_columns | __nspidmap_list)'
complete -c nspidmap -l output-all -d 'Print all columns'
complete -c nspidmap -s H -l list-columns -d 'List the columns'
complete -c nspidmap -s u -l notruncate -d 'Do not truncate columns'
complete -c nspidmap -s W -l nowrap -d 'Print cells of several lines as one'
complete -c nspidmap -l color -d Colors -a 'auto always never'
complete -c nspidmap -l source -x -d 'Where to read from' -a 'auto proc bpf'
complete -c nspidmap -l from -r -F -d 'Read a saved snapshot'
complete -c nspidmap -s v -l verbose -d 'List all that could not be read, and the source'
complete -c nspidmap -s h -l help -d 'Print the help'
complete -c nspidmap -s V -l version -d 'Print the version'
