"""`manage.py compact_migration APP NAME`: writes a first migration in as few steps as it can be done in.

`makemigrations` adds each foreign key and constraint in a step of its own, and after each step Django builds the models
again: with some fifty models that takes longer than everything that the database does. Only for a migration that nobody has
applied yet: the tables that result are the same, the steps are not.
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.optimizer import MigrationOptimizer
from django.db.migrations.writer import MigrationWriter


class Command(BaseCommand):
    """Put constraints, indexes, keys and triggers into the creation of their table where the order allows it."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the migration's application and name."""
        parser.add_argument("app")
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rewrite the file in place."""
        loader = MigrationLoader(None)
        migration = loader.get_migration(options["app"], options["name"])
        if not migration.initial:
            raise CommandError("Only a first migration can be compacted.")
        before = len(migration.operations)
        migration.operations = compact(migration.operations, options["app"])
        writer = MigrationWriter(migration)
        Path(writer.path).write_text(writer.as_string())
        self.stdout.write(f"{before} steps became {len(migration.operations)}.")


def compact(operations: Sequence[Operation], app: str) -> list[Operation]:
    """Return operations of the same effect: what belongs to a table goes into it or right behind it."""
    triggers: list[Any] = [step for step in operations if "Trigger" in type(step).__name__]
    optimize = MigrationOptimizer().optimize
    steps = optimize([step for step in operations if step not in triggers], app)
    late = [step for step in steps if isinstance(step, AddConstraint | AddIndex)]
    ordered = [step for step in steps if step not in late]
    for step in late:
        places = [place for place, other in enumerate(ordered) if _table(other) == step.model_name_lower]
        ordered.insert(places[-1] + 1, step)
    steps = optimize(ordered, app)
    later = {_table(step) for step in steps if not isinstance(step, CreateModel)}
    whole = {step.name_lower: step for step in steps if isinstance(step, CreateModel) and step.name_lower not in later}
    for trigger in triggers:
        if table := whole.get(trigger.model_name_lower):
            table.options.setdefault("triggers", []).append(trigger.trigger)
        else:
            steps.append(trigger)
    return steps


def _table(step: Operation) -> str:
    return step.name_lower if isinstance(step, CreateModel) else getattr(step, "model_name_lower", "")
