import asyncio

import pytest

from core.scheduling import admission as admission_module
from core.scheduling.admission import Admission
from shared.errors import Overloaded


def always(running):
    return True


async def test_requests_run_in_order_and_never_exceed_the_slots():
    admission, most, order = Admission(slots=2, queue=10, timeout_s=1), 0, []

    async def request(n):
        nonlocal most
        async with admission.slot(always):
            order.append(n)
            most = max(most, admission.running)
            await asyncio.sleep(0)

    await asyncio.gather(*(request(n) for n in range(8)))
    assert most == 2 and order == list(range(8))
    assert (admission.running, admission.waiting) == (0, 0)


async def test_full_queue_refuses_at_once_with_retry_after():
    admission = Admission(slots=1, queue=1, timeout_s=5)
    async with admission.slot(always):
        waiting = asyncio.create_task(wait_for_slot(admission))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match="queue is full") as refusal:
            await wait_for_slot(admission)
        assert refusal.value.retry_after_s >= 1
    await waiting


async def wait_for_slot(admission, has_room=always):
    async with admission.slot(has_room) as slot:
        return slot.waited_s


async def test_request_is_refused_after_the_time_limit_and_leaves_the_queue():
    admission = Admission(slots=1, queue=1, timeout_s=0.01)
    async with admission.slot(always):
        with pytest.raises(Overloaded, match=r"within 0\.01 s"):
            await wait_for_slot(admission)
        assert admission.waiting == 0
    await asyncio.wait_for(wait_for_slot(admission), 5)
    assert (admission.running, admission.waiting) == (0, 0)


async def test_cancelled_request_leaves_the_queue():
    admission = Admission(slots=1, queue=1, timeout_s=5)
    async with admission.slot(always):
        waiter = asyncio.create_task(wait_for_slot(admission))
        await asyncio.sleep(0)
        waiter.cancel()
        await asyncio.wait({waiter})
        assert admission.waiting == 0
    await wait_for_slot(admission)
    assert admission.running == 0


async def test_request_waits_without_headroom_though_slots_are_free():
    admission, room = Admission(slots=4, queue=1, timeout_s=5), [True]
    async with admission.slot(lambda running: room[0] or running == 0):
        room[0] = False
        waiting = asyncio.create_task(wait_for_slot(admission, lambda running: room[0]))
        await asyncio.sleep(0)
        assert (admission.running, admission.waiting) == (1, 1)
        with pytest.raises(Overloaded, match="no room") as refusal:
            await wait_for_slot(admission)
        assert refusal.value.retry_after_s >= 1
        room[0] = True
        assert await asyncio.wait_for(waiting, 5) > 0


async def test_freed_slot_is_taken_at_once(monkeypatch):
    monkeypatch.setattr(admission_module, "RECHECK_S", 3600.0)  # only the release itself wakes the waiting request
    admission = Admission(slots=1, queue=1, timeout_s=5)
    async with admission.slot(always):
        waiting = asyncio.create_task(wait_for_slot(admission))
        await asyncio.sleep(0)
    await asyncio.wait_for(waiting, 10)


async def texts(*arrivals):
    """Yield one text for each event, once it is set."""
    for number, arrived in enumerate(arrivals):
        await arrived.wait()
        yield f"text {number}"


async def test_slot_is_free_for_others_while_an_idle_request_awaits_text(monkeypatch):
    monkeypatch.setattr(admission_module, "RECHECK_S", 0.001)
    admission, arrived, idle = Admission(slots=1, queue=4, timeout_s=5), asyncio.Event(), [False]
    async with admission.slot(always) as slot:
        coming = slot.while_text_comes(texts(arrived), lambda: idle[0])
        waiting = asyncio.ensure_future(anext(coming))
        await asyncio.sleep(0.01)
        assert admission.running == 1  # it still generates
        idle[0] = True
        async with admission.slot(always):
            arrived.set()
            await asyncio.sleep(0.01)
            assert not waiting.done()  # the other request has the only slot
        assert await waiting == "text 0" and admission.running == 1
        assert [text async for text in coming] == []
    assert (admission.running, admission.waiting) == (0, 0)


async def test_request_that_is_closed_while_it_awaits_text_leaves_nothing(monkeypatch):
    monkeypatch.setattr(admission_module, "RECHECK_S", 0.001)
    admission = Admission(slots=1, queue=4, timeout_s=5)
    async with admission.slot(always) as slot:
        coming = slot.while_text_comes(texts(asyncio.Event()), lambda: True)
        waiting = asyncio.create_task(anext(coming))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait({waiting})
        assert admission.running == 0
    assert (admission.running, admission.waiting) == (0, 0)
