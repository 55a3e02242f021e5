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
    if not locators:
        return utterance
    store = service.accounts().dictionaries
    entries: dict[str, str] = {}
    for locator in locators:
        entries |= (await store.read(caller.key_id, locator.id, locator.version)).entries
    return replace(utterance, lexicon=entries | dict(utterance.lexicon))
