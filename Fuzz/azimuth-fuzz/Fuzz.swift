#if canImport(Glibc)
    import Glibc
#endif

/// The places where foreign bytes come in, by the name that the environment variable `FUZZ_TARGET` has.
///
/// An input that crashes, hangs or breaks what a target promises is left in a file, which is replayed by
/// `FUZZ_TARGET=… azimuth-fuzz FILE`.
private let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "yaml": YAMLTarget.run, "json": JSONTarget.run, "http": HTTPTarget.run, "otlp": OTLPTarget.run,
]

private let target: @Sendable ([UInt8]) -> Void = {
    guard let target = getenv("FUZZ_TARGET").flatMap({ targets[String(cString: $0)] }) else {
        print("set FUZZ_TARGET to one of \(targets.keys.sorted().joined(separator: ", "))")
        exit(2)
    }
    return target
}()

/// What libFuzzer, whose `main` this program has, calls with input after input.
@_cdecl("LLVMFuzzerTestOneInput") func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    target(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// What a target promises of every input. Ends the process when it is broken, so that libFuzzer keeps the input.
func promise(_ isKept: Bool, _ promise: @autoclosure () -> String) {
    guard !isKept else { return }
    print("BROKEN PROMISE: \(promise())")
    fflush(nil)
    abort()
}
