"""What a cron job's Jobs say of it: which are over, when one last succeeded, which are too many; pure."""

from collections.abc import Iterable, Sequence

from lightkube.models.batch_v1 import CronJobSpec, Job

from k9lite.api.object import Data, Object


def finished(job: Object[Job]) -> str:
    """`Complete` or `Failed`; empty while the Job is not over."""
    conditions = (job.view.status.conditions if job.view.status else None) or ()
    return next((c.type for c in conditions if c.type in ("Complete", "Failed") and c.status == "True"), "")


def surplus(jobs: Iterable[Object[Job]], spec: CronJobSpec) -> list[Object[Job]]:
    """The oldest finished Jobs, beyond as many as the limits of the history allow."""
    by_end: dict[str, list[Object[Job]]] = {}
    for job in jobs:
        by_end.setdefault(finished(job), []).append(job)
    limits = {"Complete": spec.successfulJobsHistoryLimit, "Failed": spec.failedJobsHistoryLimit}
    return [
        job
        for end, limit in limits.items()
        if limit is not None
        for job in _oldest(by_end.get(end, ()), len(by_end.get(end, ())) - limit)
    ]


def _oldest(jobs: Sequence[Object[Job]], number: int) -> list[Object[Job]]:
    return sorted(jobs, key=_started)[: max(0, number)]


def _started(job: Object[Job]) -> tuple[bool, str, str]:
    """By start, then by name; Jobs that never started come last."""
    start: str = job.data().get("status", {}).get("startTime") or ""
    return not start, start, job.name


def last_success(jobs: Iterable[Object[Job]], before: str) -> str:
    """The newest completion of the Jobs, if it is newer than `before`; times as the API writes them."""
    completions = [
        job.data().get("status", {}).get("completionTime") or "" for job in jobs if finished(job) == "Complete"
    ]
    return max([before, *completions])


def without(active: Sequence[Data], uid: str) -> list[Data]:
    """The references to active Jobs but the one with `uid`."""
    return [reference for reference in active if reference.get("uid") != uid]
