# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nsls(1)

__nstools_common nsls
complete -c nsls -a '(__nstools_references)'

complete -c nsls -s t -l type -x -d 'Only this kind' -a '(__nstools_kinds t)'
complete -c nsls -s p -l task -x -d 'Only the namespaces of this process' \
    -a '(__nstools_references p)'
complete -c nsls -s c -l container -x -d 'Only the namespaces of this container' \
    -a '(__nstools_containers)'
complete -c nsls -l no-host -d 'Leave out the host\'s own namespaces'
complete -c nsls -s T -l tree -d 'As a tree' -a 'process parent owner'
complete -c nsls -s l -l list -d 'As a list'
complete -c nsls -s P -l persistent -d 'Only those that no process is in'
complete -c nsls -s q -l quick -d 'Look at processes, threads, parents and owners only'
complete -c nsls -l save -r -F -d 'Save all facts to a file'
complete -c nsls -l redact -d 'With --save, replace arguments and names'
