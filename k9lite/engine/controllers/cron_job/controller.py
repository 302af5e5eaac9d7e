"""The loop of cron jobs: start a Job when its time has come, follow the Jobs, remove old ones."""

import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from lightkube.models.batch_v1 import CronJob, Job

from k9lite.aio.clock import Clock
from k9lite.api import kinds, names, times
from k9lite.api.errors import StatusError, is_already_exists, is_not_found
from k9lite.api.object import Data, Key, Object, controller_reference
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions
from k9lite.client.recorder import reference
from k9lite.engine.controllers.claims import by_controller
from k9lite.engine.controllers.cron_job import history, timing
from k9lite.engine.controllers.cron_job.timing import InvalidSchedule, Timetable

SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"
_TOO_MANY_MISSED = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
_STILL_ACTIVE = "Not starting job because prior execution is running and concurrency policy is Forbid"


class CronJobController(Controller):
    """Acts on CronJobs; what a started Job does is the Job controller's matter."""

    name = "cronjob-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.cron_jobs, self.jobs = informers.of(kinds.CRON_JOB), informers.of(kinds.JOB)
        self.jobs.add_index("controller", by_controller)
        self.cron_jobs.add_handler(self._cron_job_changed)
        self.watch(self.jobs, _cron_job_of)

    def _cron_job_changed(self, old: Object[CronJob] | None, new: Object[CronJob] | None) -> None:
        """Queue the cron job; after a change of its schedule only for the next time of the new one."""
        newest = new or old
        if newest is None:
            return
        seconds = 0.0
        if old is not None and new is not None and _times_of(old) != _times_of(new):
            try:
                seconds = timing.timetable(new).next_look(self.clock.now())
            except (ValueError, zoneinfo.ZoneInfoNotFoundError):
                seconds = 0.0  # the look itself says what is wrong
        if seconds:
            self.queue.add_after(newest.key, self.caused_by(newest), seconds)
        else:
            self.queue.add(newest.key, self.caused_by(newest))

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        cron_job = self.cron_jobs.get(key.name, key.namespace)
        if cron_job is None:
            return None
        before = cron_job.data().get("status", {})
        status = dict(before)
        jobs = self.jobs.indexed("controller", cron_job.uid)
        try:
            for job in history.surplus(jobs, timing.spec_of(cron_job)):
                await self._delete(cron_job, job.name, job.uid, status, client)
            self._follow(cron_job, jobs, status, client)
            return await self._start_what_is_due(cron_job, status, client)
        finally:
            if not status.get("active"):
                status.pop("active", None)
            if status != before:
                await client.update_status(cron_job, status)

    def _follow(
        self, cron_job: Object[CronJob], jobs: Sequence[Object[Job]], status: Data, client: CausedClient
    ) -> None:
        """Bring the list of active Jobs and the time of the last success up to date."""
        active = {entry["uid"]: entry for entry in status.get("active", ())}
        for job in jobs:
            end = history.finished(job)
            if job.uid not in active and not end:
                message = f"Saw a job that the controller did not create or forgot: {job.name}"
                self.recorder.warning(cron_job, "UnexpectedJob", message, client.cause)
            elif job.uid in active and end:
                message = f"Saw completed job: {job.name}, condition: {end}"
                self.recorder.normal(cron_job, "SawCompletedJob", message, client.cause)
                del active[job.uid]
        for uid in set(active) - {job.uid for job in jobs}:
            message = f"Active job went missing: {active.pop(uid)['name']}"
            self.recorder.normal(cron_job, "MissingJob", message, client.cause)
        status["active"] = list(active.values())
        if success := history.last_success(jobs, status.get("lastSuccessfulTime", "")):
            status["lastSuccessfulTime"] = success

    async def _start_what_is_due(self, cron_job: Object[CronJob], status: Data, client: CausedClient) -> float | None:
        """Start a Job if the time for one has come. Seconds until the next time, or None."""
        spec, now = timing.spec_of(cron_job), self.clock.now()
        table = None if cron_job.deleting else self._timetable(cron_job, client)
        if table is None or spec.suspend:
            return None
        try:
            due = table.due(now)
            if due.newest is None:
                return table.next_look(now)
            if due.missed > timing.MANY:
                self.recorder.warning(cron_job, "TooManyMissedTimes", _TOO_MANY_MISSED, client.cause)
            if not self._may_start(cron_job, due.newest, status, client):
                return table.next_look(now)
            if spec.concurrencyPolicy == "Replace":
                for active in list(status["active"]):
                    await self._delete(cron_job, active["name"], active["uid"], status, client)
            await self._create(cron_job, due.newest, status, client)
            return Timetable(table.schedule, table.zone, due.newest, table.deadline).next_look(now)
        except InvalidSchedule as error:
            message = f"invalid schedule: {spec.schedule} : {error}"
            self.recorder.warning(cron_job, "InvalidSchedule", message, client.cause)
            return None

    def _timetable(self, cron_job: Object[CronJob], client: CausedClient) -> Timetable | None:
        """The times of the cron job; None, and an event, where they cannot be had."""
        spec = timing.spec_of(cron_job)
        try:
            return timing.timetable(cron_job)
        except zoneinfo.ZoneInfoNotFoundError:
            message = f"invalid timeZone: {names.quoted(spec.timeZone or '')}: unknown time zone {spec.timeZone}"
            self.recorder.warning(cron_job, "UnknownTimeZone", message, client.cause)
        except ValueError as error:
            message = f"unparseable schedule: {names.quoted(spec.schedule)} : {error}"
            self.recorder.warning(cron_job, "UnparseableSchedule", message, client.cause)
        return None

    def _may_start(self, cron_job: Object[CronJob], scheduled: float, status: Data, client: CausedClient) -> bool:
        """Whether the Job of the scheduled time is to be started now; events say why not."""
        spec = timing.spec_of(cron_job)
        if spec.startingDeadlineSeconds is not None and scheduled + spec.startingDeadlineSeconds < self.clock.now():
            missed = format_datetime(datetime.fromtimestamp(scheduled, UTC))
            message = f"Missed scheduled time to start a job: {missed}"
            self.recorder.warning(cron_job, "MissSchedule", message, client.cause)
            return False
        active = status["active"]
        name = timing.job_name(cron_job, scheduled)
        if status.get("lastScheduleTime") == times.time(scheduled) or any(job["name"] == name for job in active):
            return False
        if spec.concurrencyPolicy == "Forbid" and active:
            self.recorder.normal(cron_job, "JobAlreadyActive", _STILL_ACTIVE, client.cause)
            return False
        return True

    async def _create(self, cron_job: Object[CronJob], scheduled: float, status: Data, client: CausedClient) -> None:
        """Create the Job of the scheduled time, whose name makes sure that there is only one, and note it."""
        body = new_job(cron_job, scheduled)
        try:
            job = await client.create(kinds.JOB, body, cron_job.namespace)
        except StatusError as error:
            if is_already_exists(error):
                job = await client.get(kinds.JOB, body["metadata"]["name"], cron_job.namespace)
                owner = job.meta.controller
                if owner is None or owner.uid != cron_job.uid:
                    return  # somebody else's Job of this name stands for this time
            else:
                if not error.has_cause("NamespaceTerminating"):
                    self.recorder.warning(cron_job, "FailedCreate", f"Error creating job: {error}", client.cause)
                raise
        else:
            self.recorder.normal(cron_job, "SuccessfulCreate", f"Created job {job.name}", client.cause)
        status["active"] = [*status["active"], reference(job)]
        status["lastScheduleTime"] = times.time(scheduled)

    async def _delete(self, cron_job: Object[CronJob], name: str, uid: str, status: Data, client: CausedClient) -> None:
        try:
            options = DeleteOptions(propagation="Background", uid=uid)
            await client.delete(kinds.JOB, name, cron_job.namespace, options=options)
        except StatusError as error:
            self.recorder.warning(cron_job, "FailedDelete", f"Deleted job: {error}", client.cause)
            if not is_not_found(error):
                raise
        else:
            self.recorder.normal(cron_job, "SuccessfulDelete", f"Deleted job {name}", client.cause)
        status["active"] = history.without(status.get("active", ()), uid)


def new_job(cron_job: Object[CronJob], scheduled: float) -> Data:
    """The Job that a cron job starts at a scheduled time, in epoch seconds."""
    template: Data = cron_job.data()["spec"]["jobTemplate"]
    metadata = template.get("metadata") or {}
    stamp = {SCHEDULED_AT: timing.timestamp(scheduled, timing.spec_of(cron_job))}
    made: Data = {
        "name": timing.job_name(cron_job, scheduled),
        "annotations": (metadata.get("annotations") or {}) | stamp,
        "ownerReferences": [controller_reference(cron_job)],
    }
    if metadata.get("labels"):
        made["labels"] = metadata["labels"]
    return {"metadata": made, "spec": template["spec"]}


def _times_of(cron_job: Object[CronJob]) -> tuple[str, str | None]:
    spec = timing.spec_of(cron_job)
    return spec.schedule, spec.timeZone


def _cron_job_of(job: Object[Job]) -> tuple[Key, ...]:
    owner = job.meta.controller
    return (Key(job.namespace, owner.name),) if owner is not None and owner.kind == "CronJob" else ()
