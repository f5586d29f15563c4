# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nscmp(1)

# The columns of all tables as the tool lists them: the name, and of which rows it is.
function __nscmp_columns
    command nscmp --list-columns --noheadings --raw 2>/dev/null |
        string replace -r ' (\S+) \S+$' '\t$1' | string replace --all '\x20' ' ' |
        sort -u -t \t -k 1,1
end

# The lines of standard input as items of the comma list under the cursor: each behind those that
# stand there already, less the ones that do.
function __nscmp_list
    set -l list (commandline -ct | string replace -r -- '^(--[a-z-]+=|-[^-ot]*[ot])' '')
    set -l before (string match -r -- '^\+?(?:.*,)?' $list)
    set -l present (string replace -r '^\+' '' -- $before | string lower | string split ,)
    while read -l line
        contains -- (string split -f 1 \t -- $line | string lower) $present
        or echo $before$line
    end
end

# PID@ and the processes behind it.
function __nscmp_where
    set -l before (commandline -ct | string match -r -- '^(?:[0-9]+@)+')
    test -n "$before"
    and for process in self (__fish_complete_pids)
        echo $before$process
    end
end

complete -c nscmp -f
complete -c nscmp -n 'string match -q "*/*" -- (commandline -ct)' -F
complete -c nscmp -a self -d 'The calling process'
complete -c nscmp -a '(__fish_complete_pids)'
complete -c nscmp -a '(__nscmp_where)'

complete -c nscmp -s t -l type -x -d 'Only this kind' \
    -a '(string split " " "mnt net pid uts ipc user cgroup time" | __nscmp_list)'
complete -c nscmp -s q -l quiet -d 'Print nothing: the exit status tells'
complete -c nscmp -s e -l explain -d 'What it means to share or not'
complete -c nscmp -l by -x -d 'Compare snapshots by' -a 'process container'
complete -c nscmp -s J -l json -d 'Print JSON'
complete -c nscmp -s r -l raw -d 'Print a raw table, without padding, for scripts'
complete -c nscmp -s n -l noheadings -d 'Do not print the heading'
complete -c nscmp -s o -l output -x -d 'Columns to print; +LIST adds' \
    -a '(__nscmp_columns | __nscmp_list)'
complete -c nscmp -l output-all -d 'Print all columns'
complete -c nscmp -s H -l list-columns -d 'List the columns'
complete -c nscmp -s u -l notruncate -d 'Do not truncate columns'
complete -c nscmp -s W -l nowrap -d 'Print cells of several lines as one'
complete -c nscmp -l color -d Colors -a 'auto always never'
complete -c nscmp -l source -x -d 'Where to read from' -a 'auto proc bpf'
complete -c nscmp -l from -r -F -d 'Read a saved snapshot'
complete -c nscmp -s v -l verbose -d 'List all that could not be read, and the source'
complete -c nscmp -s h -l help -d 'Print the help'
complete -c nscmp -s V -l version -d 'Print the version'
