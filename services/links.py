"""Signed, expiring tokens that hold a request and the key that made it. No store: a token is all there is of a link."""

import base64
import binascii
import hmac
import json
import secrets
import time
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from shared.errors import Forbidden, TextTooLong

MAX_TOKEN = 6_000
"""Characters of a token: servers, proxies and browsers take addresses of 8 KiB."""
MAX_FIELDS = 200_000
"""Bytes of a token's fields without compression: 50,000 characters of any script."""
_SIGNATURE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Link:
    """Contents of a token. `expires_at` is in seconds since 1970."""

    key_id: str
    expires_at: int
    fields: dict[str, Any]


class LinkSigner:
    """Make and read tokens with HMAC-SHA256 and one secret."""

    def __init__(self, secret: str | None) -> None:
        """Without a `secret` take a random one: tokens are then valid in this process only."""
        self._secret = sha256((secret or secrets.token_hex(32)).encode()).digest()

    def token(self, link: Link) -> str:
        """Return the token of a link. Raise TextTooLong where an address cannot hold it."""
        content = json.dumps([link.key_id, link.expires_at, link.fields], ensure_ascii=False).encode()
        packed = zlib.compress(content, level=9)
        token = base64.urlsafe_b64encode(self._signature(packed) + packed).rstrip(b"=").decode()
        if len(token) > MAX_TOKEN or len(content) > MAX_FIELDS:
            raise TextTooLong(
                f"the request does not fit into a link: its token has {len(token)} characters, at most {MAX_TOKEN} are "
                "allowed; shorten the text",
                details={"field": "text"},
            )
        return token

    def read(self, token: str) -> Link:
        """Return the link of a token. Raise Forbidden for one that was not signed here, or has expired."""
        if len(token) > MAX_TOKEN:
            raise Forbidden("this link is not valid")
        try:
            signed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (ValueError, binascii.Error):
            raise Forbidden("this link is not valid") from None
        signature, packed = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(packed)):
            raise Forbidden("this link is not valid; it may have been made by another process without LINK_SECRET")
        key_id, expires_at, fields = json.loads(zlib.decompressobj().decompress(packed, MAX_FIELDS))
        if expires_at <= time.time():
            raise Forbidden("this link has expired")
        return Link(key_id, expires_at, fields)

    def _signature(self, packed: bytes) -> bytes:
        return hmac.digest(self._secret, packed, "sha256")
