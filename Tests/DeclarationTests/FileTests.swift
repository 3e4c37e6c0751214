import Foundation
import Testing

@testable import Declaration

@Suite struct FileTests {
    private func diagnose(_ content: [UInt8]) throws -> [Diagnostic] {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "metrics.yaml")
            try Data(content).write(to: file)
            let (declaration, found) = DeclarationLoader.load(path: file.path, environment: [:], strict: false)
            #expect(declaration == nil)
            #expect(found.allSatisfy { $0.file == file.path })
            return found
        }
    }

    static let unreadable: [([UInt8], String)] = [
        ([], "error the file is empty; it needs at least `version: v1`"),
        (Array("# to do\n".utf8), "error the file is empty; it needs at least `version: v1`"),
        ([0x7F, 0x45, 0x4C, 0x46, 0, 1], "error this is a binary file, not YAML; check that it is the right file"),
        ([0xFF, 0xFE, 0x61, 0, 0x3A, 0], "error the file is UTF-16, not UTF-8; save it as UTF-8"),
        (Array("a: 1\nb: é".utf8) + [0xFC, 0x0A], "error 2:5 the byte 0xFC is not UTF-8; save the file as UTF-8"),
        ([0x61, 0x3A, 0x20, 0xE2, 0x82], "error 1:4 the byte 0xE2 is not UTF-8; save the file as UTF-8"),
        (Array("- a\n- b\n".utf8), "error 1:1 a declaration must be a mapping, not a list; begin with `version: v1`"),
        (Array("hello".utf8), "error 1:1 a declaration must be a mapping, not text; begin with `version: v1`"),
        (Array("a: 1\n\tb: 2".utf8), "error 2:1 a tab stands where YAML wants spaces; indent with spaces"),
    ]

    @Test("a file that is no declaration has one problem", arguments: unreadable)
    func unreadableContent(bytes: [UInt8], expected: String) throws {
        #expect(rendered(try diagnose(bytes)) == [expected])
    }

    @Test("a missing file names itself")
    func missing() throws {
        let (declaration, found) = DeclarationLoader.load(path: "/nowhere/m.yaml", environment: [:], strict: false)
        #expect(declaration == nil)
        #expect(found.map(\.description) == ["/nowhere/m.yaml: error: there is no such file; check the path"])
    }

    @Test("a directory is told from a file")
    func directory() throws {
        try withTemporaryFolder { folder in
            let (declaration, found) = DeclarationLoader.load(path: folder.path, environment: [:], strict: false)
            #expect(declaration == nil)
            let message = "this is a directory, not a file; name the file inside it"
            #expect(found.map(\.description) == ["\(folder.path): error: \(message)"])
        }
    }

    static let systemErrors: [(Int32, String)] = [
        (ENOENT, "there is no such file"), (ENOTDIR, "there is no such file"),
        (EACCES, "no permission to read the file"),
        (EPERM, "no permission to read the file"), (EISDIR, "this is a directory, not a file"),
        (ELOOP, "the file cannot be read: Too many levels of symbolic links"),
    ]

    @Test("the system's refusals have words", arguments: systemErrors)
    func systemError(code: Int32, message: String) {
        #expect(FileError.system(code).message == message)
        #expect(!FileError.system(code).fix.isEmpty)
    }

    @Test("ten megabytes of YAML are refused at once")
    func tooLarge() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "metrics.yaml")
            let line = Data("- {name: metric, description: text, labels: {a: b}}\n".utf8)
            try Data((0..<10_000_000 / line.count).map { _ in line }.joined()).write(to: file)
            let start = ContinuousClock.now
            let (declaration, found) = DeclarationLoader.load(path: file.path, environment: [:], strict: false)
            #expect(ContinuousClock.now - start < .seconds(2))
            #expect(declaration == nil)
            #expect(found.map(\.message) == ["the file is larger than 4 MiB, the most that is read"])
        }
    }

    @Test("the limit itself is still read", arguments: [(4 << 20, true), (4 << 20 + 1, false)])
    func limit(count: Int, isRead: Bool) throws {
        let head = Array("version: v1 #".utf8)
        let found = try diagnose(head + [UInt8](repeating: UInt8(ascii: "x"), count: count - head.count))
        #expect(found.contains { $0.message.contains("larger than 4 MiB") } == !isRead)
        #expect(found.contains { $0.message == "`metrics` is missing" } == isRead)
    }

    @Test("a file full of problems is answered in time, with the rest counted")
    func manyProblems() throws {
        let line = Array("  - {nmae: x}\n".utf8)
        let content = Array("version: v1\nmetrics:\n".utf8) + Array(repeating: line, count: 20_000).joined()
        let start = ContinuousClock.now
        let found = try diagnose(content)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(found.count == Diagnostics.maximumListed + 1)
        #expect(found.last?.message.hasSuffix("more problems are not listed") == true)
    }

    @Test("a named pipe, a socket and a device are refused, and nobody waits for them", .timeLimit(.minutes(5)))
    func special() throws {
        try withTemporaryFolder { folder in
            let pipe = folder.appending(path: "pipe").path
            #expect(mkfifo(pipe, 0o600) == 0)
            let socketPath = folder.appending(path: "s").path
            let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(bound == 0)
            for path in [pipe, socketPath, "/dev/zero", "/dev/null"] {
                let (declaration, found) = DeclarationLoader.load(path: path, environment: [:], strict: false)
                #expect(declaration == nil)
                #expect(found.map(\.message) == ["this is a named pipe, a socket or a device, not a file"])
            }
        }
    }

    @Test("a pipe of the shell is read like a file")
    func pipe() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(sample().utf8))
        try pipe.fileHandleForWriting.close()
        let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
        let (declaration, found) = DeclarationLoader.load(path: path, environment: [:], strict: true)
        #expect(found == [])
        #expect(declaration?.metrics.count == 1)
    }
}
