"""Close codes of a socket."""

from enum import IntEnum

from shared.errors import RuntimeDead, ServiceError, Unavailable


class CloseCode(IntEnum):
    """Codes with which this service closes sockets; docs/websocket.md says when."""

    DONE = 1000
    GOING_AWAY = 1001
    REFUSED = 1008
    TOO_LARGE = 1009
    FAULT = 1011
    RESTART = 1012
    TRY_LATER = 1013


RESTART_REASON = "the service stops; connect again"
"""Reason of the close frame at a stop of the service."""


def close_code_of(error: ServiceError) -> CloseCode:
    """Return the close code of a socket that an error ends."""
    if isinstance(error, Unavailable):
        return CloseCode.FAULT if isinstance(error, RuntimeDead) else CloseCode.TRY_LATER
    return CloseCode.REFUSED


def close_reason_of(error: ServiceError) -> str:
    """Return the reason of a close frame, which has at most 123 bytes."""
    return error.message.encode()[:123].decode(errors="ignore")


def reason_of(code: int, *, idle_s: float, keep_alive: str) -> str:
    """Return the reason of a close frame that no error causes: the advice to a client whose socket was silent, or why
    the service closes it.
    """
    if code == CloseCode.GOING_AWAY:
        return f"no message for {idle_s:g} s; {keep_alive}"
    return RESTART_REASON if code == CloseCode.RESTART else ""
