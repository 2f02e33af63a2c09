"""Prefect only: schedules the stages of ``annotate``, retries and reports."""
