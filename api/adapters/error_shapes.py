"""The form of errors for the clients of each vendor, by path."""

from typing import Protocol

from api.adapters.cartesia import error_shape as cartesia
from api.adapters.deepgram import error_shape as deepgram
from api.adapters.elevenlabs import error_shape as elevenlabs


class ErrorShape(Protocol):
    """Module of a vendor's form of errors."""

    def is_expected(self, path: str) -> bool:
        """Return whether the clients of this path read the form."""
        ...

    def status_of(self, status: int, code: str) -> int:
        """Return the vendor's status of an error."""
        ...

    def error_body(
        self, status: int, code: str, message: str, details: dict[str, object], request_id: str
    ) -> dict[str, object]:
        """Return the body of an error answer."""
        ...


SHAPES: tuple[ErrorShape, ...] = (elevenlabs, cartesia, deepgram)


def shape_of(path: str) -> ErrorShape | None:
    """Return the form of errors on a path; None where it is not a vendor's."""
    return next((shape for shape in SHAPES if shape.is_expected(path)), None)
