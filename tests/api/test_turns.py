import asyncio
import socket
import sys

import pytest

from api import turns


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep Python's own event loop")
def test_turn_of_the_loop_reads_few_connections_and_all_of_them_in_order():
    """Every connection has data all the time; a step that is due runs between any few of them."""

    async def turns_of_reads() -> list[list[int]]:
        loop, pairs = asyncio.get_running_loop(), [socket.socketpair() for _ in range(20)]
        reads: list[list[int]] = []
        for number, (reader, writer) in enumerate(pairs):
            writer.send(b"x")
            loop.add_reader(reader, lambda number=number: reads[-1].append(number))
        for _ in range(16):
            reads.append([])
            await asyncio.sleep(0)
        for pair in pairs:
            loop.remove_reader(pair[0])
            for end in pair:
                end.close()
        return reads

    reads = turns.run(turns_of_reads())
    assert max(map(len, reads)) == turns.EVENTS_PER_TURN
    seen = [number for turn in reads for number in turn]
    assert sorted(seen[:20]) == list(range(20))
