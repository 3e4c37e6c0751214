-- A state file of schema version 1, as it was before rows had kinds. version1.db is made of it:
--   sqlite3 Tests/StateStoreTests/Fixtures/version1.db < Tests/StateStoreTests/Fixtures/version1.sql
PRAGMA page_size=1024;
PRAGMA journal_mode=DELETE;
CREATE TABLE ledger(
    view INTEGER NOT NULL, block INTEGER NOT NULL, metric INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY(view, block, metric)) WITHOUT ROWID;
CREATE TABLE outbox(
    sequence INTEGER PRIMARY KEY, destination TEXT NOT NULL, compressed INTEGER NOT NULL, points INTEGER NOT NULL,
    uncompressed INTEGER NOT NULL, oldest INTEGER NOT NULL, newest INTEGER NOT NULL, payload BLOB NOT NULL);
CREATE TABLE counter(
    name TEXT NOT NULL, destination TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY(name, destination)) WITHOUT ROWID;
CREATE TABLE document(name TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO ledger VALUES (0, 0, 0, x'000102'), (0, 0, 1, x''), (0, 1, -5, x'ff'), (7, 0, 0, x'07');
INSERT INTO outbox VALUES
    (1, 'one', 1, 10, 100, 1000000000, 2000000000, x'1111'),
    (2, 'two', 0, 20, 200, 3000000000, 4000000000, x'2222'),
    (4, 'one', 1, 30, 300, 500000000, 6000000000, zeroblob(3000));
INSERT INTO counter VALUES ('skipped', '', 3), ('dropped', 'one', 4);
INSERT INTO document VALUES ('regions', x'7b7d');
PRAGMA user_version=1;
