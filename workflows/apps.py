"""The domain's Django application."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Parties, summits, tasks, deadlines, messages and their record."""

    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"
