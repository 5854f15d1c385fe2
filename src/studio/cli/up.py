"""``studio up``: start the server and an embedded worker, and print the address."""

from __future__ import annotations

from studio.cli._options import AllowHostOption, AllowPathOption, DataOption, DbOption, DebugOption, LangOption
from studio.cli._say import Voice
from studio.cli._serving import HostOption, PortOption, PublicUrlOption, serve


def command(
    host: HostOption = None,
    port: PortOption = None,
    public_url: PublicUrlOption = None,
    data: DataOption = None,
    db: DbOption = None,
    allow_path: AllowPathOption = None,
    allow_host: AllowHostOption = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> int:
    """Start the server and an embedded worker, and print the address.

    The first time it prints a link too, by which the first account is made. Ctrl-C stops it: what is unfinished
    goes on at the next start.
    """
    return serve(
        Voice(lang), driving=True, data=data, db=db, allow_path=allow_path, allow_host=allow_host, host=host,
        port=port, public_url=public_url,
    )  # fmt: skip
