"""Reads shaped for a rule, a screen or an endpoint; they never write."""
