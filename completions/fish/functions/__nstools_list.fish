# SPDX-License-Identifier: LGPL-2.1-or-later

# The lines of standard input as items of the comma list under the cursor, the value of the option
# with the letter $argv[1]: each behind those that stand there already, less the ones that do.
function __nstools_list
    set -l before (string match -r -- '^\+?(?:.*,)?' (__nstools_value $argv))
    set -l present (string replace -r '^\+' '' -- $before | string lower | string split ,)
    while read -l line
        contains -- (string split -f 1 \t -- $line | string lower) $present
        or echo $before$line
    end
end
