#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's entry for programs with a `main` of their own (the compiler's runtime holds it).
/// Calls `target` with input after input; returns an exit code, unless `target` dies.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *data, size_t size));
