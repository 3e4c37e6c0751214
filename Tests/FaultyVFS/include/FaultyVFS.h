#pragma once

/// A file layer for SQLite over the system's own that fails when it is told to.
typedef struct FaultyVFS FaultyVFS;

/// What happens to writes, flushes and truncations. The values are this enumeration's own.
enum FaultyMode {
    FAULTY_NONE = 0,
    /// The disk is full.
    FAULTY_FULL,
    /// The file system became read-only.
    FAULTY_READ_ONLY,
    /// The disk cannot be written.
    FAULTY_IO_ERROR,
    /// Half of each write arrives before the disk is full.
    FAULTY_SHORT_WRITE,
    /// Flushing fails, everything else is done.
    FAULTY_FLUSH,
    /// Reads fail, too.
    FAULTY_DEAD,
    /// Nothing behind the first two pages of 4096 bytes can be read.
    FAULTY_BAD_SECTORS,
    /// The user may not open any file.
    FAULTY_FORBIDDEN,
    /// The process has as many open files as it may have.
    FAULTY_NO_DESCRIPTORS,
    /// The disk is full: no file can grow, except by the size of what `faulty_vfs_reserve` names, once that is gone.
    FAULTY_NO_GROWTH,
    /// Files can be opened for reading only.
    FAULTY_WRITE_PROTECTED,
};

/// Registers a new layer with SQLite, for ever; `name` is SQLite's name for it and must be unused.
FaultyVFS *faulty_vfs_new(const char *name);

/// SQLite's name for it.
const char *faulty_vfs_name(const FaultyVFS *vfs);

/// From the `after`-th operation on (0: the next), `mode` holds until it is set again. May be called at any time.
void faulty_vfs_fail(FaultyVFS *vfs, int mode, long after);

/// The room of the file at `path`, which is there, comes back to the disk when it is removed. Called once, before it fails.
void faulty_vfs_reserve(FaultyVFS *vfs, const char *path);

/// How many writes, flushes and truncations there were so far.
long faulty_vfs_operations(const FaultyVFS *vfs);

/// How many bytes were written so far.
long faulty_vfs_bytes(const FaultyVFS *vfs);
