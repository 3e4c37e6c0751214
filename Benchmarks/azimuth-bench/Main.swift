/// Prints what the pipeline costs. Ratios and repeated runs say more than one absolute figure: machines differ.
///
/// Without arguments a few sizes, for people. `write FILE` writes the answers that the comparison with other programs reads,
/// `read FILE` prints what they cost here: points, seconds of CPU, bytes, and peak RSS in MB. `growth RESOURCES FOLDER` prints
/// points, seconds of CPU and RSS of some cycles of so many resources, `week FOLDER` the RSS of each day of a week, `ledger FOLDER` the
/// seconds that the ledgers of 400,000 series cost a cycle.
@main
struct Main {
    /// Of the comparison: a cycle of five minutes.
    private static let compared = CannedAnswers(resourceCount: 500, metricCount: 20, bucketCount: 5)

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case (nil, _): try await table()
        case ("write", let file?): try compared.write(to: file)
        case ("read", let file?):
            let cost = try await PipelineBenchmark(
                answers: try CannedAnswers(file: file, metricCount: 20, bucketCount: 5)
            ).run()
            print(cost.points, cost.seconds, cost.bytes, cost.peakMegabytes)
        case ("growth", let number?):
            guard let count = Int(number), let folder = arguments.dropFirst(2).first else { throw BenchmarkError.usage }
            let cycles = min(50, max(3, 200_000 / (5 * count)))
            let benchmark = EstateBenchmark(resourceCount: count, metricCount: 5, folder: folder)
            let cost = try await benchmark.run(warmUp: 5, cycles: cycles)
            print(cost.points / cycles, cost.seconds / Double(cycles), cost.megabytes.max() ?? 0, cost.peakMegabytes)
        case ("ledger", let folder?): print(try LedgerBenchmark(folder: folder).run())
        case ("week", let folder?):
            let benchmark = EstateBenchmark(resourceCount: 20, metricCount: 5, folder: folder)
            let cost = try await benchmark.run(warmUp: 1440, cycles: 6 * 1440, sampleEvery: 1440)
            print(cost.megabytes.map(rounded).joined(separator: " "))
        default: throw BenchmarkError.usage
        }
    }

    private static func table() async throws {
        // Warm-up first: the first run pays for lazy initialisation.
        let warmUp = CannedAnswers(resourceCount: 50, metricCount: 20, bucketCount: 5)
        _ = try await PipelineBenchmark(answers: warmUp).run()
        for buckets in [1, 5, 60] {
            print("\(buckets) buckets an answer:")
            let answers = CannedAnswers(resourceCount: 500, metricCount: 20, bucketCount: buckets)
            for _ in 0..<3 { print("  " + (try await PipelineBenchmark(answers: answers).run()).description) }
        }
    }
}
