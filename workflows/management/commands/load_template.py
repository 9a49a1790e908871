"""`manage.py load_template FILE`: stores one version of a checklist template."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.actions.reference import DATA, load_conference
from workflows.actions.template import load_template
from workflows.errors import InvalidInput
from workflows.queries.clock import read_clock
from workflows.rules.templates import TemplateInvalid

SHIPPED = DATA / "checklists" / "ibero-american-summit.yaml"


class Command(BaseCommand):
    """Load a template from YAML, or say in which line it cannot be followed, and why."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file; without one, the template that the project ships."""
        parser.add_argument("file", type=Path, nargs="?", default=SHIPPED)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it; the same text again answers the stored version."""
        file: Path = options["file"]
        try:
            load_conference(now=read_clock())
            row = load_template(text=file.read_text(encoding="utf-8"), actor=None, now=read_clock())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: this is not text in UTF-8.") from error
        except TemplateInvalid as error:
            lines = [f"{file}:{problem.line}: {problem.message}" for problem in error.problems]
            raise CommandError("\n".join([str(error), *lines])) from error
        except InvalidInput as error:
            raise CommandError(" ".join(str(sentence) for sentence in error.fields.values())) from error
        self.stdout.write(f"{row}: {row.title}")
