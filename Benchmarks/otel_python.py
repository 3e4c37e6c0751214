"""What a Python program needs for the same work: Azure's JSON answers in, gzip bytes of OTLP requests out.

Usage: otel_python.py ANSWERS GZIP-LEVEL    (ANSWERS: one answer a line, as azimuth-bench writes it)

Made of PyPI's opentelemetry-exporter-otlp-proto-http, as its exporter does it: SDK objects, encode_metrics,
SerializeToString, gzip. Prints points, seconds of CPU without start and imports, bytes, and peak RSS in MB.
"""

import gzip
import json
import resource
import sys
import time
from datetime import datetime
from io import BytesIO

from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics.export import (
    Gauge,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

POINTS_IN_A_REQUEST = 4000
MINUTE = 60 * 10**9
SCHEMA = "https://opentelemetry.io/schemas/1.44.0"
SCOPE = InstrumentationScope("azimuth", "0.1.0")


def resource_metrics(answer, identifier):
    subscription, group = identifier.split("/")[2], identifier.split("/")[4]
    attributes = {
        "service.name": "microsoft.compute.virtualmachines",
        "service.namespace": "azure",
        "service.instance.id": identifier,
        "cloud.provider": "azure",
        "cloud.account.id": subscription,
        "cloud.region": answer["resourceregion"],
        "cloud.resource_id": identifier,
        "azure.resource_group.name": group,
        "azure.resource_provider.namespace": "Microsoft.Compute",
    }
    metrics = []
    count = 0
    for number, metric in enumerate(answer["value"]):
        points = []
        for series in metric["timeseries"]:
            for bucket in series["data"]:
                start = int(datetime.fromisoformat(bucket["timeStamp"]).timestamp()) * 10**9
                points.append(NumberDataPoint({}, start, start + MINUTE, bucket["average"]))
        count += len(points)
        metrics.append(Metric(f"azure_metric_{number}", "a metric", "%", Gauge(points)))
    scope = ScopeMetrics(SCOPE, metrics, SCHEMA)
    return ResourceMetrics(Resource(attributes, SCHEMA), [scope], SCHEMA), count


def encode(resources, level):
    body = encode_metrics(MetricsData(resources)).SerializeToString()
    buffer = BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="w", compresslevel=level) as stream:
        stream.write(body)
    return len(buffer.getvalue())


def main(path, level):
    begin = time.process_time()
    points = size = waiting = 0
    resources = []
    with open(path, encoding="utf-8") as answers:
        for number, line in enumerate(answers):
            identifier = f"/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/vm-{number}"
            item, count = resource_metrics(json.loads(line), identifier)
            if waiting + count > POINTS_IN_A_REQUEST:
                size += encode(resources, level)
                resources, waiting = [], 0
            resources.append(item)
            waiting += count
            points += count
    size += encode(resources, level)
    spent = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(points, f"{spent:.4f}", size, f"{peak:.1f}")


main(sys.argv[1], int(sys.argv[2]))
