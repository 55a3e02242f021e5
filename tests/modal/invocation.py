"""Function call of `modal run`: its input and its output."""

import asyncio
import itertools
from typing import Any

from modal_proto import api_pb2


class Invocation:
    """Call of `function_id` with one input; `output` is done once the function has run."""

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
        """Return the input as a container fetches it."""
        return api_pb2.FunctionGetInputsItem(input_id=self.input_id, function_call_id=self.id, input=self._input)

    def end(self, output: Any) -> None:
        """Record the output."""
        self.output.set_result(output)
