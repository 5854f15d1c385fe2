"""Persons, as a directory sees and writes them.

A directory sees the members of its workspace (one of the instance, everybody) and whom it has written itself. It
decides over memberships of its workspace. Over an account it decides only where it is the instance's directory, or the
account was made for it and belongs to nothing else; what it says of other people's names and addresses it gets back,
and that is all. It never touches operators and break-glass accounts but by taking them out of its workspace.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
from scim2_models import Context, Meta, Reference
from scim2_models.exceptions import InvalidValueException, UniquenessException
from scim2_models.resources.user import Email, GroupMembership

from studio.contracts.records import AuditDraft, Change, Record
from studio.domain.access import Actor
from studio.domain.errors import NotFound, RecordTaken, UserError
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.checks import check_email, check_text
from studio.services.people.guards import keep_an_admin, without_doubles
from studio.services.people.members import accounts_of
from studio.services.people.model import Account, Member, People, member_id
from studio.services.people.provisioning import Provisioning
from studio.services.scim.model import POLICY, DirectoryUser, version_of
from studio.services.scim.shelf import DirectoryPerson, DirectoryToken, Left, ScimShelf


@dataclass
class Writing:
    """What one request changes, in one transaction."""

    changes: list[Change] = field(default_factory=list[Change])
    audit: list[AuditDraft] = field(default_factory=list[AuditDraft])


@dataclass
class Known:
    """All that is kept of one person."""

    account: Kept[Account]
    member: Kept[Member] | None
    person: Kept[DirectoryPerson] | None


class DirectoryUsers:
    """Persons of a directory."""

    def __init__(self, people: People, shelf: ScimShelf, provisioning: Provisioning) -> None:
        self._people = people
        self._shelf = shelf
        self._provisioning = provisioning

    async def all(self, token: DirectoryToken, base: str) -> list[DirectoryUser]:
        """Everybody whom the directory sees."""
        members = {one.value.account: one for one in await self._people.members.all(INSTANCE, parent=token.workspace)}
        persons = {one.id: one for one in await self._shelf.persons.all(token.workspace)}
        if token.authority == "instance":
            accounts = {one.id: one for one in await self._people.accounts.all(INSTANCE, field="person")}
        else:
            accounts = await accounts_of(self._people, list(dict.fromkeys([*members, *persons])))
        names = {one.id: one.value.name for one in await self._people.groups.all(token.workspace)}
        known = [Known(one, members.get(id), persons.get(id)) for id, one in accounts.items()]
        return [self._shown(one, names, base) for one in known if _seen(token, one)]

    async def show(self, token: DirectoryToken, id: str, base: str) -> DirectoryUser:
        """One person.

        Raises:
            NotFound: The directory sees nobody of this id.
        """
        known = await self._need(token, id)
        names = {one.id: one.value.name for one in await self._people.groups.all(token.workspace)}
        return self._shown(known, names, base)

    async def create(self, actor: Actor, token: DirectoryToken, user: DirectoryUser, base: str) -> DirectoryUser:
        """Take somebody in: a new account, or one that has the address already.

        Raises:
            UniquenessException: The directory sees somebody of this name already.
        """
        await self._require_free(token, user, None)
        email = _address(user)
        found = None if email is None else await self._provisioning.account_by_email(email)
        writing = Writing()
        user = user.model_copy(update={"active": user.active is not False})
        if found is None:
            found = self._made(actor, token, user, email, await self._mail_key(email), writing)
            known = Known(found, None, None)
        else:
            known = await self._known(token, found)
            if known.account.value.service_of is not None or _seen(token, known):
                raise UniquenessException(detail="There is somebody with this address already.")
        new = known.person is None and known.account.revision == 0
        before = known.person.value if known.person is not None else DirectoryPerson(resource=b"", made=new)
        await self._write(actor, token, known, before, user, writing, joins=True)
        return await self.show(token, known.account.id, base)

    async def replace(
        self, actor: Actor, token: DirectoryToken, id: str, user: DirectoryUser, base: str
    ) -> DirectoryUser:
        """Put what a directory says now in the place of what it said.

        Raises:
            NotFound: It sees nobody of this id.
            UniquenessException: It sees somebody else of this name.
        """
        known = await self._need(token, id)
        await self._require_free(token, user, id)
        before = known.person.value if known.person is not None else DirectoryPerson(resource=b"")
        await self._write(actor, token, known, before, user, Writing(), joins=token.authority == "workspace")
        return await self.show(token, id, base)

    async def delete(self, actor: Actor, token: DirectoryToken, id: str) -> None:
        """Let somebody in no more, and see them no more.

        Raises:
            NotFound: It sees nobody of this id.
        """
        known = await self._need(token, id)
        before = known.person.value if known.person is not None else DirectoryPerson(resource=b"")
        writing = Writing()
        after = await self._left(actor, token, known, before, writing)
        after = msgspec.structs.replace(after, deleted=True, left=None, active=False)
        await self._commit(token, known, after, writing)

    async def _write(
        self,
        actor: Actor,
        token: DirectoryToken,
        known: Known,
        before: DirectoryPerson,
        user: DirectoryUser,
        writing: Writing,
        *,
        joins: bool,
    ) -> None:
        active = user.active is not False
        kept = user.model_copy(update={"id": None, "meta": None, "groups": None})
        after = msgspec.structs.replace(
            before, resource=kept.model_dump_json(scim_ctx=Context.DEFAULT).encode(), deleted=False
        )
        if active:
            after = await self._returned(actor, token, known, after, writing, joins=joins)
        else:
            after = await self._left(actor, token, known, after, writing)
        if known.account.revision > 0 and await self._owns(token, known, after):
            await self._renamed(actor, token, known, user, writing)
        await self._commit(token, known, msgspec.structs.replace(after, active=active), writing)

    async def _commit(self, token: DirectoryToken, known: Known, after: DirectoryPerson, writing: Writing) -> None:
        put = self._shelf.persons.put(
            token.workspace, known.account.id, after, expected=known.person.revision if known.person is not None else 0
        )
        try:
            await self._people.records.commit(without_doubles([put, *writing.changes]), writing.audit)
        except RecordTaken as error:
            raise UniquenessException(detail="The address belongs to somebody else.") from error

    def _made(
        self,
        actor: Actor,
        token: DirectoryToken,
        user: DirectoryUser,
        email: str | None,
        mail_key: str,
        writing: Writing,
    ) -> Kept[Account]:
        """A new account, not stored yet. It may be without an address; then a provider alone lets its owner in."""
        account = Account(email=email or "", mail_key=mail_key, name=_name(user), verified=_vouches(token, email or ""))
        id = new_id()
        put = self._people.accounts.put(INSTANCE, id, account, expected=0)
        writing.changes.append(put)
        writing.audit.append(
            entry(actor, "account.created", kind="account", id=id, name=account.name, workspace=INSTANCE,
                  after={"email": account.email, "name": account.name, "active": True})
        )  # fmt: skip
        record = Record(
            workspace=INSTANCE, kind="account", id=id, parent="", revision=0, created_at=0, updated_at=0,
            expires_at=None, value=put.value,
        )  # fmt: skip
        return Kept(account, record)

    async def _returned(
        self,
        actor: Actor,
        token: DirectoryToken,
        known: Known,
        person: DirectoryPerson,
        writing: Writing,
        *,
        joins: bool,
    ) -> DirectoryPerson:
        """Make somebody a member, as what they were before."""
        account = known.account
        if not account.value.active and (person.ended or token.authority == "instance"):
            revived = msgspec.structs.replace(account.value, active=True)
            writing.changes.append(self._people.accounts.put(INSTANCE, account.id, revived, expected=account.revision))
            writing.audit.append(self._told(actor, "account.reactivated", account, INSTANCE))
            known.account = Kept(revived, account.record)
        if known.member is None and (joins or person.left is not None):
            left = person.left or Left(role=token.role)
            groups = await self._people.groups.get_many(token.workspace, left.groups)
            member = Member(
                workspace=token.workspace, account=account.id, role=left.role, folders=left.folders,
                groups=[one for one in left.groups if one in groups],
            )  # fmt: skip
            id = member_id(token.workspace, account.id)
            writing.changes.append(self._people.members.put(INSTANCE, id, member, expected=0))
            writing.audit.append(
                self._told(actor, "member.added", account, token.workspace, role=member.role, groups=member.groups)
            )
        return msgspec.structs.replace(person, ended=False, left=None)

    async def _left(
        self, actor: Actor, token: DirectoryToken, known: Known, person: DirectoryPerson, writing: Writing
    ) -> DirectoryPerson:
        """Take somebody out, at once: membership, and the account with its sessions where it is the directory's."""
        account, ended = known.account, person.ended
        left = person.left or (Left(role=token.role) if token.authority == "workspace" else None)
        owns = await self._owns(token, known, person)
        if known.member is not None:
            member = known.member.value
            left = Left(role=member.role, folders=member.folders, groups=member.groups)
            writing.changes += await keep_an_admin(self._people, token.workspace, members={account.id: None})
            writing.changes.append(self._people.members.drop(INSTANCE, known.member.id, expected=known.member.revision))
            writing.audit.append(
                self._told(actor, "member.removed", account, token.workspace, role=member.role, groups=member.groups)
            )
        if owns and account.value.active:
            if account.revision > 0:
                writing.changes += await self._provisioning.deactivation(account)
            else:
                gone = msgspec.structs.replace(account.value, active=False)
                writing.changes[:] = [self._people.accounts.put(INSTANCE, account.id, gone, expected=0)]
            known.account = Kept(msgspec.structs.replace(account.value, active=False), account.record)
            writing.audit.append(self._told(actor, "account.deactivated", account, INSTANCE))
            ended = True
        return msgspec.structs.replace(person, left=left, ended=ended)

    async def _renamed(
        self, actor: Actor, token: DirectoryToken, known: Known, user: DirectoryUser, writing: Writing
    ) -> None:
        account = known.account.value
        email = _address(user) or account.email
        changed = msgspec.structs.replace(
            account, name=_name(user), email=email, mail_key=await self._mail_key(email),
            verified=account.verified if email == account.email else _vouches(token, email),
        )  # fmt: skip
        if changed == account:
            return
        id, revision = known.account.id, known.account.revision
        writing.changes = [
            one for one in writing.changes if not (one.kind == "account" and one.id == id and one.workspace == INSTANCE)
        ]
        writing.changes.append(self._people.accounts.put(INSTANCE, id, changed, expected=revision))
        if email != account.email:
            writing.changes += await self._provisioning.links_ended(id)
        writing.audit.append(
            entry(actor, "account.changed", kind="account", id=id, name=changed.name, workspace=INSTANCE,
                  before={"name": account.name, "email": account.email},
                  after={"name": changed.name, "email": changed.email})
        )  # fmt: skip

    async def _owns(self, token: DirectoryToken, known: Known, person: DirectoryPerson) -> bool:
        account = known.account
        if account.value.operator or account.value.break_glass:
            return False
        if token.authority == "instance":
            return True
        if not person.made:
            return False
        members = await self._people.members.all(INSTANCE, field="account", value=account.id)
        return all(one.value.workspace == token.workspace for one in members)

    async def _require_free(self, token: DirectoryToken, user: DirectoryUser, id: str | None) -> None:
        wanted = (user.user_name or "").casefold()
        if not wanted or len(wanted) > 320:
            raise InvalidValueException(detail="userName has from 1 to 320 characters.")
        for one in await self.all(token, ""):
            if one.id != id and (one.user_name or "").casefold() == wanted:
                raise UniquenessException(detail="There is somebody with this userName already.")

    async def _need(self, token: DirectoryToken, id: str) -> Known:
        account = await self._people.accounts.get(INSTANCE, id)
        known = None if account is None else await self._known(token, account)
        if known is None or known.account.value.service_of is not None or not _seen(token, known):
            raise NotFound("directory.no_user", "There is nobody with the id {id}.", id=id[:64])
        return known

    async def _known(self, token: DirectoryToken, account: Kept[Account]) -> Known:
        member = await self._people.members.get(INSTANCE, member_id(token.workspace, account.id))
        return Known(account, member, await self._shelf.persons.get(token.workspace, account.id))

    async def _mail_key(self, email: str | None) -> str:
        return await self._people.mail_key(email) if email else ""

    def _told(self, actor: Actor, action: str, account: Kept[Account], log: str, **after: object) -> AuditDraft:
        kind = action.partition(".")[0]
        return entry(
            actor, action, kind=kind, id=account.id, name=account.value.name, workspace=log, after=after or None
        )

    def _shown(self, known: Known, names: dict[str, str], base: str) -> DirectoryUser:
        account, person = known.account.value, known.person
        if person is not None and person.value.resource:
            user = DirectoryUser.model_validate_json(person.value.resource, scim_policy=POLICY)
        else:
            user = DirectoryUser(user_name=account.email or known.account.id, display_name=account.name)
            user.emails = [Email(value=account.email, primary=True)] if account.email else None
        id = known.account.id
        user.id = id
        active = account.active and (person is None or person.value.active)
        # Where a directory has taken the attribute away, it is let in and not said.
        user.active = active if person is None or user.active is not None else (None if active else False)
        groups = known.member.value.groups if known.member is not None else []
        user.groups = [
            GroupMembership(value=one, ref=Reference(f"{base}/Groups/{one}"), display=names[one], type="direct")
            for one in groups
            if one in names
        ] or None
        records = [one.record for one in (known.account, known.member, person) if one is not None]
        user.meta = Meta(
            resource_type="User", location=f"{base}/Users/{id}", version=version_of(user),
            created=_moment(known.account.record.created_at), last_modified=_moment(max(r.updated_at for r in records)),
        )  # fmt: skip
        return user


def _seen(token: DirectoryToken, known: Known) -> bool:
    if known.account.value.service_of is not None:
        return False
    if known.person is not None:
        # Somebody whom it has deleted and who was let in otherwise since is seen again.
        return not known.person.value.deleted or known.member is not None
    return known.member is not None or (token.authority == "instance" and known.account.value.active)


def _vouches(token: DirectoryToken, email: str) -> bool:
    """Whether an address is known to be its owner's because the directory says so."""
    domain = email.rpartition("@")[2].casefold()
    return bool(email) and (token.authority == "instance" or domain in token.domains)


def _address(user: DirectoryUser) -> str | None:
    """The address of the account: the primary one, or the first, or the name where it is one."""
    emails = user.emails or []
    ordered = [*(one for one in emails if one.primary), *emails]
    for text in [*(str(one.value) for one in ordered if one.value), user.user_name or ""]:
        try:
            return check_email(text)
        except UserError:
            continue
    return None


def _name(user: DirectoryUser) -> str:
    name = user.name
    parts = "" if name is None else " ".join(one for one in (name.given_name, name.family_name) if one)
    for text in (user.display_name, None if name is None else name.formatted, parts, user.user_name):
        try:
            return check_text(text or "")
        except UserError:
            continue
    raise InvalidValueException(detail="The name has from 1 to 200 characters.")


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)
