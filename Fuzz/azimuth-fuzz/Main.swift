import CFuzzer

#if canImport(Glibc)
    import Glibc
#endif

/// Runs libFuzzer on one of the places where foreign bytes come in: `azimuth-fuzz TARGET [libFuzzer's options and corpora]`.
///
/// An input that crashes, hangs or breaks what a target promises is left in a file, which is replayed by
/// `azimuth-fuzz TARGET FILE`.
@main
enum Main {
    private static let targets: [String: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32] = [
        "yaml": { YAMLTarget.run(bytes($0, $1)) },
        "json": { JSONTarget.run(bytes($0, $1)) },
        "http": { HTTPTarget.run(bytes($0, $1)) },
        "otlp": { OTLPTarget.run(bytes($0, $1)) },
    ]

    static func main() {
        guard CommandLine.arguments.count > 1, let target = targets[CommandLine.arguments[1]] else {
            print("usage: azimuth-fuzz \(targets.keys.sorted().joined(separator: "|")) [OPTION ...] [CORPUS ...]")
            exit(2)
        }
        // The name of the target is ours; libFuzzer gets the rest.
        let rest = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)
        var arguments: [UnsafeMutablePointer<CChar>?] = rest.map { strdup($0) } + [nil]
        var count = Int32(rest.count)
        let code = arguments.withUnsafeMutableBufferPointer { buffer in
            var pointer = buffer.baseAddress
            return LLVMFuzzerRunDriver(&count, &pointer, target)
        }
        exit(code)
    }
}

private func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: start, count: count))
}

/// What a target promises of every input. Ends the process when it is broken, so that libFuzzer keeps the input.
func promise(_ isKept: Bool, _ promise: @autoclosure () -> String) {
    guard !isKept else { return }
    print("BROKEN PROMISE: \(promise())")
    abort()
}
