"""Cron jobs: a Job for each time of a schedule (pkg/controller/cronjob)."""
