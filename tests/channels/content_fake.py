"""The Content API of Twilio as far as we use it, stateful: a server of ours, since the only peer
that knows this API keeps nothing. What it is sent is checked against Twilio's published
specification in `tests/conformance`."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


class ContentServer:
    """Keeps `contents` in the order made. `statuses` are approvals by a template's name as made
    later by a person; `refused` holds languages whose approval cannot be asked for."""

    def __init__(self) -> None:
        self.contents: list[dict[str, Any]] = []
        self.approvals: dict[str, dict[str, str]] = {}
        self.refused: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self.failing: tuple[int, Mapping[str, object]] | None = None
        self.page = 20
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def named(self, beginning: str) -> dict[str, Any]:
        """The one content whose name begins so."""
        (found,) = (c for c in self.contents if c["friendly_name"].startswith(beginning))
        return found

    def decide(self, beginning: str, status: str, reason: str = "") -> None:
        """WhatsApp's word on a template."""
        sid = self.named(beginning)["sid"]
        self.approvals[sid] |= {"status": status, "rejection_reason": reason}

    def answer(self, method: str, target: str, body: Mapping[str, Any]) -> tuple[int, object]:
        """The status and JSON of an answer."""
        self.requests.append((method, target))
        if self.failing:
            return self.failing
        parts = urlsplit(target)
        match method, *parts.path.strip("/").split("/"):
            case "GET", "v1", "ContentAndApprovals":
                return 200, self._listed(int(parse_qs(parts.query).get("Page", ["0"])[0]))
            case "POST", "v1", "Content":
                return 201, self._made(body)
            case "POST", "v1", "Content", sid, "ApprovalRequests", "whatsapp":
                return self._submitted(sid, body)
            case _:
                return 404, {"code": 20404, "message": "not found", "status": 404}

    def _listed(self, page: int) -> object:
        start = page * self.page
        more = start + self.page < len(self.contents)
        url = f"{self.url}/v1/ContentAndApprovals?Page={page + 1}"
        shown = [
            c | {"approval_requests": self.approvals[c["sid"]]}
            for c in self.contents[start : start + self.page]
        ]
        return {"contents": shown, "meta": {"key": "contents", "next_page_url": more and url}}

    def _made(self, body: Mapping[str, Any]) -> object:
        made = {**body, "sid": f"HX{len(self.contents) + 1:032x}", "date_created": None}
        self.contents.append(made)
        self.approvals[made["sid"]] = {"status": "unsubmitted", "rejection_reason": ""}
        return made

    def _submitted(self, sid: str, body: Mapping[str, Any]) -> tuple[int, object]:
        (content,) = (c for c in self.contents if c["sid"] == sid)
        if content["language"] in self.refused:
            return 400, {"code": 20001, "message": "no such language", "status": 400}
        self.approvals[sid] = {**body, "status": "received", "rejection_reason": ""}
        return 201, self.approvals[sid]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                assert self.headers["content-type"] == "application/json"
                self._answer(json.loads(self.rfile.read(length)))

            def _answer(self, body: Mapping[str, Any]) -> None:
                status, answer = fake.answer(self.command, self.path, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        return Handler
