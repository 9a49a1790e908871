"""`manage.py load_conference`: countries in protocol order, SEGIB, the bodies and the past Summits."""

from typing import Any

from django.core.management.base import BaseCommand

from workflows.actions.reference import load_conference
from workflows.models import Party, Summit
from workflows.queries.clock import read_clock


class Command(BaseCommand):
    """Load what every installation needs; a second time changes nothing."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what there is."""
        protocol = load_conference(now=read_clock())
        self.stdout.write(f"{protocol.places.count()} countries, in the order: {protocol}")
        self.stdout.write(f"{Party.objects.exclude(kind='delegation').count()} other parties")
        self.stdout.write(f"{Summit.objects.filter(is_record=True).count()} past Summits, as records")
