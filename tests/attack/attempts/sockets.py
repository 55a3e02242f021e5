"""Attempts on WebSockets' frames: floods, false lengths, handshakes that are none, sockets that stay."""

import asyncio
import json
import os
from contextlib import AsyncExitStack

from tests.attack.attempts import attempt
from tests.attack.target import SPEAK, UPGRADE, Target, frame

TEXT, BINARY, CLOSE, PING, PONG, CONTINUED = 0x81, 0x82, 0x88, 0x89, 0x8A, 0x00
FLOOD = 50_000


@attempt
async def strangers_sockets(target: Target) -> None:
    """Open sockets without a key and stay."""
    async with AsyncExitStack() as stack:
        for _ in range(50):
            await stack.enter_async_context(target.raw(UPGRADE))
        await asyncio.sleep(0.5)


@attempt
async def strangers_large_messages(target: Target) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(5):
            await stack.enter_async_context(target.raw(UPGRADE, frame(TEXT, b"a" * 2_000_000)))
        await asyncio.sleep(0.3)


@attempt
async def empty_fragments(target: Target) -> None:
    await target.socket_frames(frame(0x01), frame(CONTINUED) * FLOOD)


@attempt
async def pings(target: Target) -> None:
    await target.socket_frames(frame(PING, b"x" * 125) * FLOOD)


@attempt
async def pongs(target: Target) -> None:
    await target.socket_frames(frame(PONG) * FLOOD)


@attempt
async def false_lengths(target: Target) -> None:
    for declared in (2**63 - 1, 2**31, 65_536, 126):
        await target.socket_frames(frame(TEXT, b"abc", declared=declared), read_s=0.1)


@attempt
async def reserved_frames(target: Target) -> None:
    for first in (0x83, 0x8B, 0xC1, 0xF1, 0x09):
        await target.socket_frames(frame(first, b"abc"), read_s=0.1)
    await target.socket_frames(frame(PING, b"x" * 1_000), read_s=0.1)
    await target.socket_frames(frame(TEXT, b"abc", masked=False), read_s=0.1)
    await target.socket_frames(frame(CONTINUED, b"abc"), read_s=0.1)


@attempt
async def bad_closes(target: Target) -> None:
    for payload in (b"", b"\x03", b"\x00\x00", b"\x03\xed", b"\x03\xe8\xff\xff", os.urandom(125)):
        await target.socket_frames(frame(CLOSE, payload), read_s=0.1)
        await target.socket_frames(frame(CLOSE, payload) * 100, read_s=0.1)


@attempt
async def text_that_is_no_utf8(target: Target) -> None:
    await target.socket_frames(frame(TEXT, b"\xff\xfe" * 500), frame(TEXT, b"\xed\xa0\x80"), read_s=0.1)


@attempt
async def half_frames(target: Target) -> None:
    whole = frame(TEXT, json.dumps({"type": "speak"} | SPEAK).encode())
    async with AsyncExitStack() as stack:
        for size in range(1, 60):
            await stack.enter_async_context(target.raw(UPGRADE, whole[: size % len(whole)]))
        await asyncio.sleep(0.3)


@attempt
async def handshakes_that_are_none(target: Target) -> None:
    for old, new in (
        (b"Version: 13", b"Version: 7"),
        (b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", b""),
        (b"AAAAAAAAAAAAAAAAAAAAAA==", b"x"),
        (b"GET ", b"POST "),
        (b"/v1/tts/ws", b"/live"),
        (b"/v1/tts/ws", b"/v1/tts/ws?api_key=" + b"k" * 8_000),
        (b"Host: localhost", b"Host: localhost\r\nOrigin: https://evil.example"),
        (b"Host: localhost", b"Host: evil.example"),
        (b"Host: localhost", b"Host: localhost\r\nSec-WebSocket-Extensions: permessage-deflate"),
    ):
        await target.send_raw(UPGRADE.replace(old, new), read_s=0.1)


@attempt
async def unread_sockets(target: Target) -> None:
    """Ask for much, and read nothing of it."""
    message = json.dumps({"type": "auth", "api_key": target.key}).encode()
    pings = frame(TEXT, b'{"type": "ping"}')
    async with target.raw(UPGRADE, frame(TEXT, message), pings * 5_000):
        await asyncio.sleep(0.5)
