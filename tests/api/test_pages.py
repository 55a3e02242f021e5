"""Files of the pages: headers, caching, and refusal of other files."""

import re
from pathlib import Path

import httpx
import pytest

ASSETS = Path(__file__).parents[2] / "api" / "pages" / "assets"


def test_page_runs_only_files_of_the_service(common):
    page = httpx.get(common.url)
    assert page.status_code == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+=|javascript:|https?://", page.text)
    assert httpx.head(common.url).status_code == 200


@pytest.mark.parametrize("name", sorted(file.name for file in ASSETS.iterdir()))
def test_asset_is_not_sent_again_with_its_etag(common, name):
    answer = httpx.get(f"{common.url}/assets/{name}")
    assert answer.content == (ASSETS / name).read_bytes() and "content-security-policy" in answer.headers
    again = httpx.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content


@pytest.mark.parametrize("name", ["nothing.js", "..%2froute.py", "%2e%2e/route.py", "..%5croute.py", "/etc/passwd", ""])
def test_other_files_are_not_found(common, name):
    refused = httpx.get(f"{common.url}/assets/{name}")
    assert refused.status_code == 404 and refused.json()["error"]["code"] == "NOT_FOUND"
