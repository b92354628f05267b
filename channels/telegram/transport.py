"""What the library sends through."""

import json

from telegram.request import BaseRequest, RequestData

from channels.client import CLIENT_ERRORS, Client, Timeout, silence
from channels.telegram.errors import Refused, lost, refusal, unreached


class Transport(BaseRequest):
    """What the library sends through: the one client of all channels, which whoever made it
    closes, with a timeout, without redirects or retries."""

    def __init__(self, http: Client, timeout: Timeout) -> None:
        self._http = http
        self._timeout = timeout

    @property
    def read_timeout(self) -> float | None:
        """Seconds of silence."""
        return self._timeout.sock_read

    async def initialize(self) -> None:
        """Nothing: the client is open."""

    async def shutdown(self) -> None:
        """Nothing: the client is not ours to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        *_: object,
        **__: object,
    ) -> tuple[int, bytes]:
        """One HTTP request, in the form in which the library asks for it; a `read_timeout` in
        seconds goes before our own. Raises TelegramError."""
        timeout = self._timeout
        if isinstance(read_timeout, int | float):
            timeout = silence(read_timeout)
        try:
            answer = await self._http.request(
                method,
                url,
                form=request_data.json_parameters if request_data else None,
                headers={"User-Agent": self.USER_AGENT},
                timeout=timeout,
            )
        except CLIENT_ERRORS as error:
            raise Refused(unreached(error)) from None
        refused = refusal(answer)
        if refused is not None:
            raise Refused(refused)
        return answer.status, answer.content

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """As the library's own, which would log an answer that is no JSON, and with it the text."""
        try:
            read: dict[str, object] = json.loads(payload)
        except ValueError as error:
            raise Refused(lost(error)) from None
        return read
