"""A function that was called from outside, on its way through a container: what it is given and how it ended."""

import asyncio
import itertools
from typing import Any

from modal_proto import api_pb2


class Invocation:
    """`function_id` with one input, as `modal run` asks for it; `output` is there once it has run."""

    numbers = itertools.count(1)

    def __init__(self, request: Any) -> None:
        number = next(self.numbers)
        self.id, self.input_id = f"fc-run-{number}", f"in-run-{number}"
        self.function_id = request.function_id
        (given,) = request.pipelined_inputs
        self._input = given.input
        self.taken_by: Any = None
        self.output: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def item(self, _method: str) -> Any:
        return api_pb2.FunctionGetInputsItem(input_id=self.input_id, function_call_id=self.id, input=self._input)

    def ended(self, output: Any) -> None:
        self.output.set_result(output)
