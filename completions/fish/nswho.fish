# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nswho(1)

__nstools_common nswho
complete -c nswho -a '(__nstools_references)'

complete -c nswho -s t -l type -x -d 'Only this kind' -a '(__nstools_kinds t)'
