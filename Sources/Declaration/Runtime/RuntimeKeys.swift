/// Every key of `runtime.yaml`: Promitor's and our own.
let runtimeKeys: [RuntimeKey] = usedKeys + collectorKeys + idleKeys.flatMap { $0 } + idleSinkKeys.flatMap { $0 }

private let levels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"]
private let ports = RuntimeKey.Kind.integer(RuntimeReader.ports)
private let anyInteger = RuntimeKey.Kind.integer(Int(Int32.min)...Int(Int32.max))

/// Modes that Promitor knows. Only the first is there yet.
let authenticationModes = [
    "ServicePrincipal", "UserAssignedManagedIdentity", "SystemAssignedManagedIdentity", "SdkDefault",
]

private let usedKeys: [RuntimeKey] = [
    .used("authentication.mode", .words(authenticationModes)),
    .used("authentication.identityId"),
    .used("authentication.secretFilePath"),
    .used("authentication.secretFileName"),
    .used("metricsConfiguration.absolutePath"),
    .used("server.httpPort", .integer(RuntimeReader.ports)),
    .used("healthCheck.enableScraperFreshnessHealthCheck", .boolean),
    .used("telemetry.defaultVerbosity", .words(levels)),
    .used("telemetry.containerLogs.verbosity", .words(levels)),
    .used("collection.settle", .duration(.history)),
    .used("collection.overlap", .duration(.history)),
    .used("collection.backfill", .duration(.history)),
    .used("collection.catchUp", .duration(.history)),
    .used("collection.revisions", .words(["ignore", "resend"])),
    .used("state.folder"),
    .used("state.maxSize", .bytes),
    .used("state.maxAge", .duration(.history)),
    .used("azureMonitor.integration.metricsBatching.enabled", .boolean),
    .used("azureMonitor.integration.metricsBatching.maxBatchSize", anyInteger),
    // Not keys of the file in Promitor's documentation, but its layers of configuration make them equal.
    .used("AUTH_APPID"),
    .used("AUTH_APPKEY"),
]

private let collectorKeys: [RuntimeKey] = [
    .used("metricSinks.openTelemetryCollector.collectorUri"),
    .used("metricSinks.openTelemetryCollector.headers.*"),
    .used("metricSinks.openTelemetryCollector.timeout", .duration(.request)),
    .used("metricSinks.openTelemetryCollector.retryCap", .duration(.request)),
    .used("metricSinks.openTelemetryCollector.compression", .words(["gzip", "none"])),
    .used("metricSinks.openTelemetryCollector.tls.caFile"),
    .used("metricSinks.openTelemetryCollector.tls.clientCertificateFile"),
    .used("metricSinks.openTelemetryCollector.tls.clientKeyFile"),
    .used("metricSinks.openTelemetryCollector.layout", .words(["resource", "flat"])),
    .used("metricSinks.openTelemetryCollector.timestamp", .words(["end", "start"])),
    .used("metricSinks.openTelemetryCollector.sumsAs", .words(["gauge", "delta", "cumulative"])),
    .used("metricSinks.openTelemetryCollector.serviceName"),
    .used("metricSinks.openTelemetryCollector.serviceNamespace"),
    // One status, several with commas between them, as in a variable, or a list.
    .used("metricSinks.openTelemetryCollector.retryStatus", .statuses),
    .used("metricSinks.openTelemetryCollector.retryStatus.*", .statuses),
]

private let idleKeys: [[RuntimeKey]] = [
    RuntimeKey.idle(
        "server.maxDegreeOfParallelism", "the pace follows Azure's limits, and at most 8 answers are held at once",
        ["": anyInteger]),
    RuntimeKey.idle(
        "concurrency", "each request has its own deadline, and runs never overlap",
        ["mutexTimeoutSeconds": anyInteger]),
    RuntimeKey.idle(
        "azureMonitor.logging", "`--log-level` decides what is logged",
        unless: .init(name: "isEnabled", text: "false"),
        [
            "isEnabled": .boolean,
            "informationLevel": .words(["None", "Basic", "Headers", "Body", "BodyAndHeaders"]),
        ]),
    RuntimeKey.idle(
        "azureMonitor.integration.useAzureMonitorSdk", "there is one client for Azure Monitor here",
        unless: .init(name: "", text: "true"), ["": .boolean]),
    RuntimeKey.idle(
        "azureMonitor.integration.history",
        "every finished interval is read once, and `collection.backfill` says how far back to begin",
        ["startingFromInHours": anyInteger, "startingFromOffset": .duration(nil)]),
    RuntimeKey.idle(
        "azureMonitor.integration.metricsBatching.azureRegion", "each resource is asked for in its own region",
        ["": .text]),
    RuntimeKey.idle(
        "telemetry.containerLogs.isEnabled", "the log is always on", unless: .init(name: "", text: "true"),
        ["": .boolean]),
    RuntimeKey.idle(
        "telemetry.applicationInsights", "this version does not send its log to Application Insights",
        unless: .init(name: "isEnabled", text: "false"),
        ["isEnabled": .boolean, "verbosity": .words(levels), "instrumentationKey": .text]),
    RuntimeKey.idle(
        "resourceDiscovery", "this version does not discover resources yet", ["host": .text, "port": ports]),
    RuntimeKey.idle("collection.takeover", "agents do not share their work yet", ["": .duration(nil)]),
    RuntimeKey.idle("prometheus.scrapeEndpoint", "Promitor does not use it either", ["baseUriPath": .text]),
]

private let idleSinkKeys: [[RuntimeKey]] = [
    RuntimeKey.idle(
        "metricSinks.prometheusScrapingEndpoint", "this version has no scraping endpoint for Prometheus yet",
        [
            "baseUriPath": .text, "metricUnavailableValue": .number, "enableMetricTimestamps": .boolean,
            "labels.transformation": .words(["None", "Lowercase"]),
        ]),
    RuntimeKey.idle(
        "metricSinks.statsd", "this version does not push to StatsD yet",
        [
            "host": .text, "port": anyInteger, "metricPrefix": .text, "metricFormat": .words(["Default", "Geneva"]),
            "geneva.account": .text, "geneva.namespace": .text,
        ]),
    RuntimeKey.idle(
        "metricSinks.atlassianStatuspage", "this version does not push to Statuspage yet",
        ["pageId": .text, "systemMetricMapping.*.id": .text, "systemMetricMapping.*.promitorMetricName": .text]),
    RuntimeKey.idle(
        "ATLASSIAN_STATUSPAGE_APIKEY", "this version does not push to Statuspage yet", ["": .text]),
]
