"""What a node author imports."""

from studio.contracts.apart import Apart, Limits
from studio.contracts.data_tables import DataTables, RowKept, RowsChanged, RowsPage
from studio.contracts.files import FileFact, HostFiles
from studio.contracts.http import Dialer, HttpClient, HttpRequest, HttpResponse, HttpStream
from studio.domain.errors import (
    AccessRefused,
    AuthenticationFailed,
    CallFailed,
    NodeError,
    NodeTimeout,
    ProviderError,
    RateLimited,
    UserError,
)
from studio.domain.phrases import Phrase, Refusal, reason_of
from studio.domain.status import Effect
from studio.domain.values import FileRef, Json, TableRef
from studio.sdk._aws import AwsScheme
from studio.sdk._base import ApartNode as ApartNode
from studio.sdk._base import BaseNode, Calls, ControlNode, Example, Rate, Routed, Slot
from studio.sdk._check import NodeDefinitionError
from studio.sdk._context import NodeContext, StateHandle, TableDraft
from studio.sdk._credential import CredentialField, CredentialType
from studio.sdk._dump import dump_output
from studio.sdk._failures import check_usage, checked_effect, describe, input_invalid, output_invalid
from studio.sdk._function import as_node, node, node_class
from studio.sdk._generic import GENERIC_CREDENTIALS
from studio.sdk._model import (
    File,
    Items,
    ItemsBase,
    NodeModel,
    Param,
    PerItem,
    Table,
    Varying,
    per_item_shape,
    takes_items,
)
from studio.sdk._oauth import OAuth2Scheme
from studio.sdk._options import Option, Options, OptionsPage, list_options, migrate_by
from studio.sdk._reasons import expected_by, reason_for
from studio.sdk._schema import node_schema
from studio.sdk._schemes import BasicScheme, BodyScheme, HeaderScheme, QueryScheme, Scheme
from studio.sdk._trigger import Received, TriggerEvent, TriggerNode, TriggerRequest

__all__ = [
    "GENERIC_CREDENTIALS",
    "AccessRefused",
    "Apart",
    "AuthenticationFailed",
    "AwsScheme",
    "BaseNode",
    "BasicScheme",
    "BodyScheme",
    "CallFailed",
    "Calls",
    "ControlNode",
    "CredentialField",
    "CredentialType",
    "DataTables",
    "Dialer",
    "Effect",
    "Example",
    "File",
    "FileFact",
    "FileRef",
    "HeaderScheme",
    "HostFiles",
    "HttpClient",
    "HttpRequest",
    "HttpResponse",
    "HttpStream",
    "Items",
    "ItemsBase",
    "Json",
    "Limits",
    "NodeContext",
    "NodeDefinitionError",
    "NodeError",
    "NodeModel",
    "NodeTimeout",
    "OAuth2Scheme",
    "Option",
    "Options",
    "OptionsPage",
    "Param",
    "PerItem",
    "Phrase",
    "ProviderError",
    "QueryScheme",
    "Rate",
    "RateLimited",
    "Received",
    "Refusal",
    "Routed",
    "RowKept",
    "RowsChanged",
    "RowsPage",
    "Scheme",
    "Slot",
    "StateHandle",
    "Table",
    "TableDraft",
    "TableRef",
    "TriggerEvent",
    "TriggerNode",
    "TriggerRequest",
    "UserError",
    "Varying",
    "as_node",
    "check_usage",
    "checked_effect",
    "describe",
    "dump_output",
    "expected_by",
    "input_invalid",
    "list_options",
    "migrate_by",
    "node",
    "node_class",
    "node_schema",
    "output_invalid",
    "per_item_shape",
    "reason_for",
    "reason_of",
    "takes_items",
]
