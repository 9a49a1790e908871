"""`manage.py draw_workflows`: writes docs/workflows.md from the machines."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflows.queries.machines import draw_machines


class Command(BaseCommand):
    """Draw the machines: a diagram and a table of each."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether only to compare."""
        parser.add_argument("--output", type=Path, default=settings.BASE_DIR / "docs" / "workflows.md")
        parser.add_argument("--check", action="store_true", help="fail when the file is not what the machines say")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or compare it."""
        file: Path = options["output"]
        drawn = draw_machines()
        if not options["check"]:
            file.parent.mkdir(exist_ok=True)
            file.write_text(drawn, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != drawn:
            raise CommandError(f"{file} is not what the machines say; run `manage.py draw_workflows`.")
