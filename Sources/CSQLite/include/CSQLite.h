#pragma once
#include <sqlite3.h>

/// Binds a copy of `count` bytes; SQLITE_TRANSIENT is a cast that Swift cannot see. No bytes bind an empty blob, not
/// NULL.
static inline int azimuth_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return count == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                      : sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

/// Binds a copy of `count` bytes of UTF-8; none bind an empty text.
static inline int azimuth_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite3_bind_text(statement, index, count == 0 ? "" : text, count, SQLITE_TRANSIENT);
}

/// Leaves the write-ahead log as it is when the connection is closed. (Variadic functions are not imported.)
static inline int azimuth_keep_log_on_close(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
