"""Tests of the TokenEngine protocol for every engine. The scripted checkpoint determines the expected tokens."""

import asyncio
import math
from contextlib import aclosing
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.checkpoint.reading import Checkpoint
from core.engine import TokenEngine
from shared.errors import GenerationError, RuntimeDead, TextTooLong, ValidationFailed
from shared.types import MIN_TEMPERATURE, MIN_TOP_P, Finish
from tests.core.engines.conftest import MAX_LEN, Subject, collect, idle, prompt

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # vLLM and what it imports; our own code is held to "error" everywhere else.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture
def engine(subject: Subject) -> TokenEngine:
    return subject.engine


async def test_tokens_are_unchanged_after_sleep_and_wake(engine: TokenEngine, tiny: Checkpoint) -> None:
    before = await collect(engine, prompt(tiny, "asleep", seed=5))
    await engine.sleep()
    await engine.wake()
    assert await collect(engine, prompt(tiny, "asleep", seed=5)) == before


@pytest.mark.parametrize("text", ["a", "lipakshi: How are you?"])
async def test_stream_yields_all_tokens_except_the_stop(engine: TokenEngine, tiny: Checkpoint, text: str) -> None:
    vocabulary = tiny.vocabulary
    ids, finish = await collect(engine, prompt(tiny, text))
    voice, layout, speech = ids[:32], ids[32:34], ids[34:]
    assert all(vocabulary.globals.first <= token < vocabulary.globals.stop for token in voice)
    assert layout == (vocabulary.control.end_global, vocabulary.control.start_semantic)
    assert all(vocabulary.semantics.first <= token < vocabulary.semantics.stop for token in speech)
    assert (len(speech), finish) == (2 * len(text), Finish.STOP)
    assert engine.unfinished == 0


async def test_a_pinned_voice_starts_at_the_first_semantic_token(engine: TokenEngine, tiny: Checkpoint) -> None:
    ids, finish = await collect(engine, prompt(tiny, "hello", pinned=True))
    assert all(tiny.vocabulary.semantics.first <= token < tiny.vocabulary.semantics.stop for token in ids)
    assert (len(ids), finish) == (10, Finish.STOP)


async def test_the_stop_ids_are_the_prompts_own(engine: TokenEngine, tiny: Checkpoint) -> None:
    control = tiny.vocabulary.control
    asked = replace(prompt(tiny, "hello"), stop_ids=frozenset({control.end_global}))
    ids, finish = await collect(engine, asked)
    assert (len(ids), finish) == (32, Finish.STOP)
    asked = replace(prompt(tiny, "hello", pinned=True, max_tokens=64), stop_ids=frozenset({control.start_content}))
    ids, finish = await collect(engine, asked)
    assert ids[10:12] == (control.end_semantic, control.end_of_turn)
    assert (len(ids), finish) == (64, Finish.LENGTH)


async def test_the_budget_ends_with_length(engine: TokenEngine, tiny: Checkpoint) -> None:
    ids, finish = await collect(engine, prompt(tiny, "x" * 100, pinned=True, max_tokens=65))
    assert (len(ids), finish) == (65, Finish.LENGTH)


async def test_the_context_ends_with_length(engine: TokenEngine, tiny: Checkpoint) -> None:
    asked = prompt(tiny, "x" * (MAX_LEN - 14), max_tokens=4096)
    ids, finish = await collect(engine, asked)
    assert (len(ids), finish) == (MAX_LEN - len(asked.ids), Finish.LENGTH)


async def test_prompt_beyond_the_context_is_refused(engine: TokenEngine, tiny: Checkpoint) -> None:
    asked = prompt(tiny, "x" * (MAX_LEN - 4))
    assert len(asked.ids) == MAX_LEN
    with pytest.raises(TextTooLong, match="512 tokens"):
        await collect(engine, asked)


@pytest.mark.parametrize("bad", [[-1], [10**9], ["rows"], []])
async def test_unknown_ids_are_refused(engine: TokenEngine, tiny: Checkpoint, bad: list[object]) -> None:
    ids = tuple(tiny.vocabulary.rows if token == "rows" else token for token in bad)
    with pytest.raises(ValidationFailed):
        await collect(engine, replace(prompt(tiny, "a"), ids=ids))  # type: ignore[arg-type]
    engine.check_health()
    assert (await collect(engine, prompt(tiny, "a")))[1] is Finish.STOP


async def test_seed_repeats_alone_and_beside_other_requests(engine: TokenEngine, tiny: Checkpoint) -> None:
    asked = prompt(tiny, "The same again.", seed=7)
    alone = await collect(engine, asked)
    others = [prompt(tiny, f"Number {seed}.", seed=seed) for seed in range(3)]
    together = await asyncio.gather(*(collect(engine, each) for each in [*others, asked]))
    assert together[-1] == alone
    assert len(set(together)) == 4
    different = await collect(engine, prompt(tiny, "The same again.", seed=8))
    assert different != alone


async def test_temperature_zero_takes_the_likeliest(engine: TokenEngine, tiny: Checkpoint) -> None:
    first, second = [await collect(engine, prompt(tiny, "Calm.", temperature=0.0, seed=seed)) for seed in range(2)]
    assert first == second


@pytest.mark.parametrize("sampling", [{"top_k": -1}, {"top_p": 0.5}, {"temperature": 2.0}, {"repetition_penalty": 2.0}])
async def test_every_sampling_keeps_the_layout(
    engine: TokenEngine, tiny: Checkpoint, sampling: dict[str, float]
) -> None:
    ids, finish = await collect(engine, prompt(tiny, "Hello!", seed=1, **sampling))
    assert (len(ids), finish) == (34 + 12, Finish.STOP)


SMALLEST = (5e-324, 1e-46, 1e-38, 1e-7)
"""float64's smallest; what float32 rounds to 0; what logits over it overflow float32; what is just too small."""

EXTREMES = [
    *({name: value} for name in ("temperature", "top_p") for value in SMALLEST),
    *({"temperature": value, "top_p": value, "top_k": -1, "repetition_penalty": 2.0} for value in SMALLEST),
    {"temperature": MIN_TEMPERATURE, "top_p": MIN_TOP_P, "repetition_penalty": 1 + 2**-52, "seed": 2**32 - 1},
    {"temperature": 2.0, "top_k": 1, "top_p": 1 - 2**-53, "repetition_penalty": 2.0},
    {"temperature": 2.0, "top_k": 1000, "top_p": 1e-46, "seed": 0},
]


async def test_extreme_sampling_neither_ends_the_engine_nor_changes_another_stream(
    engine: TokenEngine, tiny: Checkpoint
) -> None:
    other = prompt(tiny, "Listen to this meanwhile.", seed=7)
    alone = await collect(engine, other)
    asked = [prompt(tiny, "Hello!", **sampling) for sampling in EXTREMES]
    *extreme, beside = await asyncio.gather(*(collect(engine, each) for each in [*asked, other]))
    assert beside == alone
    assert [(len(ids), finish) for ids, finish in extreme] == [(34 + 12, Finish.STOP)] * len(EXTREMES)
    engine.check_health()


@given(
    temperature=st.floats(0, 2),
    top_k=st.just(-1) | st.integers(1, 1000),
    top_p=st.floats(0, 1, exclude_min=True),
    repetition_penalty=st.floats(1, 2),
    seed=st.integers(0, 2**32 - 1),
)
@example(temperature=1e-38, top_k=50, top_p=1.0, repetition_penalty=1.0, seed=0)
@example(temperature=0.8, top_k=50, top_p=1e-46, repetition_penalty=1.0, seed=0)
@hypothesis_settings(max_examples=60)
async def test_every_sampling_within_the_bounds_is_accepted(
    subject: Subject, tiny: Checkpoint, **sampling: float
) -> None:
    ids, finish = await collect(subject.engine, prompt(tiny, "Hi", pinned=True, **sampling))
    assert (len(ids), finish) == (4, Finish.STOP)


@pytest.mark.parametrize("small", [{"temperature": 0.0099}, *({"top_p": value} for value in (*SMALLEST, MIN_TOP_P))])
async def test_the_smallest_values_take_the_likeliest(
    engine: TokenEngine, tiny: Checkpoint, small: dict[str, float]
) -> None:
    text = "Always the likeliest of them all, however it is drawn."
    greedy, _ = await collect(engine, prompt(tiny, text, temperature=0.0))
    for seed in range(4):
        assert (await collect(engine, prompt(tiny, text, seed=seed, **small)))[0] == greedy


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("temperature", value) for value in (-1e-9, 2.001, math.inf, math.nan)),
        *(("top_k", value) for value in (0, -2, 1001, 10**30)),
        *(("top_p", value) for value in (0.0, -0.5, 1.001, math.nan)),
        *(("repetition_penalty", value) for value in (0.0, 0.999, 2.001, math.inf, math.nan)),
        *(("seed", value) for value in (-1, 2**32, 2**64)),
        ("max_tokens", 0),
    ],
)
async def test_sampling_out_of_bounds_is_refused(
    engine: TokenEngine, tiny: Checkpoint, field: str, value: float
) -> None:
    with pytest.raises(ValidationFailed, match=field):
        await collect(engine, prompt(tiny, "a", **{field: value}))
    assert engine.unfinished == 0
    assert (await collect(engine, prompt(tiny, "a")))[1] is Finish.STOP


async def test_streaming_prompt_runs_before_files(engine: TokenEngine, tiny: Checkpoint) -> None:
    """Start more files than an engine runs at once, then one stream."""
    files, ended = 18, []

    async def ask(name: str, text: str, *, streaming: bool) -> None:
        await collect(engine, replace(prompt(tiny, text, pinned=True), streaming=streaming))
        ended.append(name)

    async with asyncio.TaskGroup() as group:
        for _ in range(files):
            group.create_task(ask("file", "x" * 15, streaming=False))
        group.create_task(ask("stream", "x" * 5, streaming=True))
    assert ended.index("stream") < files - 1


async def test_more_prompts_than_one_prefill_step_are_all_answered(engine: TokenEngine, tiny: Checkpoint) -> None:
    texts = [chr(ord("a") + number) * 150 for number in range(16)]
    answers = await asyncio.gather(*(collect(engine, prompt(tiny, text, pinned=True, seed=1)) for text in texts))
    assert [(len(ids), finish) for ids, finish in answers] == [(300, Finish.STOP)] * 16


async def test_closing_aborts(engine: TokenEngine, tiny: Checkpoint) -> None:
    deltas = engine.stream(prompt(tiny, "x" * 150, max_tokens=4096))
    await anext(deltas)
    assert engine.unfinished == 1
    await deltas.aclose()
    await idle(engine)


async def test_cancelling_aborts(engine: TokenEngine, tiny: Checkpoint) -> None:
    task = asyncio.create_task(collect(engine, prompt(tiny, "x" * 150, max_tokens=4096)))
    while not engine.unfinished:  # noqa: ASYNC110 - the task must start, and no more
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await idle(engine)


async def test_nothing_is_unfinished_after_100_requests_with_every_tenth_cancelled(
    engine: TokenEngine, tiny: Checkpoint
) -> None:
    def ask(number: int) -> asyncio.Task[object]:
        text = f"{number:05}" if number % 10 else "x" * 150
        return asyncio.create_task(collect(engine, prompt(tiny, text, pinned=True, seed=number)))

    tasks = [ask(number) for number in range(100)]
    while not engine.unfinished:  # noqa: ASYNC110 - until the first requests have reached the engine
        await asyncio.sleep(0)
    for task in tasks[::10]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for number, result in enumerate(results):
        if number % 10:
            assert isinstance(result, tuple) and (len(result[0]), result[1]) == (10, Finish.STOP)
        else:
            assert isinstance(result, asyncio.CancelledError)
    await idle(engine)
    assert await ask(11) == results[11]


async def test_abort_by_vllm_raises(subject: Subject, tiny: Checkpoint) -> None:
    if subject.abort_all is None:
        pytest.skip("nothing outside can end a request of this engine")
    deltas = subject.engine.stream(prompt(tiny, "x" * 150, max_tokens=4096))
    await anext(deltas)
    await subject.abort_all()
    with pytest.raises(GenerationError, match="abort"):
        async for _ in deltas:
            pass
    subject.engine.check_health()


async def test_slow_reader_receives_merged_deltas_without_loss(engine: TokenEngine, tiny: Checkpoint) -> None:
    asked = prompt(tiny, "Take your time.", seed=3)
    whole, _ = await collect(engine, asked)
    ids: list[int] = []
    count = 0
    async with aclosing(engine.stream(asked)) as deltas:
        async for delta in deltas:
            ids += delta.ids
            count += 1
            await asyncio.sleep(0.05)
    assert tuple(ids) == whole
    assert count < len(whole) / 2


async def test_dead_engine_fails_every_stream(subject: Subject, tiny: Checkpoint) -> None:
    """Every stream that runs, waits or comes later raises; none ends as if it were complete."""
    engine = subject.engine
    running = [engine.stream(prompt(tiny, "x" * 150, max_tokens=4096)) for _ in range(3)]
    await anext(running[0])
    tasks = [asyncio.create_task(anext(deltas)) for deltas in running[1:]]
    await asyncio.sleep(0)
    engine.check_health()
    subject.kill()
    async with asyncio.timeout(10):
        with pytest.raises(RuntimeDead):
            async for _ in running[0]:
                pass
        for task, deltas in zip(tasks, running[1:], strict=True):
            with pytest.raises(RuntimeDead):
                await task
                async for _ in deltas:
                    pass
    with pytest.raises(RuntimeDead):
        engine.check_health()
    with pytest.raises(RuntimeDead):
        await anext(engine.stream(prompt(tiny, "a")))
