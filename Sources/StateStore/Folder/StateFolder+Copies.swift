#if canImport(Glibc)
    import Glibc
#endif

extension StateFolder {
    /// So many of the databases that were moved aside are kept, the newest.
    private static let keptCopies = 2

    /// Removes older ones, so that a disk that damages files does not fill up as well.
    /// - Returns: Their paths.
    func removeOldCopies() -> [String] {
        let copies = names().compactMap(Copy.init).filter { !Files.isFolder(path + "/" + $0.name) }.sorted()
        return copies.dropLast(Self.keptCopies).map { copy in
            let file = path + "/" + copy.name
            for suffix in ["-wal", "-shm", ""] { Files.remove(file + suffix) }
            return file
        }
    }

    /// `azimuth.db.20261126T150000Z-2`: as it was named when it was moved aside, and nothing else.
    private struct Copy: Comparable {
        let name: String
        private let time: String
        private let number: Int

        init?(_ name: String) {
            let prefix = "azimuth.db."
            guard name.hasPrefix(prefix) else { return nil }
            let parts = name.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
            let shape = parts[0].map { $0.isASCII && $0.isNumber ? "0" : $0 }
            guard parts.count <= 2, String(shape) == "00000000T000000Z" else { return nil }
            guard let number = parts.count == 1 ? 1 : Int(parts[1]) else { return nil }
            self.name = name
            time = String(parts[0])
            self.number = number
        }

        static func < (left: Copy, right: Copy) -> Bool { (left.time, left.number) < (right.time, right.number) }
    }

    private func names() -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }
}
