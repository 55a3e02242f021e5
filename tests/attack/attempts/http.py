"""Attempts on HTTP: broken framing, half requests, large requests, strangers on every route."""

import asyncio
import json
import os
from contextlib import AsyncExitStack

from tests.attack.attempts import attempt
from tests.attack.target import SPEAK, Target, head

SPEAKING = "/v1/tts/generate"
MIB = 2**20


def post(body: bytes, *lines: str) -> bytes:
    return head("POST", SPEAKING, f"Content-Length: {len(body)}", "Content-Type: application/json", *lines) + body


@attempt
async def silent_connections(target: Target) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(100):
            await stack.enter_async_context(target.raw())
        await asyncio.sleep(0.3)


@attempt
async def half_heads(target: Target) -> None:
    async with AsyncExitStack() as stack:
        for size in range(100):
            await stack.enter_async_context(target.raw(head("GET", "/live", "X-A: b")[: size % 40 + 1]))
        await asyncio.sleep(0.3)


@attempt
async def half_bodies(target: Target) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(50):
            await stack.enter_async_context(
                target.raw(head("POST", SPEAKING, "Content-Length: 1000000") + b"[" * 10_000)
            )
        await asyncio.sleep(0.3)


@attempt
async def heads_of_16_mib(target: Target) -> None:
    await target.send_raw(head("GET", "/live")[:-2], *[b"X-A: " + b"a" * 60_000 + b"\r\n"] * 270)


@attempt
async def heads_of_thousands_of_lines(target: Target) -> None:
    await target.send_raw(head("GET", "/live", *(f"X-{number}: a" for number in range(2_000))))


@attempt
async def unread_answers(target: Target) -> None:
    """Ask for 100 large answers on one connection and read nothing."""
    async with target.raw(head("GET", "/openapi.json") * 100):
        await asyncio.sleep(0.5)


@attempt
async def pipelined_requests(target: Target) -> None:
    await target.send_raw(head("GET", "/live") * 500)


@attempt
async def pipelined_speech(target: Target) -> None:
    key = f"Authorization: Bearer {target.key}"
    await target.send_raw(post(json.dumps(SPEAK).encode(), key) * 20)


@attempt
async def contradictory_lengths(target: Target) -> None:
    body = json.dumps(SPEAK).encode()
    for lines in (
        ("Content-Length: 5", "Content-Length: 6"),
        (f"Content-Length: {len(body)}", "Transfer-Encoding: chunked"),
        ("Content-Length: -1",),
        ("Content-Length: 99999999999999999999",),
        ("Content-Length: 0x10",),
        ("Transfer-Encoding: gzip, chunked",),
    ):
        await target.send_raw(head("POST", SPEAKING, *lines) + body, read_s=0.1)


@attempt
async def smuggled_requests(target: Target) -> None:
    inner = head("GET", "/v1/keys")
    await target.send_raw(head("POST", SPEAKING, "Transfer-Encoding: chunked") + b"0\r\n\r\n" + inner, read_s=0.1)
    await target.send_raw(head("POST", SPEAKING, "Transfer-Encoding : chunked") + inner, read_s=0.1)
    await target.send_raw(head("GET", "/live", "X-A: b\rX-C: d") + inner, read_s=0.1)


@attempt
async def chunks_of_one_byte(target: Target) -> None:
    await target.send_raw(head("POST", SPEAKING, "Transfer-Encoding: chunked"), b"1\r\n \r\n" * 100_000)


@attempt
async def chunk_extensions(target: Target) -> None:
    await target.send_raw(head("POST", SPEAKING, "Transfer-Encoding: chunked"), b"1;" + b"a" * 5 * MIB + b"\r\n \r\n")


@attempt
async def trailers_without_end(target: Target) -> None:
    await target.send_raw(head("POST", SPEAKING, "Transfer-Encoding: chunked") + b"0\r\n", b"X-A: b\r\n" * 100_000)


@attempt
async def bodies_above_the_limit(target: Target) -> None:
    await target.send_raw(head("POST", SPEAKING, f"Content-Length: {50 * MIB}"), *[bytes(MIB)] * 50)


@attempt
async def compressed_bodies(target: Target) -> None:
    await target.ask("POST", SPEAKING, content=os.urandom(MIB // 2), headers={"Content-Encoding": "gzip"})


@attempt
async def continuations_that_never_come(target: Target) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(30):
            asked = head("POST", SPEAKING, "Content-Length: 10", "Expect: 100-continue")
            await stack.enter_async_context(target.raw(asked))
        await asyncio.sleep(0.3)


@attempt
async def other_protocols(target: Target) -> None:
    for said in (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500),
        b"SSH-2.0-x\r\n",
        b"GET /live\r\n\r\n",
        b"GET /live HTTP/9.9\r\n\r\n",
        os.urandom(5_000),
        bytes(5_000),
        b"\r\n" * 10_000,
    ):
        await target.send_raw(said, read_s=0.1)


@attempt
async def odd_methods_and_targets(target: Target) -> None:
    for method, path in (
        *(("CONNECT", "localhost:80"), ("TRACE", "/live"), ("OPTIONS", "*"), ("GET", "http://localhost/live")),
        *(("GET", "//live"), ("GET", "/%00"), ("GET", "/assets/..%2f..%2fapp.py"), ("GET", "/" + "%2f" * 4_000)),
        *(("GET", "/v1/keys/%2e%2e/"), ("GET", "/live?" + "a=b&" * 3_000), ("X" * 5_000, "/live")),
    ):
        await target.send_raw(head(method, path), read_s=0.1)


@attempt
async def deep_and_long_json(target: Target) -> None:
    for body in (b"[" * MIB, b'{"a":' * 100_000, b"9" * 500_000, b'"' + b"\\u0000" * 100_000, b" " * MIB):
        await target.ask("POST", SPEAKING, content=body)


@attempt
async def thousands_of_fields(target: Target) -> None:
    await target.speak(**{f"field{number}": 1 for number in range(40_000)})
    await target.speak(**{"f" * 900_000: 1})
    await target.speak(lexicon={f"w{number}": "x" for number in range(40_000)})


@attempt
async def wrong_keys(target: Target) -> None:
    for number in range(100):
        await target.ask("GET", "/v1/voices", headers={"Authorization": f"Bearer vn3_{number:032d}"})
    await target.ask("GET", "/v1/voices", headers={"Authorization": "Bearer " + "k" * 10_000})


@attempt
async def every_route_without_a_key(target: Target) -> None:
    for path in ("/", "/docs", "/health", "/metrics", "/openapi.json", "/ready", "/flow", "/v1/keys", "/v1/sessions"):
        for method in ("GET", "HEAD", "OPTIONS", "DELETE", "POST"):
            await target.ask(method, path, headers={"Authorization": ""})


@attempt
async def foreign_pages(target: Target) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}):
        await target.ask("POST", SPEAKING, json=SPEAK, headers=headers)


@attempt
async def files_instead_of_json(target: Target) -> None:
    await target.ask("POST", SPEAKING, files={"text": ("../../x", bytes(MIB // 2), "audio/wav")})
    await target.ask("POST", SPEAKING, data={"text": "x" * 100_000})
