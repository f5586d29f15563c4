# SPDX-License-Identifier: LGPL-2.1-or-later

# Declares the options that all nstools have, for $argv[1].
function __nstools_common
    set -l tool $argv[1]
    complete -c $tool -f
    complete -c $tool -s J -l json -d 'Print JSON'
    complete -c $tool -s r -l raw -d 'Print a raw table, without padding, for scripts'
    complete -c $tool -s n -l noheadings -d 'Do not print the heading'
    complete -c $tool -s o -l output -x -d 'Columns to print; +LIST adds' \
        -a "(__nstools_columns $tool | __nstools_list o)"
    complete -c $tool -l output-all -d 'Print all columns'
    complete -c $tool -s H -l list-columns -d 'List the columns'
    complete -c $tool -s u -l notruncate -d 'Do not truncate columns'
    complete -c $tool -s W -l nowrap -d 'Print cells of several lines as one'
    complete -c $tool -l color -d Colors -a 'auto always never'
    complete -c $tool -l source -x -d 'Where to read from' -a 'auto proc bpf'
    complete -c $tool -l from -r -F -d 'Read a saved snapshot'
    complete -c $tool -s v -l verbose -d 'List all that could not be read, and the source'
    complete -c $tool -s h -l help -d 'Print the help'
    complete -c $tool -s V -l version -d 'Print the version'
end
