#!@RCD_SCRIPTS_SHELL@
#
# $NetBSD$
#
# PROVIDE: pongd
# REQUIRE: NETWORKING syslogd
# KEYWORD: shutdown
#
# In rc.conf(5): pongd=YES pongd_flags="-i wm0"

$_rc_subr_loaded . @SYSCONFBASE@/rc.subr

name=pongd
rcvar=$name
command=@PREFIX@/sbin/pongd
required_vars=pongd_flags
start_precmd=pongd_check
start_cmd=pongd_start

pongd_check()
{
	eval "$command --check-config -q $pongd_flags"
}

pongd_start()
{
	echo "Starting pongd."
	eval "$command $pongd_flags" 2>&1 </dev/null | logger -t pongd -p daemon.notice &
}

load_rc_config $name
run_rc_command "$1"
