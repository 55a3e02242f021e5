"""Whole and streamed speech, in both forms of the client."""

import io
import stat

import numpy as np
import pytest
import soundfile

from tests.api.conftest import Served
from tests.fakes import HOP
from veena3_client import AsyncVeena3, NotFoundError, PlaybackError, UsageError, Veena3

TEXT, SPEAKER = "Hello there.", "lipakshi"
TRANSPORTS = ["http", "sse", "websocket"]


def test_whole_speech_is_that_of_the_service_with_its_facts(server: Served, client: Veena3, tmp_path):
    speech = client.tts.generate(TEXT, speaker=SPEAKER, seed=3)
    assert speech.audio == server.generate(seed=3).content and speech.format == "wav"
    assert (speech.sample_rate, speech.seed) == (16_000, 3) and speech.request_id
    assert speech.seconds == pytest.approx(server.engine.length * HOP / 16_000, abs=0.001)
    speech.save(tmp_path / "a.wav")
    samples, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate == 16_000 and np.array_equal(speech.to_numpy(), samples)


async def test_asynchronous_client_gives_the_same(server: Served, async_client: AsyncVeena3, tmp_path):
    whole = await async_client.tts.generate(TEXT, speaker=SPEAKER, seed=3)
    assert whole.audio == server.generate(seed=3).content
    timed = await async_client.tts.generate_with_timestamps(TEXT, speaker=SPEAKER, seed=3)
    assert timed.audio == whole.audio and timed.fields["chunks"][0]["text"] == TEXT
    assert [word.word for word in timed.words] == ["Hello", "there"]
    assert (timed.format, timed.seed, timed.seconds) == ("wav", 3, whole.seconds)
    for transport in TRANSPORTS:
        stream = async_client.tts.stream(TEXT, speaker=SPEAKER, seed=3, transport=transport)
        await stream.save(tmp_path / "a.wav")
        assert (tmp_path / "a.wav").read_bytes() == whole.audio
        blocks = async_client.tts.stream(TEXT, speaker=SPEAKER, seed=3, transport=transport).to_numpy()
        assert np.array_equal(np.concatenate([block async for block in blocks]), whole.to_numpy())
    assert (await async_client.voices.get("LIPAKSHI")).id == SPEAKER
    assert SPEAKER in [voice.id for voice in await async_client.voices.list()]
    assert (await async_client.health())["model_loaded"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_stream_is_the_whole_speech_over_every_transport(server: Served, client: Veena3, tmp_path, transport):
    whole = server.generate(seed=3).content
    client.tts.stream(TEXT, speaker=SPEAKER, seed=3, transport=transport).save(tmp_path / "a.wav")
    assert (tmp_path / "a.wav").read_bytes() == whole  # the header states the length
    speech = client.tts.stream(TEXT, speaker=SPEAKER, seed=3, format="pcm", transport=transport).read()
    assert speech.audio == whole[44:] and speech.seed == 3 and speech.request_id
    assert speech.seconds == pytest.approx(server.engine.length * HOP / 16_000)
    kinds = [event.type for event in speech.events]
    assert kinds[0] == "start" and kinds[-1] == "end" and ("chunk" in kinds) is (transport != "http")


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_events_have_positions_in_the_audio(server: Served, client: Veena3, transport):
    with client.tts.stream(TEXT, speaker=SPEAKER, format="pcm", transport=transport) as stream:
        assert stream.sample_rate == 16_000 and stream.request_id and stream.seconds is None
        sounds = [event for event in stream.events() if event.audio]
    begins, size = [], 0
    for event in sounds:
        begins.append(size / 32_000)
        size += len(event.audio)
    assert [event.begins_s for event in sounds] == pytest.approx(begins) and len(begins) > 2
    assert sorted(event.at for event in sounds) == [event.at for event in sounds]
    assert stream.seconds == size / 32_000


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_stream_that_is_left_early_frees_the_engine(changing: Served, transport):
    changing.engine.forever = True
    with Veena3(base_url=changing.url) as client:
        with client.tts.stream(TEXT, speaker=SPEAKER, format="pcm", transport=transport) as stream:
            next(iter(stream))
        changing.until(lambda: not changing.engine.unfinished)


async def test_asynchronous_stream_that_is_left_early_frees_the_engine(changing: Served):
    changing.engine.forever = True
    async with AsyncVeena3(base_url=changing.url) as client:
        for transport in TRANSPORTS:
            async with client.tts.stream(TEXT, speaker=SPEAKER, format="pcm", transport=transport) as stream:
                async for _ in stream:
                    break
            changing.until(lambda: not changing.engine.unfinished)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_refused_stream_leaves_the_file_as_it_is(client: Veena3, tmp_path, transport):
    (tmp_path / "a.wav").write_text("kept")
    with pytest.raises(Exception, match="INVALID_SPEAKER"):
        client.tts.stream(TEXT, speaker="nobody", transport=transport).save(tmp_path / "a.wav")
    assert (tmp_path / "a.wav").read_text() == "kept"


@pytest.mark.parametrize("format", ["wav", "pcm", "pcm-f32", "mulaw", "mulaw-raw"])
def test_samples_of_every_uncompressed_format_are_those_of_the_sound(client: Veena3, format):
    speech = client.tts.generate(TEXT, speaker=SPEAKER, format=format, sample_rate=8000, seed=1)
    heard = speech.to_numpy()
    wav = client.tts.generate(TEXT, speaker=SPEAKER, format="wav", sample_rate=8000, seed=1)
    expected, _ = soundfile.read(io.BytesIO(wav.audio), dtype="float32")
    assert heard.dtype == np.float32 and len(heard) == len(expected)
    assert np.abs(heard - expected).max() < (0.03 if "mulaw" in format else 1e-4)


def test_mulaw_is_decoded_as_another_decoder_does(client: Veena3, tmp_path):
    speech = client.tts.generate(TEXT, speaker=SPEAKER, format="mulaw", seed=1)
    speech.save(tmp_path / "a.wav")
    assert np.array_equal(speech.to_numpy(), soundfile.read(tmp_path / "a.wav", dtype="float32")[0])


def test_samples_of_bytes_that_are_cut_anywhere_are_the_same(client: Veena3):
    from veena3_client.samples import SampleDecoder

    audio, decoder = client.tts.generate(TEXT, speaker=SPEAKER, seed=1).audio, SampleDecoder("wav")
    pieces = [decoder.feed(audio[at : at + 7]) for at in range(0, len(audio), 7)]
    assert np.array_equal(np.concatenate(pieces), SampleDecoder("wav").feed(audio))


def test_compressed_formats_have_no_samples(client: Veena3):
    with pytest.raises(UsageError, match="mp3 is compressed"):
        client.tts.generate(TEXT, speaker=SPEAKER, format="mp3").to_numpy()


def test_unread_stream_knows_nothing_yet(client: Veena3):
    with pytest.raises(UsageError, match="has not begun"):
        assert client.tts.stream(TEXT, speaker=SPEAKER).sample_rate


def test_player_gets_the_sound_and_its_failure_is_raised(server: Served, client: Veena3, tmp_path, monkeypatch):
    player, heard = tmp_path / "ffplay", tmp_path / "heard.wav"
    player.write_text(f"#!/bin/sh\n/bin/cat > {heard}\n/bin/sleep 1\n")
    player.chmod(player.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path))
    client.tts.stream(TEXT, speaker=SPEAKER, seed=4).play()
    assert heard.read_bytes() == server.generate(seed=4, stream=True).content
    speech = client.tts.generate(TEXT, speaker=SPEAKER, seed=4)
    player.write_text("#!/bin/sh\n/bin/cat > /dev/null\nexit 3\n")
    with pytest.raises(PlaybackError, match="ffplay ended with status 3"):
        speech.play()
    player.write_text("#!/bin/sh\n/bin/cat > /dev/null\n")  # as ffplay without a device: nothing was played
    with pytest.raises(PlaybackError, match="ended before the sound did"):
        speech.play()
    with pytest.raises(PlaybackError, match="pcm has no header"):
        client.tts.stream(TEXT, speaker=SPEAKER, format="pcm").play()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PlaybackError, match="no player is installed"):
        client.tts.stream(TEXT, speaker=SPEAKER).play()


async def test_asynchronous_player_stops_when_its_task_is_cancelled(changing: Served, tmp_path, monkeypatch):
    import asyncio

    ended = tmp_path / "ended"
    (tmp_path / "mpv").write_text(f"#!/bin/sh\ntrap '/bin/touch {ended}; exit 0' TERM\nwhile :; do read -r x; done\n")
    (tmp_path / "mpv").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    changing.engine.forever = True
    async with AsyncVeena3(base_url=changing.url) as client:
        playing = asyncio.create_task(client.tts.stream(TEXT, speaker=SPEAKER).play())
        await asyncio.to_thread(changing.until, lambda: changing.engine.unfinished > 0, within_s=5)
        await asyncio.sleep(0.3)
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        await asyncio.to_thread(changing.until, lambda: not changing.engine.unfinished)
    assert ended.exists()


def test_unknown_voice_is_not_found(client: Veena3):
    with pytest.raises(NotFoundError) as raised:
        client.voices.get("no/such voice")
    assert raised.value.code == "VOICE_NOT_FOUND" or raised.value.code == "NOT_FOUND"
