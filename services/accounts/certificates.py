"""Faults of the stores' certificates."""

import ssl


def certificate_fault(error: BaseException | None) -> str | None:
    """Return the reason why a certificate was not accepted, where that is what `error` comes from."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message.rstrip(".")
        error = error.__cause__ or error.__context__
    return None
