"""`manage.py export_template SUMMIT`: writes a running summit's checklist as a template."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.actions.template import export_template
from workflows.errors import WorkflowError
from workflows.models import Summit
from workflows.queries.clock import read_clock
from workflows.rules.templates import TemplateInvalid, parse


class Command(BaseCommand):
    """Write a summit's checklist as YAML; what another summit could not follow is said, with its line."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the summit (XXXI or 31), the version that the file states, and where it goes."""
        parser.add_argument("summit", help="its number, 31 or XXXI")
        parser.add_argument("--number", type=int, help="the version stated in the file; by default one more than the last")
        parser.add_argument("--output", type=Path, help="a file instead of the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, write, and read it back."""
        name: str = options["summit"].strip()
        found = Summit.objects.filter(number=int(name)) if name.isdecimal() else Summit.objects.filter(roman=name.upper())
        summit = found.first()
        if summit is None:
            raise CommandError(f"There is no Summit {name}.")
        try:
            text = export_template(summit, actor=None, now=read_clock(), version=options["number"])
        except WorkflowError as error:
            raise CommandError(str(error)) from error
        if options["output"]:
            options["output"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
        try:
            parse(text)
        except TemplateInvalid as error:
            for problem in error.problems:
                self.stderr.write(f"line {problem.line}: {problem.message}")
