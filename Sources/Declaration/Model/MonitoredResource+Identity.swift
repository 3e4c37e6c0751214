import MetricModel

extension MonitoredResource {
    /// What it is known by over restarts: the id in lower case, and behind it what tells apart those that are one resource
    /// in Azure (a namespace, and one queue of it). Its filter is none of it.
    public var identity: String {
        let labels = typeLabels.map { "\($0.name)=\($0.value)" }
        return ([id.canonical] + (instanceName.isEmpty ? [] : [instanceName]) + labels).joined(separator: "|")
    }
}
