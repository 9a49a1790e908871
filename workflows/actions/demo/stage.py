"""Where the demonstration plays: its people in their seats, its Summit with a checklist, and its instants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from workflows.actions.party import fill_seat, open_seat
from workflows.actions.reference import DATA, load_conference
from workflows.actions.summit import create_summit
from workflows.actions.template import copy_template, load_template
from workflows.models import Party, Seat, Summit, User
from workflows.queries.actor import make_actor
from workflows.rules.calendars import Calendar
from workflows.rules.deadlines import Rule, Setting, resolve
from workflows.states import Language, SeatRole

if TYPE_CHECKING:
    from workflows.models import Task
    from workflows.rules.facts import Actor

DOMAIN = "demo.example"
BEFORE_OPENING = range(51, 64)
"""So many days before the opening the observations to the first version fall due, with half of them received."""
OPENS_ON = range(4)  # Monday to Thursday
OBSERVATIONS = Rule(-50, calendar="all_members", time_of_day="last_capital")
LANGUAGES = {"BR": Language.PT_BR, "PT": Language.PT_PT}
MORNING = time(10, 0)


@cache
def read_story() -> dict[str, Any]:
    """Return what happens in the demonstration."""
    story: dict[str, Any] = YAML(typ="safe").load((DATA / "demonstration.yaml").read_text(encoding="utf-8"))
    return story


@dataclass
class Stage:
    """The Summit with its lines by code, and the actor of each seat by the story's name for it."""

    now: datetime
    story: dict[str, Any]
    summit: Summit
    actors: dict[str, Actor]
    begun: datetime
    tasks: dict[str, Task] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The host city's zone."""
        return ZoneInfo(self.summit.zone)

    @property
    def today(self) -> date:
        """The local day in the host city."""
        return self.now.astimezone(self.zone).date()

    def on(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        """Return the instant of a local day in the host city; a weekend becomes the Friday before it."""
        worked = day - timedelta(days=max(0, day.weekday() - 4))
        return datetime.combine(worked, time(hour, minute), self.zone)

    def after(self, instant: datetime, days: int, hour: int = 12) -> datetime:
        """Return an hour so many days after an instant; a weekend becomes the Monday after it."""
        day = instant.astimezone(self.zone).date() + timedelta(days=days)
        worked = day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
        return datetime.combine(worked, time(hour), self.zone)

    def ago(self, days: int, hour: int = 11) -> datetime:
        """Return an hour so many days before today."""
        return datetime.combine(self.today - timedelta(days=days), time(hour), self.zone)

    def opens(self, offset: int) -> date:
        """Return the local day so many days from the opening day."""
        opening_on: date = self.summit.opening_on  # type: ignore[assignment]
        return opening_on + timedelta(days=offset)


def set_stage(*, now: datetime, password: str) -> Stage:
    """Load the Conference, seat its people, and create the Summit with its secretariat and checklist, long ago.

    `password` is already hashed, and the same for every account.
    """
    story = read_story()
    zone = ZoneInfo(story["zone"])
    today = now.astimezone(zone).date()
    long_ago = datetime.combine(today - timedelta(days=800), MORNING, zone)
    protocol = load_conference(now=long_ago)
    seated = {}
    for entry in story["accounts"]:
        seated[entry["seat"]] = _seat(Party.objects.get(code=entry["party"]), entry, password, long_ago)
    members = [place.party for place in protocol.places.select_related("party").order_by("position")]
    for party in members:
        seated[party.code] = _seat(party, _coordinator(party, story), password, long_ago)
    host = next(party for party in members if party.code == story["host"])
    opening_on = _choose_opening(today, host, members, story["zone"])
    begun = datetime.combine(opening_on - timedelta(days=722), MORNING, zone)
    summit = create_summit(
        number=story["number"],
        host=host,
        city=story["city"],
        zone=story["zone"],
        opening_on=opening_on,
        closing_on=opening_on + timedelta(days=1),
        protocol_list=protocol,
        actor=seated["approver"],
        now=begun,
        is_demonstration=True,
    )
    Summit.objects.filter(pk=summit.pk).update(note=story["note"].strip())
    for entry in story["secretariat"]:
        seated[entry["seat"]] = _seat(summit.secretariats.get(), entry, password, begun)
    text = (DATA / "checklists" / story["template"]).read_text(encoding="utf-8")
    template = load_template(text=text, actor=None, now=begun)
    summit = copy_template(summit, template, actor=seated["approver"], now=begun + timedelta(hours=1))
    stage = Stage(now=now, story=story, summit=summit, actors=seated, begun=begun + timedelta(hours=2))
    lines = summit.tasks.top().select_related("deadline__anchor", "phase", "blocks", "responsible", "verified_by")
    stage.tasks = {task.code: task for task in lines.prefetch_related("depends_on").order_by("position")}
    return stage


def _coordinator(party: Party, story: dict[str, Any]) -> dict[str, Any]:
    language = "pt" if party.language.startswith("pt") else "es"
    name = story["coordinator"][language].format(country=getattr(party, f"name_{language}"))
    return {"role": SeatRole.NATIONAL_COORDINATOR, "email": f"cn.{party.code.lower()}", "name": name}


def _seat(party: Party, entry: dict[str, Any], password: str, at: datetime) -> Actor:
    """Put an office's nameless holder into its seat, with an account, and return the actor."""
    seat = Seat.objects.filter(party=party, role=entry["role"]).first()
    seat = seat or open_seat(party, role=entry["role"], actor=None, now=at)
    membership = fill_seat(
        seat,
        name=entry["name"],
        email=f"{entry['email']}@{DOMAIN}",
        language=LANGUAGES.get(party.code, Language.ES),
        note="Cuenta de la demostración",
        invite=False,
        actor=None,
        now=at,
    )
    User.objects.create(email=membership.person.email, person=membership.person, password=password)
    seat.party = party
    return make_actor(seat=seat, person=membership.person)


def _choose_opening(today: date, host: Party, members: list[Party], zone: str) -> date:
    """Return an opening day for which the delegations' observations fall due about two days from today."""
    calendars = [Calendar(party.country, party.zone, frozenset(), frozenset()) for party in members]
    setting = Setting(Calendar(host.country, zone, frozenset(), frozenset()), None, tuple(calendars))
    days = [today + timedelta(days=n) for n in BEFORE_OPENING]
    left = {day: (resolve(day, OBSERVATIONS, setting).on - today).days for day in days if day.weekday() in OPENS_ON}
    return min(left, key=lambda day: (left[day] < 1, abs(left[day] - 2), day))
