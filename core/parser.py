"""Model token ids -> codec indices. Knows nothing of text, prompts or sound."""

from collections.abc import Iterable

from core.checkpoint.vocabulary import Vocabulary
from shared.errors import EmptySpeech, SpeechTruncated, TokenStreamInvalid
from shared.types import GLOBAL_TOKENS, Finish, GlobalTokens, SpeechTokens, TokenDelta

OTHER = -1

CodecTable = list[int]
"""The meaning of each token id: a semantic index, `OTHER`, or `-2 - g` for the global index g."""


def codec_table(vocabulary: Vocabulary) -> CodecTable:
    """Build the table of a checkpoint, once; parsing a token is then one look-up."""
    table = [OTHER] * vocabulary.rows
    for index in range(vocabulary.semantics.count):
        table[vocabulary.semantics.first + index] = index
    for index in range(vocabulary.globals.count):
        table[vocabulary.globals.first + index] = -2 - index
    return table


class SpeechParser:
    """Parse the answer to a prompt that holds the voice: semantic tokens only.

    Other tokens (those of the prompt's layout, and strays) are skipped, as upstream does.

    Raises: TokenStreamInvalid for a global token, EmptySpeech where no semantic token came, SpeechTruncated where the
    token budget ended first.
    """

    def __init__(self, table: CodecTable) -> None:
        self._table = table
        self._empty = True

    def feed(self, delta: TokenDelta) -> Iterable[SpeechTokens]:
        if delta.finish is Finish.LENGTH:
            raise SpeechTruncated("the token budget ended before the speech did")
        table, ids = self._table, delta.ids
        codes = (table[ids[0]],) if len(ids) == 1 else tuple([table[i] for i in ids])
        if not codes:
            return ()
        if min(codes) <= OTHER:  # rare: nearly every delta holds semantic tokens alone
            if min(codes) < OTHER:
                raise TokenStreamInvalid("the model gave a global token where speech was expected")
            codes = tuple([code for code in codes if code != OTHER])
            if not codes:
                return ()
        self._empty = False
        return (SpeechTokens(codes),)

    def finish(self) -> Iterable[SpeechTokens]:
        if self._empty:
            raise EmptySpeech("the model gave no speech for this text")
        return ()


class VoiceParser:
    """Parse the answer to a prompt without a voice, up to its first semantic token: 32 global tokens, given once.

    Raises: TokenStreamInvalid for any other number of them, EmptySpeech where no semantic token came.
    """

    def __init__(self, table: CodecTable) -> None:
        self._table = table
        self._voice: list[int] = []
        self._given = False

    def feed(self, delta: TokenDelta) -> Iterable[GlobalTokens]:
        if self._given:
            return ()
        for code in [self._table[i] for i in delta.ids]:
            if code >= 0:
                return (self._complete(),)
            if code != OTHER:
                self._voice.append(-2 - code)
        return ()

    def finish(self) -> Iterable[GlobalTokens]:
        if not self._given:
            raise EmptySpeech("the model gave no voice")
        return ()

    def _complete(self) -> GlobalTokens:
        if len(self._voice) != GLOBAL_TOKENS:
            raise TokenStreamInvalid(f"the model gave {len(self._voice)} global tokens instead of {GLOBAL_TOKENS}")
        self._given = True
        return GlobalTokens(tuple(self._voice))
