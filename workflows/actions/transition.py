"""The door to every transition, for pages and API: one verb on one object."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions import summit as summits
from workflows.actions import task as tasks
from workflows.actions.document import move_document
from workflows.actions.proposal import move_proposal
from workflows.errors import InvalidInput
from workflows.models import Document, Proposal, Summit, Task
from workflows.rules.characters import is_storable
from workflows.rules.facts import Inputs

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.engine import Outcome
    from workflows.models import Meeting, Paragraph
    from workflows.rules.facts import Actor


def perform(
    row: Summit | Meeting | Task | Document | Paragraph | Proposal,
    name: str,
    *,
    actor: Actor | None,
    now: datetime,
    inputs: Inputs | None = None,
    if_version: int | None = None,
) -> Outcome:
    """Perform the verb `name` on a row for an actor; raises InvalidInput or what `engine.perform` does, nothing changed."""
    inputs = inputs or Inputs()
    if inputs.occurred_at is not None and inputs.occurred_at > now:
        raise InvalidInput({"occurred_at": _("What is recorded has happened already; this hour lies ahead.")})
    if unstorable := [name for name, said in vars(inputs).items() if isinstance(said, str) and not is_storable(said)]:
        raise InvalidInput(dict.fromkeys(unstorable, _("The text contains a character that cannot be stored.")))
    if isinstance(row, Task):
        inputs = _as_own_act(row, actor, inputs)
        action = tasks.NAMED.get(name, tasks.move_task)
        return action(row, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    if isinstance(row, Summit):
        return summits.move_summit(row, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    if isinstance(row, Document):
        return move_document(row, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    if isinstance(row, Proposal):
        return move_proposal(row, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    return engine.perform(row, name, actor=actor, now=now, inputs=inputs, if_version=if_version)


def _as_own_act(task: Task, actor: Actor | None, inputs: Inputs) -> Inputs:
    """A party records no paper of its own: what it does here came here, and arrives now."""
    if inputs.on_behalf and actor is not None and actor.party_id == task.responsible_id:
        return replace(inputs, on_behalf=False, channel="", received_at=None)
    return inputs
