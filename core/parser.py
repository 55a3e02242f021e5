"""Model token ids -> codec indices. Knows nothing of text, prompts or sound."""

from collections.abc import Iterable, Sequence

from core.checkpoint.vocabulary import Vocabulary
from shared.errors import EmptySpeech, SpeechTruncated, TokenStreamInvalid
from shared.types import GLOBAL_TOKENS, Finish, GlobalTokens, SpeechTokens, TokenDelta

OTHER = -1

CodecTable = list[int]
"""What each token id means: a semantic index, `OTHER`, or `-2 - g` for the global index g."""


def codec_table(vocabulary: Vocabulary) -> CodecTable:
    """Made once for a checkpoint; a token is then one look-up."""
    table = [OTHER] * vocabulary.rows
    for index in range(vocabulary.semantics.count):
        table[vocabulary.semantics.first + index] = index
    for index in range(vocabulary.globals.count):
        table[vocabulary.globals.first + index] = -2 - index
    return table


class TokenParser:
    """Give the 32 global tokens once, then semantic tokens as they come.

    `pinned`: the voice's globals stood in the prompt and are given before the first semantic token. Tokens that are no
    codec tokens (the layout's own, and strays, which upstream ignores too) are passed over; a wrong number of globals
    never is.

    Raises: TokenStreamInvalid, EmptySpeech (no semantic token at all), SpeechTruncated (the budget ended first).
    """

    def __init__(self, table: CodecTable, pinned: Sequence[int] | None) -> None:
        self._table = table
        self._voice = list(pinned or ())
        self._voice_open = pinned is None
        self._speaking = False

    def feed(self, delta: TokenDelta) -> Iterable[GlobalTokens | SpeechTokens]:
        table = self._table
        codes = (table[delta.ids[0]],) if len(delta.ids) == 1 else tuple([table[i] for i in delta.ids])
        if delta.finish is Finish.LENGTH:
            raise SpeechTruncated("the token budget ended before the speech did")
        if self._speaking and codes and min(codes) > OTHER:  # nearly every delta; a tuple costs less than a generator
            return (SpeechTokens(codes),)
        return self._sorted_out(codes)

    def finish(self) -> Iterable[GlobalTokens | SpeechTokens]:
        if not self._speaking:
            raise EmptySpeech("the model gave no speech for this text")
        return ()

    def _sorted_out(self, codes: Sequence[int]) -> Iterable[GlobalTokens | SpeechTokens]:
        speech: list[int] = []
        for code in codes:
            if code >= 0:
                speech.append(code)
            elif code != OTHER:
                if speech or self._speaking or not self._voice_open:
                    raise TokenStreamInvalid("the model gave a global token where speech was expected")
                self._voice.append(-2 - code)
        if not speech:
            return ()
        if self._speaking:
            return (SpeechTokens(tuple(speech)),)
        if len(self._voice) != GLOBAL_TOKENS:
            raise TokenStreamInvalid(f"the model gave {len(self._voice)} global tokens instead of {GLOBAL_TOKENS}")
        self._speaking = True
        return GlobalTokens(tuple(self._voice)), SpeechTokens(tuple(speech))
