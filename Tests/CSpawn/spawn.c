// The functions whose names end with _np, which Swift does not see.
#define _GNU_SOURCE
#include "CSpawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

/// The three streams and the folder.
static int add_actions(
    posix_spawn_file_actions_t *actions, const char *folder, int input, int output, int errors) {
    int code = input < 0 ? posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)
                         : posix_spawn_file_actions_adddup2(actions, input, 0);
    if (code == 0) code = posix_spawn_file_actions_adddup2(actions, output, 1);
    if (code == 0) code = posix_spawn_file_actions_adddup2(actions, errors, 2);
    if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    if (code == 0 && folder) code = posix_spawn_file_actions_addchdir_np(actions, folder);
    return code;
}

int azimuth_spawn(
    pid_t *id, const char *file, char *const arguments[], char *const environment[], const char *folder, int input,
    int output, int errors, bool leads_group) {
    posix_spawn_file_actions_t actions;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0) return code;
    posix_spawnattr_t attributes;
    code = posix_spawnattr_init(&attributes);
    if (code == 0) {
        // The threads that tasks share block nearly all signals, which a program would inherit.
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setpgroup(&attributes, 0);
        const short group = leads_group ? POSIX_SPAWN_SETPGROUP : 0;
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group);
        code = add_actions(&actions, folder, input, output, errors);
        if (code == 0) code = posix_spawnp(id, file, &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return code;
}
