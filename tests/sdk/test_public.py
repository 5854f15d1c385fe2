"""What is public is stated here, so that a change of it is seen."""

from __future__ import annotations

import importlib

import pytest

PUBLIC = {
    "studio.sdk": """
        AccessRefused Apart AuthenticationFailed AwsScheme BaseNode BasicScheme BodyScheme CallFailed Calls ControlNode
        CredentialField CredentialType DataTables Dialer Effect Example File FileFact FileRef GENERIC_CREDENTIALS
        HeaderScheme HostFiles HttpClient HttpRequest HttpResponse HttpStream Items ItemsBase Json Limits NodeContext
        NodeDefinitionError NodeError NodeModel NodeTimeout OAuth2Scheme Option Options OptionsPage Param PerItem Phrase
        ProviderError QueryScheme Rate RateLimited Received Refusal Routed RowKept RowsChanged RowsPage Scheme Slot
        StateHandle Table TableDraft TableRef TriggerEvent TriggerNode TriggerRequest UserError Varying as_node
        check_usage checked_effect describe dump_output expected_by input_invalid list_options migrate_by node
        node_class node_schema output_invalid per_item_shape reason_for reason_of takes_items
    """,
    "studio.catalog": "CallFacts Catalog NodeFacts PackFacts PackProblem PackStrings Place RateFacts SlotFacts",
    "studio.i18n": """
        Catalogue Entry LANGUAGES catalogue categories choose_language filled function_text help_texts
        plural_category render right_to_left text
    """,
    "studio.testing": """
        EngineRunner ExampleResult LoopbackServer NOW NodeContractError NodeResult NodeTester OpenTables Parts
        ScratchContext ScratchItems ScratchState SeenRequest SetupMissingError check_pack check_plain compare count
        example_workflow listed postgres run_example
    """,
}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_names(name):
    module = importlib.import_module(name)
    assert sorted(module.__all__) == sorted(PUBLIC[name].split())
    assert all(hasattr(module, one) for one in module.__all__)


def test_the_catalogue_knows_the_bases_of_the_sdk():
    from studio import sdk
    from studio.catalog._source import SDK_BASES

    bases = {
        name: value
        for name, value in vars(sdk).items()
        if isinstance(value, type) and issubclass(value, sdk.BaseNode) and name in sdk.__all__
    }
    assert bases.keys() == SDK_BASES.keys()
    for name, facts in SDK_BASES.items():
        assert all(getattr(bases[name], key) == value for key, value in facts.items() if key != "kind")


def test_every_fact_of_a_class_is_known_to_the_catalogue():
    from studio.catalog._facts import NodeFacts
    from studio.catalog._reader import DECLARED
    from studio.sdk import BaseNode, ControlNode

    derived = {"input_model", "output_model", "examples", "raw_params"}
    declared = {name for cls in (BaseNode, ControlNode) for name in cls.__annotations__}
    assert declared - derived == DECLARED
    assert set(NodeFacts.__struct_fields__) >= DECLARED
