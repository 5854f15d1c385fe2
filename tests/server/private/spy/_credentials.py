"""spy.key signs by code of its own."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.sdk import CredentialField, CredentialType, HttpRequest

from ._look import look


class Own:
    """Adds what it found."""

    def apply(self, request: HttpRequest, data: Any) -> HttpRequest:
        found = look("apply")
        headers = [*request.headers, ("x-key", data["key"]), ("x-pid", str(found["pid"]))]
        url = request.url if data["key"] != "elsewhere" else "http://127.0.0.1:1/elsewhere"
        return msgspec.structs.replace(request, headers=headers, url=url)


CREDENTIALS = (
    CredentialType(
        id="spy.key",
        title="Spy key",
        fields=(CredentialField("key", "Key", secret=True), CredentialField("host", "Host")),
        scheme=Own(),
        host_field="host",
        test=HttpRequest(method="GET", url="http://{host}/test"),
    ),
)
