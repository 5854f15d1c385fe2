"""SCIM 2.0 at ``/api/scim/v2`` (RFC 7643, RFC 7644): for directories such as Entra ID and Okta."""

from __future__ import annotations

import logging
from typing import Any, cast

import msgspec
from pydantic import ValidationError
from scim2_models import Context, Error, PatchOp, SearchRequest
from scim2_models.exceptions import SCIMException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from studio.domain.access import Actor
from studio.domain.errors import RecordChanged, StudioError
from studio.server._behind import platform_of
from studio.server._problem import status_of
from studio.server.resources.scim import BASE
from studio.server.resources.scim.describing import MOST, config, listed, resource_types, schemas
from studio.services.platform import Platform
from studio.services.scim.model import POLICY, DirectoryGroup, DirectoryUser, ResourceOf, version_of
from studio.services.scim.shelf import DirectoryToken

MEDIA_TYPE = "application/scim+json"
_BODIES = ("application/scim+json", "application/json", "")
_MOST_BODY = 4 * 1024 * 1024
_MOST_FILTER = 2000
_LOG = logging.getLogger("studio.server")


class _Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, detail: str, scim_type: str | None = None, allow: str = "") -> None:
        super().__init__(detail)
        self.error = Error(status=status, detail=detail, scim_type=scim_type)
        self.allow = allow


class _Call:
    """One request of a directory."""

    def __init__(self, request: Request, platform: Platform, token: DirectoryToken, actor: Actor) -> None:
        self.request = request
        self.method = request.method
        self.token = token
        self.actor = actor
        self.base = f"{platform.address}{BASE}"
        self.users = platform.scim.users
        self.groups = platform.scim.groups

    async def answer(self, parts: list[str]) -> Response:
        """Carry it out."""
        match parts:
            case ["ServiceProviderConfig"]:
                return self._read(config(self.base))
            case ["ResourceTypes"]:
                return self._read(listed(resource_types(self.base)))
            case ["Schemas"]:
                return self._read(listed(schemas(self.base)))
            case ["ResourceTypes", id] if id in (found := resource_types(self.base)):
                return self._read(found[id])
            case ["Schemas", id] if id in (found := schemas(self.base)):
                return self._read(found[id])
            case ["Users" | "Groups" as kind]:
                self._only("GET", "POST")
                return await (self._list([kind], self._query()) if self.method == "GET" else self._create(kind))
            case [".search"] | ["Users" | "Groups", ".search"]:
                self._only("POST")
                kinds = ["Users", "Groups"] if len(parts) == 1 else [parts[0]]
                return await self._list(kinds, await self._body())
            case ["Users" | "Groups" as kind, id]:
                return await self._one(kind, id)
            case ["Bulk"] | ["Me"]:
                raise _Refused(501, "Studio does not have this.")
            case _:
                raise _Refused(404, "There is nothing at this address.")

    def _only(self, *methods: str) -> None:
        if self.method not in methods:
            raise _Refused(405, "This address does not take this method.", allow=", ".join(methods))

    def _read(self, body: dict[str, Any]) -> Response:
        self._only("GET")
        if "filter" in self.request.query_params:
            raise _Refused(403, "This cannot be filtered.")
        return _json(200, body)

    def _query(self) -> dict[str, Any]:
        given: dict[str, Any] = dict(self.request.query_params)
        for name in ("attributes", "excludedAttributes"):
            if name in given:
                given[name] = [one.strip() for one in str(given[name]).split(",") if one.strip()]
        return given

    async def _list(self, kinds: list[str], given: dict[str, Any]) -> Response:
        if len(str(given.get("filter", ""))) > _MOST_FILTER:
            raise _Refused(400, "The filter is too long.", "invalidFilter")
        found: list[ResourceOf] = []
        page: Any = None
        for kind in kinds:
            model: Any = DirectoryUser if kind == "Users" else DirectoryGroup
            page = SearchRequest[model].model_validate(given, scim_ctx=Context.SEARCH_REQUEST, scim_policy=POLICY)
            service = self.users if kind == "Users" else self.groups
            every = await service.all(self.token, self.base)
            found += [one for one in every if page.filter is None or page.filter.match(one)]
        ordered: list[ResourceOf] = page.sort(found) if page.sort_by is not None else sorted(found, key=_place)
        count = MOST if page.count is None else min(page.count, MOST)
        begin = page.start_index_0 or 0
        shown = ordered[begin : begin + count]
        return _json(
            200,
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": len(ordered),
                "startIndex": begin + 1, "itemsPerPage": len(shown), "Resources": [_dumped(one, page) for one in shown],
            },
        )  # fmt: skip

    async def _create(self, kind: str) -> Response:
        body = await self._body()
        if kind == "Users":
            user = _validated(DirectoryUser, body, Context.RESOURCE_CREATION_REQUEST)
            made: ResourceOf = await self.users.create(self.actor, self.token, user, self.base)
        else:
            group = _validated(DirectoryGroup, body, Context.RESOURCE_CREATION_REQUEST)
            made = await self.groups.create(self.actor, self.token, group, self.base)
        return self._resource(made, 201)

    async def _one(self, kind: str, id: str) -> Response:
        self._only("GET", "PUT", "PATCH", "DELETE")
        service: Any = self.users if kind == "Users" else self.groups
        before: ResourceOf = await service.show(self.token, id, self.base)
        self._check_version(before)
        if self.method == "GET":
            return self._resource(before, 200)
        if self.method == "DELETE":
            await service.delete(self.actor, self.token, id)
            return Response(status_code=204)
        model: Any = DirectoryUser if kind == "Users" else DirectoryGroup
        body = await self._body()
        if self.method == "PUT":
            after = _validated(model, body, Context.RESOURCE_REPLACEMENT_REQUEST)
            after.replace(before)
        else:
            after = before.model_copy(deep=True)
            patch = PatchOp[model].model_validate(
                _tolerated(body), scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY
            )
            patch.patch(after, scim_policy=POLICY)
        return self._resource(await service.replace(self.actor, self.token, id, after, self.base), 200)

    def _check_version(self, found: ResourceOf) -> None:
        given = self.request.headers.get("if-match", "").strip()
        if self.method != "GET" and given not in ("", "*") and given != version_of(found):
            raise _Refused(412, "It was changed meanwhile.")

    def _resource(self, found: ResourceOf, status: int) -> Response:
        version = version_of(found)
        if self.method == "GET" and self.request.headers.get("if-none-match", "").strip() == version:
            return Response(status_code=304, headers={"ETag": version})
        chosen = {name: value for name, value in self._query().items() if name in ("attributes", "excludedAttributes")}
        page: Any = SearchRequest[Any].model_validate(chosen)
        response = _json(status, _dumped(found, page))
        response.headers["ETag"] = version
        if found.meta is not None and found.meta.location:
            response.headers["Location"] = str(found.meta.location)
        return response

    async def _body(self) -> dict[str, Any]:
        kind = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _BODIES:
            raise _Refused(415, "Send application/scim+json.")
        content = await self.request.body()
        if len(content) > _MOST_BODY:
            raise _Refused(413, "The request is too large.")
        try:
            found = msgspec.json.decode(content)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise _Refused(400, "The body is no JSON.", "invalidSyntax") from error
        if not isinstance(found, dict):
            raise _Refused(400, "The body is no JSON object.", "invalidSyntax")
        return cast("dict[str, Any]", found)


async def scim(request: Request) -> Response:
    """Answer a directory."""
    try:
        return await _answered(request)
    except _Refused as refused:
        response = _failed(refused.error)
        if refused.allow:
            response.headers["Allow"] = refused.allow
        return response
    except ValidationError as error:
        return _failed(Error.from_validation_error(cast("Any", error.errors(include_url=False)[0])))
    except SCIMException as error:
        return _failed(error.to_error())
    except StudioError as error:
        return _failed(_of(error))
    except RecursionError:
        return _failed(Error(status=400, scim_type="invalidFilter", detail="The request is nested too deeply."))
    except Exception as error:  # noqa: BLE001 - a directory gets a SCIM error, the log the rest
        _LOG.error("request failed", exc_info=error, extra={"request_id": request.scope["state"].get("request_id")})
        return _failed(Error(status=500, detail="Something went wrong inside Studio."))


async def _answered(request: Request) -> Response:
    platform = platform_of(request)
    state = request.scope.setdefault("state", {})
    asking = Actor(
        ip=state.get("ip", ""), agent=request.headers.get("user-agent", "")[:200], request=state.get("request_id", "")
    )
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    held = await platform.scim.tokens.holder(bearer.strip(), asking) if scheme.lower() == "bearer" else None
    if held is None:
        raise _Refused(401, "Give the token of the directory as: Authorization: Bearer …")
    token, actor = held
    parts = [part for part in request.path_params["rest"].split("/") if part]
    return await _Call(request, platform, token.value, actor).answer(parts)


def _validated(model: Any, body: dict[str, Any], context: Context) -> Any:
    return model.model_validate(_booleans(body), scim_ctx=context, scim_policy=POLICY)


def _tolerated(body: dict[str, Any]) -> dict[str, Any]:
    """A PATCH as Entra ID and Okta send it: truth as text, and the id that nobody may change, in the value."""
    operations = body.get("Operations")
    if not isinstance(operations, list):
        return body
    out: list[Any] = []
    for one in cast("list[Any]", operations):
        if isinstance(one, dict):
            one = dict(cast("dict[str, Any]", one))
            value = one.get("value")
            if str(one.get("path", "")).lower() == "active":
                one["value"] = _truth(value)
            elif isinstance(value, dict):
                kept = {
                    name: part for name, part in cast("dict[str, Any]", value).items() if name not in ("id", "schemas")
                }
                one["value"] = _booleans(kept)
        out.append(one)
    return {**body, "Operations": out}


def _booleans(body: dict[str, Any]) -> dict[str, Any]:
    return {name: _truth(value) if name.lower() == "active" else value for name, value in body.items()}


def _truth(value: Any) -> Any:
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def _dumped(found: ResourceOf, page: Any) -> dict[str, Any]:
    return found.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=page)


def _place(one: ResourceOf) -> tuple[str, str]:
    return type(one).__name__, one.id or ""


def _of(error: StudioError) -> Error:
    kind = {"account.exists": "uniqueness", "account.last_operator": "mutability"}.get(error.code)
    status = 412 if isinstance(error, RecordChanged) else status_of(error)
    if status in (400, 422):
        status, kind = 400, "invalidValue"
    return Error(status=status, scim_type=kind, detail=error.message)


def _json(status: int, body: dict[str, Any]) -> Response:
    return JSONResponse(body, status, media_type=MEDIA_TYPE)


def _failed(error: Error) -> Response:
    response = _json(error.status or 500, error.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
