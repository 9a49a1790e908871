"""The only place where a state changes: lock, re-read, three questions, method, version, event, messages, nudge."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, replace
from functools import singledispatch
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from workflows.errors import StaleObject, WrongState
from workflows.models import (
    Chain,
    Document,
    Event,
    EventPayload,
    Meeting,
    Message,
    Paragraph,
    Proposal,
    Signature,
    Summit,
    Task,
)
from workflows.notices.kinds import get_notice
from workflows.queries.facts import facts_of
from workflows.rules.chain import canonical, event_hash, payload_digest
from workflows.rules.evaluate import ask, signs_for
from workflows.rules.facts import Act, Inputs
from workflows.rules.verbs import Verb, verbs_of
from workflows.states import DocumentState, PartyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from workflows.models import Person, Seat
    from workflows.rules.facts import Actor
    from workflows.rules.guards import Finding

    type Row = Summit | Meeting | Task | Document | Paragraph | Proposal

NOBODY: tuple[int, ...] = ()
"""The audience of an event that only the secretariats see."""


@dataclass(frozen=True)
class Outcome:
    """What `perform` did: the row as saved and its event; `waiting` when a second signature is still needed."""

    row: Any
    event: Event
    waiting: Signature | None = None


# Locks: summit, then parent, then object, always in this order; NO KEY, since a plain FOR UPDATE deadlocks with the
# foreign-key checks of the sweep.


def lock_summit(summit_id: int) -> Summit:
    """Lock and return a summit; call inside a transaction, before any other lock of that summit's rows."""
    return Summit.objects.select_for_update(no_key=True, of=("self",)).select_related("host").get(pk=summit_id)


@singledispatch
def lock(row: Any) -> Any:
    """Lock a row after its summit (and its parent) and return it as it now is."""
    raise TypeError(type(row))


@lock.register
def _lock_summit(row: Summit) -> Summit:
    return lock_summit(row.pk)


@lock.register
def _lock_meeting(row: Meeting) -> Meeting:
    summit = lock_summit(row.summit_id)
    locked = Meeting.objects.select_for_update(no_key=True, of=("self",)).select_related("convened_by").get(pk=row.pk)
    locked.summit = summit
    return locked


@lock.register
def _lock_task(row: Task) -> Task:
    summit = lock_summit(row.summit_id)
    if row.parent_id is not None:
        Task.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.parent_id)
    locked = (
        Task.objects.select_for_update(no_key=True, of=("self",))
        .select_related("responsible", "verified_by", "parent", "phase")
        .get(pk=row.pk)
    )
    locked.summit = summit
    return locked


def lock_document(row: Document) -> Document:
    """Lock a document after its summit and return it as it now is."""
    summit = lock_summit(row.summit_id)
    locked = Document.objects.select_for_update(no_key=True, of=("self",)).select_related("proponent").get(pk=row.pk)
    locked.summit = summit
    return locked


lock.register(Document)(lock_document)


@lock.register
def _lock_paragraph(row: Paragraph) -> Paragraph:
    document = lock_document(row.document)
    locked = Paragraph.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    locked.document = document
    return locked


@lock.register
def _lock_proposal(row: Proposal) -> Proposal:
    document = lock_document(row.document)
    locked = Proposal.objects.select_for_update(no_key=True, of=("self",)).select_related("party").get(pk=row.pk)
    locked.document = document
    return locked


# The transition --------------------------------------------------------------------------------------------------


def declared(row: Any, name: str) -> tuple[Verb, str]:
    """Return the declaration of a verb and the name of its method; refuse a verb that the machine does not have."""
    machine: type = type(row)
    try:
        return verbs_of(machine)[name]
    except KeyError:
        raise WrongState(_("There is no such action."), code="unknown_action") from None


def perform(
    row: Row,
    name: str,
    *,
    actor: Actor | None,
    now: datetime,
    inputs: Inputs | None = None,
    if_version: int | None = None,
    data: dict[str, Any] | None = None,
) -> Outcome:
    """Perform the verb `name` on a row, in one transaction, or raise with nothing changed.

    `if_version` is the version that the caller read; `data` goes into the event's payload. Raises StaleObject, WrongState,
    NotPermitted, or GuardsFailed with every reason at once. A countersigned verb waits after its first signature.
    """
    inputs = replace(inputs or Inputs(), now=now)
    with transaction.atomic():
        row = lock(row)
        verb, method = declared(row, name)
        if if_version is not None and row.version != if_version:
            raise StaleObject
        facts = facts_of(row)
        signature = _waiting_signature(row, verb)
        if signature is not None:
            inputs = _with_inputs_of(signature, inputs)
        found = ask(verb, facts, row.state, actor, inputs)
        if verb.countersigned and actor is not None and isinstance(row, Summit | Document):
            outcome = _countersign(row, verb, facts, found, actor=actor, now=now, inputs=inputs, waiting=signature)
            if outcome is not None:
                return outcome
        source = row.state
        getattr(row, method)(Act(actor=actor, now=now, inputs=inputs))
        row.version += 1
        row.save()
        event = record(
            row,
            verb.name,
            actor=actor,
            now=now,
            inputs=inputs,
            source=source,
            target=row.state,
            data=(data or {}) | _passed_warnings(found, inputs),
        )
        for kind in verb.notices:
            context = {"verb": verb.name, "source": source, "target": row.state}
            notify(kind, row, actor=actor, now=now, cause=event.uuid, context=context)
        if isinstance(row, Document):
            drop_waiting(row, now=now, reason=_("The text that it was given for has moved on."))
    return Outcome(row=row, event=event)


def _passed_warnings(found: Iterable[Finding], inputs: Inputs) -> dict[str, Any]:
    passed = sorted(f.code for f in found if not f.met and f.advisory and f.code in inputs.accepted)
    return {"warnings_passed": passed} if passed else {}


# Countersignature ------------------------------------------------------------------------------------------------


def _waiting_signature(row: Any, verb: Verb) -> Signature | None:
    if not verb.countersigned:
        return None
    return Signature.objects.waiting().filter(**_signed(row), verb=verb.name).first()


def _signed(row: Any) -> dict[str, Any]:
    """Return the columns that say what a signature is under: the summit, or one of its documents."""
    document = row if isinstance(row, Document) else None
    return {"summit": summit_of(row), "document": document}


def summit_of(row: Any) -> Summit | None:
    """Return the summit to which a row belongs, None where it belongs to none."""
    if isinstance(row, Summit):
        return row
    if isinstance(row, Paragraph | Proposal):
        return row.document.summit
    return getattr(row, "summit", None)


NAMED_INPUTS = ("reason", "decision", "successor", "opening_on", "outcome")
"""The inputs to which a signature is bound, besides what the summit itself states."""


def _with_inputs_of(signature: Signature, inputs: Inputs) -> Inputs:
    """The second signer signs what the first one named, unless they name something else."""
    stored = signature.inputs
    return replace(
        inputs,
        reason=inputs.reason or stored.get("reason", ""),
        decision=inputs.decision or stored.get("decision", ""),
        successor=inputs.successor or stored.get("successor", ""),
        outcome=inputs.outcome or stored.get("outcome", ""),
    )


def signed_digest(row: Summit | Document, verb: Verb, inputs: Inputs, found: Sequence[Finding]) -> str:
    """Return the digest of what a signature under the verb means: the summit's dates and place, inputs, hard findings."""
    named = {name: getattr(inputs, name) for name in NAMED_INPUTS}
    named["reason"] = "" if verb.needs and "reason" not in verb.needs else named["reason"]
    if isinstance(row, Summit):
        state = [row.state, row.opening_on, row.closing_on, row.city, row.host_id]
    else:
        adhering = sorted(row.adhering.values_list("code", flat=True))
        state = [row.state, row.revision, row.version_number, row.concordance_certified_at, adhering]
    hard = sorted((f.code, f.met) for f in found if not f.advisory)
    return hashlib.sha256(canonical([verb.name, state, named, hard])).hexdigest()


def _countersign(
    row: Summit | Document,
    verb: Verb,
    facts: Any,
    found: Sequence[Finding],
    *,
    actor: Actor,
    now: datetime,
    inputs: Inputs,
    waiting: Signature | None,
) -> Outcome | None:
    """Store the first signature and return its outcome; return None when the second one completes the two."""
    office = signs_for(facts, actor, verb.countersigned) or ""
    digest = signed_digest(row, verb, inputs, found)
    if waiting is not None and waiting.digest != digest:
        drop_signature(waiting, actor=None, now=now, reason=_("What it was given for has changed since."))
        waiting = None
    if waiting is None:
        waiting = Signature.objects.create(
            **_signed(row),
            verb=verb.name,
            office=office,
            digest=digest,
            inputs={k: v for k, v in asdict(inputs).items() if k in NAMED_INPUTS and isinstance(v, str) and v},
            seat_id=actor.seat_id,
            person_id=actor.person_id,
            signed_at=now,
        )
        event = record(row, f"{verb.name}.sign", actor=actor, now=now, inputs=inputs, audience=NOBODY)
        notify("signature_waiting", row, actor=actor, now=now, cause=event.uuid, context={"verb": verb.name})
        return Outcome(row=row, event=event, waiting=waiting)
    if waiting.office == office:
        raise WrongState(_("Your office has signed; this waits for the other secretariat."), code="waits_for_countersignature")
    waiting.spent_at = now
    waiting.save(update_fields=["spent_at"])
    return None


def drop_signature(signature: Signature, *, actor: Actor | None, now: datetime, reason: str) -> Event:
    """Take a waiting signature away, with the reason; call under the summit's lock."""
    signature.dropped_at, signature.dropped_reason = now, reason
    signature.declined_by_id = actor.seat_id if actor else None
    signature.save(update_fields=["dropped_at", "dropped_reason", "declined_by"])
    verb = "decline" if actor else "drop_signature"
    row = signature.document or signature.summit
    inputs = Inputs(reason=reason)
    event = record(row, f"{signature.verb}.{verb}", actor=actor, now=now, inputs=inputs, audience=NOBODY)
    notify(
        "signature_dropped",
        row,
        actor=actor,
        now=now,
        cause=event.uuid,
        context={"verb": signature.verb, "declined": actor is not None},
    )
    return event


def drop_waiting(row: Summit | Document, *, now: datetime, reason: str) -> None:
    """Take away what waits for a second signature under a summit itself, or under a document; call under the summit's lock."""
    for signature in Signature.objects.waiting().filter(**_signed(row)).select_related("summit", "document").order_by("pk"):
        drop_signature(signature, actor=None, now=now, reason=reason)


# The record ------------------------------------------------------------------------------------------------------


def audience_of(row: Any) -> Sequence[int] | None:
    """Return the parties that see a row's events besides the secretariats; None means all that take part."""
    if isinstance(row, Task):
        outside = row.responsible.kind in {PartyKind.DELEGATION, PartyKind.BODY}
        return [row.responsible_id] if outside else NOBODY
    if isinstance(row, Proposal):
        return [row.party_id]
    if isinstance(row, Document | Paragraph):
        document = row if isinstance(row, Document) else row.document
        if document.circulated_at is None and document.state not in {DocumentState.APPROVED, DocumentState.PUBLISHED}:
            return [document.proponent_id] if document.proponent_id else NOBODY
    return None


def _is_draft_of(row: Any, actor: Actor | None) -> bool:
    """Tell whether a row is a delegation's own draft and that delegation acts: nobody else reads of it."""
    if actor is None:
        return False
    if isinstance(row, Proposal):
        return row.received_at is None and row.party_id == actor.party_id
    document = row.document if isinstance(row, Paragraph) else row
    return isinstance(document, Document) and document.is_private and document.proponent_id == actor.party_id


def record(
    row: Any,
    verb: str,
    *,
    actor: Actor | None,
    now: datetime,
    inputs: Inputs | None = None,
    source: str = "",
    target: str = "",
    data: dict[str, Any] | None = None,
    noun: str = "",
    label: str = "",
    summit: Summit | None = None,
    audience: Sequence[int] | EllipsisType | None = ...,
    private: bool = False,
) -> Event:
    """Append one event to the chain of the row's summit (or to the chain of what belongs to none) and return it.

    Call inside the transaction that causes it, under the summit's lock: number is commit order. `data` must be plain JSON.
    """
    inputs = inputs or Inputs()
    noun = noun or type(row).__name__.lower()
    summit = summit or summit_of(row)
    chain = _next_in_chain(summit)
    parties = audience_of(row) if isinstance(audience, EllipsisType) else audience
    salt = secrets.token_hex(16)
    payload = dict(data or {})
    if inputs.note_number:
        payload["note_number"] = inputs.note_number
    if inputs.received_at and inputs.on_behalf:
        payload["received_at"] = inputs.received_at.isoformat()
    if inputs.meeting:
        payload["meeting"] = inputs.meeting
    fields: dict[str, Any] = {
        "chain_id": chain.pk,
        "number": chain.number,
        "summit_id": summit.pk if summit else None,
        "at": now,
        "occurred_at": inputs.occurred_at,
        "verb": f"{noun}.{verb}",
        "noun": noun,
        "object_uuid": row.uuid,
        "object_label": label or label_of(row),
        "source": source,
        "target": target,
        "channel": (inputs.channel or actor.channel) if actor else "system",
        "actor_seat_id": actor.seat_id if actor else None,
        "actor_person_id": actor.person_id if actor else None,
        "actor_party_id": actor.party_id if actor else None,
        "for_party_id": row.responsible_id if isinstance(row, Task) and inputs.on_behalf else None,
        "audience": None if parties is None else list(parties),
        "is_private": private or _is_draft_of(row, actor),
        "payload_digest": payload_digest(salt=salt, reason=inputs.reason, data=payload),
        "previous_hash": chain.head,
    }
    event = Event.objects.create(**fields, hash=event_hash(fields))
    EventPayload.objects.create(event_uuid=event.uuid, salt=salt, reason=inputs.reason, data=payload)
    Chain.objects.filter(pk=chain.pk).update(number=chain.number, head=event.hash)
    return event


def _next_in_chain(summit: Summit | None) -> Chain:
    """Return the chain with its next number; its row is locked, which only the chain without a summit really needs."""
    chain = Chain.objects.select_for_update(no_key=True, of=("self",)).get(summit=summit)
    chain.number += 1
    return chain


def label_of(row: Any) -> str:
    """Return how a row is named in the record: a code, never a person's name."""
    if isinstance(row, Task):
        return f"{row.code}/{row.responsible.code}" if row.is_child else row.code
    if isinstance(row, Summit):
        return row.roman
    if isinstance(row, Paragraph | Proposal):
        return row.document.code
    return str(getattr(row, "code", "") or row)[:80]


# The outbox ------------------------------------------------------------------------------------------------------


def notify(
    kind: str,
    row: Any,
    *,
    actor: Actor | None,
    now: datetime,
    cause: UUID,
    context: dict[str, Any] | None = None,
    seats: Iterable[Seat] | None = None,
    person: Person | None = None,
) -> list[Message]:
    """Queue a notice of `kind` about a row to the seats that its class names (or to `seats`), each once for the cause.

    It goes to who holds the seat when it leaves, or to `person` where it is meant for that person alone.
    """
    chosen = list(dict.fromkeys(get_notice(kind).seats(row, actor) if seats is None else seats))
    messages = [
        Message(
            key=f"{kind}:{cause}:{seat.uuid}",
            kind=kind,
            summit=summit_of(row),
            seat=seat,
            person=person,
            task=row if isinstance(row, Task) else None,
            meeting=row if isinstance(row, Meeting) else None,
            document=row if isinstance(row, Document) else getattr(row, "document", None),
            context=context or {},
            queued_at=now,
            next_attempt_at=now,
        )
        for seat in chosen
    ]
    created = Message.objects.bulk_create(messages)
    nudge_after_commit()
    return created


def nudge_after_commit() -> None:
    """Wake the delivery once the transaction has committed; a dead broker is logged and the user's success stands.

    One nudge is enough for a transaction: one that would be called whenever this one would is not repeated.
    """
    nudge, connection = import_string(settings.OUTBOX_NUDGE), transaction.get_connection()
    alive = set(connection.savepoint_ids)
    if not any(called is nudge and savepoints <= alive for savepoints, called, _robust in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)
