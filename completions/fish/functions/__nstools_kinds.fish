# SPDX-License-Identifier: LGPL-2.1-or-later

# A comma list of kinds, for the option with the letter $argv[1].
function __nstools_kinds
    string split ' ' 'mnt net pid uts ipc user cgroup time' | __nstools_list $argv
end
