"""Two calls at the same instant: one acts, the other is answered cleanly, whichever protection applies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.api.conftest import Caller, caller
from tests.factories import make_world
from workflows.models import Comment, Event, IdempotentAnswer
from workflows.queries.record import verify_chain

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make the calls in threads that start together, each with a connection of its own."""
    together = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            together.wait(10)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def test_one_key_at_once_acts_once():
    world = make_world()
    token = caller(world, "secretary").token
    path = f"/tasks/{world.task('CON-03').uuid}/comments/"
    for n in range(10):
        call = [lambda n=n: Caller(token).post(path, {"text": f"n {n}"}, key=f"k-{n}")] * 3
        answers = at_once(*call)
        assert {a.status_code for a in answers} <= {201, 409}
        assert [a.status_code for a in answers].count(201) >= 1
        assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"idempotency_in_progress"}
        assert len({a.json()["uuid"] for a in answers if a.status_code == 201}) == 1
    assert Comment.objects.count() == 10
    assert IdempotentAnswer.objects.filter(status=201).count() == 10


def test_one_version_at_once_moves_once():
    world = make_world()
    tokens = [caller(world, name).token for name in ("secretary", "spt_officer")]
    outcomes: Counter[int] = Counter()
    for code in ("HND-01", "CON-03", "DOC-04", "CUM-02", "SGM-04"):
        task = world.task(code)
        path, body = f"/tasks/{task.uuid}/transitions/submit/", {"evidence": "x", "accepted": ["waits_for:HND-01"]}
        body["accepted"] += [f"waits_for:{c}" for c in task.depends_on.values_list("code", flat=True)]
        answers = at_once(
            *(lambda t=token, p=path, b=body, v=task.version: Caller(t).post(p, b, version=v) for token in tokens)
        )
        outcomes.update(a.status_code for a in answers)
    assert outcomes == Counter({200: 5, 412: 5})
    assert Event.objects.filter(verb="task.submit").count() == 5
    assert verify_chain(world.summit).problems == ()
