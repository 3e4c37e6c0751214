import CSQLite

#if canImport(Glibc)
    import Glibc
#endif

/// What SQLite answered instead of success.
struct SQLiteError: Error, CustomStringConvertible {
    /// SQLite's extended result code.
    let code: Int32
    let message: String
    /// The `errno` behind a code that leaves the reason open; 0 without one.
    var systemCode: Int32 = 0

    enum Cause {
        /// The file is not, or no longer, a database.
        case damage
        /// The disk, or who else uses it: it may be better later.
        case disk
        case mistake
    }

    var cause: Cause {
        switch code & 0xff {
        case SQLITE_CORRUPT, SQLITE_NOTADB: .damage
        case SQLITE_IOERR where code == SQLITE_IOERR | (33 << 8): .damage  // SQLITE_IOERR_CORRUPTFS
        case SQLITE_FULL, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PERM,
            SQLITE_PROTOCOL, SQLITE_NOMEM:
            .disk
        default: .mistake
        }
    }

    /// What the operator can do about the disk.
    var advice: String {
        switch code & 0xff {
        case SQLITE_FULL: FileFailure(code: ENOSPC, path: "").advice
        case SQLITE_READONLY, SQLITE_PERM: FileFailure(code: EACCES, path: "").advice
        case SQLITE_BUSY, SQLITE_LOCKED: "end the other program that has the state file open"
        case SQLITE_NOMEM: "give azimuth more memory"
        default: FileFailure(code: systemCode, path: "").advice
        }
    }

    var description: String {
        let system = systemCode == 0 ? "" : ": \(String(cString: strerror(systemCode)))"
        return "\(message)\(system) (SQLite \(code))"
    }
}
