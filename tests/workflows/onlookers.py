"""Who looks on in the tables of visibility: every kind of seat, those beyond `OFFICES` too, and how a table is compared."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps

from workflows.actions.party import fill_seat, open_seat
from workflows.models import Seat
from workflows.queries.actor import make_actor


def seat_for(world, name, party, role):
    """Put a person into a seat that `OFFICES` does not name."""
    seat = party.seats.filter(role=role).first() or open_seat(party, role=role, actor=None, now=world.now)
    membership = fill_seat(
        seat,
        name=f"{name} holder",
        email=f"{name}@example.org",
        starts_on=world.now.date() - timedelta(days=1),
        invite=False,
        actor=None,
        now=world.now,
    )
    world.seats[name], world.people[name] = seat, membership.person


def actor(world, name):
    """Return the actor of a seat, those beyond `OFFICES` too."""
    seat = Seat.objects.select_related("party").get(pk=world.seats[name].pk)
    return make_actor(seat=seat, person=world.people[name])


SECRETARIATS = ("approver", "segib_officer", "auditor", "secretary", "spt_officer")
PARAGUAY = ("cn_py", "rc_py", "reviewer_py", "mailbox_py")
COLUMNS = (*SECRETARIATS, *PARAGUAY, "cn_br", "cn_pt", "liaison", "observer", "other_spt")


def differences(world, counts, nouns=None, rows=lambda world, model: model.objects.all()):
    """Return model and seat wherever more or fewer rows are seen than the table says."""
    actors = {name: actor(world, name) for name in COLUMNS}
    wrong = []
    for noun in nouns or counts:
        model = apps.get_model("workflows", noun)
        for name, count in zip(COLUMNS, counts[noun], strict=True):
            seen = rows(world, model).visible_to(actors[name]).count()
            if seen != count:
                wrong.append((noun, name, f"written {count}, seen {seen}"))
    return wrong


def unnoticed(world, counts, monkeypatch, **more):
    """The control: return the models of a table for which it would pass although everybody saw everything."""
    found = set()
    for noun in counts:
        queryset = type(apps.get_model("workflows", noun).objects.all())
        with monkeypatch.context() as patch:
            patch.setattr(queryset, "visible_to", lambda self, actor: self)
            if not differences(world, counts, [noun], **more):
                found.add(noun)
    return found
