/* libpcap of OpenBSD's base system, lib/libpcap: pcap.c 1.16 and later, savefile.c 1.18, pcap-bpf.c 1.39.  It has no time stamps
 * but in microseconds, no <pcap/pcap.h>, and not all that others have. */
#ifndef PONGD_TESTS_PCAP_H
#define PONGD_TESTS_PCAP_H

#include <sys/types.h>
#include <net/bpf.h>
#include <stdint.h>
#include <stdio.h>

#define PCAP_ERRBUF_SIZE 256
#define PCAP_IF_LOOPBACK 0x00000001
#define PCAP_ERROR (-1)
#define PCAP_ERROR_BREAK (-2)
#define PCAP_ERROR_NO_SUCH_DEVICE (-5)
#define PCAP_ERROR_PERM_DENIED (-8)
#define PCAP_ERROR_IFACE_NOT_UP (-9)

/* net/bpf.h has these there. */
#define DLT_NULL 0
#define DLT_EN10MB 1
#define DLT_PPP 9
#define DLT_LOOP 12
#define DLT_RAW 14

typedef uint32_t bpf_u_int32;
typedef struct pcap pcap_t;
typedef struct pcap_dumper pcap_dumper_t;
typedef struct pcap_if pcap_if_t;

typedef enum {
    PCAP_D_INOUT,
    PCAP_D_IN,
    PCAP_D_OUT
} pcap_direction_t;

struct bpf_timeval {
    uint32_t tv_sec, tv_usec;
};

struct pcap_pkthdr {
    struct bpf_timeval ts;
    bpf_u_int32 caplen, len;
};

struct pcap_stat {
    unsigned ps_recv, ps_drop, ps_ifdrop; /* the last is not filled in */
};

struct pcap_if {
    struct pcap_if *next;
    char *name, *description;
    void *addresses;
    bpf_u_int32 flags;
};

pcap_t *pcap_create(const char *device, char *errbuf);
int pcap_set_snaplen(pcap_t *pcap, int snaplen);
int pcap_set_promisc(pcap_t *pcap, int is_promiscuous);
int pcap_set_timeout(pcap_t *pcap, int timeout_ms);
int pcap_set_immediate_mode(pcap_t *pcap, int is_immediate);
int pcap_set_buffer_size(pcap_t *pcap, int size);
int pcap_activate(pcap_t *pcap);
pcap_t *pcap_open_live(const char *device, int snaplen, int is_promiscuous, int timeout_ms, char *errbuf);
pcap_t *pcap_open_dead(int link_type, int snaplen);
pcap_t *pcap_fopen_offline(FILE *stream, char *errbuf);
void pcap_close(pcap_t *pcap);
int pcap_next_ex(pcap_t *pcap, struct pcap_pkthdr **header, const unsigned char **data);
int pcap_inject(pcap_t *pcap, const void *data, size_t len);
int pcap_setdirection(pcap_t *pcap, pcap_direction_t direction);
int pcap_setnonblock(pcap_t *pcap, int is_nonblocking, char *errbuf);
int pcap_stats(pcap_t *pcap, struct pcap_stat *stat);
int pcap_compile(pcap_t *pcap, struct bpf_program *program, const char *text, int is_optimized, bpf_u_int32 netmask);
int pcap_setfilter(pcap_t *pcap, struct bpf_program *program);
void pcap_freecode(struct bpf_program *program);
int pcap_datalink(pcap_t *pcap);
int pcap_list_datalinks(pcap_t *pcap, int **types);
int pcap_set_datalink(pcap_t *pcap, int type);
int pcap_datalink_name_to_val(const char *name);
const char *pcap_datalink_val_to_name(int type);
const char *pcap_datalink_val_to_description(int type);
int pcap_snapshot(pcap_t *pcap);
int pcap_fileno(pcap_t *pcap);
int pcap_get_selectable_fd(pcap_t *pcap);
char *pcap_geterr(pcap_t *pcap);
const char *pcap_statustostr(int status);
const char *pcap_lib_version(void);
int pcap_findalldevs(pcap_if_t **list, char *errbuf);
void pcap_freealldevs(pcap_if_t *list);
pcap_dumper_t *pcap_dump_open(pcap_t *pcap, const char *path);
pcap_dumper_t *pcap_dump_fopen(pcap_t *pcap, FILE *file);
FILE *pcap_dump_file(pcap_dumper_t *dumper);
int pcap_dump_flush(pcap_dumper_t *dumper);
void pcap_dump_close(pcap_dumper_t *dumper);
void bpf_dump(const struct bpf_program *program, int option);

#endif
