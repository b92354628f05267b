"""Keeps the requests that a provider makes to us."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Self

from channels.base import WebRequest

PATH = "/webhooks/example-za/sms"


class Listener:
    """Answers every request with 200 and nothing, and hands the requests on in order."""

    def __init__(self) -> None:
        self.requests: Queue[WebRequest] = Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._root = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = self._root + PATH
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next(self) -> WebRequest:
        """The next request; raises queue.Empty after five seconds without one."""
        return self.requests.get(timeout=5)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                listener.requests.put(WebRequest(listener._root + self.path, headers, body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        return Handler
