"""`manage.py seed_demo`: the demonstration, with one account for each seat."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflows.actions.demo import NotADemonstration, seed_demo
from workflows.models import User
from workflows.queries.clock import read_clock

PASSWORD = "summit-prep-demo-2026"  # noqa: S105 - fictitious accounts, refused on a real installation


class Command(BaseCommand):
    """Load a fictitious Summit under way; where there is one already, nothing changes."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it, and print who may sign in."""
        password = settings.DEMO_PASSWORD or PASSWORD
        try:
            summit = seed_demo(now=read_clock(), password=password)
        except NotADemonstration as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{summit} · {summit.opening_on} · {summit.get_state_display()}")
        self.stdout.write(f"Password of every account: {password}")
        for user in User.objects.filter(person__isnull=False).select_related("person").order_by("pk"):
            self.stdout.write(f"  {user.email:<32} {user.person.name if user.person else ''}")
