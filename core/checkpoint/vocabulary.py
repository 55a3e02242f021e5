"""Resolve token ids by their literal names in a checkpoint's tokenizer. Knows nothing of prompts."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tokenizers import Tokenizer

from core.checkpoint import names
from core.checkpoint.style_tokens import StyleTokens, find_style_tokens
from core.documents import first_fault, read_json
from shared.errors import CheckpointInvalid
from shared.steps import Steps, finish


@dataclass(frozen=True, slots=True)
class TokenFamily:
    """Codec tokens of one kind. Their ids are contiguous and in index order: `index = id - first` for all of them."""

    first: int
    count: int

    @property
    def stop(self) -> int:
        return self.first + self.count

    def ids(self, indices: Iterable[int]) -> tuple[int, ...]:
        """Return the token ids of codec indices. Indices are not checked: a voice's were checked when it was read."""
        return tuple(self.first + index for index in indices)


@dataclass(frozen=True, slots=True)
class ControlTokens:
    """Ids of the tokens that delimit text and codes."""

    end_of_turn: int
    task_tts: int
    start_content: int
    end_content: int
    start_global: int
    end_global: int
    start_semantic: int
    end_semantic: int


PART = 1_000
"""Characters of a text that are encoded in one step: 1 to 5 ms (measured with the demo voice's tokenizer)."""
_PART = re.compile(rf"(?s:.{{1,{PART}}}\Z|.{{{PART // 2},{PART}}}(?<=[^\W\d_])(?= [^\W\d_])|.{{1,{PART}}})")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Token ids of a checkpoint. `rows` is the number of the language model's embedding rows; ids are below it.

    `style`: the tokens of designed voices, if the tokenizer has them.
    """

    rows: int
    globals: TokenFamily
    semantics: TokenFamily
    control: ControlTokens
    text_encoder: Tokenizer = field(repr=False, compare=False)
    style: StyleTokens | None = None

    @property
    def stop_ids(self) -> frozenset[int]:
        """Return the ids that end an answer: the published model ends the turn, fine-tunes end the semantic tokens."""
        return frozenset((self.control.end_of_turn, self.control.end_semantic))

    @property
    def text_tokens(self) -> int:
        """Return the number of text tokens. Their ids precede all others."""
        return int(self.text_encoder.get_vocab_size())

    def encode_text(self, text: str) -> tuple[int, ...]:
        """Return the ids of `text`. A control token's literal string is encoded as ordinary text."""
        return finish(self.encode_text_steps(text))

    def encode_text_steps(self, text: str) -> Steps[tuple[int, ...]]:
        """Do the work of `encode_text` in steps of PART characters, because the tokenizer keeps the interpreter's lock.

        The ids are those of the whole text: a part ends before a space between two letters, where tokens end too. A
        text that has no such place for that long is cut anywhere.
        """
        ids: list[int] = []
        for part in _PART.finditer(text):
            if part.start():
                yield
            ids += self.text_encoder.encode(part[0], add_special_tokens=False).ids
        return tuple(ids)


def read_vocabulary(path: Path, *, rows: int) -> Vocabulary:
    """Read `tokenizer.json`; `rows` is the `vocab_size` of the model's config. Raises CheckpointInvalid."""
    document = read_json(path)
    try:
        added = {entry.content: entry.id for entry in _AddedTokens.model_validate(document).added_tokens}
        text_encoder = _text_encoder(document)
    except ValidationError as error:
        raise CheckpointInvalid(f"{path}: {first_fault(error)}") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise CheckpointInvalid(f"{path}: not a readable tokenizer: {str(error)[:300]}") from None
    try:
        return _resolve(added, text_encoder, rows)
    except _VocabularyInvalid as fault:
        raise CheckpointInvalid(f"{path}: {fault}") from None


class _AddedToken(BaseModel):
    model_config = ConfigDict(strict=True)

    content: str
    id: Annotated[int, Field(ge=0, lt=2**31)]


class _AddedTokens(BaseModel):
    added_tokens: list[_AddedToken]


class _VocabularyInvalid(Exception):
    """Fault of a vocabulary, without the file's name."""


def _text_encoder(document: Any) -> Tokenizer:
    """Return the tokenizer without its added tokens, so that a user's text cannot contain control tokens."""
    text_only = {**document, "added_tokens": [], "post_processor": None, "truncation": None, "padding": None}
    try:
        return Tokenizer.from_str(json.dumps(text_only))
    except Exception as error:  # noqa: BLE001 - the tokenizers library raises bare Exception
        raise ValueError(str(error)) from None


def _resolve(added: Mapping[str, int], text_encoder: Tokenizer, rows: int) -> Vocabulary:
    text_tokens = text_encoder.get_vocab()
    for byte, symbol in enumerate(names.BYTE_SYMBOLS):
        if symbol not in text_tokens:
            raise _VocabularyInvalid(f"no token for byte 0x{byte:02x}: a byte-level tokenizer is needed")
    vocabulary = Vocabulary(
        rows=rows,
        globals=_family(added, names.global_token),
        semantics=_family(added, names.semantic_token),
        control=ControlTokens(*(_id(added, token) for token in names.CONTROL)),
        text_encoder=text_encoder,
        style=find_style_tokens(added),
    )
    for token, token_id in added.items():
        if not 0 <= token_id < rows:
            raise _VocabularyInvalid(f"{token} has id {token_id}, but the language model has {rows} rows")
    if (highest := max(text_tokens.values())) >= rows:
        raise _VocabularyInvalid(f"a text token has id {highest}, but the language model has {rows} rows")
    if len(set(added.values())) < len(added):
        raise _VocabularyInvalid("two added tokens have the same id")
    if shared := set(added.values()) & set(text_tokens.values()):
        raise _VocabularyInvalid(f"id {min(shared)} belongs to a text token and to an added one")
    return vocabulary


def _id(added: Mapping[str, int], token: str) -> int:
    if token not in added:
        raise _VocabularyInvalid(f"no added token {token}")
    return added[token]


def _family(added: Mapping[str, int], name: Callable[[int], str]) -> TokenFamily:
    first = _id(added, name(0))
    count = 1
    while name(count) in added:
        if (found := added[name(count)]) != first + count:
            raise _VocabularyInvalid(f"{name(count)} has id {found}, not {first + count}: codes must be in order")
        count += 1
    return TokenFamily(first, count)
