# SPDX-License-Identifier: LGPL-2.1-or-later

# The containers that run: as nsls shows them, and without the engine where one of them is called so.
function __nstools_containers
    set -l containers (command nsls --quick --noheadings --raw --output CONTAINER 2>/dev/null |
        string match -r '^[a-z]+:.+' | sort -u)
    set -q containers[1]
    or return
    set -l names (string replace -r '^[a-z]+:' '' -- $containers | sort | uniq -u |
        string match -v -r '^[0-9]+$')
    printf '%s\tContainer\n' $containers $names
end
