"""Workflow files as they are uploaded: single ones, and zips of many. Whatever is in them was made by somebody else.

Nothing is ever written to a disk under a name from an upload; names that lead out of a folder are refused all the same,
since a call that names such a file could not be right.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Sequence

from studio.domain.errors import StudioError, UserError
from studio.services.workflows._threads import aside
from studio.services.workflows.files import MAX_FILES, File
from studio.services.workflows.naming import key_for
from studio.validation import load

MAX_TEXT = 10 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes that a zip may hold unpacked, all files together."""
_SUFFIXES = (".yaml", ".yml", ".json")
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 10_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PIECE = 64 * 1024
_LONGEST_NAME = 500


async def uploaded(parts: Iterable[tuple[str, bytes]]) -> list[File]:
    """The workflow files of an upload: of each (name, content) the file itself, or what is in the zip that it is.

    Raises:
        UserError: A file is too large, no text, or has a name that it must not have; a zip cannot be read.
    """
    return await aside(_uploaded, list(parts))


def is_zip(content: bytes) -> bool:
    """Whether this is a zip, by its first bytes."""
    return content.startswith((_ZIP, _EMPTY_ZIP))


def zipped(files: Sequence[File]) -> bytes:
    """Files as a zip; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            facts = zipfile.ZipInfo(file.name)
            facts.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(facts, file.text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _uploaded(parts: Sequence[tuple[str, bytes]]) -> list[File]:
    found: list[File] = []
    for name, content in parts:
        if is_zip(content):
            found += _unzipped(content)
        else:
            text = _text(name, content)
            found.append(File(_checked(name or _own_name(text)), text))
    if not found:
        raise _too_many()
    return found


def _own_name(text: str) -> str:
    """A file's name out of what the workflow in it is called, where nothing else was said."""
    workflow = load(text, source="workflow").workflow
    suffix = ".json" if text.lstrip().startswith("{") else ".yaml"
    return f"{key_for(workflow.name, ()) if workflow is not None else 'workflow'}{suffix}"


def _unzipped(content: bytes) -> list[File]:
    # Its list of files is read as a whole before anything of it can be looked at.
    if content.count(_ENTRY) > _MOST_ENTRIES:
        raise _too_many()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = [one for one in archive.infolist() if _is_workflow_file(one)]
            if len(wanted) > MAX_FILES:
                raise _too_many()
            left = MAX_UNPACKED
            found: list[File] = []
            for one in wanted:
                data = _unpacked(archive, one, min(left, MAX_TEXT))
                left -= len(data)
                found.append(File(_checked(one.filename), _text(one.filename, data)))
            return found
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise UserError("workflow.zip_damaged", "The zip cannot be read: it is damaged or encrypted.") from error


def _is_workflow_file(one: zipfile.ZipInfo) -> bool:
    """Whether an entry is a workflow file by its name. Read-me files and what systems add beside files are left out.

    Raises:
        UserError: It is a link or another kind of special file.
    """
    name = one.filename
    kind = stat.S_IFMT(one.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UserError(
            "workflow.zip_link", "{file} is a link or a special file; a zip holds plain files.", file=_shown(name)
        )
    hidden = any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in name.split("/"))
    return not one.is_dir() and not hidden and name.lower().endswith(_SUFFIXES)


def _unpacked(archive: zipfile.ZipFile, one: zipfile.ZipInfo, limit: int) -> bytes:
    """An entry's content. What the entry says about its size is not believed."""
    if one.compress_type not in _METHODS:
        raise UserError(
            "workflow.zip_method",
            "{file} is packed in a way that is not taken; use plain zip.",
            file=_shown(one.filename),
        )
    pieces: list[bytes] = []
    with archive.open(one) as file:
        while piece := file.read(_PIECE):
            limit -= len(piece)
            if limit < 0:
                raise UserError("workflow.zip_large", "{file} is too large unpacked.", file=_shown(one.filename))
            pieces.append(piece)
    return b"".join(pieces)


def _checked(name: str) -> str:
    """A file's name, where it is one that stays in its folder.

    Raises:
        UserError: It is not.
    """
    parts = name.split("/")
    bad = (
        not name
        or len(name) > _LONGEST_NAME
        or "\\" in name
        or ":" in parts[0]
        or ".." in parts
        or not parts[0]
        or any(not letter.isprintable() for letter in name)
    )
    if bad:
        raise UserError("workflow.file_name", "{file} is no name of a file within a folder.", file=_shown(name))
    return name


def _text(name: str, content: bytes) -> str:
    if len(content) > MAX_TEXT:
        raise UserError("workflow.file_large", "{file} is larger than {most} bytes.", file=_shown(name), most=MAX_TEXT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError("workflow.file_not_text", "{file} is no UTF-8 text.", file=_shown(name)) from error


def _shown(name: str) -> str:
    return repr(name[:100])


def _too_many() -> StudioError:
    return UserError(
        "workflow.import_files", "An import takes from 1 to {most} files, each of another name.", most=MAX_FILES
    ).at(param="files")
