"""A stand-in for Microsoft's voice service on loopback: it hums, a word for each word it is sent."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from types import TracebackType
from typing import Any
from xml.sax.saxutils import unescape

import numpy as np
from aiohttp import WSMsgType, web

from kuchipaku.audio import encoded
from kuchipaku.speech import Speech

RATE = 24_000
WORD = 0.25  # seconds
TICKS = 10_000_000  # in a second
_SSML = re.compile(
    r"<voice name='(?P<voice>.*?)'><prosody pitch='(?P<pitch>.*?)' rate='(?P<rate>.*?)'.*?>(?P<text>.*?)</"
)


class EdgeHost:
    """A server on a thread of its own. `heard` is what it was sent; it says nothing to a `mute` voice's name."""

    def __init__(self, mute: str = "Nobody") -> None:
        self.heard: list[dict[str, str]] = []
        self._mute = mute
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> EdgeHost:
        self._thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> str:
        app = web.Application()
        app.router.add_get("/edge", self._serve)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"ws://127.0.0.1:{self._runner.addresses[0][1]}/edge?token=none"

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type == WSMsgType.TEXT and (asked := _SSML.search(message.data)):
                self.heard.append({name: unescape(value) for name, value in asked.groupdict().items()})
                await self._speak(socket, self.heard[-1])
        return socket

    async def _speak(self, socket: web.WebSocketResponse, asked: dict[str, str]) -> None:
        words = asked["text"].split()
        if self._mute not in asked["voice"]:
            for n, word in enumerate(words):
                await socket.send_str(f"Path:audio.metadata\r\n\r\n{json.dumps(_boundary(n, word))}")
            head = b"X-RequestId:none\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
            await socket.send_bytes(len(head).to_bytes(2, "big") + head + _hum(len(words)))
        await socket.send_str("Path:turn.end\r\n\r\n{}")


def _boundary(n: int, word: str) -> dict[str, Any]:
    data = {"Offset": int(n * WORD * TICKS), "Duration": int(0.8 * WORD * TICKS), "text": {"Text": word}}
    return {"Metadata": [{"Type": "WordBoundary", "Data": data}]}


def _hum(words: int) -> bytes:
    n = np.arange(round(words * WORD * RATE))
    return encoded(Speech((0.3 * np.sin(2 * np.pi * 200 * n / RATE)).astype(np.float32), RATE), "mp3")[0]
