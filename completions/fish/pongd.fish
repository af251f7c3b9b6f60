# Completes the words of pongd and pongctl in fish, by what their -h says: a new option needs nothing here.

# The words so far name the program; where they do not, or not one that runs, it is the one in PATH.
function __pongd_program -a name
    set -l typed (commandline -opc 2>/dev/null)[1]
    string match -q -r "(^|/)$name\$" -- "$typed"; and command -q $typed; and echo $typed; or echo $name
end

# pongd, as it stands beside pongctl where that is what is typed.
function __pongd_beside
    set -l typed (string replace -r 'pongctl$' pongd -- (commandline -opc)[1])
    command -q $typed; and echo $typed; or echo pongd
end

# usage: __pongd_options PROGRAM - a line for each option: letter or -, name or -, argument or -, help, with tabs between
function __pongd_options -a program
    command -q $program; or return
    command $program -h 2>/dev/null | awk '/^  -/ {
        letter = name = "-"
        for (sub(/^ +/, ""); /^-/; sub(/^[^ ]+ ?/, "")) {
            word = $1
            sub(/,$/, "", word)
            if (word ~ /^--/)
                name = substr(word, 3)
            else
                letter = substr(word, 2)
        }
        argument = /^[^ ]/ ? $1 : "-"
        sub(/^[^ ]* +/, "")
        print letter "\t" name "\t" argument "\t" $0
    }'
end

function __pongd_interfaces
    set -l program (__pongd_beside)
    command -q $program; or return
    command $program -D 2>/dev/null | string replace -r '^[0-9]+\.(\S+).*' '$1'
end

# The words of rules, behind what there is of a rule already.
function __pongd_rule_words
    set -l head (string match -r '^.*[ ;]' -- (commandline -ct | string trim -l -c "'\""))
    set -l program (__pongd_beside)
    command -q $program; or return
    for word in (command $program -h 2>/dev/null | string match -r '^  (?:selectors|actions): .*' |
            string replace -r '^.*: *' '' | string split -n ', ' | string split ' ' | sort -u)
        echo "$head$word"
    end
end

# Those of the interface that is named, if one may look, and else the most common.
function __pongd_link_types
    set -l program (__pongd_beside)
    set -l words (commandline -opc)
    for i in (seq (math (count $words) - 1))
        contains -- $words[$i] -i --interface; or continue
        set -l types (command -q $program; and command $program -L -i $words[(math $i + 1)] 2>/dev/null | string match -r '^  \S+' | string trim)
        test -n "$types"; and printf '%s\n' $types; and return
    end
    printf '%s\n' EN10MB RAW NULL LOOP PPP LINUX_SLL LINUX_SLL2 IEEE802_11
end

# usage: __pongd_argument ARGUMENT HELP - what complete(1) is to be told of it: an argument is what its name says
function __pongd_argument -a argument help
    switch $argument
        case -
        case IF
            printf '%s\n' -x -a '(__pongd_interfaces)'
        case FILE PATH DIR
            printf '%s\n' -r -F
        case USER
            printf '%s\n' -x -a '(__fish_complete_users)'
        case LINKTYPE
            printf '%s\n' -x -a '(__pongd_link_types)'
        case RULE
            printf '%s\n' -x -a '(__pongd_rule_words)'
        case NAME
            # Of a help that does nothing but list names: "late, lossy or foreign-clock".
            printf '%s\n' -x
            string match -q -r '^[a-z-]+(, [a-z-]+)* or [a-z-]+$' -- $help
            and printf '%s\n' -a (string replace -a ', ' ' ' -- $help | string replace ' or ' ' ')
        case '*[*' # a number with a unit
            printf '%s\n' -x
        case '*|*'
            printf '%s\n' -x -a (string split '|' -- $argument | string match -r '^[a-z].*' | string join ' ')
        case '*'
            printf '%s\n' -x
    end
end

# usage: __pongd_complete PROGRAM [COMPLETE-ARGUMENT...]
function __pongd_complete -a program
    for line in (__pongd_options (__pongd_program $program))
        set -l parts (string split -m 3 \t -- $line)
        set -l words $argv[2..] -c $program -d $parts[4] (__pongd_argument $parts[3] $parts[4])
        test $parts[1] = -; or set -a words -s $parts[1]
        test $parts[2] = -; or set -a words -l $parts[2]
        complete $words
    end
end

# usage: __pongctl_has WORD... - whether these words, without options, are what is typed of a command
function __pongctl_has
    set -l words (commandline -opc)[2..]
    set -l command
    while set -q words[1]
        switch $words[1]
            case -s -t --socket --timeout
                set -e words[1]
            case '-*'
            case '*'
                set -a command $words[1]
        end
        set -e words[1]
    end
    test "$command" = "$argv"
end

# usage: __pongctl_takes_rules - whether rules follow
function __pongctl_takes_rules
    string match -q -r ' rules (add|replace)( |$)' -- (commandline -opc | string join ' ')
end

complete -c pongd -e
complete -c pongd -f
__pongd_complete pongd
complete -c pongctl -e
complete -c pongctl -f
__pongd_complete pongctl -n __pongctl_has
complete -c pongctl -n __pongctl_has -a 'pause resume rules reload sources stats quit help'
complete -c pongctl -n '__pongctl_has rules' -a 'add replace remove'
complete -c pongctl -n '__pongctl_has pause; or __pongctl_has resume' -a '(__pongd_interfaces)'
complete -c pongctl -n __pongctl_takes_rules -a '(__pongd_rule_words)'
complete -c pongctl -n __pongctl_takes_rules -s f -r -F -d 'a file of rules'
