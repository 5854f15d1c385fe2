"""What a failed exchange means for the node that asked for it."""

from __future__ import annotations

import ssl

import httpcore2

from studio.domain.errors import ErrorClass, NodeError, ProviderError, UserError


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


def _connect_failed(error: BaseException, host: str, sent: bool) -> ProviderError:
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLError):
            refused = ProviderError(
                "net.certificate", "No trusted encrypted connection to {host}: {reason}.",
                host=host, reason=getattr(link, "verify_message", "") or link.reason or "TLS", in_doubt=sent,
            )  # fmt: skip
            refused.classification = ErrorClass.PERMANENT
            return refused
        link = link.__cause__ or link.__context__
    return ProviderError(
        "net.connect_failed", "{host} refused the connection or is not reachable.", host=host, in_doubt=sent
    )
