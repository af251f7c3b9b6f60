/* What pongd asks of a BSD's kernel, and makes of its answers: the files of src/platform, with that system's declarations. */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <net/bpf.h>
#include <net/if_dl.h>
#include <netinet6/in6_var.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "platform/platform.h"
#include "platform/sandbox.h"
#include "system.h"

static int
boot(void **state)
{
    (void)state;
    kernel_boot();
    return 0;
}

static int
check_lists(void **state)
{
    (void)state;
    return kernel.open_lists == 0 ? 0 : -1;
}

static void
test_an_interface_is_read(void **state)
{
    static const uint8_t mac[] = {2, 0, 0, 0, 0, 9}, own4[] = {192, 0, 2, 9}, local6[16] = {0xfe, 0x80, [15] = 9};
    struct platform_interface interface;
    uint8_t local[16];

    (void)state;
    assert_int_equal(platform_interface_read("test0", &interface), 0);
    assert_int_equal(interface.index, 7);
    assert_true(interface.is_up && !interface.is_loopback && interface.has_mac);
    assert_memory_equal(interface.mac, mac, sizeof mac);
    assert_int_equal(interface.mtu, 1500);
    assert_int_equal(interface.address_count, 3);
    assert_memory_equal(interface.addresses[0].address.bytes, own4, 4);
    assert_int_equal(interface.addresses[0].prefix_len, 24);
    assert_int_equal(interface.addresses[1].prefix_len, 64);
    assert_true(platform_link_local(&interface, local)); /* without its zone */
    assert_memory_equal(local, local6, 16);
    platform_interface_free(&interface);
}

static size_t
count_addresses(void)
{
    struct platform_interface interface;
    size_t count;

    assert_int_equal(platform_interface_read("test0", &interface), 0);
    count = interface.address_count;
    platform_interface_free(&interface);
    return count;
}

static void
test_tentative_addresses_wait(void **state)
{
    (void)state;
    kernel.flags6 = IN6_IFF_TENTATIVE;
    assert_int_equal(count_addresses(), 2);
    kernel.flags6 = IN6_IFF_DUPLICATED;
    assert_int_equal(count_addresses(), 2);
    kernel.flags6 = 0;
    assert_int_equal(count_addresses(), 3);
    kernel.flags6 = IN6_IFF_TENTATIVE;
    kernel.flags6_error = ENOSYS; /* pledge(2) with "error" */
    assert_int_equal(count_addresses(), 3);
}

static void
test_an_interface_goes_without_a_word(void **state)
{
    static const int errors[] = {0, ENXIO, ENODEV}; /* NetBSD leaves errno alone */
    struct platform_interface interface;

    (void)state;
    assert_true(platform_interface_is_there("test0", 7));
    for (size_t i = 0; i < COUNT(errors); i++) {
        kernel.index = 0;
        kernel.index_error = errors[i];
        assert_false(platform_interface_is_there("test0", 7));
        assert_int_equal(platform_interface_read("test0", &interface), 0);
        assert_int_equal(interface.index, 0);
    }
    kernel.index = 8; /* another one of that name */
    assert_false(platform_interface_is_there("test0", 7));
}

static void
test_a_look_that_fails_tells_nothing(void **state)
{
    static const int errors[] = {EPERM, EACCES, ENOSYS, EMFILE, ENFILE, ENOMEM, ENOBUFS,
#ifdef ECAPMODE
        ECAPMODE,
#endif
    };
    struct platform_interface interface;

    (void)state;
    kernel.is_deaf = true;
    for (size_t i = 0; i < COUNT(errors); i++) {
        kernel.index_error = errors[i];
        kernel.list_error = EPERM;
        assert_true(platform_interface_is_there("test0", 7));
        assert_int_equal(platform_interface_read("test0", &interface), -1);
        kernel.list_error = 0; /* what has no index is in the list */
        assert_true(platform_interface_is_there("test0", 7));
        assert_false(platform_interface_is_there("test2", 7));
        assert_int_equal(platform_interface_read("test2", &interface), 0);
        assert_int_equal(interface.index, 0);
    }
    kernel.is_deaf = false;
    kernel.list_error = EPERM;
    assert_true(platform_interface_is_there("test0", 7));
    assert_int_equal(platform_interface_read("test0", &interface), -1);
    kernel.index = 8;
    errno = EPERM; /* of something else before */
    assert_false(platform_interface_is_there("test0", 7));
}

static void
test_down_and_up(void **state)
{
    struct platform_interface interface;

    (void)state;
    kernel.is_up = false;
    kernel.mtu = 9000;
    assert_int_equal(platform_interface_read("test0", &interface), 0);
    assert_false(interface.is_up);
    assert_int_equal(interface.mtu, 9000);
    platform_interface_free(&interface);
    assert_true(platform_interface_is_there("test0", 7));
    kernel.is_up = true;
    assert_int_equal(platform_interface_read("test0", &interface), 0);
    assert_true(interface.is_up);
    platform_interface_free(&interface);
}

/* A sockaddr_dl may be longer than its structure, and shorter. */
static void
test_addresses_of_the_link_layer(void **state)
{
    union {
        struct sockaddr sockaddr;
        struct sockaddr_dl link;
        uint8_t bytes[64];
    } u;
    const size_t at = offsetof(struct sockaddr_dl, sdl_data);
    uint8_t mac[PLATFORM_MAC_LEN];

    (void)state;
    memset(&u, 0xee, sizeof u);
    u.link.sdl_family = AF_LINK;
    u.link.sdl_nlen = 15;
    u.link.sdl_alen = 6;
    memset(u.bytes + at + 15, 5, 6);
    u.link.sdl_len = (uint8_t)(at + 15 + 6);
    assert_true(platform_link_address(&u.sockaddr, mac));
    assert_memory_equal(mac, u.bytes + at + 15, 6);
    u.link.sdl_len--;
    assert_false(platform_link_address(&u.sockaddr, mac));
    u.link.sdl_len = (uint8_t)(at + 15 + 8);
    u.link.sdl_alen = 8; /* FireWire */
    assert_false(platform_link_address(&u.sockaddr, mac));
    u.link.sdl_alen = 0; /* a loopback interface */
    assert_false(platform_link_address(&u.sockaddr, mac));
    u.link.sdl_len = 2;
    assert_false(platform_link_address(&u.sockaddr, mac));
    u.link.sdl_family = AF_INET;
    assert_false(platform_link_address(&u.sockaddr, mac));
}

static void
test_source_addresses_are_kept(void **state)
{
    (void)state;
    platform_keep_source(-1);
    assert_string_equal(kernel.calls, "keep-source ");
}

static void
test_changes_are_watched(void **state)
{
    int fd;

    (void)state;
    fd = platform_watch_open();
    assert_true(fd >= 0);
    assert_string_equal(kernel.calls, "route-socket ");
    assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    close(fd);
}

/* What is sent is filtered before the lock, behind which no filter can be set, and rights come last. */
static void
test_captures_are_locked(void **state)
{
    const struct bpf_program sent = {.bf_len = 3};

    (void)state;
    assert_int_equal(platform_lock_capture(-1, &sent), 0);
    assert_string_equal(kernel.calls, SYSTEM_LOCKS);
    kernel.bpf_error = EPERM;
    assert_int_equal(platform_lock_capture(-1, &sent), *SYSTEM_LOCKS == '\0' ? 0 : -1);
    kernel_boot();
    kernel.capsicum_error = EBADF;
    assert_int_equal(platform_lock_capture(-1, &sent), strstr(SYSTEM_LOCKS, "rights") == NULL ? 0 : -1);
    kernel.capsicum_error = ENOSYS; /* a kernel without it */
    assert_int_equal(platform_lock_capture(-1, &sent), 0);
}

static void
confine(const struct platform_plan *plan, const char *calls)
{
    bool has_any = *SYSTEM_CONFINES != '\0';
    int rc = has_any && strcmp(calls, "stdin stdout stderr ") != 0 ? 0 : PLATFORM_ABSENT;

    kernel_boot();
    assert_int_equal(platform_confine(plan), rc);
    assert_string_equal(kernel.calls, calls);
}

static void
test_the_process_is_confined(void **state)
{
    const struct platform_plan plain = {.takes_clients = false}, clients = {.takes_clients = true},
                               following = {.follows_interfaces = true}, keeping = {.receives_files = true};

    (void)state;
    confine(&plain, SYSTEM_CONFINES);
    confine(&clients, SYSTEM_CONFINES_CLIENTS);
    confine(&following, SYSTEM_CONFINES_FOLLOWING);
    confine(&keeping, SYSTEM_CONFINES_KEEPING);
}

static void
test_the_keeper_is_confined(void **state)
{
    const struct platform_plan plan = {.takes_clients = false};

    (void)state;
    kernel_boot();
    assert_int_equal(platform_keeper_confine(&plan), *SYSTEM_CONFINES_KEEPER != '\0' ? 0 : PLATFORM_ABSENT);
    assert_string_equal(kernel.calls, SYSTEM_CONFINES_KEEPER);
}

#ifdef SYSTEM_HAS_CAPSICUM

static void
test_a_kernel_may_have_no_capsicum(void **state)
{
    const struct platform_plan plan = {.takes_clients = false};

    (void)state;
    kernel.capsicum_error = EBADF; /* standard input may be closed, but not the door */
    assert_int_equal(platform_confine(&plan), -1);
    kernel_boot();
    kernel.capsicum_error = EINVAL;
    assert_int_equal(platform_confine(&plan), -1);
    kernel_boot();
    kernel.capsicum_error = ENOSYS;
    assert_int_equal(platform_keeper_confine(&plan), PLATFORM_ABSENT);
}

#endif

#define TEST(name) cmocka_unit_test_setup_teardown(name, boot, check_lists)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_interface_is_read),
        TEST(test_tentative_addresses_wait),
        TEST(test_an_interface_goes_without_a_word),
        TEST(test_a_look_that_fails_tells_nothing),
        TEST(test_down_and_up),
        TEST(test_addresses_of_the_link_layer),
        TEST(test_source_addresses_are_kept),
        TEST(test_changes_are_watched),
        TEST(test_captures_are_locked),
        TEST(test_the_process_is_confined),
        TEST(test_the_keeper_is_confined),
#ifdef SYSTEM_HAS_CAPSICUM
        TEST(test_a_kernel_may_have_no_capsicum),
#endif
    };

    return cmocka_run_group_tests_name(SYSTEM_NAME, tests, NULL, NULL);
}
