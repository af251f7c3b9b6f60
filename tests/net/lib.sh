# Two hosts on one wire, a firewall, pongd and TAP, for the tests in this folder.
#
# The namespace that a test runs in is the host, deaf by its firewall; the client is a second one.  A test sources this
# file first: it then runs again inside namespaces, without root where need be, and nothing outside is touched.
# shellcheck shell=sh disable=SC2034 # what is set here is for the tests

client4=192.0.2.1 host4=192.0.2.2
client6=fd00:db8::1 host6=fd00:db8::2
client_mac=02:00:00:00:00:01 host_mac=02:00:00:00:00:02
link_local=fe80::2
host_index=77 # of the host's interface
PONGD=${PONGD:-./pongd}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL

# --- TAP

count=0

# usage: ok NAME COMMAND... - it has to succeed; what it said is told if it does not, and ok fails as well
ok() {
	title=$1
	shift
	if "$@" >"$tmp/said" 2>&1; then
		pass "$title"
	else
		fail "$title" "$tmp/said"
	fi
}

# usage: is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
		return
	fi
	printf 'got:    %s\nwanted: %s\n' "$2" "$3" >"$tmp/said"
	fail "$1" "$tmp/said"
}

# usage: like NAME TEXT REGEX - grep -E's
like() {
	if printf '%s\n' "$2" | grep -E -e "$3" >/dev/null; then
		pass "$1"
		return
	fi
	printf 'got:    %s\nwanted: %s\n' "$2" "$3" >"$tmp/said"
	fail "$1" "$tmp/said"
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

pass() {
	count=$((count + 1))
	echo "ok $count - $1"
}

fail() {
	count=$((count + 1))
	echo "not ok $count - $1"
	tail -n 20 "$2" | sed 's/^/# /'
	[ ! -s "$tmp/err" ] || tail -n 5 "$tmp/err" | sed 's/^/# pongd said: /'
	return 1
}

# The plan comes last, so that nobody has to count; a test that ends early has none, which is a failure.
finish() { echo "1..$count"; }

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

has() { command -v "$1" >/dev/null 2>&1; }

# usage: needs COMMAND... - without which the whole test is skipped
needs() {
	for tool in "$@"; do
		has "$tool" || skip_all "there is no $tool command here"
	done
}

# --- waiting

# usage: wait_for COMMAND... - tries for about five seconds
wait_for() {
	tries=100
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

# usage: has_ended PID
has_ended() { ! kill -0 "$1" 2>/dev/null; }

# usage: end_child PID - asks it to end, and insists after a while; `status` is its exit status
end_child() {
	kill -TERM "$1" 2>/dev/null
	kill -CONT "$1" 2>/dev/null
	wait_for has_ended "$1" || kill -KILL "$1"
	wait "$1" 2>/dev/null
	status=$?
}

# --- the two hosts

on_client() { nsenter -t "$client" -n "$@"; }

has_own_network() { [ "$(readlink "/proc/$client/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }

# A namespace lives as long as a process in it: the client's is a sleep.
make_network() {
	unshare -n sleep 120 &
	client=$!
	wait_for has_own_network &&
		ip link add ho0 address "$host_mac" index "$host_index" type veth peer name cl0 address "$client_mac" &&
		ip link set cl0 netns "$client" &&
		set_up "" ho0 "$host4" &&
		set_up on_client cl0 "$client4" || return 1
	set_up6 || families=4
}

# usage: set_up ''|on_client INTERFACE ADDRESS - link-local addresses are given by hand, which saves their detection
set_up() {
	$1 ip link set "$2" addrgenmode none 2>/dev/null
	$1 ip link set lo up && $1 ip link set "$2" up && $1 ip address add "$3/24" dev "$2"
}

# The firewall drops neighbour discovery too, which is ICMPv6: the neighbours are made known.
set_up6() {
	families='4 6'
	{
		ip address add "$host6/64" dev ho0 nodad &&
			ip address add "$link_local/64" dev ho0 nodad &&
			on_client ip address add "$client6/64" dev cl0 nodad &&
			on_client ip address add fe80::1/64 dev cl0 nodad &&
			ip neighbour replace "$client6" lladdr "$client_mac" dev ho0 nud permanent &&
			know_neighbour "$host6" && know_neighbour "$link_local"
	} 2>/dev/null
}

# usage: know_neighbour ADDRESS - the client takes it for an address of the host's
know_neighbour() { on_client ip neighbour replace "$1" lladdr "$host_mac" dev cl0 nud permanent; }

has_ipv6() { [ "$families" = '4 6' ]; }

firewall_up() {
	if has nft; then
		nft -f - <<-'EOF'
			table inet deaf {
				chain input { type filter hook input priority 0; policy drop; }
				chain output { type filter hook output priority 0; policy drop; }
			}
		EOF
		return
	fi
	firewall_policy DROP
}

firewall_down() {
	if has nft; then
		nft delete table inet deaf
	else
		firewall_policy ACCEPT
	fi
}

firewall_policy() {
	for tables in iptables ip6tables; do
		[ "$tables" = iptables ] || has_ipv6 || continue
		"$tables" -P INPUT "$1" && "$tables" -P OUTPUT "$1" || return 1
	done
}

# Instead of the firewall, for a host that has to send: its kernel's own echo is off.  On the loopback, what pongd injects
# comes in without the route that the kernel gives its own packets, so that for IPv4 it looks forged (martian) unless two
# settings allow it; ::1 needs none.
quiet_kernel() {
	firewall_down &&
		set_to_1 ipv4/icmp_echo_ignore_all ipv4/conf/lo/route_localnet ipv4/conf/lo/accept_local || return 1
	! has_ipv6 || set_to_1 ipv6/icmp/echo_ignore_all
}

set_to_1() {
	for setting in "$@"; do
		{ echo 1 >"/proc/sys/net/$setting"; } 2>/dev/null || return 1
	done
}

# usage: can_ping ADDRESS [PING-ARGUMENT...] - whether a request of the client is answered
can_ping() { on_client ping -n -c 1 -W 2 "$@"; }

# A reply takes less than a millisecond, so that a short wait is enough to see that there is none.
cannot_ping() { ! on_client ping -n -c 1 -W 0.3 "$@"; }

# usage: frames TYPE[@VLAN]... - sends these ICMP messages to the host one after another, and prints what came back
frames() { on_client python3 "$(dirname "$0")/frames.py" cl0 "$client_mac" "$host_mac" "$client4" "$host4" "$@"; }

# usage: show_capture FILE [FILTER] - tcpdump gives up root even to read a file, which it must be able to
show_capture() {
	if [ "$PONGD_INSIDE" = -n ]; then
		tcpdump -nevr "$@" 2>/dev/null
	else
		unshare -U tcpdump -nevr "$@" 2>/dev/null
	fi
}

# --- pongd

is_ready() { grep -E '(answering|comparing) on ' "$tmp/err" >/dev/null || has_ended "$pongd"; }

# usage: start_pongd ARGUMENT... - its lines go to $tmp/out and $tmp/err; a test may set `launcher` to words before it
launcher=''
start_pongd() {
	: >"$tmp/err"
	$launcher "$PONGD" "$@" >"$tmp/out" 2>"$tmp/err" &
	pongd=$!
	wait_for is_ready && ! has_ended "$pongd"
}

# usage: has_threads COUNT - of pongd, which start once it is ready
has_threads() { [ "$(find "/proc/$pongd/task" -mindepth 1 -maxdepth 1 | wc -l)" -eq "$1" ]; }

# Leaves its exit status in `status`.  SIGINT would not do: a shell starts what runs in its background without it.
stop_pongd() {
	end_child "$pongd"
	pongd=
}

# usage: keeper_of PID - the process that keeps files for a pongd
keeper_of() {
	grep -l "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status 2>/dev/null | sed -n 's|^/proc/\([0-9]*\)/.*|\1|p'
}

# usage: run_pongd ARGUMENT... - for one that is to end by itself
run_pongd() {
	$launcher timeout 5 "$PONGD" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
}

summary() { tail -n 1 "$tmp/err"; }

# usage: refuses NAME REGEX ARGUMENT... - pongd has to end with status 2 and one sentence
refuses() {
	what=$1 words=$2
	shift 2
	run_pongd "$@"
	like "$what" "$status $(cat "$tmp/err")" "^2 pongd: $words"
	is "$what: that is all it says" "$(wc -l <"$tmp/err" | tr -d ' ')" 1
}

# --- into the namespaces

# What a test needs in short; busybox's ip, for one, cannot move a link.
trial='ip link add ho0 type veth peer name cl0 && ip link set cl0 netns $$ || exit 1
if command -v nft; then nft add table inet deaf; else iptables -P INPUT DROP; fi'

# Starts the test again inside, or skips it.
enter() {
	[ "$(uname -s)" = Linux ] || skip_all "$(uname -s) has no network namespaces"
	ping -V 2>/dev/null | grep iputils >/dev/null || skip_all 'there is no ping of iputils here'
	has "$PONGD" || {
		echo "Bail out! There is no $PONGD: build it first, or name it with PONGD"
		exit 1
	}
	needs unshare nsenter ip timeout
	has nft || has iptables || skip_all 'there is neither nft nor iptables here'
	ways=-rn
	[ "$(id -u)" -ne 0 ] || ways='-n -rn'
	for way in $ways; do
		reason=$(unshare "$way" sh -c "$trial" 2>&1 >/dev/null) && PONGD_INSIDE=$way exec unshare "$way" sh "$0"
	done
	skip_all "no network namespaces: $(printf '%s\n' "$reason" | head -n 1)"
}

clean_up() {
	for child in $pongd $other $client; do
		kill -KILL "$child" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$tmp"
}

pongd='' other='' client='' tmp='' # other: what a test has running besides
XTABLES_LOCKFILE=/dev/null # iptables' own one may not be ours to write
export XTABLES_LOCKFILE
[ -n "${PONGD_INSIDE-}" ] || enter
tmp=$(mktemp -d) || exit 1
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
make_network || skip_all 'the network of the test could not be made'
firewall_up || skip_all 'the firewall could not be set'
