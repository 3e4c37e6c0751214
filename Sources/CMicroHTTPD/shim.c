#define _GNU_SOURCE
#include "CMicroHTTPD.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static uint16_t port_of(int socket) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(socket, (struct sockaddr *)&address, &size) != 0) return 0;
    if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

int azimuth_listen(const char *host, uint16_t port, uint16_t *bound_port, int *resolve_error, int *system_error) {
    *resolve_error = 0;
    *system_error = 0;
    char service[6];
    snprintf(service, sizeof service, "%u", (unsigned int)port);
    struct addrinfo hints = {0}, *addresses = NULL;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    *resolve_error = getaddrinfo(host, service, &hints, &addresses);
    if (*resolve_error != 0) return -1;

    int on = 1;
    int fd = socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // SO_REUSEADDR: a restarted agent must not wait for the connections of its predecessor to time out.
    bool listening = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                     bind(fd, addresses->ai_addr, addresses->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0;
    if (!listening) *system_error = errno;
    freeaddrinfo(addresses);
    if (listening) {
        *bound_port = port_of(fd);
        return fd;
    }
    if (fd >= 0) close(fd);
    return -1;
}

/// Instead of percent-decoding: handlers see the target as it was sent.
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

/// The number of an open socket in the kernel; 0 when `fd` is none.
static ino_t number_of(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

struct MHD_Daemon *azimuth_mhd_start(const struct azimuth_mhd_options *options) {
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (!options->sends_date) flags |= MHD_USE_SUPPRESS_DATE_NO_CLOCK;
    // The end of the list, unless there is a certificate.
    struct MHD_OptionItem tls[] = {{MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}};
    if (options->certificate != NULL) {
        flags |= MHD_USE_TLS;
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate};
        tls[1] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key};
    }
    ino_t number = number_of(options->socket);
    errno = 0;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, options->on_access, options->context,
        MHD_OPTION_LISTEN_SOCKET, (MHD_socket)options->socket,
        MHD_OPTION_THREAD_POOL_SIZE, options->threads,
        MHD_OPTION_CONNECTION_LIMIT, options->connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, options->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(64 * 1024),
        MHD_OPTION_UNESCAPE_CALLBACK, &keep_escapes, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, options->on_target, options->context,
        MHD_OPTION_NOTIFY_COMPLETED, options->on_completed, options->context,
        MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
    if (daemon != NULL) return daemon;
    int error = errno;
    // A daemon that cannot use the certificate has closed the socket, any other has not. By now the descriptor may be
    // another thread's.
    if (number_of(options->socket) == number) {
        close(options->socket);
    } else {
        error = EINVAL;
    }
    errno = error;
    return NULL;
}
