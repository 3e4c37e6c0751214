extension AzureEnvironment {
    /// Base URL of metric queries on many resources of one region: `https://westeurope.metrics.monitor.azure.com`.
    ///
    /// Promitor's rule: `<region>.` goes before the first `metrics` in ``batchMetricsAudience``. An address without
    /// `metrics` serves every region and stays as it is.
    /// - Parameter region: A resource's location as Azure writes it, in any case and with or without spaces:
    ///   `West Europe`. Resources without a region have `global`, which has a host like the others.
    /// - Throws: `AzureError` `.badRequest` when that is no part of a host name: a token must not go wherever it points.
    public func batchMetrics(region: String) throws(AzureError) -> String {
        // By bytes: every call asks for it.
        let label = String(decoding: region.utf8.lazy.filter { $0 != UInt8(ascii: " ") }, as: UTF8.self).lowercased()
        guard Self.isHostLabel(label) else {
            throw AzureError(
                .badRequest, host: BaseURL.authority(of: batchMetricsAudience),
                message: "The question was not asked: '\(label.singleLine(limit: 64))' is not a region of Azure.",
                remedy: "Give the region as Azure lists it, such as westeurope.")
        }
        let base = BaseURL(batchMetricsAudience)?.text ?? batchMetricsAudience
        guard let place = base.utf8.firstRange(of: "metrics".utf8) else { return base }
        return base[..<place.lowerBound] + label + "." + base[place.lowerBound...]
    }

    /// RFC 1123: 1 to 63 letters, digits and hyphens, no hyphen at either end.
    private static func isHostLabel(_ text: String) -> Bool {
        guard (1...63).contains(text.utf8.count), text.first != "-", text.last != "-" else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}
