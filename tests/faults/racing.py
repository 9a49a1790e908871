"""What a racing process does: load a row as a request does, wait for the other process, act, and say what came of it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from workflows import engine
from workflows.actions.party import fill_seat
from workflows.actions.transition import perform
from workflows.errors import WorkflowError
from workflows.models import Document, Seat, Summit, Task
from workflows.rules.facts import Inputs

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.rules.facts import Actor

WAIT = 30  # seconds, after which a process that never came breaks the race


@dataclass(frozen=True)
class Start:
    """One side of a race: an act on a row, by an actor; `versioned` sends the version that was read."""

    intent: str  # the verb, or "fill_seat"
    row: int
    actor: Actor
    now: datetime
    inputs: Inputs = field(default_factory=Inputs)
    versioned: bool = False
    noun: str = "task"


def send(pipe: Any, thing: Any) -> None:
    """Send a thing through a pipe as bytes: a connection's own `send` and `recv` leave buffers behind."""
    pipe.send_bytes(pickle.dumps(thing))


def receive(pipe: Any) -> Any:
    """Return the next thing from a pipe."""
    return pickle.loads(pipe.recv_bytes())


def serve(pipe: Any, barrier: Any) -> None:
    """Answer each list of starts with the list of what came of them; the word "unlocked" takes the locks away before."""
    locked = engine.lock, engine.lock_summit
    while (order := receive(pipe)) is not None:
        protection, starts = order
        engine.lock, engine.lock_summit = (read, read_summit) if protection == "unlocked" else locked
        send(pipe, [race(start, barrier) for start in starts])
    connection.close()


def race(start: Start, barrier: Any) -> str:
    """Return "won", "waiting" (a first signature), or the name of the error and its code."""
    act = prepare(start)
    barrier.wait(WAIT)
    try:
        return act()
    except WorkflowError as refusal:
        return f"{type(refusal).__name__}:{refusal.code}"
    except Exception as error:  # noqa: BLE001 - whatever else happens is what the test looks for
        return f"{type(error).__name__}: {error}"


def prepare(start: Start) -> Any:
    """Load the row, as a request does before it acts, and return the act."""
    if start.intent == "fill_seat":
        seat = Seat.objects.select_related("party").get(pk=start.row)
        person = {"name": "Relevo", "email": f"relevo.{start.inputs.reason}@example.org", "invite": False}
        return lambda: fill_seat(seat, actor=None, now=start.now, **person) and "won"
    rows = {"task": Task.objects.select_related("summit", "responsible"), "summit": Summit.objects}
    rows["document"] = Document.objects.select_related("summit", "proponent")
    row = rows[start.noun].get(pk=start.row)
    version = row.version if start.versioned else None

    def act() -> str:
        outcome = perform(row, start.intent, actor=start.actor, now=start.now, inputs=start.inputs, if_version=version)
        return "won" if outcome.waiting is None else "waiting"

    return act


def read(row: Any) -> Any:
    """The lock taken away: the same re-read, holding nothing."""
    if isinstance(row, Task):
        return Task.objects.select_related("summit", "responsible", "verified_by", "parent", "phase").get(pk=row.pk)
    return type(row).objects.get(pk=row.pk)


def read_summit(pk: int) -> Summit:
    """The summit's lock taken away."""
    return Summit.objects.select_related("host").get(pk=pk)
