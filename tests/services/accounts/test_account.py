"""The account of one request: what it counts and holds while its text and its sound grow."""

from collections.abc import AsyncGenerator

import numpy as np
import pytest

from core.request_state import Arrival, RequestState
from processing.script import ScriptRules, write_script
from services.accounts.account import Account
from services.accounts.caller import ANONYMOUS
from services.accounts.credits.charge import BASE_MS, CHARACTER_MS, MORE_MS, Charge
from shared.deadline import Deadline
from shared.errors import InsufficientCredits, TextTooLong
from shared.types import Pcm, Sampling, Utterance, Voice

RATE = 16_000
RULES = ScriptRules(threshold=220, target=170)


class Limiter:
    """Count characters up to a limit."""

    def __init__(self, limit: int = 10**9) -> None:
        self.counted, self._limit = 0, limit

    async def charge(self, _caller: object, characters: int, _deadline: Deadline) -> None:
        self.counted += characters
        if self.counted > self._limit:
            raise TextTooLong("too long")


class Gate:
    """Hold up to a balance."""

    def __init__(self, balance_ms: int) -> None:
        self.balance_ms, self.questions = balance_ms, 0

    async def hold(self, charge: Charge, _deadline: Deadline) -> None:
        self.questions += 1
        if charge.amount_ms > self.balance_ms:
            raise InsufficientCredits("no")
        self.balance_ms -= charge.amount_ms

    async def hold_more(self, charge: Charge, _deadline: Deadline, *, most_ms: int, before_ms: int) -> int:
        assert before_ms and most_ms >= charge.amount_ms
        self.questions += 1
        more_ms = min(most_ms, self.balance_ms)
        if more_ms < charge.amount_ms:
            raise InsufficientCredits("no")
        self.balance_ms -= more_ms
        return more_ms


class Entry:
    id = "entry"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, text: str) -> None:
        self.texts.append(text)


def account(text: str, *, gate: Gate | None = None, limiter: Limiter | None = None, **fields: object) -> Account:
    utterance = Utterance(text, Voice("v", "V"), Sampling(seed=1), RATE, **fields)
    request = RequestState(Arrival("r", 0.0), utterance)
    request.script = write_script(utterance, RULES)
    return Account(request, ANONYMOUS, Entry(), limiter or Limiter(), gate)


async def seconds(count: int) -> AsyncGenerator[Pcm, None]:
    for _ in range(count):
        yield Pcm(np.zeros(RATE, np.float32), RATE)


async def test_sound_within_the_estimate_asks_the_ledger_once():
    gate = Gate(100_000)
    one = account("Ten chars." * 10, gate=gate)
    await one.hold()
    assert len([block async for block in one.covered(seconds(10))]) == 10
    assert gate.questions == 1 and one.held_ms == BASE_MS + 100 * CHARACTER_MS


async def test_hold_grows_with_the_sound_in_steps():
    gate = Gate(100_000)
    one = account("Ten chars.", gate=gate)
    await one.hold()
    assert len([block async for block in one.covered(seconds(60))]) == 60
    assert 60_000 <= one.held_ms < 60_000 + MORE_MS + 1
    assert gate.questions == 1 + -(-58 // (MORE_MS // 1000))


@pytest.mark.parametrize("balance_s", [2, 3, 7, 20])
async def test_sound_ends_where_the_balance_ends(balance_s):
    """Not a second more than the balance covers; every second that it covers."""
    one = account("Ten chars.", gate=Gate(balance_s * 1000))
    await one.hold()
    heard = 0
    with pytest.raises(InsufficientCredits):
        async for _ in one.covered(seconds(60)):
            heard += 1
    assert heard == balance_s


async def test_ordinary_text_is_counted_as_written():
    limiter = Limiter()
    one = account("On 5 March 2024 it cost ₹1,500.", limiter=limiter)
    await one.hold()
    assert [block async for block in one.covered(seconds(1))]
    assert limiter.counted == 0  # beyond what was counted at the start


async def test_text_that_a_lexicon_makes_long_is_counted_as_spoken():
    limiter = Limiter()
    one = account("a b " * 50, lexicon={"a": "alpha " * 4, "b": "beta " * 5}, limiter=limiter)
    await one.hold()
    assert [block async for block in one.covered(seconds(2))]
    assert one.counted == 200 + limiter.counted > 1_500


async def test_spoken_form_above_the_limit_gives_no_sound():
    one = account("a b " * 50, lexicon={"a": "alpha " * 4, "b": "beta " * 5}, limiter=Limiter(1_000))
    await one.hold()
    with pytest.raises(TextTooLong):
        await anext(one.covered(seconds(2)))
