"""The door to every transition, for pages and API: one verb on one object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import engine
from workflows.actions import summit as summits
from workflows.actions import task as tasks
from workflows.models import Summit, Task
from workflows.rules.facts import Inputs

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.engine import Outcome
    from workflows.models import Meeting
    from workflows.rules.facts import Actor


def perform(
    row: Summit | Meeting | Task,
    name: str,
    *,
    actor: Actor | None,
    now: datetime,
    inputs: Inputs | None = None,
    if_version: int | None = None,
) -> Outcome:
    """Perform the verb `name` on a row for an actor; raises the errors of `engine.perform`, with nothing changed then."""
    inputs = inputs or Inputs()
    if isinstance(row, Task):
        action = tasks.NAMED.get(name, tasks.move_task)
        return action(row, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    if isinstance(row, Summit):
        return summits.move_summit(row, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    return engine.perform(row, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
