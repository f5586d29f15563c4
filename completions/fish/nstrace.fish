# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for nstrace(1)

# How many words of the command there are before the cursor.
function __nstrace_words
    set -l n 0
    set -l skip
    for word in (commandline -opc)[2..]
        if test -n "$skip"
            set skip
        else if test $n -gt 0
            set n (math $n + 1)
        else
            switch $word
                case --
                case -o -e -p --output --events --task --source --columns
                    set skip yes
                case '-*'
                case '*'
                    set n 1
            end
        end
    end
    echo $n
end

# With -p, further processes stand where a command would.
function __nstrace_names_processes
    string match -qr -- '^(-p|--task)' (commandline -opc)
end

complete -c nstrace -f
complete -c nstrace -n 'test (__nstrace_words) = 0; and not __nstrace_names_processes; and not string match -q -- "-*" (commandline -ct)' \
    -a '(__fish_complete_command)'
complete -c nstrace -n __nstrace_names_processes -a '(__nstools_references)'
complete -c nstrace -n 'test (__nstrace_words) -gt 0' -F

# Options end where the command begins.
set -l options -c nstrace -n 'test (__nstrace_words) = 0'
complete $options -s p -l task -x -d 'Follow this process' -a '(__nstools_references p)'
complete $options -s a -l all -d 'Follow the whole system'
complete $options -s o -l output -r -F -d 'Write to a file'
complete $options -s e -l events -x -d 'Only these events' \
    -a "(string join \\n exec clone fork unshare setns moved map root hostname mount rights name exit none | __nstools_list e)"
complete $options -s C -l summary -d 'At the end, how each container came to be'
complete $options -s c -l summary-only -d 'The same, and no events'
complete $options -l tree -d 'At the end, who took part'
complete $options -s f -l follow-forks -d 'Is always on'
complete $options -l source -x -d 'How to follow' -a 'auto bpf ptrace'
complete $options -l fail-on-loss -d 'Exit with 125 if events were lost'
complete $options -s J -l json -d 'Print JSON, an object a line'
complete $options -s n -l noheadings -d 'Do not print the heading'
complete $options -s r -l raw -d 'Print lines without padding, for scripts'
complete $options -l columns -x -d 'Columns to print; +LIST adds' \
    -a '(__nstools_columns nstrace | __nstools_list columns)'
complete $options -l output-all -d 'Print all columns'
complete $options -s H -l list-columns -d 'List the columns'
complete $options -l color -d Colors -a 'auto always never'
complete $options -s v -l verbose -d 'Say how it is traced'
complete $options -s h -l help -d 'Print the help'
complete $options -s V -l version -d 'Print the version'
