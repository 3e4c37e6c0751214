extension MetricTables {
    /// The single servers of MySQL, MariaDB and PostgreSQL, which name their metrics alike.
    static let databaseServer: [SimulatedMetric] = [
        gauge("cpu_percent", "Percent", 2...90),
        gauge("memory_percent", "Percent", 20...92),
        gauge("storage_percent", "Percent", 10...80),
        gauge("active_connections", "Count", 1...120),
    ]

    static let flexibleDatabaseServer: [SimulatedMetric] =
        databaseServer + [volume("network_bytes_egress", "Bytes", 1e3...40e6)]

    static let sqlDatabase: [SimulatedMetric] = [
        gauge("cpu_percent", "Percent", 1...90),
        gauge("dtu_consumption_percent", "Percent", 1...92),
        standing("storage", "Bytes", 2e9...2.1e9),
        counter("connection_successful", 0...40, [SimulatedDimension("SslProtocol", ["1.2", "1.3"])]),
    ]

    static let sqlServer: [SimulatedMetric] = [
        gauge("dtu_used", "Count", 1...90, databases),
        gauge(
            "dtu_consumption_percent", "Percent", 1...90, [SimulatedDimension("ElasticPoolResourceId", ["pool-every"])]),
        gauge("storage_used", "Bytes", 2e9...2.1e9, [SimulatedDimension("ElasticPoolResourceId", ["pool-every"])]),
    ]

    static let sqlElasticPool: [SimulatedMetric] = [
        gauge("cpu_percent", "Percent", 1...90), gauge("storage_percent", "Percent", 10...80),
        gauge("eDTU_used", "Count", 1...95),
    ]

    static let sqlManagedInstance: [SimulatedMetric] = [
        gauge("avg_cpu_percent", "Percent", 1...85), gauge("storage_space_used_mb", "Count", 20e3...21e3),
        gauge("io_requests", "Count", 0...900),
    ]

    static let cosmosAccount: [SimulatedMetric] = [
        SimulatedMetric(
            "TotalRequests", "Count", .count, [.count], .events(0...200, zeroWhenIdle: true),
            dimensions: collections + [SimulatedDimension("StatusCode", ["200", "404", "429"])]),
        volume("TotalRequestUnits", "Count", 1...9000, collections),
        standing("ProvisionedThroughput", "Count", 400...400, collections),
    ]

    static let mongoCluster: [SimulatedMetric] = [
        gauge("CpuPercent", "Percent", 1...85, servers), gauge("MemoryPercent", "Percent", 20...85, servers),
        gauge("IOPS", "Count", 0...900, servers),
    ]

    static let redisEnterprise: [SimulatedMetric] = [
        standing("connectedclients", "Count", 1...300, [SimulatedDimension("InstanceId", ["0", "1"])]),
        standing("usedmemory", "Bytes", 80e6...2e9), counter("cachehits", 0...5000),
    ]

    static let kustoCluster: [SimulatedMetric] = [
        gauge("CPU", "Percent", 2...95), gauge("IngestionUtilization", "Percent", 0...90),
        gauge("QueryDuration", "MilliSeconds", 2...5000, [SimulatedDimension("QueryStatus", ["Completed", "Failed"])]),
    ]

    static let powerBICapacity: [SimulatedMetric] = [
        gauge("memory_metric", "Bytes", 1e9...12e9), gauge("cpu_metric", "Percent", 1...80),
        gauge("QueryPoolJobQueueLength", "Count", 0...30),
    ]

    private static let databases = [SimulatedDimension("DatabaseResourceId", ["db-every", "db-archive"])]
    private static let servers = [SimulatedDimension("ServerName", ["mongo-every-0", "mongo-every-1"])]
    private static let collections = [
        SimulatedDimension("DatabaseName", ["shop"]), SimulatedDimension("CollectionName", ["orders", "customers"]),
    ]
}
