"""Fixtures for a deployment: VEENA3_URL, and VEENA3_API_KEY if it requires keys."""

import os

import httpx
import pytest


@pytest.fixture(scope="session")
def key():
    return os.environ.get("VEENA3_API_KEY")


@pytest.fixture(scope="session")
def url():
    if "VEENA3_URL" not in os.environ:
        pytest.skip("NOT CHECKED: no deployment is named; set VEENA3_URL")
    return os.environ["VEENA3_URL"].rstrip("/")


@pytest.fixture(scope="session")
def http(url, key):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=url, headers=headers, timeout=120) as client:
        yield client


@pytest.fixture(scope="session")
def voices(http):
    answer = http.get("/v1/voices")
    assert answer.status_code not in (401, 403), f"VEENA3_API_KEY is not one of this deployment's keys: {answer.text}"
    return [voice["id"] for voice in answer.raise_for_status().json()["voices"]]
