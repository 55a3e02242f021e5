"""`/v1/tts/jobs` over HTTP, with the fake engine."""

import io

import httpx
import pytest
import soundfile

from audio.encoders import ENCODERS
from services.accounts.caller import Scope
from tests.api.jobs import PATH, TEXT, speaking, submit, until
from tests.api.keys import guarding, make_key


@pytest.fixture(scope="module")
def spoken(tiny, tmp_path_factory):
    """Yield a server, a client and a completed job."""
    with speaking(tiny, tmp_path_factory.mktemp("jobs")) as (served, client):
        yield served, client, until(client, submit(client, format="pcm"))


def test_job_is_spoken_and_its_audio_is_joined(spoken, tmp_path_factory):
    served, client, job = spoken
    assert job["state"] == "completed" and job["parts_done"] == job["parts"] > 3 and job["error"] is None
    assert job["characters_done"] == job["characters"] == len(TEXT)
    answer = client.get(f"{PATH}/{job['id']}/audio")
    assert answer.status_code == 200 and answer.headers["content-type"] == "audio/pcm;rate=16000;channels=1"
    assert len(answer.content) == job["size"]
    pauses_s = abs(job["size"] / 32_000 - job["audio_seconds"])
    assert pauses_s < job["parts"], "parts are joined by pauses of less than a second"
    folder = served.app.state.service.settings.jobs_path / job["id"]
    assert [file.name for file in folder.iterdir()] == ["audio"], "the parts are deleted"


def test_parts_count_neither_as_live_answers_nor_in_their_times(spoken):
    served, _, job = spoken
    assert (
        served.metric("job_parts_total") >= job["parts"] and served.metric("jobs_ended_total", state="completed") >= 1
    )
    assert served.metric("answers_total", outcome="ok") == served.metric("ttfb_seconds_count") == 0


@pytest.mark.parametrize("asked", ["bytes=0-9", "bytes=100-", "bytes=-7"])
def test_audio_is_read_in_parts(spoken, asked):
    _, client, job = spoken
    path = f"{PATH}/{job['id']}/audio"
    whole = client.get(path)
    part = client.get(path, headers={"Range": asked, "If-Range": whole.headers["etag"]})
    first, last = {"bytes=0-9": (0, 9), "bytes=100-": (100, job["size"] - 1)}.get(
        asked, (job["size"] - 7, job["size"] - 1)
    )
    assert part.status_code == 206 and part.headers["content-range"] == f"bytes {first}-{last}/{job['size']}"
    assert part.content == whole.content[first : last + 1]


def test_wrong_ranges_and_heads_of_audio(spoken):
    _, client, job = spoken
    path = f"{PATH}/{job['id']}/audio"
    for asked in (f"bytes={job['size']}-", "bytes=9-3", "bytes=-0"):
        refused = client.get(path, headers={"Range": asked})
        assert refused.status_code == 416 and refused.json()["error"]["code"] == "RANGE_NOT_SATISFIABLE"
    for asked in ("bytes=1-2,4-5", "lines=1-2", "bytes=-"):
        assert client.get(path, headers={"Range": asked}).status_code == 200
    assert client.get(path, headers={"Range": "bytes=0-9", "If-Range": '"another"'}).status_code == 200
    head = client.head(path)
    assert head.status_code == 200 and head.headers["content-length"] == str(job["size"]) and not head.content


@pytest.mark.parametrize("format", ENCODERS)
def test_audio_is_a_whole_file_of_its_format(spoken, format):
    _, client, _ = spoken
    job = until(client, submit(client, " ".join(["One more sentence of it."] * 120), format=format))
    assert job["state"] == "completed", job
    audio = client.get(f"{PATH}/{job['id']}/audio").content
    seconds = job["audio_seconds"]
    if format in ("wav", "mp3", "flac", "mulaw"):
        sound = soundfile.info(io.BytesIO(audio))
        assert abs(sound.frames / sound.samplerate - seconds) < 1
    elif format.startswith("pcm") or format == "mulaw-raw":
        assert abs(len(audio) / {"pcm": 32_000, "pcm-f32": 64_000, "mulaw-raw": 8_000}[format] - seconds) < 1
    else:
        assert len(audio) > 1000 * seconds


def test_wrong_jobs_are_refused(spoken):
    _, client, job = spoken
    body = {"text": "Hello.", "speaker": "lipakshi"}
    for field, code, status in (
        ({"text": "a" * 1_000_001}, "TEXT_TOO_LONG", 400),
        ({"text": "  "}, "VALIDATION_ERROR", 400),
        ({"text": "<|a|>"}, "VALIDATION_ERROR", 400),
        ({"stream": True}, "VALIDATION_ERROR", 400),
        ({"format": "midi"}, "INVALID_FORMAT", 400),
        ({"speaker": "nobody"}, "INVALID_SPEAKER", 400),
        ({"text": "<speak>", "input_type": "ssml"}, "VALIDATION_ERROR", 400),
        ({"webhook_url": "https://example.com"}, "VALIDATION_ERROR", 400),  # without WEBHOOK_SECRET
        ({"text": "a" * (9 << 20)}, "PAYLOAD_TOO_LARGE", 413),
    ):
        answer = client.post(PATH, json=body | field)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), field
    for missing in ("job_0", "job_" + "0" * 24, "%00", job["id"].upper()):
        for answer in (
            client.get(f"{PATH}/{missing}"),
            client.get(f"{PATH}/{missing}/audio"),
            client.delete(f"{PATH}/{missing}"),
        ):
            assert answer.status_code == 404 and answer.json()["error"]["code"] == "NOT_FOUND"
    assert client.get(PATH, params={"limit": 0}).status_code == 400
    assert client.get(PATH, params={"after": "job_0"}).status_code == 404


@pytest.mark.slow
def test_longest_text_is_taken_in_every_spelling(spoken):
    _, client, _ = spoken
    text = "नमस्ते। " * 125_000
    job = submit(client, text[:1_000_000])
    assert client.delete(f"{PATH}/{job['id']}").status_code == 204


def test_ssml_with_a_refused_part_keeps_the_audio_before_it(tiny, tmp_path):
    """The part with the unknown tag is the third one; what was charged is kept."""
    text = f"{'Good morning to you all. ' * 120}[nonsense] stop."
    with speaking(tiny, tmp_path, unknown_emotions="refuse") as (_, client):
        job = until(client, submit(client, text))
        assert job["state"] == "failed" and job["parts_done"] == job["parts"] - 1 > 0
        assert job["error"]["code"] == "VALIDATION_ERROR" and job["error"]["message"].startswith(
            f"part {job['parts']} of"
        )
        audio = client.get(f"{PATH}/{job['id']}/audio")
        assert audio.status_code == 200 and abs(len(audio.content) / 32_000 - job["audio_seconds"]) < 1


def test_keys_see_their_own_jobs_alone(tiny, tmp_path):
    database = f"sqlite:///{tmp_path}/keys.db"
    secrets = [make_key(database, Scope.GENERATE)[1] for _ in range(2)]
    with guarding(tiny, database, jobs_path=tmp_path / "jobs", key_jobs=2) as guarded:
        mine, other = (
            httpx.Client(base_url=guarded.served.url, headers={"X-API-Key": secret}, timeout=30) for secret in secrets
        )
        with mine, other:
            done = [until(mine, submit(mine, "Hello there.")) for _ in range(3)]
            assert other.get(PATH).json() == {"jobs": [], "has_more": False}
            for answer in (other.get(f"{PATH}/{done[0]['id']}"), other.delete(f"{PATH}/{done[0]['id']}")):
                assert answer.status_code == 404
            assert other.get(f"{PATH}/{done[0]['id']}/audio").status_code == 404
            page = mine.get(PATH, params={"limit": 2}).json()
            assert [job["id"] for job in page["jobs"]] == [job["id"] for job in done[:0:-1]] and page["has_more"]
            rest = mine.get(PATH, params={"limit": 2, "after": page["jobs"][-1]["id"]}).json()
            assert [job["id"] for job in rest["jobs"]] == [done[0]["id"]] and not rest["has_more"]
            guarded.served.engine.delay_s = 0.05
            waiting = [submit(mine) for _ in range(2)]
            refused = mine.post(PATH, json={"text": "One too many.", "speaker": "lipakshi"})
            assert refused.status_code == 429 and refused.json()["error"]["code"] == "TOO_MANY_JOBS"
            assert mine.get(f"{PATH}/{waiting[1]['id']}/audio").json()["error"]["code"] == "JOB_NOT_COMPLETED"
            for job in waiting:
                assert mine.delete(f"{PATH}/{job['id']}").status_code == 204
            guarded.served.until(lambda: guarded.served.engine.unfinished == 0, within_s=5)
            guarded.served.until(lambda: len(list((tmp_path / "jobs").iterdir())) == 3, within_s=5)
