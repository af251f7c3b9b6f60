dnl What configure.ac asks for, a macro for each subject.

dnl PONGD_FLAG(FLAG, VARIABLE): adds a flag to a variable if the compiler and the linker take it without a word.
AC_DEFUN([PONGD_FLAG], [
    AS_VAR_PUSHDEF([cache], [pongd_cv_flag_$1])
    AC_CACHE_CHECK([for $1], [cache], [
        pongd_saved_CFLAGS=$CFLAGS
        CFLAGS="$CFLAGS $PONGD_CFLAGS $PONGD_LDFLAGS $1 -Werror"
        AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]],
            [[char text[8]; memset(text, 0, sizeof text); return text[1];]])],
            [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
        CFLAGS=$pongd_saved_CFLAGS
    ])
    AS_VAR_IF([cache], [yes], [$2="$$2 $1"])
    AS_VAR_POPDEF([cache])
])

dnl PONGD_FOLDER(NAME, VARIABLE, DEFAULT, WHAT): where to install what not every system has a use for.
AC_DEFUN([PONGD_FOLDER], [
    AC_ARG_WITH([$1], [AS_HELP_STRING([--with-$1=FOLDER], [install $4 there (no: nowhere; by default where it is looked for)])],
        [], [AS_TR_SH([with_$1])=auto])
    AS_CASE([$AS_TR_SH([with_$1])],
        [auto], [$2=$3],
        [yes], [$2=$3
            AS_IF([test -z "$$2"], [AC_MSG_ERROR([--with-$1: there is no such folder by default here: name one])])],
        [no], [$2=],
        [/* | '$'*], [$2=$AS_TR_SH([with_$1])],
        [AC_MSG_ERROR([--with-$1: $AS_TR_SH([with_$1]) is no absolute path, yes or no])])
    AC_SUBST([$2])
])

AC_DEFUN([PONGD_WARNINGS], [
    PONGD_FLAG([-Wall], [PONGD_CFLAGS])
    PONGD_FLAG([-Wextra], [PONGD_CFLAGS])
    PONGD_FLAG([-Wconversion], [PONGD_CFLAGS])
    PONGD_FLAG([-Wshadow], [PONGD_CFLAGS])
    PONGD_FLAG([-Wcast-align], [PONGD_CFLAGS])
    PONGD_FLAG([-Wcast-qual], [PONGD_CFLAGS])
    PONGD_FLAG([-Wformat=2], [PONGD_CFLAGS])
    PONGD_FLAG([-Wmissing-prototypes], [PONGD_CFLAGS])
    PONGD_FLAG([-Wstrict-prototypes], [PONGD_CFLAGS])
    PONGD_FLAG([-Wpointer-arith], [PONGD_CFLAGS])
    PONGD_FLAG([-Wundef], [PONGD_CFLAGS])
    PONGD_FLAG([-Wvla], [PONGD_CFLAGS])
    PONGD_FLAG([-Wwrite-strings], [PONGD_CFLAGS])
    AS_IF([test "$enable_werror" = yes], [PONGD_FLAG([-Werror], [PONGD_CFLAGS])])
])

AC_DEFUN([PONGD_HARDENING], [
    AS_IF([test "$enable_hardening" = yes], [
        PONGD_FLAG([-fstack-protector-strong], [PONGD_CFLAGS])
        PONGD_FLAG([-fstack-clash-protection], [PONGD_CFLAGS])
        PONGD_FLAG([-fcf-protection], [PONGD_CFLAGS])
        PONGD_FLAG([-fPIE], [PONGD_CFLAGS])
        PONGD_FLAG([-pie], [PONGD_LDFLAGS])
        PONGD_FLAG([-Wl,-z,relro], [PONGD_LDFLAGS])
        PONGD_FLAG([-Wl,-z,now], [PONGD_LDFLAGS])
        PONGD_FLAG([-Wl,-z,noexecstack], [PONGD_LDFLAGS])
        AS_IF([test "$enable_sanitizers" != yes && test "$enable_fuzzers" != yes],
            [AS_CASE([" $CFLAGS $CPPFLAGS "], [*_FORTIFY_SOURCE*], [], [*" -O0 "*], [],
                [*" -O"*], [PONGD_CFLAGS="$PONGD_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])])
    ])
])

dnl What is asked for here must be had.
AC_DEFUN([PONGD_INSTRUMENT], [
    pongd_instruments=
    PONGD_FLAG([$1], [pongd_instruments])
    AS_IF([test -z "$pongd_instruments"], [AC_MSG_ERROR([the compiler has no $1, which $2 needs])])
    PONGD_CFLAGS="$PONGD_CFLAGS $1"
    PONGD_LDFLAGS="$PONGD_LDFLAGS $1"
])

AC_DEFUN([PONGD_INSTRUMENTS], [
    AS_IF([test "$enable_sanitizers" = yes || test "$enable_fuzzers" = yes], [
        PONGD_INSTRUMENT([-fsanitize=address], [--enable-sanitizers])
        PONGD_INSTRUMENT([-fsanitize=undefined], [--enable-sanitizers])
        PONGD_FLAG([-fno-sanitize-recover=all], [PONGD_CFLAGS])
        PONGD_FLAG([-fno-omit-frame-pointer], [PONGD_CFLAGS])
    ])
    AS_IF([test "$enable_fuzzers" = yes], [PONGD_INSTRUMENT([-fsanitize=fuzzer-no-link], [--enable-fuzzers])])
    AS_IF([test "$enable_coverage" = yes], [PONGD_INSTRUMENT([--coverage], [--enable-coverage])])
    dnl Sanitizers may be asked for by CFLAGS as well.
    AC_CACHE_CHECK([whether programs look at themselves], [pongd_cv_instrumented], [
        pongd_cv_instrumented=no
        AS_CASE([" $CC $CFLAGS $PONGD_CFLAGS "], [*" -fsanitize="* | *" --coverage "* | *" -fprofile-"*],
            [pongd_cv_instrumented=yes])
    ])
    AS_IF([test "$pongd_cv_instrumented" = yes],
        [AC_DEFINE([PONGD_INSTRUMENTED], [1], [Whether programs need more of the system than pongd does.])])
])

dnl PONGD_PKG_CONFIG(MODULE, PREFIX): what pkg-config knows, as a hint.  When cross-compiling only the target's own is asked.
AC_DEFUN([PONGD_PKG_CONFIG], [
    AS_IF([test -z "$PKG_CONFIG"], [
        AS_IF([test "$cross_compiling" = yes],
            [AC_PATH_PROG([PKG_CONFIG], [$host_alias-pkg-config])],
            [AC_PATH_PROG([PKG_CONFIG], [pkg-config])])
    ])
    AS_IF([test -n "$PKG_CONFIG"], [
        AS_IF([test -z "$$2_CFLAGS"], [$2_CFLAGS=`$PKG_CONFIG --cflags $1 2>/dev/null`])
        AS_IF([test -z "$$2_LIBS"], [$2_LIBS=`$PKG_CONFIG --libs $1 2>/dev/null`])
    ])
])

AC_DEFUN([PONGD_LIBPCAP], [
    AC_ARG_VAR([PKG_CONFIG], [path of pkg-config])
    AC_ARG_VAR([PCAP_CFLAGS], [flags to compile with libpcap])
    AC_ARG_VAR([PCAP_LIBS], [flags to link with libpcap])
    PONGD_PKG_CONFIG([libpcap], [PCAP])
    AS_IF([test -z "$PCAP_LIBS"], [PCAP_LIBS=-lpcap])
    pongd_saved_CPPFLAGS=$CPPFLAGS
    pongd_saved_LIBS=$LIBS
    CPPFLAGS="$CPPFLAGS $PCAP_CFLAGS"
    LIBS="$PCAP_LIBS $LIBS"
    AC_MSG_CHECKING([whether programs link with libpcap ($PCAP_LIBS)])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <sys/types.h>
#include <pcap.h>]], [[char errbuf[PCAP_ERRBUF_SIZE];
        pcap_t *pcap = pcap_create("lo", errbuf);
        pcap_set_immediate_mode(pcap, 1);
        return pcap_inject(pcap, errbuf, 1);]])],
        [AC_MSG_RESULT([yes])],
        [AC_MSG_RESULT([no])
         AC_MSG_ERROR([libpcap 1.5 or later is needed, with its headers: install libpcap-dev or libpcap-devel, or set PCAP_CFLAGS and PCAP_LIBS])])
    AC_CHECK_FUNCS([pcap_fopen_offline_with_tstamp_precision pcap_open_dead_with_tstamp_precision])
    AC_CHECK_FUNCS([pcap_set_tstamp_precision pcap_datalink_ext pcap_free_datalinks])
    CPPFLAGS=$pongd_saved_CPPFLAGS
    LIBS=$pongd_saved_LIBS
])

AC_DEFUN([PONGD_CMOCKA], [
    AC_ARG_VAR([CMOCKA_CFLAGS], [flags to compile with cmocka])
    AC_ARG_VAR([CMOCKA_LIBS], [flags to link with cmocka])
    PONGD_PKG_CONFIG([cmocka], [CMOCKA])
    AS_IF([test -z "$CMOCKA_LIBS"], [CMOCKA_LIBS=-lcmocka])
    pongd_saved_CPPFLAGS=$CPPFLAGS
    pongd_saved_LIBS=$LIBS
    CPPFLAGS="$CPPFLAGS $CMOCKA_CFLAGS"
    LIBS="$CMOCKA_LIBS $LIBS"
    AC_MSG_CHECKING([whether programs link with cmocka ($CMOCKA_LIBS)])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>]], [[const struct CMUnitTest tests[1] = {{0}};
        return cmocka_run_group_tests(tests, NULL, NULL);]])],
        [have_cmocka=yes], [have_cmocka=no])
    AC_MSG_RESULT([$have_cmocka])
    CPPFLAGS=$pongd_saved_CPPFLAGS
    LIBS=$pongd_saved_LIBS
])

dnl PONGD_LIBRARY(NAME, MODULE, PREFIX, -lLIBRARY, HEADER, CALL, USE): a library that is used if there is one.
AC_DEFUN([PONGD_LIBRARY], [
    AC_ARG_WITH([$1], [AS_HELP_STRING([--with-$1], [$7 with it (yes, no, or where there is one)])], [],
        [AS_TR_SH([with_$1])=auto])
    AC_ARG_VAR([$3_CFLAGS], [flags to compile with $1])
    AC_ARG_VAR([$3_LIBS], [flags to link with $1])
    AS_TR_SH([have_$1])=no
    AS_IF([test "$AS_TR_SH([with_$1])" != no], [
        PONGD_PKG_CONFIG([$2], [$3])
        AS_IF([test -z "$$3_LIBS"], [$3_LIBS=$4])
        pongd_saved_CPPFLAGS=$CPPFLAGS
        pongd_saved_LIBS=$LIBS
        CPPFLAGS="$CPPFLAGS $$3_CFLAGS"
        LIBS="$$3_LIBS $LIBS"
        AC_MSG_CHECKING([whether programs link with $1 ($$3_LIBS)])
        AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <$5>]], [[return (int)$6;]])], [AS_TR_SH([have_$1])=yes])
        AC_MSG_RESULT([$AS_TR_SH([have_$1])])
        CPPFLAGS=$pongd_saved_CPPFLAGS
        LIBS=$pongd_saved_LIBS
    ])
    AS_IF([test "$AS_TR_SH([have_$1])" = yes],
        [AC_DEFINE([HAVE_$3], [1], [Whether there is $1.])],
        [AS_IF([test "$AS_TR_SH([with_$1])" = yes],
            [AC_MSG_ERROR([--with-$1: $1 was not found, with its headers: install it, or set $3_CFLAGS and $3_LIBS])])
         $3_CFLAGS=
         $3_LIBS=])
])

dnl What POSIX.1-2008 and BSD sockets have, and every system that pongd is known to run on.
AC_DEFUN([PONGD_NEEDS], [
    AC_SEARCH_LIBS([socket], [socket network])
    AC_SEARCH_LIBS([inet_ntop], [nsl resolv])
    AC_SEARCH_LIBS([clock_gettime], [rt])
    AC_SEARCH_LIBS([pthread_create], [pthread], [], [AC_MSG_ERROR([POSIX threads are needed: pthread_create was not found])])
    m4_foreach_w([pongd_function], [getifaddrs if_nametoindex inet_ntop clock_gettime pselect getline open_memstream strndup
        getopt_long getc_unlocked localtime_r setgroups chroot],
        [AC_CHECK_FUNC(pongd_function, [],
            [AC_MSG_WARN([this system seems to have no ]pongd_function[(), which pongd needs: see doc/PORTING.md])])])
])

dnl What systems have and others have not, asked for one by one; and the files of src/platform, chosen by what compiles.
dnl pongd_cv_platform=generic gives those that ask for nothing but POSIX.
AC_DEFUN([PONGD_PLATFORM], [
    AC_CHECK_FUNCS([setresuid setresgid fopencookie funopen ppoll pledge unveil])
    AC_CHECK_MEMBERS([struct sockaddr.sa_len], [], [], [[#include <sys/types.h>
#include <sys/socket.h>]])
    AC_CACHE_CHECK([for capsicum], [pongd_cv_capsicum], [
        AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <sys/types.h>
#include <sys/capsicum.h>
#include <capsicum_helpers.h>]], [[cap_rights_t rights;
            const unsigned long questions[1] = {0};
            cap_rights_init(&rights, CAP_READ, CAP_WRITE, CAP_EVENT, CAP_FCNTL, CAP_IOCTL);
            return cap_rights_limit(0, &rights) + cap_ioctls_limit(0, questions, 1) + cap_enter() + caph_limit_stdin() +
                caph_limit_stdout() + caph_limit_stderr();]])],
            [pongd_cv_capsicum=yes], [pongd_cv_capsicum=no])
    ])
    AS_IF([test "$pongd_cv_capsicum" = yes], [AC_DEFINE([HAVE_CAPSICUM], [1], [Whether there is capsicum.])])
    AC_CACHE_CHECK([for the kind of system], [pongd_cv_platform], [
        pongd_cv_platform=generic
        AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <sys/types.h>
#include <sys/socket.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/capability.h>]], [[struct sockaddr_ll link; return (int)sizeof link + RTMGRP_LINK;]])],
            [pongd_cv_platform=linux])
        AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/bpf.h>]], [[struct sockaddr_dl link; return (int)sizeof link + PF_ROUTE + AF_LINK + (int)sizeof link.sdl_data;]])],
            [pongd_cv_platform=bsd])
    ])
    AM_CONDITIONAL([PLATFORM_LINUX], [test "$pongd_cv_platform" = linux])
    AM_CONDITIONAL([PLATFORM_BSD], [test "$pongd_cv_platform" = bsd])
    AM_CONDITIONAL([PLATFORM_GENERIC], [test "$pongd_cv_platform" = generic])
    AC_CACHE_CHECK([for SIOCGIFAFLAG_IN6], [pongd_cv_in6_ifreq], [
        AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet6/in6_var.h>]], [[struct in6_ifreq request;
            request.ifr_addr.sin6_len = 0;
            request.ifr_ifru.ifru_flags6 = IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED;
            return ioctl(0, SIOCGIFAFLAG_IN6, &request);]])],
            [pongd_cv_in6_ifreq=yes], [pongd_cv_in6_ifreq=no])
    ])
    AS_IF([test "$pongd_cv_in6_ifreq" = yes],
        [AC_DEFINE([HAVE_IN6_IFREQ], [1], [Whether SIOCGIFAFLAG_IN6 tells of duplicate address detection.])])
])

dnl PONGD_TAR: with GNU tar, the same sources make the same archive: in order, of nobody, with the time of the last change.
AC_DEFUN([PONGD_TAR], [
    AC_CACHE_CHECK([whether archives can be made the same each time], [pongd_cv_gnu_tar],
        [AS_IF([${TAR-tar} --version 2>/dev/null | grep GNU >/dev/null], [pongd_cv_gnu_tar=yes], [pongd_cv_gnu_tar=no])])
    AS_IF([test "$pongd_cv_gnu_tar" = yes], [am__tar='$${TAR-tar} chof - --sort=name --format=ustar --numeric-owner --owner=0 \
	--group=0 --mode=go=rX,u=rwX --mtime=@$(DIST_EPOCH) "$$tardir"'])
])

dnl Whether an object can be made of many in which only what pong.h declares has a name for others: HIDE does the last step.  A
dnl linker may do it at once; else it takes objcopy.  On some machines, such as MIPS, nothing can be linked with it then.
AC_DEFUN([PONGD_HIDING], [
    PONGD_FLAG([-fPIC], [LIBRARY_CFLAGS])
    PONGD_FLAG([-fvisibility=hidden], [LIBRARY_CFLAGS])
    AC_SUBST([LIBRARY_CFLAGS])
    AC_CHECK_TOOL([OBJCOPY], [objcopy], [:])
    HIDE="$OBJCOPY --localize-hidden"
    AC_SUBST([HIDE])
    AC_CACHE_CHECK([whether the names of a library can be hidden], [pongd_cv_hiding], [
        pongd_cv_hiding=no
        cat >conftest1.c <<'END'
#pragma GCC visibility push(default)
int conftest_shown(void);
#pragma GCC visibility pop
int conftest_hidden(void);
extern const int conftest_hidden_data[[]];
int conftest_shown(void) { return conftest_hidden() + conftest_hidden_data[[1]]; }
END
        echo 'int conftest_hidden(void); extern const int conftest_hidden_data[[]];
            const int conftest_hidden_data[[]] = {1, 2}; int conftest_hidden(void) { return 1; }' >conftest2.c
        echo 'int conftest_shown(void); int main(void) { return conftest_shown(); }' >conftest4.c
        for pongd_hide in "$HIDE" :; do
            AS_IF([test "$pongd_cv_hiding" = no &&
                $CC $CPPFLAGS $CFLAGS $PONGD_CFLAGS $LIBRARY_CFLAGS -c conftest1.c >&AS_MESSAGE_LOG_FD 2>&1 &&
                $CC $CPPFLAGS $CFLAGS $PONGD_CFLAGS $LIBRARY_CFLAGS -c conftest2.c >&AS_MESSAGE_LOG_FD 2>&1 &&
                $CC $CFLAGS -r -nostdlib -o conftest3.$OBJEXT conftest1.$OBJEXT conftest2.$OBJEXT >&AS_MESSAGE_LOG_FD 2>&1 &&
                $pongd_hide conftest3.$OBJEXT >&AS_MESSAGE_LOG_FD 2>&1 &&
                $NM -g conftest3.$OBJEXT >conftest.names 2>&AS_MESSAGE_LOG_FD &&
                grep conftest_shown conftest.names >/dev/null && ! grep conftest_hidden conftest.names >/dev/null &&
                $CC $CPPFLAGS $CFLAGS $PONGD_CFLAGS $LDFLAGS $PONGD_LDFLAGS -o conftest5$EXEEXT conftest4.c \
                    conftest3.$OBJEXT >&AS_MESSAGE_LOG_FD 2>&1],
                [pongd_cv_hiding=yes pongd_cv_hide=$pongd_hide])
        done
        rm -f conftest1.* conftest2.* conftest3.* conftest4.* conftest5* conftest.names
    ])
    AS_IF([test "$pongd_cv_hiding" = yes], [HIDE=$pongd_cv_hide])
    AM_CONDITIONAL([HIDING], [test "$pongd_cv_hiding" = yes])
])
