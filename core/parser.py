"""Parse the model's token ids into codec indices. Knows nothing of text, prompts or sound."""

from collections.abc import Iterable
from functools import lru_cache

from core.checkpoint.vocabulary import Vocabulary
from shared.errors import EmptySpeech, SpeechTruncated, TokenStreamInvalid
from shared.types import GLOBAL_TOKENS, Finish, GlobalTokens, SpeechTokens, TokenDelta

OTHER = -1
"""Entry of a CodecTable for a token id that is neither semantic nor global."""

CodecTable = list[int]
"""Entry for each token id: its semantic index (0 or more), `OTHER`, or `-2 - g` for the global index g."""


def build_codec_table(vocabulary: Vocabulary) -> CodecTable:
    """Build the table of a checkpoint. Parsing a token is then one look-up."""
    table = [OTHER] * vocabulary.rows
    for index in range(vocabulary.semantics.count):
        table[vocabulary.semantics.first + index] = index
    for index in range(vocabulary.globals.count):
        table[vocabulary.globals.first + index] = -2 - index
    return table


@lru_cache(8192)  # the published codebook's size
def _single(code: int) -> tuple[SpeechTokens]:
    """Return the output for a delta of one semantic token. Making it anew takes longer than all else in `feed`."""
    return (SpeechTokens((code,)),)


class SpeechParser:
    """Stage that extracts the semantic tokens from the answer to a prompt with global tokens.

    Skip tokens that are neither semantic nor global, as upstream does. Raises TokenStreamInvalid for a global token,
    EmptySpeech for an answer without semantic tokens, SpeechTruncated when the token budget ends before the speech.
    """

    def __init__(self, table: CodecTable) -> None:
        self._table = table
        self._empty = True

    def feed(self, delta: TokenDelta) -> Iterable[SpeechTokens]:
        if delta.finish is Finish.LENGTH:
            raise SpeechTruncated("the token budget ended before the speech did")
        table, ids = self._table, delta.ids
        if len(ids) == 1 and (code := table[ids[0]]) >= 0:
            self._empty = False
            return _single(code)
        codes = tuple([table[i] for i in ids])
        if not codes:
            return ()
        if min(codes) <= OTHER:  # rare: nearly every delta consists of semantic tokens
            if min(codes) < OTHER:
                raise TokenStreamInvalid("the model generated a global token where speech was expected")
            codes = tuple([code for code in codes if code != OTHER])
            if not codes:
                return ()
        self._empty = False
        return (SpeechTokens(codes),)

    def finish(self) -> Iterable[SpeechTokens]:
        if self._empty:
            raise EmptySpeech("the model generated no speech for this text")
        return ()


class VoiceParser:
    """Stage that extracts the 32 global tokens from the answer to a prompt without them; it yields them once.

    Reads up to the first semantic token. Raises TokenStreamInvalid for any other number of global tokens, EmptySpeech
    for an answer without semantic tokens.
    """

    def __init__(self, table: CodecTable) -> None:
        self._table = table
        self._voice: list[int] = []
        self._emitted = False

    def feed(self, delta: TokenDelta) -> Iterable[GlobalTokens]:
        if self._emitted:
            return ()
        for code in [self._table[i] for i in delta.ids]:
            if code >= 0:
                return (self._complete(),)
            if code != OTHER:
                self._voice.append(-2 - code)
        return ()

    def finish(self) -> Iterable[GlobalTokens]:
        if not self._emitted:
            raise EmptySpeech("the model generated no voice")
        return ()

    def _complete(self) -> GlobalTokens:
        if len(self._voice) != GLOBAL_TOKENS:
            raise TokenStreamInvalid(f"the model generated {len(self._voice)} global tokens, not {GLOBAL_TOKENS}")
        self._emitted = True
        return GlobalTokens(tuple(self._voice))
