"""Placeholder while it is being written."""

from django.http import Http404


def _soon(request, *args, **kwargs):
    raise Http404


home = summits = create = summit = change = decline = transition = directory = party = open_seat_page = change_party = fill = close = end = _soon
