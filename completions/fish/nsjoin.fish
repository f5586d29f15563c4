# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nsjoin(1)

# How many operands there are before the cursor. One more if -t has said whom to join: of 0, 1 and
# more, that is where whom, the command and its arguments are completed.
function __nsjoin_place
    set -l n 0
    set -l target 0
    set -l skip
    for word in (commandline -opc)[2..]
        if test -n "$skip"
            set skip
        else if test $n -gt 0
            test $word = -- -a $n = 1; or set n (math $n + 1)
        else
            switch $word
                case --
                case -t --target
                    set target 1
                    set skip yes
                case '--target=*' '-t*'
                    set target 1
                case -S -G -N --as --setuid --setgid --net-socket
                    set skip yes
                case '-*'
                case '*'
                    set n 1
            end
        end
    end
    # Behind "-t" its value comes.
    test -n "$skip"; and set target 0
    test "$argv[1]" = options; and set target 0
    math $n + $target
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
complete $options -l user-parent -d 'Join the parent of the user namespace'
complete $options -l as -x -a root -d 'Be that user of the container'
complete $options -s S -l setuid -x -a '0 follow' -d 'Be that user, a number'
complete $options -s G -l setgid -x -a '0 follow' -d 'Be in that group, a number'
complete $options -l preserve-credentials -d 'Keep user and groups'
complete $options -l keep-caps -d 'Keep what the user namespace grants'
complete $options -s r -l root -F -d 'Set the root directory'
complete $options -s w -l wd -F -d 'Set the working directory'
complete $options -s W -l wdns -F -d 'Set the working directory, looked up inside'
complete $options -s e -l env -d 'Take the environment of the target'
complete $options -l keep-env -d 'Keep our environment'
complete $options -s c -l join-cgroup -d 'Join the cgroups of the target'
complete $options -l no-join-cgroup -d 'Stay in our cgroups'
complete $options -s Z -l follow-context -d 'Take the SELinux context of the target'
complete $options -l like-target -d 'May do what the target may, and no more'
complete $options -l best-effort -d 'With that, go on with what can be had'
complete $options -l mount-proc -d 'Mount /proc, for the command alone'
complete $options -s F -l no-fork -d 'Run the command without forking first'
complete $options -l no-kill-child -d 'The command may outlive us'
complete $options -l pty -d 'Give it a private terminal'
complete $options -l no-pty -d 'Give it our terminal'
complete $options -l dry-run -d 'Print what would be done'
complete $options -l color -a 'auto always never' -d 'Colors'
complete $options -s v -l verbose -d 'Print what will be done, and do it'
complete $options -s h -l help -d 'Print the help'
complete $options -s V -l version -d 'Print the version'
