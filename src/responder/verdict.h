/* Verdicts: the one thing that became of a frame, each with a fixed name that the manual lists. */
#ifndef PONGD_RESPONDER_VERDICT_H
#define PONGD_RESPONDER_VERDICT_H

/* A row is: constant, name, meaning.  A new verdict is a row here and a line in the manual. */
#define VERDICT_TABLE(ROW) \
    ROW(ANSWERED, "answered", "a reply was sent") \
    ROW(NEIGHBOR, "neighbor", "an ARP request or neighbour solicitation that was answered") \
    ROW(CAP_TRUNC, "cap-trunc", "captured short: the snapshot length cut it") \
    ROW(L2_SHORT, "l2-short", "ends inside the link header or a VLAN tag") \
    ROW(L2_OTHER, "l2-other", "sent to another host's MAC address") \
    ROW(L2_BCAST_UCAST, "l2-bcast-ucast", "a unicast IP destination in a link broadcast or multicast") \
    ROW(L2_BADSRC, "l2-badsrc", "the source MAC address is a group") \
    ROW(L2_OWNSRC, "l2-ownsrc", "the source MAC address is ours or zero") \
    ROW(L2_VLAN, "l2-vlan", "a VLAN that is not answered, or more than two tags") \
    ROW(L2_LLC, "l2-llc", "IEEE 802.3 with LLC") \
    ROW(L2_PROTO, "l2-proto", "carries something that is not IP") \
    ROW(ARP_SHORT, "arp-short", "less than an ARP packet") \
    ROW(ARP_BAD, "arp-bad", "ARP for something else than IPv4 on Ethernet") \
    ROW(ARP_OP, "arp-op", "RARP, or ARP that is no request") \
    ROW(ARP_BADSHA, "arp-badsha", "the sender's MAC address in ARP is a group or zero") \
    ROW(ARP_BADSPA, "arp-badspa", "the sender's IPv4 address in ARP is one that no host has") \
    ROW(ARP_SELF, "arp-self", "the sender's MAC address in ARP is ours") \
    ROW(ARP_CONFLICT, "arp-conflict", "another host claims an address that is answered for, by ARP") \
    ROW(ARP_NOTOURS, "arp-notours", "ARP for an address that is not answered for, or that the kernel has") \
    ROW(IP_SHORT, "ip-short", "less than an IPv4 header, or no IP at all") \
    ROW(IP_BADVER, "ip-badver", "the IP version is wrong") \
    ROW(IP_BADHLEN, "ip-badhlen", "the IPv4 header length is impossible") \
    ROW(IP_BADSUM, "ip-badsum", "the IPv4 header checksum is wrong") \
    ROW(IP_BADLEN, "ip-badlen", "the IPv4 total length is less than the header") \
    ROW(IP_TRUNC, "ip-trunc", "the IPv4 total length is more than the frame holds") \
    ROW(IP_BADSRC, "ip-badsrc", "an IPv4 source that cannot be answered") \
    ROW(IP_BADDST, "ip-baddst", "an impossible IPv4 destination") \
    ROW(IP_LAND, "ip-land", "the source is the destination, or an address of ours") \
    ROW(IP_NOTOURS, "ip-notours", "a destination that is not answered for") \
    ROW(IP_YIELDED, "ip-yielded", "a destination that another host has, or that is still being asked for") \
    ROW(IP_WRONGIF, "ip-wrongif", "a destination that is answered for on another interface only") \
    ROW(IP_BCAST, "ip-bcast", "an IPv4 broadcast, or a multicast to all hosts") \
    ROW(IP_NOTMEMBER, "ip-notmember", "an IPv4 multicast group that we are not in") \
    ROW(IP_PROTO, "ip-proto", "IPv4 with another protocol than ICMP") \
    ROW(IP_BADOPT, "ip-badopt", "a malformed IPv4 option") \
    ROW(IP_SRCROUTE, "ip-srcroute", "an IPv4 source route") \
    ROW(FRAG_RX, "frag-rx", "a fragment, held until the others are there") \
    ROW(FRAG_DUP, "frag-dup", "a fragment that is there already") \
    ROW(FRAG_OVERLAP, "frag-overlap", "a fragment that overlaps others: all are discarded") \
    ROW(FRAG_BAD, "frag-bad", "a fragment with an impossible length, end or mark") \
    ROW(FRAG_TOOLONG, "frag-toolong", "a fragment beyond the longest possible datagram") \
    ROW(ICMP_SHORT, "icmp-short", "less than an ICMP header") \
    ROW(ICMP_BADSUM, "icmp-badsum", "the ICMP checksum is wrong") \
    ROW(ICMP_TYPE, "icmp-type", "ICMP or ICMPv6, but no request that is answered") \
    ROW(PROBE_OFF, "probe-off", "an extended echo request, which is not answered") \
    ROW(RATE, "rate", "one more than the rate limit allows") \
    ROW(IP6_SHORT, "ip6-short", "less than an IPv6 header") \
    ROW(IP6_TRUNC, "ip6-trunc", "the IPv6 payload length is more than the frame holds") \
    ROW(IP6_JUMBO, "ip6-jumbo", "a jumbogram, or no IPv6 payload length") \
    ROW(IP6_BADSRC, "ip6-badsrc", "an IPv6 source that cannot be answered") \
    ROW(IP6_BADDST, "ip6-baddst", "an impossible IPv6 destination") \
    ROW(IP6_BADSCOPE, "ip6-badscope", "an IPv6 address with an impossible scope") \
    ROW(IP6_NOTMEMBER, "ip6-notmember", "an IPv6 multicast group that we are not in") \
    ROW(IP6_EXTHDR, "ip6-exthdr", "an extension header that is cut short, misplaced or not processed") \
    ROW(IP6_BADOPT, "ip6-badopt", "an IPv6 option that is malformed or asks for a discard") \
    ROW(IP6_PROTO, "ip6-proto", "IPv6 with another protocol than ICMPv6") \
    ROW(IP6_IPSEC, "ip6-ipsec", "an Authentication or ESP header") \
    ROW(ICMP6_SHORT, "icmp6-short", "less than an ICMPv6 header") \
    ROW(ICMP6_BADSUM, "icmp6-badsum", "the ICMPv6 checksum is wrong") \
    ROW(ND_HLIM, "nd-hlim", "neighbour discovery from beyond a router") \
    ROW(ND_BAD, "nd-bad", "malformed neighbour discovery") \
    ROW(ND_DUP, "nd-dup", "another host claims an address that is answered for, by neighbour discovery") \
    ROW(ND_NOTOURS, "nd-notours", "neighbour discovery of an address that is not answered for, or that the kernel has") \
    ROW(PAUSED, "paused", "answering is paused, by pongctl") \
    ROW(RULE_DROP, "rule-drop", "a rule dropped the reply") \
    ROW(RULE_ERROR, "rule-error", "a rule sent an ICMP error instead of the reply") \
    ROW(RULE_HOP, "rule-hop", "the TTL ended at a router that a rule made up") \
    ROW(RULE_PMTU, "rule-pmtu", "too big for a link that a rule made up") \
    ROW(PENDING_FULL, "pending-full", "as many replies wait for their time as may") \
    ROW(TX_FAIL, "tx-fail", "a reply was built, and the system did not take it")

enum verdict {
#define VERDICT_CONSTANT(constant, name, meaning) VERDICT_##constant,
    VERDICT_TABLE(VERDICT_CONSTANT)
#undef VERDICT_CONSTANT
    VERDICTS
};

/* The fixed name, such as "ip-badsum". */
const char *verdict_name(enum verdict verdict);

/* What it means, in some words. */
const char *verdict_meaning(enum verdict verdict);

#endif
