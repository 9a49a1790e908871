"""P1 and A2: the checklist's page and the API's list of tasks, against the same rows read by one statement."""

from __future__ import annotations

import gzip
import json
from itertools import islice, product

from django.db import connection
from django.test import Client

from bench.measure import Result, measure
from tests.factories import SMALL, World
from workflows.actions.token import create_token
from workflows.models import Task
from workflows.queries.clock import read_clock

PAGE = 100
ROWS = """
SELECT row_to_json(found) FROM (
    SELECT t.*, d.due_at, d.due_on, p.code AS party, f.code AS phase_code
    FROM workflows_task t
    JOIN workflows_party p ON p.id = t.responsible_id
    JOIN workflows_phase f ON f.id = t.phase_id
    LEFT JOIN workflows_deadline d ON d.task_id = t.id
    WHERE t.summit_id = %s
    ORDER BY t.position, t.id LIMIT %s
) AS found
"""
LINE = """
  - code: {code}
    phase: concept
    title: {{es: "Tarea {number}", pt: "Tarefa {number}", en: "Task {number}"}}
    kind: work
    responsible: spt
    verified_by: segib
    scope: single
    deadline: {{anchor: opening_day, offset: -550, unit: days, calendar: host, time_of_day: end_of_day_host}}
    deliverable: {{es: Texto, pt: Texto, en: Text}}
    blocks: sectoral
    gate: advisory
"""


def long_template(lines: int) -> str:
    """Return the small checklist with so many lines more."""
    letters = ("".join(triple) for triple in product("XYZABCDEFGHIJKLMNOPQRSTUVW", repeat=3))
    codes = (f"{stem}-{number:02d}" for stem in letters for number in range(1, 100))
    more = (LINE.format(code=code, number=number) for number, code in enumerate(islice(codes, lines), 1))
    return SMALL.rstrip() + "\n" + "".join(more)


def run(world: World) -> list[Result]:
    """Read the checklist's first screen and the API's first page of tasks."""
    tasks = Task.objects.filter(summit=world.summit).count()
    page, api = Client(), Client()
    page.force_login(world.user("spt_officer"))
    token = create_token(name="bench", scopes=("*:read",), actor=world.actor("secretary"), now=read_clock())
    headers = {"Authorization": f"Bearer {token.secret}"}

    def bare() -> str:
        with connection.cursor() as cursor:
            cursor.execute(ROWS, [world.summit.pk, PAGE])
            return json.dumps([row[0] for row in cursor.fetchall()])

    def checklist() -> bytes:
        answer = page.get("/summits/xxxi/checklist/")
        assert answer.status_code == 200
        return answer.content

    def listed() -> bytes:
        answer = api.get(f"/api/v1/tasks/?limit={PAGE}", headers=headers)
        assert len(answer.json()["results"]) == PAGE
        return answer.content

    size = len(gzip.compress(checklist())) / 1024
    return [
        measure(
            "P1",
            f"checklist of {tasks:,} tasks, first screen ({size:.0f} KB compressed)",
            "≤ 4 × floor, < 50 KB",
            {f"{PAGE} rows in SQL": bare, "SummitPrep": checklist},
        ),
        measure(
            "A2",
            f"API list, {PAGE} of {tasks:,} tasks",
            "≤ 4 × floor",
            {f"{PAGE} rows in SQL": bare, "SummitPrep": listed},
        ),
    ]
