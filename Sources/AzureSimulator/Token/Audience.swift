import HTTPServer

/// The resources that tokens are asked for.
enum Audience {
    /// What Azure Resource Manager accepts.
    static let resourceManager = ["https://management.azure.com", "https://management.core.windows.net"]
    /// Known to the tenant besides.
    static let others = ["https://metrics.monitor.azure.com", "https://api.loganalytics.io"]

    /// Whether `audience` is Azure Resource Manager: by its name, or by the address at which the simulator was called.
    static func isResourceManager(_ audience: String, calledAs request: ServedRequest) -> Bool {
        let audience = canonical(audience)
        return resourceManager.contains(audience) || audience == canonical("http://" + (request.header("Host") ?? ""))
    }

    /// Whether the tenant has such a resource at all.
    static func isKnown(_ audience: String, calledAs request: ServedRequest) -> Bool {
        isResourceManager(audience, calledAs: request) || others.contains(canonical(audience))
    }

    private static func canonical(_ audience: String) -> String {
        let audience = audience.lowercased()
        return audience.hasSuffix("/") ? String(audience.dropLast()) : audience
    }
}
