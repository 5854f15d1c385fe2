"""What a failed exchange means for the node that asked for it."""

from __future__ import annotations

import ssl

import httpcore2

from studio.domain.errors import ErrorClass, NodeError, ProviderError, UserError
from studio.domain.phrases import Phrase


def no_answer(error: BaseException, host: str, *, sent: bool) -> NodeError | None:
    """The error to raise for one of the transport's, None for an error that is not the transport's.

    ``sent`` tells whether any byte of the request may have left: then it is in doubt whether it was carried out.
    """
    if isinstance(error, httpcore2.LocalProtocolError):
        return UserError("net.bad_request", "The request to {host} is malformed: {reason}.", host=host, reason=error)
    if isinstance(error, httpcore2.PoolTimeout):
        return ProviderError("net.busy", "All connections to {host} stayed in use.", host=host, in_doubt=sent)
    if isinstance(error, httpcore2.ConnectTimeout):
        return ProviderError(
            "net.connect_timeout", "{host} did not accept a connection in time.", host=host, in_doubt=sent
        )
    if isinstance(error, httpcore2.ConnectError):
        return _connect_failed(error, host, sent)
    if isinstance(error, httpcore2.TimeoutException | TimeoutError):
        return ProviderError("net.timeout", "{host} did not answer in time.", host=host, in_doubt=sent)
    if isinstance(error, httpcore2.NetworkError | httpcore2.ProtocolError):
        return ProviderError(
            "net.connection_lost",
            "The connection to {host} broke before the answer was complete.",
            host=host,
            in_doubt=sent,
        )
    return None


_REFUSALS: dict[int, str] = {
    9: Phrase("net.tls.not_yet", "its certificate is not valid yet"),
    10: Phrase("net.tls.expired", "its certificate has expired"),
    18: Phrase("net.tls.self_signed", "its certificate is signed by itself"),
    19: Phrase("net.tls.self_signed", "its certificate is signed by itself"),
    20: Phrase("net.tls.unknown_issuer", "who issued its certificate is not trusted here"),
    21: Phrase("net.tls.unknown_issuer", "who issued its certificate is not trusted here"),
    62: Phrase("net.tls.other_host", "its certificate is for another host"),
    64: Phrase("net.tls.other_host", "its certificate is for another host"),
}
"""By OpenSSL's codes of verification (X509_V_ERR)."""


def _refusal(error: ssl.SSLError) -> str:
    """Why no encrypted connection comes about; OpenSSL's own words where it is none of the usual reasons."""
    usual = _REFUSALS.get(getattr(error, "verify_code", 0))
    return usual or getattr(error, "verify_message", "") or error.reason or "TLS"


def _connect_failed(error: BaseException, host: str, sent: bool) -> ProviderError:
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLError):
            refused = ProviderError(
                "net.certificate", "No trusted encrypted connection to {host}: {reason}.",
                host=host, reason=_refusal(link), in_doubt=sent,
            )  # fmt: skip
            refused.classification = ErrorClass.PERMANENT
            return refused
        link = link.__cause__ or link.__context__
    return ProviderError(
        "net.connect_failed", "{host} refused the connection or is not reachable.", host=host, in_doubt=sent
    )
