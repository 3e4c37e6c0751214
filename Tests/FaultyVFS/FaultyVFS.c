#include "FaultyVFS.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct FaultyVFS {
    sqlite3_vfs base;
    sqlite3_vfs *system;
    atomic_int mode;
    atomic_long threshold;
    atomic_long operations;
    atomic_long bytes;
    // Room for files that grow on a full disk. The path is NULL once its room is there.
    atomic_long room;
    char *reserve;
    long reserve_size;
};

// The system's own file lies behind it in the same block.
typedef struct {
    sqlite3_file base;
    FaultyVFS *vfs;
} FaultyFile;

static sqlite3_file *below(sqlite3_file *file) { return (sqlite3_file *)((FaultyFile *)file + 1); }

static int mode_of(const FaultyVFS *vfs) {
    return atomic_load(&vfs->operations) >= atomic_load(&vfs->threshold) ? atomic_load(&vfs->mode) : FAULTY_NONE;
}

// What a change of the file is answered with; SQLITE_OK lets it happen.
static int refusal(FaultyVFS *vfs, int error) {
    int mode = mode_of(vfs);
    atomic_fetch_add(&vfs->operations, 1);
    switch (mode) {
    case FAULTY_FULL:
    case FAULTY_SHORT_WRITE: return SQLITE_FULL;
    case FAULTY_READ_ONLY: return SQLITE_READONLY;
    case FAULTY_IO_ERROR:
    case FAULTY_DEAD: errno = EIO; return error;
    default: return SQLITE_OK;
    }
}

static int file_close(sqlite3_file *file) { return below(file)->pMethods->xClose(below(file)); }

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    int mode = mode_of(((FaultyFile *)file)->vfs);
    if (mode == FAULTY_DEAD || (mode == FAULTY_BAD_SECTORS && offset >= 8192)) {
        errno = EIO;
        return SQLITE_IOERR_READ;
    }
    return below(file)->pMethods->xRead(below(file), bytes, count, offset);
}

// Takes the room that a file needs to hold `end` bytes; 0 when there is not so much.
static int take_room(FaultyVFS *vfs, sqlite3_file *file, sqlite3_int64 end) {
    if (vfs->reserve != NULL && access(vfs->reserve, F_OK) != 0) {
        free(vfs->reserve);
        vfs->reserve = NULL;
        atomic_fetch_add(&vfs->room, vfs->reserve_size);
    }
    sqlite3_int64 size = 0;
    if (file->pMethods->xFileSize(file, &size) != SQLITE_OK) return 0;
    long growth = end > size ? (long)(end - size) : 0;
    if (growth > atomic_load(&vfs->room)) return 0;
    atomic_fetch_sub(&vfs->room, growth);
    return 1;
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    FaultyVFS *vfs = ((FaultyFile *)file)->vfs;
    int is_short = mode_of(vfs) == FAULTY_SHORT_WRITE;
    int code = refusal(vfs, SQLITE_IOERR_WRITE);
    if (is_short) below(file)->pMethods->xWrite(below(file), bytes, count / 2, offset);
    if (code != SQLITE_OK) return code;
    if (mode_of(vfs) == FAULTY_NO_GROWTH && !take_room(vfs, below(file), offset + count)) return SQLITE_FULL;
    atomic_fetch_add(&vfs->bytes, count);
    return below(file)->pMethods->xWrite(below(file), bytes, count, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int code = refusal(((FaultyFile *)file)->vfs, SQLITE_IOERR_TRUNCATE);
    return code != SQLITE_OK ? code : below(file)->pMethods->xTruncate(below(file), size);
}

static int file_sync(sqlite3_file *file, int flags) {
    FaultyVFS *vfs = ((FaultyFile *)file)->vfs;
    int fails = mode_of(vfs) == FAULTY_FLUSH;
    int code = refusal(vfs, SQLITE_IOERR_FSYNC);
    if (fails) return SQLITE_IOERR_FSYNC;
    return code != SQLITE_OK ? code : below(file)->pMethods->xSync(below(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return below(file)->pMethods->xFileSize(below(file), size);
}
static int file_lock(sqlite3_file *file, int level) { return below(file)->pMethods->xLock(below(file), level); }
static int file_unlock(sqlite3_file *file, int level) { return below(file)->pMethods->xUnlock(below(file), level); }
static int file_is_reserved(sqlite3_file *file, int *answer) {
    return below(file)->pMethods->xCheckReservedLock(below(file), answer);
}
static int file_control(sqlite3_file *file, int operation, void *argument) {
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}
static int file_sector_size(sqlite3_file *file) { return below(file)->pMethods->xSectorSize(below(file)); }
static int file_traits(sqlite3_file *file) { return below(file)->pMethods->xDeviceCharacteristics(below(file)); }

// Version 1: no shared memory and no mapping, so that nothing passes by.
static const sqlite3_io_methods methods = {
    1, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock, file_unlock,
    file_is_reserved, file_control, file_sector_size, file_traits,
};

static int vfs_open(sqlite3_vfs *base, sqlite3_filename name, sqlite3_file *file, int flags, int *result) {
    FaultyVFS *vfs = (FaultyVFS *)base;
    int mode = mode_of(vfs);
    if (mode == FAULTY_FORBIDDEN || mode == FAULTY_NO_DESCRIPTORS) {
        file->pMethods = NULL;
        errno = mode == FAULTY_FORBIDDEN ? EACCES : EMFILE;
        return SQLITE_CANTOPEN;
    }
    if (mode == FAULTY_WRITE_PROTECTED) {
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    }
    int code = vfs->system->xOpen(vfs->system, name, below(file), flags, result);
    file->pMethods = code == SQLITE_OK ? &methods : NULL;
    ((FaultyFile *)file)->vfs = vfs;
    return code;
}

static int vfs_delete(sqlite3_vfs *base, const char *name, int sync) {
    FaultyVFS *vfs = (FaultyVFS *)base;
    int code = refusal(vfs, SQLITE_IOERR_DELETE);
    return code != SQLITE_OK ? code : vfs->system->xDelete(vfs->system, name, sync);
}

FaultyVFS *faulty_vfs_new(const char *name) {
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    FaultyVFS *vfs = calloc(1, sizeof *vfs);
    if (system == NULL || vfs == NULL) abort();
    // What is not replaced here does not look into its first argument.
    vfs->base = *system;
    vfs->base.pNext = NULL;
    vfs->base.zName = strdup(name);
    vfs->base.szOsFile = (int)sizeof(FaultyFile) + system->szOsFile;
    vfs->base.xOpen = vfs_open;
    vfs->base.xDelete = vfs_delete;
    vfs->system = system;
    sqlite3_vfs_register(&vfs->base, 0);
    return vfs;
}

const char *faulty_vfs_name(const FaultyVFS *vfs) { return vfs->base.zName; }

void faulty_vfs_fail(FaultyVFS *vfs, int mode, long after) {
    atomic_store(&vfs->mode, FAULTY_NONE);
    atomic_store(&vfs->threshold, atomic_load(&vfs->operations) + after);
    atomic_store(&vfs->mode, mode);
}

void faulty_vfs_reserve(FaultyVFS *vfs, const char *path) {
    struct stat information;
    if (stat(path, &information) != 0) abort();
    vfs->reserve_size = (long)information.st_size;
    vfs->reserve = strdup(path);
}

long faulty_vfs_operations(const FaultyVFS *vfs) { return atomic_load(&vfs->operations); }

long faulty_vfs_bytes(const FaultyVFS *vfs) { return atomic_load(&vfs->bytes); }
