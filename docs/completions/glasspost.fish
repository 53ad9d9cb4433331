# SPDX-License-Identifier: MIT
# Completion of `glasspost` for fish. Commands and options are asked from the program itself.

function __glasspost_commands
    glasspost --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\)  *\(.*\)/\1\t\2/p'
end

function __glasspost_options
    set -l words (commandline -opc)
    glasspost help $words[2] 2>/dev/null | sed -n 's/^  \(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\)[^ ]*  *\(.*\)/\2\t\3/p'
end

complete -c glasspost -n __fish_use_subcommand -f -a '(__glasspost_commands)'
complete -c glasspost -n __fish_use_subcommand -l version -d 'Show the version'
complete -c glasspost -n '__fish_seen_subcommand_from help' -f -a '(__glasspost_commands)'
complete -c glasspost -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__glasspost_options)'
complete -c glasspost -n '__fish_seen_subcommand_from machine' -f -a '(glasspost machine 2>/dev/null | cut -d " " -f 1)'
complete -c glasspost -n '__fish_seen_subcommand_from machine' -l as -x -a 'text dot svg md' -d 'How to print it'
complete -c glasspost -n '__fish_seen_subcommand_from queue' -f -a 'list hold release retry remove'
complete -c glasspost -n '__fish_seen_subcommand_from import proxy' -l protocol -x -a 'smtp imap pop3' -d 'Only this protocol'
complete -c glasspost -n '__fish_seen_subcommand_from export' -l as -x -a pcapng -d 'The form'
complete -c glasspost -n '__fish_seen_subcommand_from lab' -a 'list show run answer grade lint export'
complete -c glasspost -n '__fish_seen_subcommand_from lab' -a '(glasspost lab list 2>/dev/null | cut -d " " -f 1)'
