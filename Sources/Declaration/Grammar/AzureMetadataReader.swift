import ResourceCatalog

/// Reads `azureMetadata`.
struct AzureMetadataReader {
    private static let keys = KnownKeys(
        required: ["tenantId", "subscriptionId", "resourceGroupName"], optional: ["cloud", "endpoints"])
    private static let urls = [
        "authenticationEndpoint", "resourceManagerEndpoint", "managementEndpoint", "graphEndpoint",
        "metricsQueryAudience", "metricsClientAudience",
    ]
    private static let endpointKeys = KnownKeys(
        required: urls + ["storageEndpointSuffix", "keyVaultSuffix"], optional: ["logAnalyticsEndpoint"])
    private static let names = ["Global", "China", "UsGov", "Custom"]
    private static let namesFix = "write Global, China, UsGov or Custom"

    let diagnostics: Diagnostics

    /// What the declaration says under `azureMetadata`; `nil` when that is not enough.
    func metadata(_ root: MappingReader) -> AzureMetadata? {
        guard let reader = root.requiredMapping("azureMetadata", keys: Self.keys) else { return nil }
        let tenantID = reader.requiredText("tenantId")
        let subscriptionID = reader.requiredText("subscriptionId")
        let resourceGroupName = reader.requiredText("resourceGroupName")
        for name in ["tenantId", "subscriptionId", "resourceGroupName"] { checkName(reader, name) }
        let cloud = cloud(reader)
        guard let tenantID, let subscriptionID, let resourceGroupName, let cloud else { return nil }
        return AzureMetadata(
            tenantID: tenantID, subscriptionID: subscriptionID, resourceGroupName: resourceGroupName, cloud: cloud)
    }

    /// All three become parts of addresses.
    private func checkName(_ reader: MappingReader, _ name: String) {
        guard let entry = reader.entry(name), let text = entry.value.text else { return }
        if let problem = ResourceNames.problem(of: text) {
            diagnostics.error("`\(name)` \(problem)", at: entry.valueMark, fix: ResourceNames.fix)
        } else {
            reader.warnOfPlaceholder(name)
        }
    }

    /// `endpoints` is read wherever it stands; Promitor drops it above `cloud`.
    private func cloud(_ reader: MappingReader) -> DeclaredCloud? {
        let name = reader.entry("cloud") == nil ? "Global" : reader.requiredText("cloud")
        if let name, name != "Custom", let endpoints = reader.entry("endpoints") {
            diagnostics.warn(
                "`endpoints` is used with `cloud: Custom` only and is ignored", at: endpoints.keyMark,
                fix: "remove it, or write `cloud: Custom`")
        }
        switch name {
        case nil: return nil
        case "Global": return .global
        case "China": return .china
        case "UsGov": return .usGov
        case "Custom": return endpoints(reader).map(DeclaredCloud.custom)
        case "Germany": refuse(reader, "is not supported: Microsoft closed it in October 2021", fix: Self.namesFix)
        case "Unspecified": refuse(reader, "is not supported: it names none", fix: Self.namesFix)
        case let name?: refuse(reader, "is unknown", fix: Suggestion.fix(for: name, among: Self.names) ?? Self.namesFix)
        }
        return nil
    }

    private func refuse(_ reader: MappingReader, _ reason: String, fix: String) {
        guard let entry = reader.entry("cloud") else { return }
        diagnostics.error("the cloud `\(entry.value.text ?? "")` \(reason)", at: entry.valueMark, fix: fix)
    }

    private func endpoints(_ reader: MappingReader) -> CloudEndpoints? {
        guard let cloud = reader.entry("cloud") else { return nil }
        guard reader.entry("endpoints") != nil else {
            diagnostics.error(
                "`cloud: Custom` needs `endpoints`", at: cloud.valueMark, fix: "add `endpoints:` beside it")
            return nil
        }
        guard let reader = reader.requiredMapping("endpoints", keys: Self.endpointKeys) else { return nil }
        var texts: [String: String] = [:]
        for key in Self.endpointKeys.required { texts[key] = reader.requiredText(key) }
        texts["logAnalyticsEndpoint"] = reader.optionalText("logAnalyticsEndpoint")
        for key in Self.urls + ["logAnalyticsEndpoint"] {
            guard let text = texts[key], let problem = EndpointProblem(of: text), let entry = reader.entry(key) else {
                continue
            }
            // Promitor starts with whatever URL stands there, and nobody asks the old graph any more.
            if key == "graphEndpoint", text.contains("://") {
                diagnostics.warn(
                    "`\(key)` \(problem.message); nothing uses it", at: entry.valueMark, fix: problem.fix)
            } else {
                diagnostics.error("`\(key)` \(problem.message)", at: entry.valueMark, fix: problem.fix)
            }
        }
        if let suffix = texts["storageEndpointSuffix"], let entry = reader.entry("storageEndpointSuffix"),
            !EndpointProblem.isHost(suffix)
        {
            // As above: it is used by storage queues alone, which are not scraped yet.
            diagnostics.warn(
                "`storageEndpointSuffix` must be the end of a host name, not `\(suffix)`; nothing uses it yet",
                at: entry.valueMark,
                fix: "write it without `https://`, dot or slash around it, as in `core.windows.net`")
        }
        guard Self.endpointKeys.required.allSatisfy({ texts[$0] != nil }) else { return nil }
        func text(_ key: String) -> String { texts[key] ?? "" }
        return CloudEndpoints(
            authenticationEndpoint: text("authenticationEndpoint"),
            resourceManagerEndpoint: text("resourceManagerEndpoint"), managementEndpoint: text("managementEndpoint"),
            graphEndpoint: text("graphEndpoint"), storageEndpointSuffix: text("storageEndpointSuffix"),
            keyVaultSuffix: text("keyVaultSuffix"), metricsQueryAudience: text("metricsQueryAudience"),
            metricsClientAudience: text("metricsClientAudience"), logAnalyticsEndpoint: texts["logAnalyticsEndpoint"])
    }
}
