# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nsjoin(1)

# Which place the cursor is at: 0 whom to join, 1 the command, more its arguments; -1 behind an option
# whose value it is. With "options": how many operands there are before it. A target need not be named behind "--" or -t, nor where all
# namespaces are named by their files and nothing else is a target's.
function __nsjoin_place
    set -l kinds 'mount|uts|ipc|net|pid|user|cgroup|time'
    set -l operands 0
    set -l named
    set -l asks
    set -l files
    set -l skip
    for word in (commandline -opc)[2..]
        if test -n "$skip"
            test $word = follow; and set asks yes
            set skip
        else if test $operands -gt 0
            test $word = -- -a $operands = 1; or set operands (math $operands + 1)
        else
            switch $word
                case -- --target '--target=*'
                    set named yes
                case '-*'
                    if string match -qr '^-[aecFZv]*t' -- $word
                        set named yes
                    else if string match -qr "^(-[Fv]*[aecZ].*|-[Fv]*([muinpUCTrw]|N.*|[SG]follow))\$" -- $word
                        or string match -qr "^--($kinds|root|wd|all|env|join-cgroup|follow-context)\$" -- $word
                        or string match -qr '^--(like-target|net-socket.*|set[ug]id=follow)$' -- $word
                        set asks yes
                    else if string match -qr "^(-[Fv]*[muinpUCT].+|--($kinds)=.*)\$" -- $word
                        set files yes
                    end
                case '*'
                    set operands 1
            end
            string match -qr -- '^(-[aecFZv]*[tNSG]|--(target|as|net-socket|set[ug]id))$' $word
            and set skip yes
        end
    end
    if test "$argv[1]" = options
        echo $operands
    else if test -n "$skip"
        echo -1
    else if test -n "$named"; or test -n "$files" -a -z "$asks"
        math $operands + 1
    else
        echo $operands
    end
end

complete -c nsjoin -f
complete -c nsjoin -n 'test (__nsjoin_place) = 0' -a '(__nstools_references)'
complete -c nsjoin -n 'test (__nsjoin_place) = 1; and not string match -q -- "-*" (commandline -ct)' \
    -a '(__fish_complete_command)'
complete -c nsjoin -n 'test (__nsjoin_place) -gt 1' -F

# Options end where the operands begin.
set -l options -c nsjoin -n 'test (__nsjoin_place options) = 0'
complete $options -s t -l target -x -a '(__nstools_references t)' -d 'Whom to join'
complete $options -s a -l all -d 'Join all namespaces of the target, and nothing else'
complete $options -s m -l mount -F -d 'Join the mount namespace'
complete $options -s u -l uts -F -d 'Join the UTS namespace'
complete $options -s i -l ipc -F -d 'Join the IPC namespace'
complete $options -s n -l net -F -d 'Join the network namespace'
complete $options -s p -l pid -F -d 'Join the pid namespace'
complete $options -s U -l user -F -d 'Join the user namespace'
complete $options -s C -l cgroup -F -d 'Join the cgroup namespace'
complete $options -s T -l time -F -d 'Join the time namespace'
complete $options -s N -l net-socket -x -d 'Join the network namespace of its socket'
complete $options -l user-parent -d 'Join the user namespace above, or the owner of others'
complete $options -l as -x -a root -d 'Be that user, as known inside'
complete $options -s S -l setuid -x -a '0 follow' -d 'Be the user with that number'
complete $options -s G -l setgid -x -a '0 follow' -d 'Be in the group with that number'
complete $options -l preserve-credentials -d 'Keep our user and groups'
complete $options -l keep-caps -d 'Keep the capabilities that a user namespace grants'
complete $options -s r -l root -F -d 'Set the root directory'
complete $options -s w -l wd -F -d 'Go to its working directory, or another'
complete $options -s W -l wdns -F -d 'Go to a directory as it is inside'
complete $options -s e -l env -d 'Take the environment of the target'
complete $options -l keep-env -d 'Keep our environment'
complete $options -s c -l join-cgroup -d 'Join the cgroups of the target'
complete $options -l no-join-cgroup -d 'Stay in our cgroups'
complete $options -s Z -l follow-context -d 'Take the SELinux context of the target'
complete $options -l like-target -d 'Let it do no more than the target may'
complete $options -l best-effort -d 'With --like-target, go on with what can be had'
complete $options -l mount-proc -d 'Mount /proc, for the command alone'
complete $options -s F -l no-fork -d 'Do not fork, and stay outside of the pid namespace'
complete $options -l no-kill-child -d 'Let the command outlive us'
complete $options -l pty -d 'Give it a private terminal'
complete $options -l no-pty -d 'Hand on our terminal'
complete $options -l dry-run -d 'Print what would be done'
complete $options -l color -a 'auto always never' -d 'Colors'
complete $options -s v -l verbose -d 'Print what will be done, and do it'
complete $options -s h -l help -d 'Print the help'
complete $options -s V -l version -d 'Print the version'
