# What zsh offers for the last word of a line: in a terminal of its own another zsh completes it, and tells all there is.
# usage: zsh -f completions.zsh FOLDER WORD...

zmodload zsh/zpty
zpty line zsh -f -i

# What is offered goes by compadd, and is printed instead; what it is asked to filter, it still filters.
zpty -w line "
	PROMPT= RPROMPT= PS2= fpath=(${(q)1} \$fpath)
	unsetopt zle prompt_cr prompt_sp
	autoload -Uz compinit
	compinit -u -D
	compadd() {
		local -a hits
		if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then
			builtin compadd \"\$@\"
			return
		fi
		builtin compadd -A hits \"\$@\"
		(( \$#hits )) && print -rl -- '<'\${^hits}'>'
	}
	complete_all() { print; _main_complete; compstate[insert]= compstate[list]=; }
	finish() { print; print -r -- '<end''>'; BUFFER=; }
	zle -C complete-all complete-word complete_all
	zle -N finish
	bindkey '^I' complete-all
	bindkey '^X' finish
	setopt zle
	print -r -- '<ready''>'
"
zpty -r -m line text '*<ready>*' || exit
zpty -w -n line "${(j: :)${(q-)@[2,-2]}} ${@[-1]}"$'\t\x18'
zpty -r -m line text '*<end>*' || exit
zpty -d line
offered=(${${${(M)${(f)${text%'<end>'*}}:#'<'*'>'*}#'<'}%'>'*})
(( ! $#offered )) || print -rl -- $offered
