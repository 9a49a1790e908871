"""Celery: one queue, and a beat table of intervals; what a job needs to know lies in the database, never in the broker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summitprep.settings")

app = Celery("summitprep")
app.config_from_object("summitprep.celery_config")
app.autodiscover_tasks(["workflows"], related_name="jobs")
