#ifndef AZIMUTH_CSPAWN_H
#define AZIMUTH_CSPAWN_H

#include <stdbool.h>
#include <sys/types.h>

/// Starts `file`, found in PATH when its name has no `/`, with these three standard streams and no other descriptor, and with
/// every signal as at the start of a program: none blocked, none ignored.
/// `folder`: where it runs; NULL = where the caller runs. `input`: below 0 = /dev/null. `leads_group`: whether it is the leader
/// of a process group of its own.
/// Returns 0 and its process id, or an error number.
int azimuth_spawn(
    pid_t *id, const char *file, char *const arguments[], char *const environment[], const char *folder, int input,
    int output, int errors, bool leads_group);

#endif
