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
pidfile=@VARBASE@/run/pongd.pid
command_args="-b --pid-file $pidfile"
required_vars=pongd_flags

load_rc_config $name
run_rc_command "$1"
