"""Speak a trial sentence with a new voice, through the runner of requests, and check it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, replace

from core.request_state import Arrival, RequestState
from services.synthesis import Synthesis
from shared.errors import GenerationError, RecordingUnusable
from shared.types import Sampling, Utterance, Voice

SENTENCES = {
    "en": "Hello. This is how I sound when I speak to you.",
    "hi": "नमस्ते। जब मैं बोलती हूँ, तो मेरी आवाज़ ऐसी है।",
    "te": "నమస్కారం. నేను మాట్లాడితే నా గొంతు ఇలా ఉంటుంది.",
    "mr": "नमस्कार. मी बोलते तेव्हा माझा आवाज असा आहे.",
}
"""A sentence of 40 to 50 characters in each language; other languages are tried in English."""
TRIAL_SEED = 1
LEAST_S, MOST_S = 0.8, 12.0
"""Seconds that the sentence may take: 50 characters a second, twice fast speech, to 4, half of slow speech."""

Synthesize = Callable[[RequestState], AbstractAsyncContextManager[Synthesis]]


@dataclass(frozen=True, slots=True)
class Trial:
    """Outcome of a trial: seconds of the sentence, attempts that failed, and whether it took the transcript away."""

    seconds: float
    retries: int
    without_transcript: bool


def sentence_of(voice: Voice) -> str:
    """Return the sentence in the voice's first language."""
    language = voice.languages[0].partition("-")[0] if voice.languages else "en"
    return SENTENCES.get(language, SENTENCES["en"])


async def speak_trial(voice: Voice, sampling: Sampling, rate: int, arrival: Arrival, synthesize: Synthesize) -> Trial:
    """Speak the sentence with `voice`. Raises RecordingUnusable where it fails, and as a synthesis does."""
    utterance = Utterance(sentence_of(voice), voice, replace(sampling, seed=TRIAL_SEED), rate, format="pcm")
    request = RequestState(arrival, utterance)
    try:
        async with synthesize(request) as synthesis, aclosing(synthesis.encoded()) as packets:
            async for packet in packets:
                synthesis.sent(len(packet))
            synthesis.delivered()
    except GenerationError as error:
        raise RecordingUnusable(f"the trial sentence could not be spoken with this voice: {error.message}") from error
    if not LEAST_S <= request.seconds <= MOST_S:
        raise RecordingUnusable(
            f"the trial sentence took {request.seconds:.1f} s with this voice, not {LEAST_S:g} to {MOST_S:g}"
        )
    return Trial(round(request.seconds, 2), request.retries, request.without_transcript)
