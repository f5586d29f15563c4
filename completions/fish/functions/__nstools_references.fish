# SPDX-License-Identifier: LGPL-2.1-or-later

# What names a process, a container, or the file of a namespace, also behind "N@". It is an operand,
# or the value of the option with the letter $argv[1].
function __nstools_references
    set -l value (__nstools_value $argv)
    set -l before (string match -r -- '^[^/]*@' $value)
    set value (string replace -r -- '^[^/]*@' '' $value)
    if string match -q -- '*/*' $value
        string join \n "$before"(complete -C "'' $value")
    else
        # A process may have a name that takes more than its line.
        string join \n "$before"self\t'The calling process' \
            "$before"(__fish_complete_pids | string match -r '^[0-9]+\t.*') \
            "$before"(__nstools_containers)
    end
end
