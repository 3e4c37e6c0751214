"""Parses an ExportMetricsServiceRequest in OTLP/JSON with the official messages and compares it with the same request
in protobuf.

Usage: decode_otlp_json.py JSON [PROTOBUF]   (without PROTOBUF: prints the points as decode_otlp.py does)
"""

import json
import pathlib
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from decode_otlp import points

if __name__ == "__main__":
    message = json_format.Parse(pathlib.Path(sys.argv[1]).read_text(), ExportMetricsServiceRequest())
    if len(sys.argv) > 2:
        same = ExportMetricsServiceRequest.FromString(pathlib.Path(sys.argv[2]).read_bytes())
        if message.SerializeToString(deterministic=True) != same.SerializeToString(deterministic=True):
            sys.exit("the JSON is not what the protobuf says")
    for line in points(message):
        print(json.dumps(line))
