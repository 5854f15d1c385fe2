"""crypto.hash."""

from __future__ import annotations

import hashlib
from typing import Literal, Self

from pydantic import model_validator

from studio.nodes.crypto._keys import encode, to_bytes
from studio.sdk import BaseNode, Effect, Example, File, NodeContext, NodeModel, Param, Refusal


class Hash(BaseNode):
    """Compute a checksum of a text or a file.

    MD5 and SHA-1 are there for systems that ask for them; they protect nothing.
    """

    type = "crypto.hash"
    title = "Hash"
    keywords = ("sha256", "md5", "digest", "checksum", "fingerprint", "blake2")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str | None = Param(None, description="The text, hashed in UTF-8")
        file: File | None = Param(None, description="The file, instead of a text")
        algorithm: Literal["sha256", "sha512", "sha384", "sha1", "md5", "sha3_256", "blake2b"] = Param(
            "sha256", description="How"
        )
        encoding: Literal["hex", "base64", "base64url"] = Param("hex", description="How the result is written")

        @model_validator(mode="after")
        def _one_source(self) -> Self:
            if (self.text is None) == (self.file is None):
                raise Refusal("crypto.one_source", "give either text or file")
            return self

    class Output(NodeModel):
        hash: str

    examples = (
        Example(
            input={"text": "abc"},
            output={"hash": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        ),
        Example(
            title="A file, in base64",
            input={"file": "{{ files['é.txt'] }}", "algorithm": "md5", "encoding": "base64"},
            files={"é.txt": "abc"},
            output={"hash": "kAFQmDzST7DWlj99KOF/cg=="},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        digest = hashlib.new(input.algorithm, usedforsecurity=False)
        if input.file is not None:
            async for piece in ctx.stream_file(input.file):
                digest.update(piece)
        else:
            digest.update(to_bytes(input.text or "", "text", "text"))
        return self.Output(hash=encode(digest.digest(), input.encoding))
