"""Notices of a workspace: failures, recoveries, quotas, credentials, mentions, new owners."""

from __future__ import annotations

from fastapi import Response

from studio.domain.access import Permission
from studio.domain.errors import Conflict
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._routes import Routes
from studio.server.resources.notices.schemas import NoticesIn, NoticesOut, OwnNoticesBody
from studio.services.notices.model import NoticeSettings

routes = Routes("/notices", "notices")


@routes.ask("GET", "/settings", Permission.SETTINGS_VIEW)
async def show_notices(response: Response, actor: Asking, services: Services) -> NoticesOut:
    """Which notices the workspace gives, and how."""
    settings, revision = await services.notices.settings(actor.workspace)
    give_etag(response, revision)
    return shown(settings, can_mail=bool(services.settings.smtp_host), secret=None)


@routes.ask("PUT", "/settings", Permission.SETTINGS_MANAGE)
async def set_notices(
    body: NoticesIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> NoticesOut:
    """Say which notices the workspace gives. The webhook's secret is shown in this answer where it is new."""
    wanted = NoticeSettings(kinds=tuple(body.kinds), mail=body.mail, wait=body.wait, webhook=body.webhook)
    kept, secret = await services.notices.change(
        actor, wanted, new_secret=body.new_secret, expected=expected_revision(if_match)
    )
    give_etag(response, kept.revision)
    return shown(kept.value, can_mail=bool(services.settings.smtp_host), secret=secret)


@routes.ask("POST", "/test", Permission.SETTINGS_MANAGE, status=204)
async def test_notices(actor: Asking, services: Services) -> None:
    """Post a notice to the webhook, to see whether it arrives."""
    await services.notices.try_webhook(actor)


@routes.ask("GET", "/own", Permission.SELF)
async def show_own_notices(actor: Asking, services: Services) -> OwnNoticesBody:
    """Which notices the caller gets by mail from the workspace they are in."""
    _need_workspace(actor.workspace)
    return OwnNoticesBody.model_validate({"kinds": (await services.notices.own(actor)).kinds})


@routes.ask("PUT", "/own", Permission.SELF)
async def set_own_notices(body: OwnNoticesBody, actor: Asking, services: Services) -> OwnNoticesBody:
    """Choose which notices the caller gets by mail from the workspace they are in."""
    _need_workspace(actor.workspace)
    kept = await services.notices.change_own(actor, list(body.kinds))
    return OwnNoticesBody.model_validate({"kinds": kept.kinds})


def _need_workspace(workspace: str) -> None:
    if not workspace:
        raise Conflict("notice.no_workspace", "Choose a workspace first.")


def shown(settings: NoticeSettings, *, can_mail: bool, secret: str | None) -> NoticesOut:
    """Settings as an answer."""
    return NoticesOut.model_validate(
        {
            "kinds": settings.kinds, "mail": settings.mail, "wait": settings.wait, "webhook": settings.webhook,
            "can_mail": can_mail, "webhook_secret": secret,
        }
    )  # fmt: skip
