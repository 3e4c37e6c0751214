"""An OTLP/HTTP receiver that takes everything. Prints its port; between SIGUSR1 and SIGUSR2 it keeps the requests in a folder."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = sys.argv[1]
is_recording = False
count = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global count
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if is_recording:
            with open(os.path.join(folder, f"{count}.otlp.gz"), "wb") as file:
                file.write(body)
            count += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def record(flag):
    global is_recording
    is_recording = flag


signal.signal(signal.SIGUSR1, lambda *_: record(True))
signal.signal(signal.SIGUSR2, lambda *_: record(False))
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
