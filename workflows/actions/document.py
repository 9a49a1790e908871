"""What is done to documents: create, clear, circulate, conclude, publish; snapshots and the tasks that follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions.clearance import certify_concordance as certify_concordance
from workflows.actions.clearance import changing, spend
from workflows.actions.clearance import drop_touched as drop_touched
from workflows.actions.clearance import sign_clearance as sign_clearance
from workflows.actions.deadline import close_window, set_window, settle
from workflows.actions.task import clean_note, clean_text
from workflows.actions.version import make_publication, snapshot
from workflows.errors import GuardsFailed, InvalidInput, NotPermitted, Reason, Ref, WorkflowError, WrongState
from workflows.models import Deadline, Decision, Document, Party, Publication, Task
from workflows.queries.document_names import code_of
from workflows.queries.facts import facts_of
from workflows.rules import document_permissions as permissions
from workflows.rules.evaluate import require, require_moving
from workflows.rules.facts import Inputs
from workflows.rules.permissions import CN_SEATS
from workflows.states import (
    BEFORE_OUTCOME,
    ENDED,
    PLAIN_KINDS,
    DecisionSubject,
    DocumentKind,
    DocumentState,
    MeetingKind,
    Outcome,
    PartyKind,
    TaskState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from workflows.engine import Outcome as Done
    from workflows.models import Summit
    from workflows.rules.facts import Actor

log = structlog.get_logger(__name__)

TITLE_LIMIT = 200
CIRCULATIONS = ("circulate", "circulate_provisional", "recirculate")
ORDERED = frozenset({"approve", "withdraw"})
"""The verbs that a decision may order; one that withdraws a text has then served, one that approves may approve several."""
SNAPSHOT_AT = frozenset({*CIRCULATIONS, "approve", "agree", "elevate", "approve_by_ministers", "record_outcome"})
"""The verbs at which an immutable version is made."""


@transaction.atomic
def create_document(
    summit: Summit,
    *,
    kind: str,
    title: Mapping[str, str],
    first_language: str = "es",
    cooperation: bool = False,
    actor: Actor,
    now: datetime,
) -> Document:
    """Begin a text: the SPT any, SEGIB reports and minutes, a delegation a special communiqué of its own."""
    summit = engine.lock_summit(summit.pk)
    require_moving(summit.state)
    if kind not in DocumentKind.values:
        raise InvalidInput({"kind": _("This kind of document is not known.")})
    communique = kind == DocumentKind.SPECIAL_COMMUNIQUE
    _may_create(summit, kind, actor)
    problems: dict[str, Any] = {
        f"title.{lang}": _("Write the title in this language.") for lang in ("es", "pt") if not title.get(lang, "").strip()
    }
    if first_language not in {"es", "pt"}:
        problems["first_language"] = _("A text begins in Spanish or in Portuguese.")
    if problems:
        raise InvalidInput(problems)
    titles = {lang: clean_note(title.get(lang, ""), f"title.{lang}", limit=TITLE_LIMIT) for lang in ("es", "pt", "en")}
    proponent = Party.objects.get(pk=actor.party_id) if communique else None
    number = (summit.documents.filter(kind=kind, proponent=proponent).aggregate(m=Max("number"))["m"] or 0) + 1
    document = Document.objects.create(
        summit=summit,
        kind=kind,
        code=code_of(kind, proponent, number),
        number=number,
        title_es=titles["es"],
        title_pt=titles["pt"],
        title_en=titles["en"],
        proponent=proponent,
        first_language=first_language,
        cooperation=cooperation,
    )
    engine.record(document, "create", actor=actor, now=now)
    return document


def _may_create(summit: Summit, kind: str, actor: Actor) -> None:
    if kind == DocumentKind.SPECIAL_COMMUNIQUE:
        takes_part = summit.participations.filter(party_id=actor.party_id, until_on__isnull=True).exists()
        if actor.party_kind != PartyKind.DELEGATION or actor.role not in CN_SEATS or not takes_part:
            raise NotPermitted(_("A special communiqué is proposed by the coordination of a delegation."), code="not_proponent")
        return
    office = permissions.is_secretariat if kind in PLAIN_KINDS else permissions.is_spt
    require(office, facts_of(summit), actor)


# Transitions -----------------------------------------------------------------------------------------------------


@transaction.atomic
def move_document(
    document: Document,
    name: str,
    *,
    actor: Actor | None,
    now: datetime,
    inputs: Inputs,
    if_version: int | None = None,
) -> Done:
    """Perform a verb on a document; make the version, the notice, the publication and the done tasks that belong to it."""
    if name == "withdraw" and actor is not None:
        inputs = replace(inputs, on_behalf=actor.party_id != document.proponent_id)
    if name not in ORDERED:
        inputs = replace(inputs, decision="")
    if name != "circulate_provisional":
        inputs = replace(inputs, other_language_at=None)
    begun = document.state == DocumentState.DRAFTING
    outcome = engine.perform(document, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    if outcome.waiting is not None:
        return outcome
    moved: Document = outcome.row
    if begun and name == "submit_for_clearance":
        _judge_lateness(moved, now=now)
    if name in SNAPSHOT_AT:
        snapshot(moved, occasion=name, actor=actor, now=now)
    if moved.state != DocumentState.CIRCULATED:
        close_window(moved, now=now)
    if name in CIRCULATIONS:
        assert inputs.window_ends_at is not None  # the guard of the window asked for it
        set_window(moved, ends_at=inputs.window_ends_at, actor=actor, now=now)
        engine.notify("document_circulated", moved, actor=actor, now=now, cause=outcome.event.uuid, context={"verb": name})
    if name == "publish" and actor is not None:
        make_publication(moved, actor=actor, now=now)
    if inputs.decision and name == "withdraw":
        Decision.objects.filter(uuid=inputs.decision, meeting__summit=moved.summit).update(spent_on=f"document.{name}")
    _follow(moved, name, now=now)
    return outcome


def _judge_lateness(document: Document, *, now: datetime) -> None:
    """Mark a communiqué that is first handed in after the Summit's window for them."""
    until = document.summit.communiques_until
    if document.proponent_id is not None and until is not None and now > until:
        document.is_late = True
        document.save(update_fields=["is_late"])


def close_due_windows(*, now: datetime) -> int:
    """Close every window whose instant has passed, by the system; returns how many. For the sweep: safe to run twice.

    One that cannot be closed stops no other: it is logged, and tried again by the next sweep.
    """
    over = {"deadline__closed_at__isnull": True, "deadline__due_at__lt": now}
    due = Document.objects.filter(state=DocumentState.CIRCULATED, **over).exclude(summit__state__in=ENDED)
    closed = 0
    for document in due.select_related("summit").order_by("pk"):
        try:
            closed += _close_if_due(document, now)
        except WorkflowError:
            continue  # somebody else was first
        except Exception:
            log.exception("documents.window_not_closed", document=str(document.uuid))
    return closed


@transaction.atomic
def _close_if_due(document: Document, now: datetime) -> bool:
    """Close a document's window if it is over still, once nobody else has the document in hand."""
    locked: Document = engine.lock(document)
    if not Deadline.objects.open().filter(document=locked, due_at__lt=now).exists():
        return False
    move_document(locked, "close_window", actor=None, now=now, inputs=Inputs())
    return True


def _follow(document: Document, verb: str, *, now: datetime) -> None:
    """Verify the tasks that this document's transition completes (template field `done_by`: kind and verb)."""
    waiting = Task.objects.filter(
        summit=document.summit,
        parent__isnull=True,
        done_by_kind=document.kind,
        done_by_verb=verb,
        state__in=[TaskState.PENDING, TaskState.IN_PROGRESS, TaskState.SUBMITTED],
    )
    for task in waiting.order_by("pk"):
        data = {"document": str(document.uuid), "verb": verb}
        done = engine.perform(task, "follow_document", actor=None, now=now, data=data)
        settle(done.row, now=now)


# Originals, admission, adherence ------------------------------------------------------------------------------------


@transaction.atomic
def file_originals(
    document: Document, *, es: str, pt: str, actor: Actor, now: datetime, if_version: int | None = None
) -> Document:
    """State where both signed originals are kept; by SEGIB."""
    locked = changing(document, if_version)
    require(permissions.is_segib, facts_of(locked), actor)
    locked.originals_es, locked.originals_pt = clean_text(es, "es", limit=200), clean_text(pt, "pt", limit=200)
    if locked.is_plain or locked.state != DocumentState.CONCLUDED:
        raise WrongState(_("Originals are filed between the outcome of a text and its publication."), code="not_concluded")
    spend(locked)
    engine.record(locked, "file_originals", actor=actor, now=now)
    return locked


@transaction.atomic
def admit_late(document: Document, *, decision: str, actor: Actor, now: datetime, if_version: int | None = None) -> Document:
    """Record the decision of the coordinators that admits a late communiqué; by the SPT."""
    locked = changing(document, if_version)
    require(permissions.is_spt, facts_of(locked), actor)
    if not locked.is_late or locked.admitted_by_id is not None:
        raise WrongState(_("The text is not late, or is admitted already."), code="not_late")
    decided = {"meeting__summit": locked.summit, "meeting__kind__in": [MeetingKind.CNRC, MeetingKind.RMRE]}
    fit = Decision.objects.filter(**decided, subject=DecisionSubject.LATE_COMMUNIQUE, spent_on="")
    found = next((d for d in fit if str(d.uuid) == decision), None)
    if found is None:
        sentence = _("A decision that admits the late communiqué is named and has not served before.")
        raise GuardsFailed([Reason("decision_named", sentence, Ref("meetings", summit=locked.summit.slug))])
    found.spent_on = "document.admit_late"
    found.save(update_fields=["spent_on"])
    locked.admitted_by = found
    spend(locked)
    engine.record(locked, "admit_late", actor=actor, now=now, data={"decision": decision})
    return locked


@transaction.atomic
def record_adherence(
    document: Document, *, parties: Sequence[Party], actor: Actor, now: datetime, if_version: int | None = None
) -> Document:
    """Record the countries that adhere explicitly, before both secretariats sign the outcome; the others are not named."""
    locked = changing(document, if_version)
    require(permissions.is_spt_secretary, facts_of(locked), actor)
    if any(party.kind != PartyKind.DELEGATION for party in parties):
        raise InvalidInput({"parties": _("Countries adhere to a text, by their delegations.")})
    taking_part = set(locked.summit.participations.filter(until_on__isnull=True).values_list("party_id", flat=True))
    outside = [party.name for party in parties if party.pk not in taking_part]
    if outside:
        raise InvalidInput({"parties": _("%(party)s does not take part in the Summit.") % {"party": outside[0]}})
    if locked.state not in BEFORE_OUTCOME:
        raise WrongState(
            _("Adherences are recorded once the ministers are done with the text, and before its outcome."),
            code="not_before_outcome",
        )
    engine.drop_waiting(locked, now=now, reason=_("The countries that adhere changed."))
    locked.adhering.set(parties)
    spend(locked)
    engine.record(locked, "record_adherence", actor=actor, now=now, data={"parties": [p.code for p in parties]})
    return locked


# Publication -----------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_provisional(document: Document, *, actor: Actor, now: datetime, if_version: int | None = None) -> Publication:
    """Publish the text as adopted before the originals are filed; by SEGIB."""
    locked = changing(document, if_version)
    require(permissions.is_segib, facts_of(locked), actor)
    if locked.state != DocumentState.CONCLUDED or locked.outcome == Outcome.NOT_ADOPTED:
        raise WrongState(_("Only a concluded text is published."), code="not_concluded")
    publication = make_publication(locked, actor=actor, now=now, provisional=True)
    spend(locked)
    engine.record(locked, "publish_provisional", actor=actor, now=now)
    return publication


@transaction.atomic
def publish_corrigendum(
    document: Document, *, wrong_and_right: str, actor: Actor, now: datetime, if_version: int | None = None
) -> Publication:
    """Publish what was wrong in a published text, and right; by SEGIB's approver. The text as published stays."""
    locked = changing(document, if_version)
    require(permissions.is_segib_approver, facts_of(locked), actor)
    if locked.state != DocumentState.PUBLISHED:
        raise WrongState(_("A corrigendum follows a published text."), code="not_published")
    text = clean_text(wrong_and_right, "wrong_and_right")
    publication = make_publication(locked, actor=actor, now=now, corrigendum=text)
    spend(locked)
    engine.record(locked, "corrigendum", actor=actor, now=now, inputs=Inputs(reason=text))
    return publication
