# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nscmp(1)

__nstools_common nscmp
complete -c nscmp -a '(__nstools_references)'

complete -c nscmp -s t -l type -x -d 'Only this kind' -a '(__nstools_kinds t)'
complete -c nscmp -s q -l quiet -d 'Print nothing: the exit status tells'
complete -c nscmp -s e -l explain -d 'What it means to share or not'
complete -c nscmp -l by -x -d 'Compare snapshots by' -a 'process container'
