import HTTPServer
import MetricModel

/// `POST /simulator/clock?advance=SECONDS`: moves the clock forward, if it is one that waits to be moved.
enum ClockRoute {
    /// A year.
    private static let mostSeconds: Int64 = 366 * 86_400

    static func answer(_ exchange: Exchange) throws(AzureError) -> ServedResponse {
        let text = exchange.parameters["advance"] ?? ""
        guard let seconds = Int64(text), (0...mostSeconds).contains(seconds) else {
            throw .manager(400, "BadRequest", "The value '\(text)' is not valid for 'advance': expected whole seconds.")
        }
        guard let clock = exchange.azure.clock as? SteppedClock else {
            throw .manager(409, "Conflict", "The simulator runs on the machine's clock, which cannot be moved.")
        }
        clock.advance(by: .seconds(seconds))
        return .json(JSONWriter.object { $0.field("now", clock.systemNow.description) })
    }
}
