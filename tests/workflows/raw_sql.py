"""Raw SQL against the database's own guards: each statement is tried with its guard, and without it as a control."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction


class UndoneError(Exception):
    """Raised to leave a savepoint without what was done in it."""


@contextmanager
def undone():
    """Undo whatever is done inside."""
    try:
        with transaction.atomic():
            yield
            raise UndoneError
    except UndoneError:
        pass


def run(*statements):
    """Execute statements in a savepoint, checking deferred constraints too, and return how many rows the last changed."""
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            changed = cursor.rowcount
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return changed


def no_trigger(table):
    return f"ALTER TABLE workflows_{table} DISABLE TRIGGER USER"


def no_constraint(table, name):
    return f"ALTER TABLE workflows_{table} DROP CONSTRAINT {name}"


def no_index(name):
    return f"DROP INDEX {name}"


def copy(table, where, **changes):
    """Return the insertion of a copy of one row, with another id, another uuid and these changes (in SQL)."""
    changes = {"id": "999999", "uuid": "gen_random_uuid()", **changes}
    pairs = ", ".join(f"'{column}', {value}" for column, value in changes.items())
    row = f"(jsonb_populate_record(t, jsonb_build_object({pairs}))).*"
    return f"INSERT INTO workflows_{table} SELECT {row} FROM workflows_{table} t WHERE {where} LIMIT 1"


def wrong_in(group):
    """Try each statement of a group twice; return what passed with its guard, or was refused without it, as readable lines.

    The second half is the control: a refusal for another reason would show there.
    """
    wrong = []
    for name, (before, statement, without) in group.items():
        steps = [before] if before else []
        with undone():
            run(*steps)
            try:
                run(statement)
                wrong.append(f"{name}: passed with its guard")
            except DatabaseError:
                pass
        with undone():
            try:
                changed = run(*steps, *without.split("; "), statement)
                if changed == 0 and not statement.startswith("TRUNCATE"):
                    wrong.append(f"{name}: touched no row, so it proves nothing")
            except DatabaseError as error:
                wrong.append(f"{name}: refused for another reason: {error}")
    return wrong


def guarded():
    """Return the tables that have a trigger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND c.relname LIKE 'workflows_%%'"
        )
        return {name.removeprefix("workflows_") for (name,) in cursor.fetchall()}


def tried(*groups):
    """Return the tables whose triggers the groups switch off."""
    switches = [part for group in groups for *_rest, off in group.values() for part in off.split("; ")]
    return {part.split()[2].removeprefix("workflows_") for part in switches if "TRIGGER" in part}
