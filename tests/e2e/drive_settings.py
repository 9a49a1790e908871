"""A real installation's settings, whose clock may be moved and whose files need not be collected first."""

from summitprep.settings import *  # noqa: F403 - the environment comes first

CLOCK_OFFSET_ALLOWED = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
