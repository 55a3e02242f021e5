"""Markup as it is heard: the demo voice, the whole line, and measurements of its sound."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from api.reports import mark_times
from core.request_state import Arrival, RequestState
from processing.markup.reading import Form, read_steps
from processing.normalise import normalise
from services.runtime import open_runtime
from services.voices import VoiceBook
from shared.config import CodecMode, EngineKind, Settings
from shared.steps import finish
from shared.types import Utterance
from tests.processing.markup.documents import script
from training.demo_voice.recogniser import Recogniser, words

RATE = 16_000
QUIET = 0.02
"""Share of the peak below which sound counts as silence: 34 dB."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def say():
    """Yield a function that speaks a document, and returns its sound and its state."""
    checkpoint = Path(__file__).parents[1] / "voices" / "demo"
    settings = Settings(checkpoint=checkpoint, engine=EngineKind.TRANSFORMERS, codec_mode=CodecMode.FAST, device="cpu")
    async with open_runtime(settings) as runtime:
        voices = VoiceBook(runtime.checkpoint.voices)

        async def speak(
            document: str, *, stream: bool = False, speed: float = 1.0, word_times: bool = False
        ) -> tuple[np.ndarray, RequestState]:
            marked, report = finish(read_steps(f"<speak>{document}</speak>", Form.SSML, voices, sourced=word_times))
            sampling = replace(runtime.checkpoint.sampling, seed=3)
            fields = {"rate": RATE, "stream": stream, "speed": speed, "passages": marked.passages, "markup": report}
            fields["word_times"] = word_times
            request = RequestState(Arrival("heard", 0.0), Utterance(marked, voices.voices[0], sampling, **fields))
            async with runtime.pipeline.speak(request) as blocks:
                return np.concatenate([block.samples async for block in blocks]), request

        yield speak


def pauses(samples: np.ndarray) -> list[float]:
    """Return the seconds of each silence inside the sound that is longer than 50 ms."""
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max())
    gaps = np.diff(loud) / RATE
    return [float(gap) for gap in gaps if gap > 0.05]


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples[np.abs(samples) > QUIET * np.abs(samples).max()] ** 2)))


def parts(samples: np.ndarray, request: RequestState) -> list[np.ndarray]:
    """Return the sound of each chunk."""
    return [samples[start:end] for start, end in request.timeline.sounds]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("speed", "lengths_s"), [(1.0, (0.1, 0.5, 3.0)), (1.5, (0.25, 1.0))])
async def test_pause_is_within_20_ms_of_its_length(say, speed, lengths_s):
    for pause_s in lengths_s:
        samples, _ = await say(f"Hello there<break time='{pause_s}s'/>my friend.", speed=speed, stream=pause_s > 0.3)
        assert pauses(samples) == [pytest.approx(pause_s, abs=0.02)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("document", "pause_s"),
    [
        ("<p>Hello there.</p>My friend.", 0.5),
        ("Hello there.<audio src='a.wav'/>My friend.", 0.4),
        ("Hello there.<break strength='strong'/>My friend.", 0.7),
    ],
)
async def test_pause_of_an_element_is_within_20_ms_of_its_length(say, document, pause_s):
    samples, _ = await say(document)
    assert pauses(samples) == [pytest.approx(pause_s, abs=0.02)]


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("document", "plain"),
    [
        ("Take bus <say-as interpret-as='digits'>275</say-as> now.", "Take bus 275 now."),
        ("He came <say-as interpret-as='ordinal'>3</say-as> today.", "He came 3 today."),
        ("The word <say-as interpret-as='characters'>dog</say-as> is short.", "The word dog is short."),
        ("It is on <say-as interpret-as='date' format='mdy'>5/8/2020</say-as>.", "It is on 5/8/2020."),
        ("Ask the <sub alias='first man'>FM</sub> again.", "Ask the FM again."),
        ("I say <phoneme alphabet='cmu-arpabet' ph='T EH1 N'>five</phoneme> now.", "I say five now."),
    ],
)
async def test_words_of_an_element_are_recognised(say, document, plain):
    """The recogniser chooses between the words with the markup and those without it."""
    samples, _ = await say(document)
    readings = [script(f"<speak>{document}</speak>").spoken, normalise(plain)]
    assert words(readings[0]) != words(readings[1])
    assert Recogniser(readings).recognise(samples) == words(readings[0])


@pytest.mark.asyncio(loop_scope="module")
async def test_pauses_at_the_ends_are_heard(say):
    samples, _ = await say("<break time='1s'/>Hello there.<break time='700ms'/>")
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max())
    assert loud[0] / RATE == pytest.approx(1.05, abs=0.06) and (len(samples) - loud[-1]) / RATE > 0.7


@pytest.mark.asyncio(loop_scope="module")
async def test_rate_and_volume_are_heard(say):
    line = "This is the second line."
    samples, request = await say(
        f"<s>{line}</s><prosody rate='50%'>{line}</prosody><prosody volume='-12dB'>{line}</prosody>"
    )
    plain, slow, soft = parts(samples, request)
    assert len(slow) / len(plain) == pytest.approx(2, rel=0.1)
    assert level_db(soft) - level_db(plain) == pytest.approx(-12, abs=2)


@pytest.mark.asyncio(loop_scope="module")
async def test_emphasis_is_louder_and_slower(say):
    samples, request = await say("Very much.<emphasis level='strong'>Very much.</emphasis>")
    plain, stressed = parts(samples, request)
    assert len(stressed) > 1.1 * len(plain) and level_db(stressed) > level_db(plain) + 1.5


@pytest.mark.asyncio(loop_scope="module")
async def test_dialogue_has_two_voices(say):
    """The voices of each sex differ in pitch: the demo voice's women have 200 Hz, its men 100 or 150 Hz."""
    samples, request = await say(
        "<voice name='lipakshi'>Where are you going?</voice><voice name='bittu'>I am going home.</voice>"
    )
    first, second = (pitch(part) for part in parts(samples, request))
    assert first > 1.25 * second, (first, second)


def pitch(samples: np.ndarray) -> float:
    """Return the median pitch in Hz, by autocorrelation of frames of 40 ms."""
    found = []
    for at in range(0, len(samples) - 640, 320):
        frame = samples[at : at + 640] - samples[at : at + 640].mean()
        similarity = np.correlate(frame, frame, "full")[639:]
        lag = 40 + int(np.argmax(similarity[40:229]))  # 70 to 400 Hz
        if similarity[lag] > 0.5 * similarity[0] > 0:
            found.append(RATE / lag)
    return float(np.median(found))


@pytest.mark.asyncio(loop_scope="module")
async def test_marks_are_where_the_sound_is(say):
    samples, request = await say("<mark name='a'/>Hello there. <mark name='b'/>My friend.<mark name='c'/><break/>Bye.")
    times = {mark["name"]: mark["at_s"] for mark in mark_times(request)}
    loud = np.flatnonzero(np.abs(samples) > QUIET * np.abs(samples).max()) / RATE
    before_b = loud[loud < times["b"] - 0.01].max()
    assert times["a"] == pytest.approx(loud[0], abs=0.04)
    assert times["b"] - before_b > 0.2 and np.min(np.abs(loud - times["b"])) < 0.04
    assert np.min(np.abs(loud - times["c"])) < 0.04 and loud[loud > times["c"] + 0.04].min() - times["c"] > 0.3


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("stream", [True, False])
async def test_marks_inside_a_sentence_are_where_the_aligner_hears_the_words_behind_them(say, stream):
    text = "The kettle <mark name='a'/>is already <mark name='b'/>boiling. Please open <mark name='c'/>the window."
    _, request = await say(text, stream=stream, word_times=True)
    request.words.told_until(math.inf)
    starts = {word.word.strip("."): word.start_s for word in request.words.told}
    times = {mark["name"]: mark["at_s"] for mark in mark_times(request)}
    wanted = {"a": starts["is"], "b": starts["boiling"], "c": starts["the"]}
    assert times == pytest.approx(wanted, abs=0.04)
    assert wanted["a"] < wanted["b"] < wanted["c"]
    assert [mark["name"] for mark in mark_times(request, 1)] == ["b", "c"]
