"""Text of a context: whole sentences, marks, and refused text."""

import asyncio
import re

import pytest

from api.websocket.text_feed import MAX_FLUSHES, SLICE, Mark, TextFeed, TextRun
from shared.errors import TextTooLong, ValidationFailed
from tests.hostile import UNITS, cpu_s, text_of


async def heard(feed: TextFeed) -> list[str | Mark]:
    """Return the items of a feed up to its end."""
    given: list[str | Mark] = []
    while not given or given[-1] is not Mark.END:
        given.append(await feed.take())
    return given


async def token_by_token(text: str) -> list[str | Mark]:
    feed = TextFeed()
    hearing = asyncio.create_task(heard(feed))
    for token in re.findall(r"\s*\S+|\s+$", text):
        await feed.add(token)
        await asyncio.sleep(0)
    feed.end()
    return await hearing


async def test_feed_gives_whole_sentences_then_the_rest():
    given = await token_by_token("It costs 3.50 rupees. Dr. Rao paid it. How are you")
    assert given == ["It costs 3.50 rupees. ", "Dr. Rao paid it. ", "How are you", Mark.END]


async def test_unspeakable_text_stays_with_the_text_that_follows():
    assert await token_by_token("... ... Hello.") == ["... ... Hello.", Mark.END]
    assert await token_by_token("... !") == [Mark.END]


async def test_feed_refuses_long_wrong_and_late_text():
    feed = TextFeed()
    await feed.add("a" * 25_000 + ". ")
    with pytest.raises(TextTooLong):
        await feed.add("a" * 25_001)
    with pytest.raises(ValidationFailed):
        await TextFeed().add("\x00")
    feed.end()
    with pytest.raises(ValidationFailed, match="ended"):
        await feed.add("more")


@pytest.mark.parametrize("token", ["<|im_end|>", "<||>", "<<|end|>", "a<|x. Then |<|y|>"])
async def test_control_token_is_refused_in_any_split(token):
    for cut in range(1, len(token)):
        feed = TextFeed()
        with pytest.raises(ValidationFailed, match="control tokens"):
            for piece in (token[:cut], *token[cut:]):
                await feed.add(piece)


@pytest.mark.parametrize("text", ["<|no end", "a < b |> c", "<| no|>", "<|a>|>", "a||>", "<a|b|>"])
async def test_text_like_a_control_token_is_accepted_character_by_character(text):
    feed = TextFeed()
    for character in text:
        await feed.add(character)
    feed.end()
    assert (await heard(feed))[0] == text


async def test_flush_separates_the_parts_of_a_control_token():
    feed = TextFeed()
    await feed.add("one <|im_")
    feed.flush()
    await feed.add("end|> two")
    assert await feed.take() == "one <|im_"


async def test_waiting_flushes_are_bounded():
    feed = TextFeed()
    with pytest.raises(ValidationFailed, match="flush"):
        for _ in range(2 * MAX_FLUSHES + 1):
            feed.flush()


async def test_run_ends_at_its_mark_or_after_the_idle_time():
    feed = TextFeed()
    await feed.add("One. Two. Thr")
    feed.flush()
    await feed.add("Four")
    feed.end()
    assert await feed.take() == "One. Two. Thr"
    assert TextRun(feed, idle_s=1).mark is Mark.FLUSH and await feed.take() == "Four"
    assert TextRun(feed, idle_s=1).mark is Mark.END
    idle = TextRun(TextFeed(), idle_s=0.01)
    assert [text async for text in idle.more()] == [] and idle.mark is Mark.IDLE


async def test_event_loop_runs_between_the_slices_of_a_message():
    rounds = 0

    async def count() -> None:
        nonlocal rounds
        while True:
            await asyncio.sleep(0)
            rounds += 1

    counting = asyncio.create_task(count())
    await TextFeed().add("! " * 25_000)
    counting.cancel()
    assert rounds >= 50_000 // SLICE - 2


@pytest.mark.parametrize("name", UNITS)
def test_cost_of_tiny_messages_is_linear(name):
    async def add(text: str) -> None:
        feed = TextFeed()
        for character in text:
            await feed.add(character)

    text = text_of(UNITS[name], 8_000)
    small_s = cpu_s(lambda: asyncio.run(add(text[:2_000])))
    assert cpu_s(lambda: asyncio.run(add(text))) < 8 * small_s + 0.02


@pytest.mark.parametrize(("rich", "given"), [(True, "Read this. Then click here now."), (False, None)])
async def test_feed_reads_markdown_that_arrives_in_pieces(rich: bool, given: str | None) -> None:
    feed = TextFeed(rich=rich)
    written = "Read [this. Then](https://a.in/b.c?d=1) click <b class='x. Y'>here</b> now."
    for start in range(0, len(written), 3):
        await feed.add(written[start : start + 3])
    feed.end()
    read = ""
    while isinstance(item := await feed.take(), str):
        read += item
    assert read == (given or written)
