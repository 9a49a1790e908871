"""`manage.py demo_prepare`: the demonstration's database, from whatever it is to ready; used by `manage.py demo`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from workflows.models import Membership, Message, Summit


class Command(BaseCommand):
    """Migrate, load the demonstration where there is none, and write down who may sign in."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file for the answer."""
        parser.add_argument("--answer", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare and answer; a database that holds real summits is left alone."""
        if not settings.SUMMITPREP_DEMO:
            raise CommandError("This is not a demonstration (SUMMITPREP_DEMO is not set): nothing is loaded.")
        call_command("migrate", interactive=False, verbosity=1)
        call_command("createcachetable")
        if Summit.objects.filter(is_record=False, is_demonstration=False).exists():
            raise CommandError("This database holds a real summit. The demonstration needs a database of its own.")
        is_new = not Summit.objects.filter(is_demonstration=True).exists()
        if is_new:
            call_command("seed_demo")
        with translation.override("en"):
            answer = {"is_new": is_new, "accounts": accounts(), "reminders_sent": reminders_sent()}
        draft = options["answer"].with_suffix(".new")
        draft.write_text(json.dumps(answer))
        draft.replace(options["answer"])


def accounts() -> list[dict[str, str]]:
    """Return every account that holds a seat now: party, seat and address; the secretariats first."""
    held = (
        Membership.objects.current(timezone.now())
        .filter(person__user__is_active=True, seat__closed_at__isnull=True)
        .select_related("seat__party", "person__user")
        .order_by("seat__party_id", "seat_id")
    )
    order = {"segib": 0, "spt": 1, "delegation": 2}
    rows = [
        (
            order.get(membership.seat.party.kind, 3),
            {
                "party": membership.seat.party.name_en,
                "seat": membership.seat.title,
                "email": membership.person.user.email,
            },
        )
        for membership in held
    ]
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def reminders_sent() -> int:
    """Return how many reminders have been mailed."""
    return Message.objects.filter(reminder__isnull=False, sent_at__isnull=False).count()
