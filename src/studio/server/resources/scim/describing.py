"""What SCIM clients read first: what is supported, which resources there are, and of what they consist."""

from __future__ import annotations

from typing import Any

from scim2_models import (
    Bulk,
    ChangePassword,
    Context,
    ETag,
    Filter,
    Meta,
    Patch,
    ResourceType,
    ServiceProviderConfig,
    Sort,
)
from scim2_models.resources.service_provider_config import AuthenticationScheme

from studio.services.scim.model import DirectoryGroup, DirectoryUser

MOST = 200
"""Resources of one page."""
_MODELS = (DirectoryUser, DirectoryGroup)


def config(base: str) -> dict[str, Any]:
    """What is supported."""
    scheme = AuthenticationScheme(
        type=AuthenticationScheme.Type.oauthbearertoken, name="Bearer token",
        description="A token that an operator of Studio has made for the directory.", primary=True,
    )  # fmt: skip
    made = ServiceProviderConfig(
        patch=Patch(supported=True), bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST), change_password=ChangePassword(supported=False),
        sort=Sort(supported=True), etag=ETag(supported=True), authentication_schemes=[scheme],
        meta=Meta(resource_type="ServiceProviderConfig", location=f"{base}/ServiceProviderConfig"),
    )  # fmt: skip
    return made.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)


def resource_types(base: str) -> dict[str, dict[str, Any]]:
    """The kinds of resources, by id."""
    out: dict[str, dict[str, Any]] = {}
    for model in _MODELS:
        made = ResourceType.from_resource(model)
        made.meta = Meta(resource_type="ResourceType", location=f"{base}/ResourceTypes/{made.id}")
        out[str(made.id)] = made.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    return out


def schemas(base: str) -> dict[str, dict[str, Any]]:
    """Of what each consists, by id."""
    out: dict[str, dict[str, Any]] = {}
    for model, name in zip(_MODELS, ("User", "Group"), strict=True):
        made = model.to_schema()
        made.name = name
        made.description = {"User": "A person", "Group": "A group of a workspace"}[name]
        made.meta = Meta(resource_type="Schema", location=f"{base}/Schemas/{made.id}")
        out[str(made.id)] = made.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    return out


def listed(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """All of them as one answer."""
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": len(found),
        "itemsPerPage": len(found), "startIndex": 1, "Resources": list(found.values()),
    }  # fmt: skip
