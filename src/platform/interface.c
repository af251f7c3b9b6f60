/* What is made of an interface once the system has told of it. */
#include "config.h"

#include "platform/platform.h"

#include <stdlib.h>
#include <string.h>

static bool
is_link_local(const uint8_t bytes[static 16])
{
    return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

bool
platform_link_local(const struct platform_interface *interface, uint8_t address[static 16])
{
    for (size_t i = 0; i < interface->address_count; i++) {
        const struct address *own = &interface->addresses[i].address;

        if (own->version != 6 || !is_link_local(own->bytes))
            continue;
        memcpy(address, own->bytes, 16);
        return true;
    }
    return false;
}

void
platform_interface_free(struct platform_interface *interface)
{
    free(interface->addresses);
    interface->addresses = NULL;
    interface->address_count = 0;
}

int
platform_interface_add(struct platform_interface *interface, const struct platform_address *address)
{
    struct platform_address *grown =
        realloc(interface->addresses, (interface->address_count + 1) * sizeof *interface->addresses);

    if (grown == NULL)
        return -1;
    grown[interface->address_count++] = *address;
    interface->addresses = grown;
    return 0;
}
