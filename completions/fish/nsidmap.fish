# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nsidmap(1)

__nstools_common nsidmap
complete -c nsidmap -a '(__nstools_references)'

complete -c nsidmap -s U -l uid -d 'User ids'
complete -c nsidmap -s g -l gid -d 'Group ids'
complete -c nsidmap -s i -l in -x -d 'Print only the number in there' \
    -a '(__nstools_references i)'
complete -c nsidmap -s f -l file -r -F -d 'Whose file that is'
complete -c nsidmap -s t -l target -x -d 'With --file: who else looks at it' \
    -a '(__nstools_references t)'
