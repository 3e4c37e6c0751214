"""Stands between agent and simulated Azure and passes bytes on. Prints its port; from SIGUSR1 to SIGUSR2 it keeps the answers.

What it kept is written to the folder as whole HTTP bodies, compressed as they came: `0.json.gz`, `1.json.gz`, …
"""

import http.client
import io
import os
import signal
import socket
import sys
import threading

target, folder = ("127.0.0.1", int(sys.argv[1])), sys.argv[2]
is_recording = False
streams = []


class Replay:
    def __init__(self, stream):
        self.stream = stream

    def makefile(self, *_):
        return self.stream


def pass_on(source, sink, kept):
    try:
        while data := source.recv(1 << 18):
            sink.sendall(data)
            if kept is not None and is_recording:
                kept.append(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    azure = socket.create_connection(target)
    kept = []
    streams.append(kept)
    threading.Thread(target=pass_on, args=(client, azure, None), daemon=True).start()
    pass_on(azure, client, kept)


def begin(*_):
    global is_recording
    is_recording = True


def end(*_):
    global is_recording
    is_recording = False
    count = 0
    for kept in streams:
        stream = io.BytesIO(b"".join(kept))
        stream.close, size = lambda: None, len(stream.getbuffer())
        while stream.tell() < size:
            answer = http.client.HTTPResponse(Replay(stream))
            answer.begin()
            body = answer.read()
            if answer.status == 200 and answer.headers.get("Content-Encoding") == "gzip" and len(body) > 4096:
                with open(os.path.join(folder, f"{count}.json.gz"), "wb") as file:
                    file.write(body)
                count += 1
    with open(os.path.join(folder, "done"), "w") as file:
        file.write(str(count))


signal.signal(signal.SIGUSR1, begin)
signal.signal(signal.SIGUSR2, end)
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
