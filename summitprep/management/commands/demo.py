"""`manage.py demo`: the whole product on this machine."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from summitprep import demo


class Command(BaseCommand):
    """Start PostgreSQL, Valkey, web, worker, beat and a mailbox with the demonstration's data; Ctrl-C stops all."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port, and whether to stop after the proof."""
        parser.add_argument("--port", type=int, default=demo.DEFAULT_PORT, help="port of the pages (another if taken)")
        parser.add_argument("--once", action="store_true", help="stop when a page has answered and a reminder has been mailed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        sys.exit(demo.main(port=options["port"], once=options["once"]))
