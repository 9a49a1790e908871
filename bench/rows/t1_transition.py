"""T1: one committed transition through the door that pages and API use, against the same statements by hand."""

from __future__ import annotations

import os
import uuid
from itertools import cycle
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from bench.measure import Result, measure
from tests.factories import World
from workflows.actions.task import add_evidence
from workflows.actions.transition import perform
from workflows.models import Event, Message
from workflows.rules.facts import Inputs

EACH = 40
"""Transitions a call."""


def run(world: World) -> Result:
    """Submit and return one task again and again; the floor writes the same rows, and asks nothing."""
    officer, secretary = world.actor("spt_officer"), world.actor("secretary")
    row = world.act(world.task("HND-01"), "start", "spt_officer").row
    add_evidence(row, text="Acta de traspaso", actor=officer, now=world.now)
    steps = cycle([("submit", officer, Inputs()), ("return", secretary, Inputs(reason="Falta el anexo"))])

    def ours() -> None:
        nonlocal row
        for _ in range(EACH):
            name, actor, inputs = next(steps)
            row = perform(row, name, actor=actor, now=world.now, inputs=inputs).row

    events, messages = Event.objects.count(), Message.objects.count()
    ours()
    assert Event.objects.count() - events == EACH, "a transition was not recorded"
    floor = Floor(row.pk, notices=round((Message.objects.count() - messages) / EACH))
    try:
        return measure(
            "T1",
            f"one committed transition with its event and {floor.notices} notice(s)",
            "≤ 1.5 × floor",
            {"psycopg by hand": floor, "SummitPrep": ours},
            units=EACH,
        )
    finally:
        floor.connection.close()


class Floor:
    """The same rows locked and written by psycopg."""

    def __init__(self, task: int, *, notices: int) -> None:
        """Open a connection of its own and read the event, payload and message of which it writes copies."""
        self.connection = psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row, autocommit=True)
        self.task, self.notices = task, notices
        self.samples = {table: self._sample(table) for table in ("event", "eventpayload", "message")}
        self.summit = self.samples["event"]["summit_id"]

    def _sample(self, table: str) -> dict[str, Any]:
        found = self.connection.execute(
            sql.SQL("SELECT * FROM {} ORDER BY id DESC LIMIT 1").format(sql.Identifier(f"workflows_{table}"))
        ).fetchone()
        assert found is not None
        del found["id"]
        return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in found.items()}

    def _insert(self, table: str, **columns: Any) -> None:
        row = self.samples[table] | columns
        self.connection.execute(
            f"INSERT INTO workflows_{table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )

    def __call__(self) -> None:
        """Write as many transitions as ours."""
        for _ in range(EACH):
            with self.connection.transaction():
                self._one(uuid.uuid4())

    def _one(self, event: uuid.UUID) -> None:
        read = self.connection.execute
        read("SELECT * FROM workflows_summit WHERE id = %s FOR NO KEY UPDATE", [self.summit])
        task = read("SELECT * FROM workflows_task WHERE id = %s FOR NO KEY UPDATE", [self.task]).fetchone()
        assert task is not None
        target = "submitted" if task["state"] == "in_progress" else "in_progress"
        read("UPDATE workflows_task SET state = %s, version = version + 1 WHERE id = %s", [target, self.task])
        head = uuid.uuid4().hex * 2
        chain = read(
            "UPDATE workflows_chain SET number = number + 1, head = %s WHERE summit_id = %s RETURNING number",
            [head, self.summit],
        ).fetchone()
        assert chain is not None
        self._insert("event", uuid=event, number=chain["number"], hash=head)
        self._insert("eventpayload", event_uuid=event)
        for _ in range(self.notices):
            self._insert("message", uuid=uuid.uuid4(), key=f"bench:{uuid.uuid4()}")
