# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nspidmap(1)

__nstools_common nspidmap
complete -c nspidmap -a '(__nstools_references)'

complete -c nspidmap -s i -l in -x -d 'Print only the number in there' \
    -a '(__nstools_references i)'
complete -c nspidmap -s a -l all -x -d 'All processes in there' -a '(__nstools_references a)'
complete -c nspidmap -l threads -d 'Threads too'
