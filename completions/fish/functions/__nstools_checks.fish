# SPDX-License-Identifier: LGPL-2.1-or-later

# What nsaudit looks for: the name, and what it says with blanks as \x20.
function __nstools_checks
    command nsaudit --explain all --noheadings --raw --output CHECK,TITLE 2>/dev/null |
        string replace ' ' \t | string replace --all '\x20' ' '
end
