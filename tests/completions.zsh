# What zsh offers for the last word of a line: in a terminal of its own another zsh completes it, and tells all there is.
# usage: zsh -f completions.zsh EMPTY-FOLDER FOLDER-OF-COMPLETIONS WORD...

zmodload zsh/zpty

# usage: wait_for TEXT - reads until it is there, for twenty seconds at the most; what was read is in `text`
wait_for() {
	local part
	text=
	repeat 1000; do
		while zpty -r -t line part; do
			text+=$part
		done
		[[ $text != *$1* ]] || return 0
		sleep 0.02
	done
	print -u 2 -r -- "zsh has not said $1, but: ${(V)text}"
	zpty -d line
	exit 1
}

# What is offered goes by compadd, and is printed instead; what it is asked to filter, it still filters.  A key that comes
# before lines are edited would be lost.
cat >$1/.zshrc <<-'END'
	PROMPT= RPROMPT= PS2=
	unset zle_bracketed_paste
	unsetopt prompt_cr prompt_sp
	fpath=($completions $fpath)
	autoload -Uz compinit
	compinit -u -D
	compadd() {
		local -a hits
		if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
			builtin compadd "$@"
			return
		fi
		builtin compadd -A hits "$@"
		(( $#hits )) && print -rl -- '<'${^hits}'>'
	}
	begin() { print -r -- '<ready>'; }
	complete_all() { print; _main_complete; compstate[insert]= compstate[list]=; print -r -- '<end>'; }
	zle -N zle-line-init begin
	zle -C complete-all complete-word complete_all
	bindkey '^I' complete-all
END
export completions=$2 ZDOTDIR=$1
zpty -b line zsh -d -i
wait_for '<ready>'
zpty -w -n line "${(j: :)${(q-)@[3,-2]}} ${@[-1]}"$'\t'
wait_for '<end>'
zpty -d line
offered=(${${${(M)${(f)${text%'<end>'*}}:#'<'*'>'*}#'<'}%'>'*})
(( ! $#offered )) || print -rl -- $offered
