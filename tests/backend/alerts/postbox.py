"""A mail server of a few lines, spoken to by the standard library's client."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Postbox:
    """Letters as they came: (recipient, text). `who` has given name and password; a `broken` one
    takes no letter."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    broken: bool = False
    who: list[str] = field(default_factory=list)
    letters: list[tuple[str, str]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        to, secure = "", False
        writer.write(b"220 postbox\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.upper().partition(" ")[0]
            answer = "250 ok"
            match verb:
                case "EHLO":
                    offer = "250-STARTTLS\r\n" if self.tls and not secure else ""
                    answer = f"250-postbox\r\n{offer}250 AUTH PLAIN"
                case "STARTTLS" if self.tls:
                    writer.write(b"220 go\r\n")
                    await writer.start_tls(self.tls)
                    secure = True
                    continue
                case "AUTH":
                    self.who.append(base64.b64decode(line.split()[2]).decode().replace("\0", "|"))
                    answer = "235 ok"
                case "RCPT":
                    to = line.partition("<")[2].partition(">")[0]
                    answer = "450 later" if self.broken else "250 ok"
                case "DATA":
                    writer.write(b"354 go on\r\n")
                    text = await reader.readuntil(b"\r\n.\r\n")
                    self.letters.append((to, text.decode().replace("\r\n", "\n")))
                case "QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                case _:
                    pass
            writer.write(f"{answer}\r\n".encode())
        writer.close()


@asynccontextmanager
async def postbox(
    tls: ssl.SSLContext | None = None, *, whole: bool = False
) -> AsyncIterator[Postbox]:
    """A mail server on a free port; with `whole` it speaks TLS from the first byte."""
    box = Postbox(tls=None if whole else tls)
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0, ssl=tls if whole else None)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box
