"""Which time of a schedule is due, how many were missed, and when to look again; pure. Times are epoch seconds."""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from lightkube.models.batch_v1 import CronJob, CronJobSpec

from k9lite.api import schedules, times
from k9lite.api.object import Object
from k9lite.api.schedules import Schedule

MANY = 100  # missed times beyond which a warning is due
_DELTA = 0.1  # seconds after a time of the schedule at which the controller looks


class InvalidSchedule(ValueError):
    """A schedule that can be read, but none of whose times exist."""


@dataclass(frozen=True)
class Due:
    """The newest time of a schedule that has come, None if there is none; and about how many have come since the last.

    since: the time from which they were counted
    """

    since: float
    newest: float | None = None
    missed: int = 0


@dataclass(frozen=True)
class Timetable:
    """The times of one cron job: its schedule in its time zone, and what it did last."""

    schedule: Schedule
    zone: tzinfo
    last: float  # of the last Job, else the creation of the cron job
    deadline: int | None = None  # startingDeadlineSeconds

    def after(self, moment: float) -> float | None:
        return self.schedule.after(moment, self.zone)

    def due(self, now: float) -> Due:
        """What is to be started now. Raises InvalidSchedule."""
        since = self.last if self.deadline is None else max(self.last, now - self.deadline)
        return self._due(since, now)

    def next_look(self, now: float) -> float:
        """Seconds until the next time of the schedule. Raises InvalidSchedule where it has none."""
        try:
            due = self._due(self.last, now)
        except InvalidSchedule:
            start = now
        else:
            start = due.newest or (now if due.missed else due.since)
        upcoming = self.after(start)
        if upcoming is None:
            raise InvalidSchedule(_NEVER)
        return max(0.0, upcoming + _DELTA - now)

    def _due(self, since: float, now: float) -> Due:
        first = self.after(since)
        second = None if first is None else self.after(first)
        if first is None or second is None:
            raise InvalidSchedule(_NEVER)
        if now < first:
            return Due(since)
        if now < second:
            return Due(since, first)
        interval = round(second - first)
        missed = int(now - first) // interval + 1
        # Times may be unevenly spaced: the newest is looked for from one interval before where it should be.
        newest, upcoming = None, self.after(first + (missed - 2) * interval)
        while upcoming is not None and upcoming <= now:
            newest, upcoming = upcoming, self.after(upcoming)
        return Due(since, newest, missed)


_NEVER = "time difference between two schedules is less than 1 second"


def timetable(cron_job: Object[CronJob]) -> Timetable:
    """The timetable of a cron job. Raises ValueError for its schedule, zoneinfo.ZoneInfoNotFoundError for its zone."""
    spec, status = spec_of(cron_job), cron_job.view.status
    last = times.timestamp(status.lastScheduleTime) if status else None
    created = times.timestamp(cron_job.meta.creationTimestamp) or 0.0
    schedule = schedules.parse(spec.schedule)
    return Timetable(schedule, zone(spec), created if last is None else last, spec.startingDeadlineSeconds)


def zone(spec: CronJobSpec) -> tzinfo:
    """The time zone of the schedule: UTC unless `timeZone` names another."""
    return zoneinfo.ZoneInfo(spec.timeZone) if spec.timeZone else UTC


def job_name(cron_job: Object[CronJob], scheduled: float) -> str:
    """The name of the Job of one time: the cron job's and the minutes since the Unix epoch."""
    return f"{cron_job.name}-{int(scheduled) // 60}"


def timestamp(scheduled: float, spec: CronJobSpec) -> str:
    """A time in the zone of the schedule, as RFC 3339."""
    return datetime.fromtimestamp(scheduled, zone(spec)).isoformat(timespec="seconds").replace("+00:00", "Z")


def spec_of(cron_job: Object[CronJob]) -> CronJobSpec:
    assert cron_job.view.spec is not None
    return cron_job.view.spec
