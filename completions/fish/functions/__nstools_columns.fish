# SPDX-License-Identifier: LGPL-2.1-or-later

# The columns as the tool $argv[1] lists them: the name, and what it says with blanks as \x20. One
# that is in several of its tables, once.
function __nstools_columns
    command $argv[1] --list-columns --noheadings --raw 2>/dev/null |
        string replace -r '^(\S+) (\S+).*' '$1\t$2' | string replace --all '\x20' ' ' |
        sort -u -t \t -k 1,1
end
