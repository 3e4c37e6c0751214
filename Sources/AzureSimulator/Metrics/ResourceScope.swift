extension Exchange {
    /// The resource that the path names, for a caller with a token and an API version that Azure knows.
    func resource(versions: Set<String>) throws(AzureError) -> EstateTruth.Entry {
        try authorize()
        try checkVersion(versions)
        let id = "/subscriptions/" + captures[0]
        if let entry = azure.entry(id, at: now) { return entry }
        throw notFound(id)
    }

    /// Refuses a call without an API version, or with one that the operation does not have.
    func checkVersion(_ versions: Set<String>) throws(AzureError) {
        guard let version = parameters["api-version"], !version.isEmpty else {
            throw .manager(
                400, "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.")
        }
        guard versions.contains(version) else {
            throw .manager(
                400, "NoRegisteredProviderFound",
                "No registered resource provider found for API version '\(version)'. "
                    + "The supported api-versions are '\(versions.sorted().joined(separator: ", "))'.")
        }
    }

    /// The outermost part of `id` that does not exist.
    private func notFound(_ id: String) -> AzureError {
        let parts = id.split(separator: "/").map(String.init)
        let known = azure.truth.entries.map { $0.resource.id.lowercased() + "/" }
        func exists(_ segments: Int) -> Bool {
            let prefix = "/" + parts.prefix(segments).joined(separator: "/").lowercased() + "/"
            return known.contains { $0.hasPrefix(prefix) }
        }
        guard exists(2) else {
            return .manager(404, "SubscriptionNotFound", "The subscription '\(parts[1])' could not be found.")
        }
        let group = parts.count > 3 ? parts[3] : ""
        guard exists(4) else {
            return .manager(404, "ResourceGroupNotFound", "Resource group '\(group)' could not be found.")
        }
        let path = parts.dropFirst(5).joined(separator: "/")
        return .manager(
            404, "ResourceNotFound", "The Resource '\(path)' under resource group '\(group)' was not found.")
    }
}
