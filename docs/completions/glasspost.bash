# SPDX-License-Identifier: MIT
# Completion of `glasspost` for bash. Commands and options are asked from the program itself, so they
# are always those of the version that is installed.

_glasspost_commands () {
  glasspost --help 2> /dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}

_glasspost_options () {
  glasspost help "$1" 2> /dev/null | sed -n 's/^  \(-[a-zA-Z], \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

_glasspost () {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_glasspost_commands) --help --version" -- "$word")
  elif [ "$command" = help ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_glasspost_commands)" -- "$word")
  elif [ "$command $before" = "machine --as" ]; then
    mapfile -t COMPREPLY < <(compgen -W "text dot svg md" -- "$word")
  elif [ "$command $before" = "export --as" ]; then
    mapfile -t COMPREPLY < <(compgen -W "pcapng" -- "$word")
  elif [ "$before" = --protocol ]; then
    mapfile -t COMPREPLY < <(compgen -W "smtp imap pop3" -- "$word")
  elif [ "$command" = queue ] && [ "$COMP_CWORD" -eq 2 ] && [[ $word != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "list hold release retry remove" -- "$word")
  elif [ "$command" = lab ] && [ "$COMP_CWORD" -eq 2 ] && [[ $word != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "list show run answer grade lint export" -- "$word")
  elif [ "$command" = lab ] && [ "$COMP_CWORD" -eq 3 ] && [[ $before != lint && $word != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(glasspost lab list 2> /dev/null | cut -d ' ' -f 1)" -- "$word")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_glasspost_options "$command")" -- "$word")
  elif [ "$command" = machine ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(glasspost machine 2> /dev/null | cut -d ' ' -f 1)" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}

complete -o filenames -F _glasspost glasspost
