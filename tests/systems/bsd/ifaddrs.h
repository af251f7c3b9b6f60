/* getifaddrs(3) of a BSD: an entry of the link layer has statistics in ifa_data. */
#ifndef PONGD_TESTS_IFADDRS_H
#define PONGD_TESTS_IFADDRS_H

struct sockaddr;

struct ifaddrs {
    struct ifaddrs *ifa_next;
    char *ifa_name;
    unsigned ifa_flags;
    struct sockaddr *ifa_addr;
    struct sockaddr *ifa_netmask;
    struct sockaddr *ifa_dstaddr;
    void *ifa_data;
};

int kernel_list(struct ifaddrs **list);
void kernel_list_free(struct ifaddrs *list);

#define getifaddrs kernel_list
#define freeifaddrs kernel_list_free

#endif
