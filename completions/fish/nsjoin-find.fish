# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nsjoin-find(8), which takes one of them, and no option

complete -c nsjoin-find -f
complete -c nsjoin-find -a '(__nstools_references)' \
    -n 'test (count (commandline -opc)) = 1; and not string match -q -- "-*" (commandline -ct)'
