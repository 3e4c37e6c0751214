"""An OTLP/HTTP receiver made of the official messages: prints every point it gets as a JSON line.

Usage: .test-tools/venv/bin/python Tests/Tools/otlp_sink.py [PORT]    (`make deps-test` makes that Python)
It prints its port first; without one it takes a free one.
"""

import gzip
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)


def text_attributes(pairs):
    return {pair.key: pair.value.string_value for pair in pairs}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        request = ExportMetricsServiceRequest.FromString(body)
        lines = []
        for resource in request.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    for point in metric.gauge.data_points:
                        lines.append(json.dumps({
                            "name": metric.name, "unit": metric.unit,
                            "resource": text_attributes(resource.resource.attributes),
                            "attributes": text_attributes(point.attributes),
                            "start": point.start_time_unix_nano // 10**9, "time": point.time_unix_nano // 10**9,
                            "value": point.as_double,
                        }))
        answer = ExportMetricsServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        if lines:
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
