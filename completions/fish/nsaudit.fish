# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nsaudit(1)

__nstools_common nsaudit
complete -c nsaudit -a '(__nstools_references)'

complete -c nsaudit -s a -l all -d 'All containers'
complete -c nsaudit -l self -d 'What we are in ourselves'
complete -c nsaudit -l fail-on -x -d 'Exit status 1 from this level on' \
    -a 'info low medium high critical'
complete -c nsaudit -l ignore -x -d 'Leave this check out' -a '(__nstools_checks | __nstools_list)'
complete -c nsaudit -l explain -x -d 'Say what a check is about' -a 'all (__nstools_checks)'
