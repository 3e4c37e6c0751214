import AzureMonitor

/// What a failed call means for planning.
extension AzureError {
    /// What failures of many resources have in common: an outage is one message, whatever each call said.
    var cause: String {
        switch code {
        case .unauthenticated, .unreachable, .tls, .timedOut, .throttled, .unavailable, .unexpectedAnswer, .cancelled:
            "\(code.rawValue) \(host)"
        // A metric that does not exist is refused for every resource in the same words.
        case .badRequest: "\(code.rawValue) \(host) \(message)"
        case .forbidden, .notFound: "\(code.rawValue) \(host) \(serviceCode ?? "")"
        case .malformedAnswer, .bodyTooLarge, .tooManySeries: "\(code.rawValue) \(resource?.canonical ?? host)"
        }
    }

    /// Whether the call was made: without a token, for whatever reason, or without quota, it is not.
    var wasSent: Bool { !isUnsent && api != .tokens }

    /// What hits every call to the host alike.
    var isShared: Bool {
        [.unauthenticated, .unreachable, .tls, .timedOut, .throttled, .unavailable, .unexpectedAnswer].contains(code)
    }

    /// A 400: perhaps only one of the names was wrong.
    var isAboutNames: Bool { code == .badRequest && status ?? 400 == 400 }

    /// A failure of getBatch that one resource may have caused for all.
    var mayBeOneResource: Bool { [.notFound, .badRequest].contains(code) || status == 500 || status == 501 }

    /// There was more to answer than one answer holds.
    var isTooMuch: Bool { code == .bodyTooLarge || code == .tooManySeries }

    /// Asking again soon is of no use: what is too much is asked for in parts first, as far as there are any.
    var isPermanent: Bool { [.badRequest, .notFound].contains(code) || isTooMuch }

    /// Asked about one resource, Azure Resource Manager says that there is none. Another 404 may be about a subscription, a
    /// tenant or a type.
    var isAbsence: Bool {
        code == .notFound && ["resourcenotfound", "resourcegroupnotfound"].contains(serviceCode?.lowercased() ?? "")
    }

    /// The call was made and may succeed at any time. Time-outs pause everybody, and quotas are waited for in their lanes.
    var isPassing: Bool { wasSent && !isPermanent && code != .timedOut && code != .throttled }
}
