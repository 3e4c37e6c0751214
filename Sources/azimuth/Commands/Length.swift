import ArgumentParser

/// A length of time on the command line: `30s`, `500ms`, `5m`, `1h`, or plain seconds.
struct Length: ExpressibleByArgument {
    var duration: Duration

    init(seconds: Int64) {
        duration = .seconds(seconds)
    }

    init?(argument: String) {
        let digits = argument.prefix { $0.isNumber }
        guard let value = Int64(digits), value <= 1_000_000 else { return nil }
        switch argument.dropFirst(digits.count) {
        case "", "s": duration = .seconds(value)
        case "ms": duration = .milliseconds(value)
        case "m": duration = .seconds(60 * value)
        case "h": duration = .seconds(3600 * value)
        default: return nil
        }
    }

    var wholeSeconds: Int { Int(duration.components.seconds) }

    var defaultValueDescription: String { "\(wholeSeconds)s" }
}
