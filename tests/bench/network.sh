# Two hosts on one wire, and who answers on it, for the benchmark.
#
# The namespace that the script runs in is the host; the client is a second one.  Nothing outside is touched.
# shellcheck shell=sh disable=SC2015,SC2034,SC2154 # what is set here is for the script, and the other way round

client4=192.0.2.1 host4=192.0.2.2
client6=fd00:db8::1 host6=fd00:db8::2
host_mac=02:00:00:00:00:02
generator_mac=02:00:00:00:01:01 # not the interface's: see load.c
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
client_cpu=${BENCH_CLIENT_CPU-0}
host_cpu=${BENCH_HOST_CPU-1}
priority=${BENCH_PRIORITY-} # of real time, for generator and responder, so that others on the machine keep out

has() { command -v "$1" >/dev/null 2>&1; }

die() {
	echo "bench: $*" >&2
	exit 2
}

# usage: wait_for COMMAND... - tries for about ten seconds
wait_for() {
	tries=200
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

has_ended() { ! kill -0 "$1" 2>/dev/null; }

# --- into the namespaces

# usage: enter ARGUMENT... - starts the script again inside, with these arguments
enter() {
	[ "$(uname -s)" = Linux ] || die "$(uname -s) has no network namespaces"
	for tool in unshare nsenter ip taskset timeout awk; do
		has "$tool" || die "there is no $tool command here"
	done
	taskset -c "$client_cpu,$host_cpu" true 2>/dev/null && [ "$client_cpu" != "$host_cpu" ] ||
		die "two processors are needed, and CPU $client_cpu and CPU $host_cpu are not both to be had"
	ways=-rnm
	[ "$(id -u)" -ne 0 ] || ways='-nm -rnm'
	for way in $ways; do
		reason=$(unshare "$way" ip link add ho0 type veth peer name cl0 2>&1) &&
			BENCH_INSIDE=yes exec unshare "$way" sh "$0" "$@"
	done
	die "no network namespaces: $reason"
}

on_client() { nsenter -t "$client" -n "$@"; }

client_has_network() { [ "$(readlink "/proc/$client/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }

# The client has no address, so that its kernel has nothing to say; the host knows the generator's.
make_network() {
	unshare -n sleep 3600 &
	client=$!
	ip link set lo up
	wait_for client_has_network &&
		ip link add ho0 address "$host_mac" type veth peer name cl0 address 02:00:00:00:00:01 &&
		ip link set cl0 netns "$client" || return 1
	ip link set ho0 addrgenmode none 2>/dev/null
	on_client ip link set cl0 addrgenmode none 2>/dev/null
	on_client ip link set cl0 up && set_up_host || return 1
	[ -w /sys/class/net/ho0/queues/rx-0/rps_cpus ] || mount -t sysfs sysfs /sys 2>/dev/null
	set_kernel 0
}

# As often as wanted: testpmd takes the link down, with which all this is forgotten.
set_up_host() {
	ip link set ho0 up && ip address replace "$host4/24" dev ho0 &&
		ip neighbour replace "$client4" lladdr "$generator_mac" dev ho0 nud permanent || return 1
	families='4 6'
	{
		ip address replace "$host6/64" dev ho0 nodad &&
			ip neighbour replace "$client6" lladdr "$generator_mac" dev ho0 nud permanent
	} 2>/dev/null || families=4
}

# usage: set_mtu BYTES
set_mtu() { on_client ip link set cl0 mtu "$1" && ip link set ho0 mtu "$1"; }

# usage: set_kernel 0|1 - whether the host's kernel ignores echo requests
set_kernel() {
	echo "$1" >/proc/sys/net/ipv4/icmp_echo_ignore_all
	{ echo "$1" >/proc/sys/net/ipv6/icmp/echo_ignore_all; } 2>/dev/null
}

# usage: steer MASK - by which processors the host's kernel takes frames; 0: the client's, which sent them
steer() { { echo "$1" >/sys/class/net/ho0/queues/rx-0/rps_cpus; } 2>/dev/null; }

# --- who answers

responder=''

# usage: launch COMMAND... - on the host's processor, its words in $tmp/err; ready when it says that it answers
launch() {
	set_kernel 1
	: >"$tmp/err"
	taskset -c "$host_cpu" "$@" <&3 >"$tmp/err" 2>&1 &
	responder=$!
	wait_for is_ready && ! has_ended "$responder" || die "$* did not start: $(tail -n 1 "$tmp/err")"
	[ -z "$priority" ] || raise "$responder"
}

# usage: raise PID - of testpmd only the thread that answers, because it never sleeps and would keep out its others
raise() {
	for task in "/proc/$1/task/"*; do
		case $(cat "$task/comm") in
		dpdk-testpmd | *-mp-* | *intr*) ;;
		*) chrt -f -p "$priority" "${task##*/}" || die 'no such priority is to be had here' ;;
		esac
	done
}

is_ready() { grep -E 'answering on |Press enter to exit|scapy is ready' "$tmp/err" >/dev/null || has_ended "$responder"; }

stop_responder() {
	[ -n "$responder" ] || return 0
	kill -TERM "$responder" 2>/dev/null
	wait_for has_ended "$responder" || kill -KILL "$responder"
	wait "$responder" 2>/dev/null
	responder=''
}

# Nanoseconds of processor time that the responder has used, all its threads together.
responder_ns() {
	if [ -z "$responder" ]; then
		echo 0
	elif ! cat "/proc/$responder/task/"*/schedstat 2>/dev/null; then
		awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz * 1e9 }' "/proc/$responder/stat"
	fi | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

# scapy's answering machine, as it comes, but for two things: it may leave out the payload, and looks for a neighbour by ARP.
scapy_program='
import sys
from scapy.all import ICMP, ICMPEcho_am, Raw, conf
class Echo(ICMPEcho_am):
    def make_reply(self, request):
        reply = super().make_reply(request)
        return reply if Raw in reply or Raw not in request else reply / request[Raw]
conf.netcache.arp_cache[sys.argv[2]] = sys.argv[3]
conf.verb = 0
print("scapy is ready", flush=True)
Echo()(iface=sys.argv[1], filter="icmp[icmptype] == icmp-echo", verbose=0)
'

# usage: start_scapy - it has no word of its own for when it listens
start_scapy() {
	launch "$scapy_python" -c "$scapy_program" ho0 "$client4" "$generator_mac"
	sleep 0.5
}

start_testpmd() {
	launch env RUNTIME_DIRECTORY="$tmp" stdbuf -o0 dpdk-testpmd --no-huge --no-pci --no-telemetry -m 256 \
		--lcores="0@$client_cpu,1@$host_cpu" --vdev="net_af_packet0,iface=ho0" -- \
		--forward-mode=icmpecho --auto-start --disable-link-check --total-num-mbufs=8192
}

find_scapy() {
	for scapy_python in python3 /usr/bin/python3; do
		"$scapy_python" -c 'from scapy.all import ICMPEcho_am' >/dev/null 2>&1 && return 0
	done
	return 1
}

# usage: obstacle WHO - why it cannot be measured here, or nothing
obstacle() {
	case $1 in
	kernel-rps) steer 0 || echo "the kernel's steering of frames cannot be set" ;;
	scapy) find_scapy || echo 'scapy is not installed' ;;
	testpmd) has dpdk-testpmd || echo 'dpdk-testpmd is not installed' ;;
	esac
}

# usage: start WHO [ARGUMENT...]
start() {
	who=$1
	shift
	case $who in
	kernel) set_kernel 0 ;;
	kernel-rps) set_kernel 0 && steer "$(printf '%x' $((1 << host_cpu)))" ;;
	afpacket) launch "$bench/loop-afpacket" ho0 "$host4" ;;
	pcap) launch "$bench/loop-pcap" ho0 "$host4" ;;
	pongd) launch "$PONGD" -i ho0 "$@" ;;
	pongd-rule) launch "$PONGD" -i ho0 --rule 'from 203.0.113.1 drop' ;;
	scapy) start_scapy ;;
	testpmd) start_testpmd ;;
	esac
}

stop() {
	stop_responder
	steer 0
	set_up_host
}

clean_up() {
	for child in $responder $client; do
		kill -KILL "$child" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$tmp"
}
