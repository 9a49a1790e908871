"""Celery: one queue and a beat table of intervals; what a job needs to know lies in the database, not in the broker."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summitprep.settings")

app = Celery("summitprep")
app.config_from_object("summitprep.celery_config")
app.autodiscover_tasks(["workflows"], related_name="jobs")


@worker_ready.connect  # type: ignore[untyped-decorator]
def catch_up(**_named: object) -> None:
    """Look for what fell due while no worker ran, without waiting for the next beat."""
    app.send_task("workflows.jobs.sweep")
    app.send_task("workflows.jobs.deliver")
