/// The declaration of the demo: Promitor's format, over the simulator's standard estate.
public enum DemoDeclaration {
    /// `metrics-declaration.yaml` for a simulator at `baseURL`.
    ///
    /// - Parameters:
    ///   - baseURL: Scheme, host and port, no slash at the end.
    ///   - tenantID: The simulator's tenant.
    ///   - subscriptionID: Where the estate's resources are.
    public static func metrics(baseURL: String, tenantID: String, subscriptionID: String) -> String {
        head(baseURL: baseURL, tenantID: tenantID, subscriptionID: subscriptionID, group: "rg-shop", team: "shop")
            + shop
    }

    /// What stands above the metrics: the simulator as a cloud of its own, and a look at each minute.
    static func head(baseURL: String, tenantID: String, subscriptionID: String, group: String, team: String) -> String {
        """
        version: v1
        azureMetadata:
          tenantId: \(tenantID)
          subscriptionId: \(subscriptionID)
          resourceGroupName: \(group)
          cloud: Custom
          endpoints:                    # a real subscription needs none of these: use `cloud: Global`
            authenticationEndpoint: \(baseURL)
            resourceManagerEndpoint: \(baseURL)
            managementEndpoint: \(baseURL)
            graphEndpoint: \(baseURL)
            metricsQueryAudience: \(baseURL)
            metricsClientAudience: \(baseURL)/metrics
            logAnalyticsEndpoint: \(baseURL)
            storageEndpointSuffix: localhost
            keyVaultSuffix: localhost
        metricDefaults:
          aggregation:
            interval: 00:01:00
          scraping:
            schedule: "* * * * *"
          labels:
            team: \(team)
        metrics:

        """
    }

    private static let shop = """
          - name: azure_vm_cpu_percent
            description: Processor time in use
            resourceType: VirtualMachine
            azureMetricConfiguration: {metricName: Percentage CPU, aggregation: {type: Average}}
            resources: &machines
              - virtualMachineName: vm-web-1
              - virtualMachineName: vm-web-2
              - virtualMachineName: vm-spare
          - name: azure_vm_cpu_percent_max
            description: Highest processor time in use
            resourceType: VirtualMachine
            azureMetricConfiguration: {metricName: Percentage CPU, aggregation: {type: Maximum}}
            resources: *machines
          - name: azure_vm_network_in_bytes
            description: Bytes received
            resourceType: VirtualMachine
            azureMetricConfiguration: {metricName: Network In Total, aggregation: {type: Total}}
            resources: *machines
          - name: azure_keyvault_api_hits
            description: Calls of the vault by kind
            resourceType: KeyVault
            azureMetricConfiguration:
              metricName: ServiceApiHit
              aggregation: {type: Count}
              dimensions: [{name: ActivityName}]
            resources:
              - vaultName: kv-shop
              - {vaultName: kv-data, resourceGroupName: rg-shop-data}
          - name: azure_storage_transactions
            description: Requests by answer and operation
            resourceType: StorageAccount
            azureMetricConfiguration:
              metricName: Transactions
              aggregation: {type: Total}
              dimensions: [{name: ResponseType}, {name: ApiName}]
            resources:
              - {accountName: stshop, resourceGroupName: rg-shop-data}
              - {accountName: stbackup, resourceGroupName: rg-shop-data}
          - name: azure_storage_used_bytes
            description: Capacity in use, measured once an hour
            resourceType: StorageAccount
            azureMetricConfiguration: {metricName: UsedCapacity, aggregation: {type: Average, interval: 01:00:00}}
            scraping: {schedule: "*/5 * * * *"}
            resources:
              - {accountName: stshop, resourceGroupName: rg-shop-data}
          - name: azure_servicebus_active_messages
            description: Messages waiting, by entity
            resourceType: ServiceBusNamespace
            azureMetricConfiguration: {metricName: ActiveMessages, aggregation: {type: Average}}
            resources:
              - namespace: sb-shop
              - {namespace: sb-data, resourceGroupName: rg-shop-data}
          - name: azure_servicebus_orders_incoming
            description: Messages sent to the queue of orders
            resourceType: ServiceBusNamespace
            azureMetricConfiguration: {metricName: IncomingMessages, aggregation: {type: Total, interval: 00:05:00}}
            resources:
              - {namespace: sb-shop, queueName: orders}
          - name: azure_plan_cpu_percent
            description: Processor time of the App Service plan
            resourceType: AppPlan
            azureMetricConfiguration: {metricName: CpuPercentage, aggregation: {type: Average}}
            resources:
              - appPlanName: plan-shop
          - name: azure_lb_bytes
            description: Bytes through the load balancer, by direction
            resourceType: LoadBalancer
            azureMetricConfiguration:
              metricName: ByteCount
              aggregation: {type: Total}
              dimensions: [{name: Direction}]
            resources:
              - loadBalancerName: lb-shop
          - name: azure_redis_clients
            description: Connected clients
            resourceType: RedisCache
            azureMetricConfiguration: {metricName: connectedclients, aggregation: {type: Maximum}}
            resources: &caches
              - cacheName: redis-shop
          - name: azure_redis_cache_hits
            description: Successful look-ups
            resourceType: RedisCache
            azureMetricConfiguration: {metricName: cachehits, aggregation: {type: Total}}
            resources: *caches
          - name: azure_registry_pulls
            description: Images pulled
            resourceType: ContainerRegistry
            azureMetricConfiguration: {metricName: TotalPullCount, aggregation: {type: Total}}
            resources:
              - registryName: crshop
          - name: azure_public_ip_packets
            description: Packets of the public address, by direction
            resourceType: Generic
            azureMetricConfiguration:
              metricName: PacketCount
              aggregation: {type: Total}
              dimensions: [{name: Direction}]
            resources:
              - resourceUri: Microsoft.Network/publicIPAddresses/pip-shop

        """

    /// `runtime.yaml` that pushes to `collectorURI`.
    public static func runtime(collectorURI: String) -> String {
        """
        authentication:
          mode: ServicePrincipal
        metricSinks:
          openTelemetryCollector:
            collectorUri: \(collectorURI)

        """
    }
}
