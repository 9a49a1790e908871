"""A first signature under a text: it falls, with its reason, when the text changes under it; and only then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from tests.factories import make_world, ready_texts, to_stage
from tests.texts import paragraphs_of
from tests.worlds import shared_world
from workflows.actions.clearance import certify_concordance
from workflows.actions.meeting import record_decision
from workflows.actions.paragraph import correct_translation
from workflows.actions.summit import change_date
from workflows.models import Signature

pytestmark = pytest.mark.django_db


def build():
    """Return a world with a declaration that the Summit has before it, its outcome signed by the SPT alone."""
    world = make_world()
    for stage in ("text_drafting", "negotiation", "minister_review", "in_session"):
        ready_texts(world, stage)
        to_stage(world, stage)
    signed = world.act(world.document("declaration"), "record_outcome", "secretary", outcome="presidency_text")
    assert signed.waiting is not None
    return world


_built, world = shared_world(build)


def certify(world):
    certify_concordance(world.document("declaration"), actor=world.actor("segib_officer"), now=world.now)


def correct(world):
    said = {"language": "pt", "text": "Correto.", "note": "Concordância"}
    correct_translation(paragraphs_of(world)[0], actor=world.actor("segib_officer"), now=world.now, **said)


def withdraw(world):
    given = {"subject": "withdrawal", "text_es": "Sí", "text_pt": "Sim"}
    decision = record_decision(world.meeting("rmre_texts"), **given, actor=world.actor("secretary"), now=world.now)
    world.act(world.document("declaration"), "withdraw", "secretary", reason="Se retira", decision=str(decision.uuid))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (certify, "The concordance of the text was certified after it was given."),
        (correct, "The text that it was given for has changed."),
        (withdraw, "The text that it was given for has moved on."),
    ],
)
def test_a_signature_falls_with_its_reason_when_the_text_changes_under_it(world, changes, reason):
    with translation.override("en"):
        changes(world)
    signature = Signature.objects.get(document__code="declaration")
    assert (signature.dropped_at, signature.dropped_reason) == (world.now, reason)


def test_other_days_of_the_summit_leave_the_signature_under_a_text(world):
    change_date(
        world.reread(),
        opening_on=world.summit.opening_on + timedelta(days=1),
        reason="Aplazada un día",
        actor=world.actor("secretary"),
        now=world.now,
    )
    assert Signature.objects.waiting().filter(document__code="declaration").count() == 1
