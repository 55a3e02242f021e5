"""Measurements of a client's turns, printed as JSON for the test that runs the client."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

TEXTS = ["Hello, this is the demo voice.", "It speaks to another client."]
LONG = "This sentence is one of very many, and all of them are spoken one after the other until then. " * 60
SENTENCES = (
    "The first train leaves at ten, and the second at noon. ",
    "Please be there early, or wait for the third train instead.",
)
INTERRUPTED = "".join(SENTENCES)


@dataclass
class Turn:
    """Sound of one turn: its bytes, and seconds to the first of them."""

    begun: float = field(default_factory=time.perf_counter)
    first_s: float = 0.0
    bytes: int = 0

    def hear(self, sound: bytes) -> None:
        if sound:
            self.first_s = self.first_s or time.perf_counter() - self.begun
            self.bytes += len(sound)


@dataclass
class Told:
    """Result of a client: its turns, the moment of its interruption on the machine's clock, its errors by name."""

    turns: list[Turn] = field(default_factory=list)
    interrupted_at: float = 0.0
    errors: dict[str, str] = field(default_factory=dict)
    more: dict[str, object] = field(default_factory=dict)

    def turn(self) -> Turn:
        self.turns.append(Turn())
        return self.turns[-1]

    def interrupt(self) -> None:
        self.interrupted_at = time.perf_counter()

    def fails(self, name: str, call: Callable[[], object]) -> None:
        """Record the class and the status of the error that `call` raises."""
        try:
            call()
        except Exception as error:  # noqa: BLE001 - any class may come, and the test compares it
            self.errors[name] = described(error)
        else:
            self.errors[name] = "no error"

    def print(self) -> None:
        json.dump(asdict(self), sys.stdout)


def described(error: BaseException) -> str:
    """Return an error's class, and its status where it has one."""
    status = getattr(error, "status_code", None)
    return type(error).__name__ if status is None else f"{type(error).__name__} {status}"
