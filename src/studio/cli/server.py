"""``studio server``: start the server alone; workers run executions."""

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
    """Start the server alone; workers run executions.

    Start workers beside it with `studio worker` on the same data folder or database.
    """
    return serve(
        Voice(lang), driving=False, data=data, db=db, allow_path=allow_path, allow_host=allow_host, host=host,
        port=port, public_url=public_url,
    )  # fmt: skip
