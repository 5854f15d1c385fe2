"""Answers about credential types."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.server._models import Out


class FormFieldOut(Out):
    """A field of the form."""

    name: str = Field(examples=["token"])
    title: str = Field(description="In the language asked for.", examples=["Token"])
    help: str
    kind: Literal["text", "number", "flag", "hosts"]
    secret: bool = Field(description="Never shown again once it is entered.")
    required: bool


class CredentialTypeOut(Out):
    """A kind of credential: its form, and what can be done with it."""

    id: str = Field(examples=["http.bearer"])
    title: str = Field(examples=["Bearer token"])
    description: str
    pack: str | None = Field(description="Pack it comes from; null for those that fit any service.")
    fields: list[FormFieldOut]
    hosts: list[str] = Field(description="Where it may go; empty where the form says so.")
    scopes: list[str] = Field(description="Rights that are asked for when somebody signs in.")
    sign_in: bool = Field(description="Whether somebody signs in at a provider.")
    testable: bool = Field(description="Whether there is a test call.")
    clients: list[str] = Field(description="Clients that the operator registered for it.")


class CredentialTypesOut(Out):
    """Every credential type."""

    items: list[CredentialTypeOut]
