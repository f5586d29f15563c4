# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nsidmap(1)

# The columns of all tables as the tool lists them: the name, and of which rows it is.
function __nsidmap_columns
    command nsidmap --list-columns --noheadings --raw 2>/dev/null |
        string replace -r ' (\S+) \S+$' '\t$1' | string replace --all '\x20' ' ' |
        sort -u -t \t -k 1,1
end

# The lines of standard input as items of the comma list under the cursor: each behind those that
# stand there already, less the ones that do.
function __nsidmap_list
    set -l list (commandline -ct | string replace -r -- '^(--[a-z-]+=|-[^-oift]*o)' '')
    set -l before (string match -r -- '^\+?(?:.*,)?' $list)
    set -l present (string replace -r '^\+' '' -- $before | string lower | string split ,)
    while read -l line
        contains -- (string split -f 1 \t -- $line | string lower) $present
        or echo $before$line
    end
end

# ID@ and the processes behind it.
function __nsidmap_where
    set -l before (commandline -ct | string match -r -- '^[0-9]+@')
    test -n "$before"
    and for process in self (__fish_complete_pids)
        echo $before$process
    end
end

complete -c nsidmap -f
complete -c nsidmap -n 'string match -q "*/*" -- (commandline -ct)' -F
complete -c nsidmap -a self -d 'The calling process'
complete -c nsidmap -a '(__fish_complete_pids)'
complete -c nsidmap -a '(__nsidmap_where)'

complete -c nsidmap -s U -l uid -d 'User ids'
complete -c nsidmap -s g -l gid -d 'Group ids'
complete -c nsidmap -s i -l in -x -d 'Print only the number in there' \
    -a 'self (__fish_complete_pids)'
complete -c nsidmap -s f -l file -r -F -d 'Whose file that is'
complete -c nsidmap -s t -l target -x -d 'With --file: who else looks at it' \
    -a 'self (__fish_complete_pids)'
complete -c nsidmap -s J -l json -d 'Print JSON'
complete -c nsidmap -s r -l raw -d 'Print a raw table, without padding, for scripts'
complete -c nsidmap -s n -l noheadings -d 'Do not print the heading'
complete -c nsidmap -s o -l output -x -d 'Columns to print; +LIST adds' \
    -a '(__nsidmap_columns | __nsidmap_list)'
complete -c nsidmap -l output-all -d 'Print all columns'
complete -c nsidmap -s H -l list-columns -d 'List the columns'
complete -c nsidmap -s u -l notruncate -d 'Do not truncate columns'
complete -c nsidmap -s W -l nowrap -d 'Print cells of several lines as one'
complete -c nsidmap -l color -d Colors -a 'auto always never'
complete -c nsidmap -l source -x -d 'Where to read from' -a 'auto proc bpf'
complete -c nsidmap -l from -r -F -d 'Read a saved snapshot'
complete -c nsidmap -s v -l verbose -d 'List all that could not be read, and the source'
complete -c nsidmap -s h -l help -d 'Print the help'
complete -c nsidmap -s V -l version -d 'Print the version'
