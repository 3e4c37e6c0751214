#pragma once
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

/// Opens a listening TCP socket on `host` (a name or a numeric address). Port 0 lets the kernel choose.
/// Returns the socket and writes the port it got to `bound_port`. On failure returns -1 and writes the reason:
/// `*resolve_error` (for `gai_strerror`) when the host has no address, else `*system_error` (an errno).
int azimuth_listen(const char *host, uint16_t port, uint16_t *bound_port, int *resolve_error, int *system_error);

/// What `azimuth_mhd_start` needs; every pointer must outlive the daemon.
struct azimuth_mhd_options {
    /// From `azimuth_listen`; closed when the daemon stops, or does not start.
    int socket;
    unsigned int threads;
    unsigned int connection_limit;
    unsigned int idle_seconds;
    /// Whether the daemon writes a `Date` header itself.
    bool sends_date;
    /// PEM texts of the certificate chain and its key, copied by the daemon; both NULL = plain HTTP.
    const char *certificate;
    const char *key;
    /// First argument of the three callbacks.
    void *context;
    /// Called with the raw target of a new request; what it returns becomes `*request` of the others.
    void *(*on_target)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_AccessHandlerCallback on_access;
    MHD_RequestCompletedCallback on_completed;
};

/// Starts a daemon whose threads wait with epoll; connections can be suspended.
/// NULL with errno set when that fails; certificate and key that cannot be used are EINVAL.
struct MHD_Daemon *azimuth_mhd_start(const struct azimuth_mhd_options *options);
