# A wire with two ends on any system, for wire.test: pongd is at one, a client without an IP stack (wire.c) at the other.
#
# Which kind of wire a system has is chosen in one place, pick_wire().  No end has an address, so that no kernel answers.
# shellcheck shell=sh disable=SC2034 # what is set here is for the tests

# The test's skip_all tells why there is none.
pick_wire() {
	case $(uname -s) in
	Linux) kind=veth ;;      # veth(4), in a namespace of its own
	FreeBSD) kind=epair ;;   # epair(4): created in pairs
	OpenBSD) kind=pair ;;    # pair(4): two, patched together
	NetBSD) kind=tap ;;      # tap(4): the far end is a device
	Darwin) kind=feth ;;     # fake Ethernet: two, made peers
	*) skip_all "no kind of wire is known for $(uname -s)" ;;
	esac
}

# Sets `end`, the interface that pongd answers on, and `far`, what the client opens.
make_wire() {
	case $kind in
	veth)
		end=ho0 far=cl0
		ip link add $end type veth peer name $far && ip link set $end up && ip link set $far up
		;;
	epair)
		end=$(ifconfig epair create) || return 1
		far=${end%a}b
		ifconfig "$end" up && ifconfig "$far" up
		;;
	pair | feth)
		end=$(free_name "$kind") && ifconfig "$end" create || return 1
		far=$(free_name "$kind") && ifconfig "$far" create || return 1
		case $kind in
		pair) ifconfig "$end" patch "$far" ;;
		feth) ifconfig "$end" peer "$far" ;;
		esac
		ifconfig "$end" up && ifconfig "$far" up
		;;
	tap)
		end=$(free_name tap) || return 1
		far=${WIRE_DEVICES:-/dev}/$end
		[ -e "$far" ] || (cd "${WIRE_DEVICES:-/dev}" && sh ./MAKEDEV "$end") || return 1
		ifconfig "$end" create && ifconfig "$end" up
		;;
	esac
}

# usage: free_name KIND - of an interface that is not there; a tap has its device for low numbers only
free_name() {
	number=70
	[ "$1" != tap ] || number=0
	while ifconfig "$1$number" >/dev/null 2>&1; do
		number=$((number + 1))
		[ $number -lt 100 ] || return 1
	done
	echo "$1$number"
}

# usage: set_end up|down
set_end() {
	case $kind in
	veth) ip link set "$end" "$1" ;;
	*) ifconfig "$end" "$1" ;;
	esac
}

remove_end() {
	case $kind in
	veth) ip link delete "$end" ;;
	*) ifconfig "$end" destroy ;;
	esac
}

# What is left of it, if anything is.
remove_wire() {
	case $kind in
	veth) ip link delete "$end" ;;
	tap) ifconfig "$end" destroy ;;
	*) ifconfig "$end" destroy && ifconfig "$far" destroy || ifconfig "$far" destroy ;;
	esac >/dev/null 2>&1 || :
}

# Starts the test again where it may make interfaces.
enter() {
	if [ "$kind" != veth ]; then
		[ "$(id -u)" -eq 0 ] || skip_all "making an interface ($kind) takes root here"
		return
	fi
	[ -z "${WIRE_INSIDE-}" ] || return 0
	for way in -n -rn; do
		if unshare "$way" sh -c 'ip link add ho0 type veth peer name cl0' >/dev/null 2>&1; then
			WIRE_INSIDE=yes exec unshare "$way" sh "$0"
		fi
	done
	skip_all 'no network namespaces with veth are to be had here'
}
