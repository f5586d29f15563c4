# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nstree(1)

__nstools_common nstree
complete -c nstree -a '(__nstools_references)'

complete -c nstree -s a -l arguments -d 'Command lines instead of names'
complete -c nstree -s s -l show-parents -d 'The ancestors of what is named, too'
complete -c nstree -s N -l ns-sort -x -d 'A tree for each namespace' \
    -a 'mnt net pid uts ipc user cgroup time'
complete -c nstree -s B -l borders-only -d 'Only who is at a border, and their ancestors'
complete -c nstree -s c -l container -x -d 'Only the processes of this container' \
    -a '(__nstools_containers)'
complete -c nstree -l threads -d 'Threads too'
complete -c nstree -s A -l ascii -d 'ASCII only'
complete -c nstree -s U -l unicode -d 'UTF-8, whatever the locale'
complete -c nstree -s p -l show-pids -d 'As pstree has it'
complete -c nstree -s S -l ns-changes -d 'As pstree has it'
