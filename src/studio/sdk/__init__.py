"""What a node author imports."""

from studio.contracts.http import HttpRequest, HttpResponse
from studio.domain.errors import (
    AccessRefused,
    AuthenticationFailed,
    NodeError,
    NodeTimeout,
    ProviderError,
    RateLimited,
    UserError,
)
from studio.domain.status import Effect
from studio.domain.values import FileRef, Json, TableRef
from studio.sdk._base import BaseNode, ControlNode, Example, Rate, Routed, Slot
from studio.sdk._check import NodeDefinitionError
from studio.sdk._context import NodeContext, StateHandle, TableDraft
from studio.sdk._model import File, Items, ItemsBase, NodeModel, Param, PerItem, Table, per_item_shape
from studio.sdk._trigger import Received, TriggerEvent, TriggerNode, TriggerRequest

__all__ = [
    "AccessRefused",
    "AuthenticationFailed",
    "BaseNode",
    "ControlNode",
    "Effect",
    "Example",
    "File",
    "FileRef",
    "HttpRequest",
    "HttpResponse",
    "Items",
    "ItemsBase",
    "Json",
    "NodeContext",
    "NodeDefinitionError",
    "NodeError",
    "NodeModel",
    "NodeTimeout",
    "Param",
    "PerItem",
    "ProviderError",
    "Rate",
    "RateLimited",
    "Received",
    "Routed",
    "Slot",
    "StateHandle",
    "Table",
    "TableDraft",
    "TableRef",
    "TriggerEvent",
    "TriggerNode",
    "TriggerRequest",
    "UserError",
    "per_item_shape",
]
