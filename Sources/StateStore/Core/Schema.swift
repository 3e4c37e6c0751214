/// The tables, and how those of older versions become these.
enum Schema {
    /// Kept in the file as `user_version`.
    static let version = 2

    /// The distance of two rows that were enqueued one after the other. What a row is divided into fits between: halves of
    /// halves 27 deep.
    static let sequenceStep: Int64 = 1 << 28

    private static let tables = """
        CREATE TABLE ledger(
            view INTEGER NOT NULL, block INTEGER NOT NULL, metric INTEGER NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY(view, block, metric)) WITHOUT ROWID;
        -- Times in nanoseconds since 1970. The payload comes last: what stands before it is read without it.
        CREATE TABLE outbox(
            sequence INTEGER PRIMARY KEY, destination TEXT NOT NULL, kind INTEGER NOT NULL, compressed INTEGER NOT NULL,
            points INTEGER NOT NULL, uncompressed INTEGER NOT NULL, oldest INTEGER NOT NULL, newest INTEGER NOT NULL,
            enqueued INTEGER NOT NULL, bytes INTEGER NOT NULL, payload BLOB NOT NULL);
        CREATE INDEX outbox_order ON outbox(destination, sequence);
        CREATE INDEX outbox_live ON outbox(destination, sequence) WHERE kind=0;
        CREATE INDEX outbox_oldest ON outbox(destination, oldest, sequence, points, bytes);
        -- Without destination or reason: an empty text.
        CREATE TABLE counter(
            name TEXT NOT NULL, destination TEXT NOT NULL, reason TEXT NOT NULL, value INTEGER NOT NULL,
            PRIMARY KEY(name, destination, reason)) WITHOUT ROWID;
        CREATE TABLE document(name TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
        """

    static func create(in connection: Connection) throws(SQLiteError) {
        try connection.transaction { () throws(SQLiteError) in
            try connection.execute(tables + "PRAGMA user_version=\(version)")
        }
    }

    /// Version 1 had neither kinds, nor the time of enqueueing, nor reasons, and counted its rows 1, 2, 3: what was divided
    /// went to the end. Its ledgers were the same.
    static func migrateFrom1(in connection: Connection) throws(SQLiteError) {
        try connection.transaction { () throws(SQLiteError) in
            try connection.execute(
                """
                ALTER TABLE ledger RENAME TO ledger_1;
                ALTER TABLE outbox RENAME TO outbox_1;
                ALTER TABLE counter RENAME TO counter_1;
                ALTER TABLE document RENAME TO document_1;
                \(tables)
                INSERT INTO ledger SELECT view, block, metric, bytes FROM ledger_1;
                INSERT INTO outbox \(rowsOf1(table: "outbox_1")) ORDER BY sequence;
                INSERT INTO counter SELECT name, destination, '', value FROM counter_1;
                INSERT INTO document SELECT name, bytes FROM document_1;
                DROP TABLE ledger_1;
                DROP TABLE outbox_1;
                DROP TABLE counter_1;
                DROP TABLE document_1;
                PRAGMA user_version=\(version);
                """)
        }
    }

    /// The rows of version 1 as rows of this one. When they were enqueued is unknown: at the earliest when their newest
    /// point was there.
    static func rowsOf1(table: String) -> String {
        """
        SELECT sequence * \(sequenceStep), destination, 0, compressed, points, uncompressed, oldest, newest, newest,
        length(payload), payload FROM \(table)
        """
    }
}
