"""Pronunciation dictionaries of a request: their entries lie under those of its lexicon."""

from collections.abc import Sequence
from dataclasses import replace

from api.schemas import DictionaryLocator
from services.accounts.caller import Caller
from services.speech import SpeechService
from shared.types import Utterance


async def add_dictionaries(
    utterance: Utterance, locators: Sequence[DictionaryLocator], caller: Caller, service: SpeechService
) -> Utterance:
    """Return `utterance` with the entries of the caller's dictionaries; a later dictionary takes precedence.

    Raises DictionaryNotFound, StoreUnavailable.
    """
    entries = await read_dictionaries(locators, caller, service)
    return replace(utterance, lexicon=entries | dict(utterance.lexicon)) if entries else utterance


async def read_dictionaries(
    locators: Sequence[DictionaryLocator], caller: Caller, service: SpeechService
) -> dict[str, str]:
    """Return the entries of the caller's dictionaries, of which a later one takes precedence.

    Raises DictionaryNotFound, StoreUnavailable.
    """
    entries: dict[str, str] = {}
    for locator in locators:
        found = await service.accounts().dictionaries.read(caller.key_id, locator.id, locator.version)
        entries |= found.entries
    return entries
