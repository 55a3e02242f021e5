"""Types of settings that more than their bounds are checked of."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

_HTTP_URL = re.compile(r"https?://([^\s/?#@]+@)?([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?([/?]\S*)?", re.IGNORECASE)

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


def _split(listed: object) -> object:
    """Split the list that the environment gives, separated by commas."""
    return tuple(filter(None, map(str.strip, listed.split(",")))) if isinstance(listed, str) else listed


def _checked_file(path: Path) -> Path:
    if not path.name:
        raise ValueError("must name a file")
    return path


def _checked_host(host: str) -> str:
    if not host.strip():
        raise ValueError("must be an address or a name")
    return host


def _checked_url(url: str) -> str:
    if not _HTTP_URL.fullmatch(url):
        raise ValueError("must be an http:// or https:// URL")
    return url


def _checked_origin(origin: str) -> str:
    if not _ORIGIN.fullmatch(origin):
        raise ValueError("must be an origin such as https://app.example.com, without a path; commas separate several")
    return origin


Host = Annotated[str, AfterValidator(_checked_host)]
FilePath = Annotated[Path, AfterValidator(_checked_file)]
HttpUrl = Annotated[str, AfterValidator(_checked_url)]
_Origin = Annotated[str, AfterValidator(_checked_origin)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Origins = Annotated[tuple[_Origin, ...], NoDecode, BeforeValidator(_split)]
"""Origins of web pages, `scheme://host:port`; in the environment separated by commas."""
