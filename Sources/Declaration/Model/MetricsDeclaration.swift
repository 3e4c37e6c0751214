import MetricModel
import ResourceCatalog

/// What to scrape: Promitor's metrics declaration, checked and with its defaults applied.
public struct MetricsDeclaration: Sendable {
    public var azure: AzureMetadata
    /// In the order of the file. Metrics that cannot be scraped yet are left out, with a warning.
    public var metrics: [DeclaredMetric]
    /// Those that are left out.
    public var unsupported: [UnsupportedMetric]

    /// A declaration of these metrics.
    public init(azure: AzureMetadata, metrics: [DeclaredMetric], unsupported: [UnsupportedMetric] = []) {
        self.azure = azure
        self.metrics = metrics
        self.unsupported = unsupported
    }
}

/// A metric that is checked, but that this version cannot scrape.
public struct UnsupportedMetric: Hashable, Sendable {
    public var name: String
    /// `the resource type StorageQueue is not supported yet`.
    public var reason: String
}

/// A metric, what it is of, and when it is scraped.
public struct DeclaredMetric: Sendable {
    public var descriptor: MetricDescriptor
    /// Promitor's name of the type: `ServiceBusNamespace`.
    public var resourceType: String
    /// Azure's name of the metric, as declared; Azure ignores its case.
    public var azureMetricName: String
    /// As declared; what is asked of each resource stands there.
    public var dimensions: [String]
    /// The grain as it was written, which no metric may offer; `nil` when none is given anywhere. The descriptor's is
    /// what is used as long as nobody knows what the metric offers.
    public var requestedGrain: TimeGrain?
    /// The most series of one resource, 1 to 10,000; `nil` asks for all that Azure gives.
    public var limit: Int?
    public var schedule: CronSchedule
    public var collection: CollectionOverrides
    /// Whether its totals never fall below zero, by the word of the declaration: they may then be sent as counters.
    public var isMonotonic = false
    /// Never empty.
    public var resources: [DeclaredResource]
    public var location: SourceMark
    /// Where its parts stand.
    public var places: MetricPlaces

    /// A metric of these resources; by default with the descriptor's grain, as written.
    public init(
        descriptor: MetricDescriptor, resourceType: String, azureMetricName: String, dimensions: [String] = [],
        limit: Int? = nil, schedule: CronSchedule, collection: CollectionOverrides = CollectionOverrides(),
        resources: [DeclaredResource], location: SourceMark, places: MetricPlaces? = nil
    ) {
        self.descriptor = descriptor
        self.resourceType = resourceType
        self.azureMetricName = azureMetricName
        self.dimensions = dimensions
        self.limit = limit
        self.schedule = schedule
        self.collection = collection
        self.resources = resources
        self.location = location
        self.places = places ?? MetricPlaces(metricName: location, aggregation: location)
        requestedGrain = descriptor.grain
    }
}

/// Where the parts of a metric stand that Azure may not have.
public struct MetricPlaces: Hashable, Sendable {
    public var metricName: SourceMark
    public var aggregation: SourceMark
    /// `nil` when it falls back on `metricDefaults`.
    public var interval: SourceMark?
    /// By the dimension's name as declared.
    public var dimensions: [String: SourceMark]

    /// These places.
    public init(
        metricName: SourceMark, aggregation: SourceMark, interval: SourceMark? = nil,
        dimensions: [String: SourceMark] = [:]
    ) {
        self.metricName = metricName
        self.aggregation = aggregation
        self.interval = interval
        self.dimensions = dimensions
    }
}

/// When a bucket of one metric counts as settled, where it differs from the agent's own settings. Never negative.
public struct CollectionOverrides: Hashable, Sendable {
    /// How long after its end a bucket is first read for good.
    public var settle: Duration?
    /// How long after its end an empty bucket may still fill.
    public var overlap: Duration?
    /// How far before the first start history is read.
    public var backfill: Duration?

    /// These settings; what is `nil` follows the agent's.
    public init(settle: Duration? = nil, overlap: Duration? = nil, backfill: Duration? = nil) {
        self.settle = settle
        self.overlap = overlap
        self.backfill = backfill
    }
}

/// One resource of a metric and how its metric is asked for.
public struct DeclaredResource: Sendable {
    public var resource: MonitoredResource
    /// The filter to send: what narrows the query to a part of the resource, and `'*'` for what it is split by.
    public var filter: DimensionFilter?
    /// What to split by, in Azure's words.
    public var dimensions: [String]
    /// Azure's dimension name to the label it becomes: `EntityName` to `entity_name`.
    public var dimensionRenames: [String: String]
    public var location: SourceMark

    /// A resource and its part of the query.
    public init(
        resource: MonitoredResource, filter: DimensionFilter? = nil, dimensions: [String] = [],
        dimensionRenames: [String: String] = [:], location: SourceMark
    ) {
        self.resource = resource
        self.filter = filter
        self.dimensions = dimensions
        self.dimensionRenames = dimensionRenames
        self.location = location
    }
}
