"""Contexts of a socket that have ended, and answers to cancels: a client may still play what it has received."""

from collections.abc import Iterable

from api.events import Event
from api.websocket.context import Context

MAX_ENDED = 16
"""Ended contexts whose words are kept: as many as may be open at once."""


class EndedContexts:
    """The latest contexts that have ended and whose words were told."""

    def __init__(self) -> None:
        self._contexts: dict[str, Context] = {}

    def keep(self, context: Context) -> None:
        """Keep the words of a context that has ended."""
        if not context.options.timestamps:
            return
        self._contexts.pop(context.name, None)
        self._contexts[context.name] = context
        if len(self._contexts) > MAX_ENDED:
            del self._contexts[next(iter(self._contexts))]

    def answers(
        self, cancelled: Iterable[Context], name: str | None, played_s: float | None
    ) -> list[tuple[str | None, Event]]:
        """Return the answer to a cancel for each context that it ends, or else for the one that it names."""
        answers: list[tuple[str | None, Event]] = [(one.name, one.cancelled_event(played_s)) for one in cancelled]
        if answers:
            return answers
        ended = self._contexts.get(name or "")
        return [(name, ended.cancelled_event(played_s) if ended else {"type": "cancelled"})]
