import FaultyVFS
import Foundation
import MetricModel
import Synchronization
import Testing

@testable import StateStore

/// A folder of one test, gone with it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "azimuth-state-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/azimuth.db" }

    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    func settings(
        _ destinations: [String] = ["one", "two"], maxSize: Int = 1 << 20, fileLayer: String? = nil
    ) -> StateStoreSettings {
        var settings = StateStoreSettings(folder: path, maxSize: maxSize, destinations: destinations)
        settings.fileLayer = fileLayer
        return settings
    }

    func open(_ destinations: [String] = ["one", "two"], maxSize: Int = 1 << 20) throws -> StateStore {
        try StateStore(settings(destinations, maxSize: maxSize), now: { noon })
    }

    /// The database and its log, as a crash would leave them now.
    func copy() throws -> TestFolder {
        let copy = try TestFolder()
        for name in files where name == "azimuth.db" || name == "azimuth.db-wal" {
            try FileManager.default.copyItem(atPath: path + "/" + name, toPath: copy.path + "/" + name)
        }
        return copy
    }

    /// Overwrites bytes of a file.
    func damage(_ file: String, at offset: UInt64, with bytes: [UInt8]) throws {
        let handle = try FileHandle(forUpdating: URL(filePath: path + "/" + file))
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }
}

let noon = Timestamp(seconds: 1_790_000_000)

/// A disk that fails when it is told to. SQLite keeps its file layers for ever.
struct FaultyDisk: @unchecked Sendable {
    // Used through functions that are safe at any time.
    private let vfs: OpaquePointer
    let name: String

    private static let count = Atomic(0)

    init() {
        name = "faulty-\(Self.count.add(1, ordering: .relaxed).newValue)"
        vfs = faulty_vfs_new(name)
    }

    func fail(_ mode: FaultyMode, after operations: Int = 0) { faulty_vfs_fail(vfs, Int32(mode.rawValue), operations) }
    func reserve(_ path: String) { faulty_vfs_reserve(vfs, path) }
    func heal() { fail(FAULTY_NONE) }
    var operations: Int { faulty_vfs_operations(vfs) }
    var bytes: Int { faulty_vfs_bytes(vfs) }
}

extension StoredRow {
    /// A row of `points` points at `second`, whose payload says `tag`.
    static func test(
        _ destination: String, _ tag: Int, bytes: Int = 8, points: Int = 1, at second: Int64 = 0, kind: RowKind = .live
    ) -> StoredRow {
        var payload = [UInt8](repeating: 0, count: max(8, bytes))
        for index in 0..<8 { payload[index] = UInt8(truncatingIfNeeded: tag >> (8 * index)) }
        return StoredRow(
            destination: destination, kind: kind, payload: payload, isCompressed: tag % 2 == 0, pointCount: points,
            uncompressedBytes: bytes * 2, oldest: Timestamp(seconds: second), newest: Timestamp(seconds: second + 60))
    }

    var tag: Int { (0..<8).reduce(0) { $0 | Int(payload[$1]) << (8 * $1) } }
}

extension StateChange {
    static func rows(_ rows: StoredRow...) -> StateChange {
        var change = StateChange()
        change.rows = rows
        return change
    }
}

extension StateStore {
    /// All ledgers of a view, and their keys' order.
    func ledgers(_ view: Int64 = 0) throws -> [LedgerKey: [UInt8]] {
        var all: [LedgerKey: [UInt8]] = [:]
        try forEachLedger(view: view) { all[$0] = $1 }
        return all
    }

    /// What waits for a destination, in its order.
    func waiting(_ destination: String) throws -> [StoredRow] {
        let outbox = try outbox(of: destination)
        var rows: [StoredRow] = []
        var place = try outbox.first()
        while let here = place {
            if let row = try outbox.row(here) { rows.append(row) }
            place = try outbox.after(here)
        }
        return rows
    }

    func tags(_ destination: String) throws -> [Int] { try waiting(destination).map(\.tag) }
}

extension StateOutbox {
    /// Where the first row is; there must be one.
    func head() throws -> Int64 { try #require(try first()) }
}

func key(_ block: Int64, _ metric: Int64 = 0, view: Int64 = 0) -> LedgerKey {
    LedgerKey(view: view, block: block, metric: metric)
}
