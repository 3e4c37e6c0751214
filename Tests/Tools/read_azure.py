"""Reads metrics with Microsoft's own clients, azure-identity and azure-mgmt-monitor, and prints what they found.

One JSON object a line: {"kind": "namespace" | "definition" | "value" | "error", …}. The identity comes from AZURE_TENANT_ID,
AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, trust from REQUESTS_CA_BUNDLE.

usage: read_azure.py AUTHORITY RESOURCE_MANAGER RESOURCE TIMESPAN
"""

import json
import os
import sys

from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.monitor import MonitorManagementClient

# Metric names, aggregations, filter: one aggregation and none; several without and with a dimension.
QUESTIONS = [
    ("IncomingMessages", "Total", None),
    ("ActiveMessages,Size", "Average,Minimum,Maximum", None),
    ("ActiveMessages,DeadletteredMessages", "Average,Minimum,Maximum", "EntityName eq '*'"),
    ("IncomingMessages", "Total", "EntityName eq 'exports' or EntityName eq 'imports'"),
]


def show(kind, **facts):
    print(json.dumps({"kind": kind, **facts}), flush=True)


def word(value):
    """An enumeration's value, or the text that the client did not know."""
    return getattr(value, "value", value)


def client(authority, manager, secret):
    credential = ClientSecretCredential(
        os.environ["AZURE_TENANT_ID"],
        os.environ["AZURE_CLIENT_ID"],
        secret,
        authority=authority,
        disable_instance_discovery=True,
    )
    subscription = sys.argv[3].split("/")[2]
    # No retries: a fault should show, not be waited out.
    return MonitorManagementClient(
        credential, subscription, base_url=manager, credential_scopes=[manager + "/.default"], retry_total=0
    )


def show_lists(monitor, resource):
    for namespace in monitor.metric_namespaces.list(resource):
        show("namespace", name=namespace.properties.metric_namespace_name, classification=word(namespace.classification))
    for definition in monitor.metric_definitions.list(resource):
        show(
            "definition",
            name=definition.name.value,
            namespace=definition.namespace,
            unit=word(definition.unit),
            primary=word(definition.primary_aggregation_type),
            aggregations=[word(kind) for kind in definition.supported_aggregation_types],
            dimensions=[dimension.value for dimension in definition.dimensions or []],
            seconds=[int(each.time_grain.total_seconds()) for each in definition.metric_availabilities],
        )


def show_values(monitor, resource, timespan):
    for names, aggregations, condition in QUESTIONS:
        answer = monitor.metrics.list(
            resource,
            timespan=timespan,
            interval="PT5M",
            metricnames=names,
            aggregation=aggregations,
            filter=condition,
            top=100 if condition else None,
        )
        for metric in answer.value:
            for series in metric.timeseries:
                dimensions = {each.name.value: each.value for each in series.metadatavalues or []}
                for point in series.data:
                    for aggregation in aggregations.lower().split(","):
                        value = getattr(point, aggregation)
                        if value is not None:
                            show(
                                "value",
                                metric=metric.name.value,
                                dimensions=dimensions,
                                aggregation=aggregation,
                                time=int(point.time_stamp.timestamp()),
                                value=value,
                            )


def show_errors(authority, manager, monitor, resource):
    mistakes = [
        ("metric", lambda: monitor.metrics.list(resource, metricnames="Nothing")),
        ("namespace", lambda: list(monitor.metric_definitions.list(resource, metricnamespace="Microsoft.Nothing/x"))),
        ("resource", lambda: monitor.metrics.list(resource + "-gone")),
        ("secret", lambda: client(authority, manager, "wrong").metrics.list(resource)),
    ]
    for name, mistake in mistakes:
        try:
            mistake()
        except ClientAuthenticationError as error:
            show("error", of=name, status=0, text=error.message)
        except HttpResponseError as error:
            show("error", of=name, status=error.status_code, text=str(error))


def main():
    authority, manager, resource, timespan = sys.argv[1:]
    monitor = client(authority, manager, os.environ["AZURE_CLIENT_SECRET"])
    show_lists(monitor, resource)
    show_values(monitor, resource, timespan)
    show_errors(authority, manager, monitor, resource)


main()
