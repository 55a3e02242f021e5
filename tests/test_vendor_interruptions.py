"""Text that LiveKit and Pipecat keep as said after a barge-in, by their own truncation with unmodified plugins.

The server tells when words are spoken: a fake aligner spaces them evenly, and the embedded voice has a real one.
"""

import sys
from collections.abc import Iterator

import pytest

from tests.api.keys import Guarded, guarding
from tests.clients.turns import INTERRUPTED, SENTENCES
from tests.fakes import FakeEngine
from tests.vendor_clients import CLIENTS, real_guarding, run

WORD_TOKENS = 12
"""Tokens of each word of the fake engine: 0.24 s."""
AFTER_S = (1.5, 3.5)
"""Seconds of playback after which the agent is interrupted."""
LIVEKIT_LAG_S = 1.0
"""Seconds by which LiveKit's transcript may lag behind the sound: it paces text by syllables, and catches up."""
PIPECAT_LAG_S = 0.25
"""Seconds by which an interruption reaches Pipecat's pipeline later than it was sent, on a busy machine."""
LONGEST_WORD_S = 1.0
"""Seconds of a word with the pause behind it, at most."""
WORDS = INTERRUPTED.split()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CLIENTS.exists(), reason="NO .venv-clients (`make clients`): VENDORS' CLIENTS ARE UNTESTED"),
]


@pytest.fixture(scope="module", params=["fake", "transformers"])
def guarded(request, tiny, tmp_path_factory) -> Iterator[Guarded]:
    url = f"sqlite:///{tmp_path_factory.mktemp('interruptions')}/veena3.db"
    words = {len(sentence.split()) for sentence in SENTENCES}
    assert len(words) == 1, "the fake engine speaks for as long as a sentence has words"
    engine = FakeEngine(tiny.vocabulary, length=WORD_TOKENS * words.pop())
    with guarding(tiny, url, engine, word_tokens=WORD_TOKENS) if request.param == "fake" else real_guarding(url) as one:
        yield one


@pytest.mark.parametrize("plugin", ["elevenlabs", "cartesia"])
def test_livekit_keeps_what_was_heard(guarded, plugin):
    """LiveKit's transcript is cut where it was interrupted, never behind what was heard."""
    told, _ = run(guarded, "livekit_interruption.py", plugin, *map(str, AFTER_S))
    whole, *interrupted = told["turns"]
    assert [word.strip() for word, _, _ in whole["words"]] == WORDS
    assert whole["said"].split() == whole["captions"].split() == WORDS and not whole["interrupted"]
    for after_s, turn in zip(AFTER_S, interrupted, strict=True):
        starts_s, said = [start_s for _, start_s, _ in turn["words"]], turn["said"].split()
        assert starts_s == sorted(starts_s) and turn["interrupted"] and said == WORDS[: len(said)]
        least, most = (
            sum(start_s <= until_s for start_s in starts_s) for until_s in (after_s - LIVEKIT_LAG_S, after_s)
        )
        sys.stdout.write(f"after {after_s} s: {most} words have begun, {len(said)} are kept\n")
        assert least <= len(said) <= most + 1 < len(WORDS)


@pytest.mark.parametrize("service", ["elevenlabs", "elevenlabs-http", "cartesia"])
def test_pipecat_keeps_what_was_heard(guarded, service):
    """The context has the words that were heard, and the one that sounded."""
    # A text over HTTP is one chunk, for which the fake engine speaks only as long as for a sentence.
    moments_s = AFTER_S[:1] if service == "elevenlabs-http" else AFTER_S
    told, _ = run(guarded, "pipecat_interruption.py", service, *map(str, moments_s))
    whole, *interrupted = told["turns"]
    assert whole["said"] == INTERRUPTED and [word for word, _ in whole["words"]] == WORDS
    for turn in told["turns"]:
        times_s = [at_s for _, at_s in turn["words"]]
        assert turn["errors"] == [] and times_s == sorted(times_s)
    for after_s, turn in zip(moments_s, interrupted, strict=True):
        said = turn["said"].split()
        assert turn["interrupted_s"] < after_s + PIPECAT_LAG_S, "the machine is too busy for an interruption in time"
        assert 0 < len(said) < len(WORDS) and said == WORDS[: len(said)]
        assert after_s - LONGEST_WORD_S < turn["words"][-1][1] <= after_s + PIPECAT_LAG_S
