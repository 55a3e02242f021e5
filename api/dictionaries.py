"""`/v1/pronunciation-dictionaries`: spoken forms of words, kept for a key. Requests name them by id and version."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, BeforeValidator, Field

from api.answers import BODY_ERRORS, SCOPE_ERRORS, error_answers
from api.auth import GenerateCaller
from api.dependencies import Service
from api.examples import DICTIONARY, DICTIONARY_ENTRIES, PLS
from api.request_text import SpokenForm, check_text
from api.strings import ClientModel, Name, check_entries
from processing.lexicon import MAX_ENTRIES, read_lexicon
from processing.pls import read_pls
from services.accounts.dictionaries import Dictionary
from shared.errors import DictionaryNotFound, ValidationFailed

MAX_SKIPPED = 20
"""Words without an alias that an answer names."""

router = APIRouter(prefix="/v1/pronunciation-dictionaries", tags=["Text"], responses=error_answers(*SCOPE_ERRORS))


def _few(entries: object) -> object:
    return check_entries(entries, MAX_ENTRIES)


Entries = Annotated[dict[Name, SpokenForm], BeforeValidator(_few)]


class DictionaryEntries(ClientModel):
    """Entries of a new version."""

    entries: Entries = Field(min_length=1, max_length=MAX_ENTRIES, description="word or phrase to its spoken form")


class DictionaryCreate(DictionaryEntries):
    """`POST /v1/pronunciation-dictionaries`."""

    name: Name = Field(min_length=1, max_length=100)
    language: Name = Field("", max_length=35, description="BCP 47 tag, for people")


class DictionaryInfo(BaseModel):
    """A version of a dictionary. `created_at` is that of the version, in seconds since 1970."""

    id: str
    name: str
    language: str
    version: int
    size: int = Field(description="number of entries")
    created_at: float


class DictionaryDetail(DictionaryInfo):
    """A version of a dictionary with its entries."""

    entries: dict[str, str]
    skipped: list[str] = Field([], description="words of a PLS document without alias and phonemes, at most 20")


class DictionaryList(BaseModel):
    """The newest version of each dictionary of the key."""

    dictionaries: list[DictionaryInfo]


@router.post("", status_code=201, responses=error_answers(*BODY_ERRORS))
async def create_dictionary(
    body: Annotated[DictionaryCreate, Body(openapi_examples=DICTIONARY)], caller: GenerateCaller, service: Service
) -> DictionaryDetail:
    """Store a dictionary for the caller's key."""
    read_lexicon(body.entries)
    store = service.accounts().dictionaries
    return _detail(await store.create(caller.key_id, body.name, body.language, body.entries))


@router.post("/pls", status_code=201, responses=error_answers(*BODY_ERRORS))
async def upload_dictionary(
    body: Annotated[bytes, Body(media_type="application/pls+xml", openapi_examples=PLS)],
    caller: GenerateCaller,
    service: Service,
    name: Annotated[Name, Query(min_length=1, max_length=100)],
) -> DictionaryDetail:
    """Store a dictionary from a W3C Pronunciation Lexicon. Its aliases are the spoken forms."""
    found = read_pls(body)
    _check(found.entries)
    store = service.accounts().dictionaries
    made = await store.create(caller.key_id, name, found.language, found.entries)
    return _detail(made, skipped=found.without_pronunciation)


@router.get("")
async def list_dictionaries(caller: GenerateCaller, service: Service) -> DictionaryList:
    """Return the dictionaries of the caller's key, without their entries."""
    found = await service.accounts().dictionaries.list(caller.key_id)
    return DictionaryList(dictionaries=[DictionaryInfo.model_validate(_fields(one)) for one in found])


@router.get("/{dictionary_id}", responses=error_answers(ValidationFailed, DictionaryNotFound))
async def read_dictionary(
    dictionary_id: str,
    caller: GenerateCaller,
    service: Service,
    version: Annotated[int | None, Query(ge=1, le=10**9)] = None,
) -> DictionaryDetail:
    """Return a version of a dictionary, by default the newest. The last 20 versions are kept."""
    return _detail(await service.accounts().dictionaries.read(caller.key_id, dictionary_id, version))


@router.put("/{dictionary_id}", responses=error_answers(*BODY_ERRORS, DictionaryNotFound))
async def update_dictionary(
    dictionary_id: str,
    body: Annotated[DictionaryEntries, Body(openapi_examples=DICTIONARY_ENTRIES)],
    caller: GenerateCaller,
    service: Service,
) -> DictionaryDetail:
    """Store all entries of a dictionary anew, as its next version."""
    read_lexicon(body.entries)
    return _detail(await service.accounts().dictionaries.update(caller.key_id, dictionary_id, body.entries))


@router.delete("/{dictionary_id}", status_code=204, responses=error_answers(DictionaryNotFound))
async def delete_dictionary(dictionary_id: str, caller: GenerateCaller, service: Service) -> None:
    """Delete a dictionary with all of its versions."""
    await service.accounts().dictionaries.delete(caller.key_id, dictionary_id)


def _check(entries: Mapping[str, str]) -> None:
    """Raise ValidationFailed for entries that no request could hold."""
    for spoken in entries.values():
        check_text(spoken, field="lexicon")
    read_lexicon(entries)


def _fields(one: Dictionary) -> dict[str, object]:
    return {name: getattr(one, name) for name in DictionaryInfo.model_fields}


def _detail(one: Dictionary, *, skipped: list[str] | None = None) -> DictionaryDetail:
    extra = {"entries": dict(one.entries), "skipped": (skipped or [])[:MAX_SKIPPED]}
    return DictionaryDetail.model_validate(_fields(one) | extra)
