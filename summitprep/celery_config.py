"""Celery's own settings: jobs may be lost or run twice without harm, so nothing is stored and nothing waits long."""

from django.conf import settings

MINUTE = 60.0
HOUR = 3600.0

broker_url = settings.REDIS_URL
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
# A nudge after commit must not hold the user's answer when the broker is away.
broker_transport_options = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "retry_on_timeout": False,
    "max_retries": 1,
    "interval_start": 0,
    "interval_max": 0.2,
}
task_publish_retry = False
result_backend = None
task_ignore_result = True
task_serializer = "json"
accept_content = ["json"]
timezone = "UTC"
enable_utc = True
task_default_queue = "summitprep"
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
worker_max_tasks_per_child = 1000
worker_cancel_long_running_tasks_on_connection_loss = False
worker_hijack_root_logger = False
worker_send_task_events = False
task_soft_time_limit = 240
task_time_limit = 300
beat_schedule = {
    "sweep": {"task": "workflows.jobs.sweep", "schedule": MINUTE, "options": {"expires": MINUTE}},
    "deliver": {"task": "workflows.jobs.deliver", "schedule": MINUTE, "options": {"expires": MINUTE}},
    "mail_record_head": {"task": "workflows.jobs.mail_record_head", "schedule": HOUR, "options": {"expires": HOUR}},
    "purge_answers": {"task": "workflows.jobs.purge_answers", "schedule": HOUR, "options": {"expires": HOUR}},
}
