"""`make bench`: the rows of the table, each with its floor in the same run; writes bench/README.md.

Runs on an empty database named by DATABASE_URL; `make bench` starts a durable one of its own (fsync on) and throws it away.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summitprep.settings_test")

import django  # noqa: E402 - the settings come first
import psutil  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.measure import Result  # noqa: E402
from bench.rows import d1_claim, lists, t1_transition  # noqa: E402
from tests.factories import make_world  # noqa: E402
from workflows.models import Summit  # noqa: E402

HEAD = """# Speed

Written by `make bench` (`make bench-large` for the large numbers): do not edit. Machines are noisy, so that only ratios count:
contestants run in turn within each round, the ratio is taken inside the round, and quartiles over all rounds are shown. Every
contestant's result is checked in the database. PostgreSQL is durable (fsync and synchronous_commit on). No test asserts a time.

"""
TABLE = "| row | the work | contestant | ms each | × floor (quartiles) | goal |\n|---|---|---|---|---|---|\n"


def shown(result: Result) -> str:
    """Return a row's lines of the table."""
    lines = []
    for name, (_low, middle, _high) in result.seconds.items():
        ratio = result.ratios.get(name)
        times = "1" if ratio is None else f"**{ratio[1]:.2f}** ({ratio[0]:.2f} – {ratio[2]:.2f})"
        goal = "" if ratio is None else result.goal
        lines.append(f"| {result.row} | {result.work} | {name} | {middle * 1000:.3f} | {times} | {goal} |\n")
    return "".join(lines)


def machine() -> str:
    """Return what it ran on, in a sentence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit')"
        )
        version, fsync, commit = cursor.fetchone()
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=False)
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {asked.stdout.strip() or 'unknown'}: Python {platform.python_version()}, "
        f"Django {django.__version__}, PostgreSQL {version} (fsync {fsync}, synchronous_commit {commit}), "
        f"{os.cpu_count()} cores, {memory:.0f} GB.\n\n"
    )


def main() -> None:
    """Measure every row and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="the millions")
    large = parser.parse_args().large
    call_command("migrate", verbosity=0)
    if Summit.objects.exists():
        sys.exit("The database named by DATABASE_URL is not empty; bench fills and empties tables.")
    sizes = (10_000, 100_000, 1_000_000) if large else (10_000, 100_000)
    results = [t1_transition.run(make_world())]
    print(shown(results[-1]), flush=True)
    for rows in sizes:
        results.append(d1_claim.run(make_world(), rows=rows))
        print(shown(results[-1]), flush=True)
    results += lists.run(make_world(template=lists.long_template(20_000 if large else 2_000)))
    table = "".join(shown(result) for result in results)
    print(table)
    (ROOT / "bench" / "README.md").write_text(HEAD + machine() + TABLE + table, encoding="utf-8")


if __name__ == "__main__":
    main()
