# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nsls(1)

# The columns as the tool lists them: the name, and what it says with blanks as \x20.
function __nsls_columns
    command nsls --list-columns --noheadings --raw 2>/dev/null |
        string replace ' ' \t | string replace --all '\x20' ' '
end

# The lines of standard input as items of the comma list under the cursor: each behind those that
# stand there already, less the ones that do.
function __nsls_list
    set -l list (commandline -ct | string replace -r -- '^(--[a-z-]+=|-[^-copTt]*[to])' '')
    set -l before (string match -r -- '^\+?(?:.*,)?' $list)
    set -l present (string replace -r '^\+' '' -- $before | string lower | string split ,)
    while read -l line
        contains -- (string split -f 1 \t -- $line | string lower) $present
        or echo $before$line
    end
end

complete -c nsls -f
complete -c nsls -n 'string match -q "*/*" -- (commandline -ct)' -F
complete -c nsls -a self -d 'The calling process'
complete -c nsls -a '(__fish_complete_pids)'

complete -c nsls -s t -l type -x -d 'Only this kind' \
    -a '(string split " " "mnt net pid uts ipc user cgroup time" | __nsls_list)'
complete -c nsls -s p -l task -x -d 'Only the namespaces of this process' \
    -a 'self (__fish_complete_pids)'
complete -c nsls -s c -l container -x -d 'Only the namespaces of this container' \
    -a '(command nsls --noheadings --raw --output CONTAINER 2>/dev/null | string match -v -r "^[-?]\$" | sort -u)'
complete -c nsls -l no-host -d 'Leave out the host\'s own namespaces'
complete -c nsls -s T -l tree -d 'As a tree' -a 'process parent owner'
complete -c nsls -s l -l list -d 'As a list'
complete -c nsls -s q -l quick -d 'Processes, threads, parents and owners only'
complete -c nsls -l save -r -F -d 'Save all facts to a file'
complete -c nsls -l redact -d 'With --save, replace arguments and names'
complete -c nsls -s J -l json -d 'Print JSON'
complete -c nsls -s r -l raw -d 'Print a raw table, without padding, for scripts'
complete -c nsls -s n -l noheadings -d 'Do not print the heading'
complete -c nsls -s o -l output -x -d 'Columns to print; +LIST adds' \
    -a '(__nsls_columns | __nsls_list)'
complete -c nsls -l output-all -d 'Print all columns'
complete -c nsls -s H -l list-columns -d 'List the columns'
complete -c nsls -s u -l notruncate -d 'Do not truncate columns'
complete -c nsls -s W -l nowrap -d 'Print cells of several lines as one'
complete -c nsls -l color -d Colors -a 'auto always never'
complete -c nsls -l source -x -d 'Where to read from' -a 'auto proc bpf'
complete -c nsls -l from -r -F -d 'Read a saved snapshot'
complete -c nsls -s v -l verbose -d 'List all that could not be read, and the source'
complete -c nsls -s h -l help -d 'Print the help'
complete -c nsls -s V -l version -d 'Print the version'
