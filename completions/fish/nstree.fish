# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nstree(1)

# The columns as the tool lists them: the name, and what it says with blanks as \x20.
function __nstree_columns
    command nstree --list-columns --noheadings --raw 2>/dev/null |
        string replace ' ' \t | string replace --all '\x20' ' '
end

# The lines of standard input as items of the comma list under the cursor: each behind those that
# stand there already, less the ones that do.
function __nstree_list
    set -l list (commandline -ct | string replace -r -- '^(--[a-z-]+=|-[^-oNc]*o)' '')
    set -l before (string match -r -- '^\+?(?:.*,)?' $list)
    set -l present (string replace -r '^\+' '' -- $before | string lower | string split ,)
    while read -l line
        contains -- (string split -f 1 \t -- $line | string lower) $present
        or echo $before$line
    end
end

# PID@ and the processes behind it.
function __nstree_where
    set -l before (commandline -ct | string match -r -- '^(?:[0-9]+@)+')
    test -n "$before"
    and for process in self (__fish_complete_pids)
        echo $before$process
    end
end

complete -c nstree -f
complete -c nstree -n 'string match -q "*/*" -- (commandline -ct)' -F
complete -c nstree -a self -d 'The calling process'
complete -c nstree -a '(__fish_complete_pids)'
complete -c nstree -a '(__nstree_where)'

complete -c nstree -s a -l arguments -d 'Command lines instead of names'
complete -c nstree -s s -l show-parents -d 'The ancestors of what is named, too'
complete -c nstree -s N -l ns-sort -x -d 'A tree for each namespace' \
    -a 'mnt net pid uts ipc user cgroup time'
complete -c nstree -s B -l borders-only -d 'Only who is at a border, and their ancestors'
complete -c nstree -s c -l container -x -d 'Only the processes of this container'
complete -c nstree -l threads -d 'Threads too'
complete -c nstree -s A -l ascii -d 'ASCII only'
complete -c nstree -s U -l unicode -d 'UTF-8, whatever the locale'
complete -c nstree -s p -l show-pids -d 'As pstree has it'
complete -c nstree -s S -l ns-changes -d 'As pstree has it'
complete -c nstree -s J -l json -d 'Print JSON'
complete -c nstree -s r -l raw -d 'Print a raw table, without padding, for scripts'
complete -c nstree -s n -l noheadings -d 'Do not print the heading'
complete -c nstree -s o -l output -x -d 'Columns to print; +LIST adds' \
    -a '(__nstree_columns | __nstree_list)'
complete -c nstree -l output-all -d 'Print all columns'
complete -c nstree -s H -l list-columns -d 'List the columns'
complete -c nstree -s u -l notruncate -d 'Do not truncate columns'
complete -c nstree -s W -l nowrap -d 'Print cells of several lines as one'
complete -c nstree -l color -d Colors -a 'auto always never'
complete -c nstree -l source -x -d 'Where to read from' -a 'auto proc bpf'
complete -c nstree -l from -r -F -d 'Read a saved snapshot'
complete -c nstree -s v -l verbose -d 'List all that could not be read, and the source'
complete -c nstree -s h -l help -d 'Print the help'
complete -c nstree -s V -l version -d 'Print the version'
