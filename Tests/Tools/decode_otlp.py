"""Prints the points of an ExportMetricsServiceRequest, decoded with the official messages, as JSON lines.

Usage: decode_otlp.py FILE   (gzip or not)
"""

import gzip
import json
import pathlib
import sys

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest


def unknown_fields(message):
    """True if anything in the message is not in the official schema."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    if len(UnknownFieldSet(message)):
        return True
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if any(unknown_fields(part) for part in (value if field.is_repeated else [value])):
            return True
    return False


def attributes(pairs):
    return [[pair.key, pair.value.WhichOneof("value"), getattr(pair.value, pair.value.WhichOneof("value"))]
            for pair in pairs]


def points(request):
    for resource in request.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in (metric.gauge if metric.HasField("gauge") else metric.sum).data_points:
                    yield {
                        "resource": attributes(resource.resource.attributes), "schema": resource.schema_url,
                        "scope": scope.scope.name, "version": scope.scope.version,
                        "name": metric.name, "description": metric.description, "unit": metric.unit,
                        "kind": metric.WhichOneof("data"), "temporality": metric.sum.aggregation_temporality,
                        "monotonic": metric.sum.is_monotonic, "attributes": attributes(point.attributes),
                        "start": str(point.start_time_unix_nano), "time": str(point.time_unix_nano),
                        "field": point.WhichOneof("value"), "value": point.as_double.hex(), "flags": point.flags,
                    }


if __name__ == "__main__":
    body = pathlib.Path(sys.argv[1]).read_bytes()
    message = ExportMetricsServiceRequest.FromString(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    if unknown_fields(message):
        sys.exit("the request holds fields that the official schema does not know")
    for line in points(message):
        print(json.dumps(line))
