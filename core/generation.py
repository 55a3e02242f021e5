"""Sound of one chunk of text: attempts at it, and what is told of the one that is heard.

The pipeline generates several chunks of a request at once, and joins their sound.
"""

import unicodedata
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from core.alignment_failures import ALIGNMENT_FAILED
from core.attempts import Withholding, with_retry
from core.chunk_alignment import ChunkAlignment
from core.chunk_attempt import ChunkAttempt, GenerationParts
from core.request_state import RequestState
from core.scheduling.stream_state import StreamState
from core.withholding import ReleaseGate, passing, withholding_all
from processing.words import find_words
from shared.types import GlobalTokens, Pcm, TextChunk, Voice

MOST_ALIGNED = 2_000
"""Characters of the longest chunk that is aligned: ten times a usual one. An alignment takes memory and time on the
event loop in proportion; 280,000 characters held it for 0.1 s (measured)."""
MOST_LETTERS = 2 * MOST_ALIGNED
"""Letters of such a chunk, of which a ligature has up to MOST_IN_LIGATURE. The aligner opens it in 2 ms (measured)."""
MOST_IN_LIGATURE = 18
"""Letters of U+FDFA, the longest compatibility decomposition of Unicode."""
TOO_LONG_TO_ALIGN = f"without chunking, texts above {MOST_ALIGNED:,} characters are not aligned"
"""Reason why an answer has no times of words."""


def is_too_long(text: str) -> bool:
    """Report whether a chunk is too long to be aligned."""
    if len(text) * MOST_IN_LIGATURE <= MOST_LETTERS:
        return False
    return len(text) > MOST_ALIGNED or len(unicodedata.normalize("NFKD", text)) > MOST_LETTERS


class ChunkGeneration:
    """Generation of one chunk with the global tokens of its voice. `gate`: None for sound that is never withheld."""

    def __init__(
        self,
        parts: GenerationParts,
        request: RequestState,
        playback: StreamState,
        chunk: TextChunk,
        voice_tokens: GlobalTokens,
    ) -> None:
        self._parts, self._request, self._playback = parts, request, playback
        self.chunk, self._voice_tokens = chunk, voice_tokens
        self._voice = chunk.delivery.voice or request.utterance.voice
        self._attempts: list[ChunkAttempt] = []
        self._heard: ChunkAttempt | None = None
        judged_ahead = parts.aligner is not None and parts.completeness.mends and chunk.index > 0
        self.gate = ReleaseGate(playback) if judged_ahead and request.utterance.stream else None

    async def sound(self) -> AsyncGenerator[Pcm, None]:
        """Yield the sound. A chunk whose generation fails or is incomplete is retried once, with another seed."""
        attempts = with_retry(
            self._attempt,
            self._request,
            withholding=self._withholding(),
            choose=self._choose,
            rules=self._parts.completeness,
            without_transcript=self._attempt_without if self._voice.reference else None,
        )
        try:
            with self._parts.scheduler.count_chunk(self._playback):
                async with aclosing(attempts):
                    async for block in attempts:
                        yield block
                self._record()
        finally:
            if self.gate:
                self.gate.release()

    def _withholding(self) -> Withholding:
        if not self._request.utterance.stream:
            return withholding_all
        return self.gate.withholding if self.gate else passing

    def _attempt_without(self, seed_shift: int) -> ChunkAttempt:
        return self._attempt(seed_shift, replace(self._voice, reference=None))

    def _attempt(self, seed_shift: int, voice: Voice | None = None) -> ChunkAttempt:
        attempt = ChunkAttempt(
            parts=self._parts,
            request=self._request,
            playback=self._playback,
            chunk=self.chunk,
            voice=voice or self._voice,
            voice_tokens=self._voice_tokens,
            seed_shift=seed_shift,
            alignment=self._alignment(),
        )
        self._attempts.append(attempt)
        return attempt

    def _alignment(self) -> ChunkAlignment | None:
        """Return a new alignment of the chunk, if something asks for it and the chunk has words.

        None for a chunk that is too long. If its text arrived later, the times of words end with it.
        """
        parts, request, chunk = self._parts, self._request, self.chunk
        if parts.aligner is None or not (request.words or parts.completeness.judges):
            return None
        if is_too_long(chunk.text):
            if request.words:
                request.lose_alignment(TOO_LONG_TO_ALIGN)
            return None
        emotions = request.script.rules.emotions if request.script else ()
        words = chunk.words or find_words(chunk.text, emotions)
        if not words:
            return None
        places, failures = [(word.start, word.end) for word in words], parts.alignment_failures
        return ChunkAlignment(parts.aligner, chunk.text, places, failures=failures, lost=self._lost)

    def _lost(self, alignment: ChunkAlignment) -> None:
        """End times and completeness of the answer, if the alignment that failed is that of its sound."""
        if self._heard and self._heard.alignment is alignment:
            self._request.lose_alignment(ALIGNMENT_FAILED)

    def _choose(self, attempt: ChunkAttempt) -> None:
        """Give the sound of this attempt to the sender."""
        self._heard = attempt
        if attempt.alignment and attempt.alignment.failed:
            self._lost(attempt.alignment)
        elif self._request.words and attempt.alignment:
            self._request.words.choose(self.chunk, attempt.alignment)
        for other in self._attempts:
            if other is not attempt and other.decoded_s:
                self._parts.scheduler.block_taken(self._playback, self.chunk.index, other.decoded_s)
        if self.gate:
            self.gate.release()

    def _record(self) -> None:
        """Record the completeness of the chunk, whose sound has been given."""
        rules, report, first = self._parts.completeness, self._request.completeness, self._attempts[0]
        if len(self._attempts) > 1 and rules.rejects(first.verdict):
            report.retried += 1
            report.retry_tokens += sum(
                [attempt.alignment.tokens for attempt in self._attempts[1:] if attempt.alignment]
            )
        if rules.judges and self._heard and self._heard.alignment and (verdict := self._heard.verdict):
            report.record(verdict, words=self._heard.alignment.words, cut_tokens=self._heard.cut_tokens)
