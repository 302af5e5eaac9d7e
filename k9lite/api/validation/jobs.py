"""Rules for jobs and cron jobs (pkg/apis/batch/validation)."""

from k9lite.api import errors
from k9lite.api.object import Data
from k9lite.api.validation import job_policies, labels, pod_spec, schedules, templates, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_COMPLETION_MODES = ("NonIndexed", "Indexed")
_CONCURRENCY = ("Allow", "Forbid", "Replace")
_RESTARTS = ("OnFailure", "Never")
_MOST_PARALLEL = 100_000  # pods, and failed indexes, of an Indexed job
_MANY_COMPLETIONS, _MOST_OF_MANY = 100_000, 10_000
_LONGEST_CRON_JOB_NAME = 52  # its jobs append eleven characters
_IMMUTABLE = ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")


def _job(data: Data) -> Errors:
    spec = data.get("spec") or {}
    yield from _job_spec("spec", spec)
    selector, template = spec.get("selector"), spec.get("template") or {}
    if selector is not None:
        yield from labels.selector("spec.selector", selector)
        yield from templates.selector_matches("spec.template", selector, template)
    elif spec.get("manualSelector"):
        yield errors.required("spec.selector")
        yield errors.invalid("spec.template.metadata.labels", templates.template_labels(template), labels.MISMATCH)


def _job_spec(path: str, spec: Data) -> Errors:
    yield from values.non_negative(
        path,
        spec,
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    )
    mode = spec.get("completionMode")
    if "maxFailedIndexes" in spec and "backoffLimitPerIndex" not in spec:
        yield errors.required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified")
    yield from values.optional_one_of(f"{path}.completionMode", mode, _COMPLETION_MODES)
    yield from (_indexed(path, spec) if mode == "Indexed" else _not_indexed(path, spec))
    yield from job_policies.policies(path, spec)
    template = spec.get("template") or {}
    yield from pod_spec.template(f"{path}.template", template)
    restart = (template.get("spec") or {}).get("restartPolicy", "")
    if restart in ("", "Always"):
        shown = ", ".join(f'"{policy}"' for policy in _RESTARTS)
        yield errors.required(f"{path}.template.spec.restartPolicy", f"valid values: {shown}")
    elif restart not in _RESTARTS:
        yield errors.not_supported(f"{path}.template.spec.restartPolicy", restart, _RESTARTS)
    elif spec.get("podFailurePolicy") and restart != "Never":
        message = 'only "Never" is supported when podFailurePolicy is specified'
        yield errors.invalid(f"{path}.template.spec.restartPolicy", restart, message)


def _not_indexed(path: str, spec: Data) -> Errors:
    for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
        if field in spec:
            yield errors.invalid(f"{path}.{field}", spec[field], "requires indexed completion mode")


def _indexed(path: str, spec: Data) -> Errors:
    """The limits of Indexed jobs, which are narrower for many completions with a limit for each index."""
    completions, parallelism = spec.get("completions"), spec.get("parallelism", 0)
    failures = spec.get("maxFailedIndexes")
    if completions is None:
        yield errors.required(f"{path}.completions", "when completion mode is Indexed")
    if parallelism > _MOST_PARALLEL:
        detail = f"must be less than or equal to {_MOST_PARALLEL} when completion mode is Indexed"
        yield errors.invalid(f"{path}.parallelism", parallelism, detail)
    if completions is not None and failures is not None and failures > completions:
        yield errors.invalid(f"{path}.maxFailedIndexes", failures, "must be less than or equal to completions")
    if failures is not None and failures > _MOST_PARALLEL:
        yield errors.invalid(f"{path}.maxFailedIndexes", failures, f"must be less than or equal to {_MOST_PARALLEL}")
    if completions is None or completions <= _MANY_COMPLETIONS or "backoffLimitPerIndex" not in spec:
        return
    if failures is None:
        detail = f"must be specified when completions is above {_MANY_COMPLETIONS}"
        yield errors.required(f"{path}.maxFailedIndexes", detail)
    for field, value in (("parallelism", parallelism), ("maxFailedIndexes", failures or 0)):
        if value > _MOST_OF_MANY:
            reason = f"when completions are above {_MANY_COMPLETIONS} and used with backoff limit per index"
            yield errors.invalid(f"{path}.{field}", value, f"must be less than or equal to {_MOST_OF_MANY} {reason}")


def _job_update(new: Data, old: Data) -> Errors:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    yield from _job(new)
    yield from _completions(after, before)
    yield from values.immutable("spec.selector", after.get("selector"), before.get("selector"))
    if not before.get("suspend") or (old.get("status") or {}).get("startTime"):
        yield from values.immutable("spec.template", after.get("template"), before.get("template"))
    for field in _IMMUTABLE:
        yield from values.immutable(f"spec.{field}", after.get(field), before.get(field))


def _completions(after: Data, before: Data) -> Errors:
    """Fixed, but for Indexed jobs, which may grow and shrink together with their parallelism."""
    wanted = after.get("completions")
    if wanted == before.get("completions"):
        return
    if after.get("completionMode") != "Indexed":
        yield errors.invalid("spec.completions", wanted, values.IMMUTABLE)
    elif wanted != after.get("parallelism"):
        yield errors.invalid("spec.completions", wanted, "can only be modified in tandem with spec.parallelism")


def _job_status(new: Data, old: Data) -> Errors:
    return values.non_negative(
        "status", new.get("status") or {}, "active", "ready", "succeeded", "failed", "terminating"
    )


# -- cron jobs ------------------------------------------------------------------------------------------------------


def _cron_job(data: Data) -> Errors:
    spec = data.get("spec") or {}
    yield from _cron_job_spec(spec)
    if len((data.get("metadata") or {}).get("name", "")) > _LONGEST_CRON_JOB_NAME:
        yield errors.invalid("metadata.name", data["metadata"]["name"], "must be no more than 52 characters")


def _cron_job_update(new: Data, old: Data) -> Errors:
    return _cron_job_spec(new.get("spec") or {})


def _cron_job_spec(spec: Data) -> Errors:
    schedule = spec.get("schedule", "")
    if not schedule:
        yield errors.required("spec.schedule")
    else:
        yield from schedules.schedule("spec.schedule", schedule, "timeZone" in spec)
    yield from values.non_negative("spec", spec, "startingDeadlineSeconds")
    if "timeZone" in spec:
        yield from schedules.time_zone("spec.timeZone", spec["timeZone"])
    yield from values.one_of("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), _CONCURRENCY)
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    yield from _job_spec("spec.jobTemplate.spec", job)
    if "selector" in job:
        message = "`selector` will be auto-generated"
        yield errors.invalid("spec.jobTemplate.spec.selector", job["selector"], message)
    if job.get("manualSelector"):
        yield errors.not_supported("spec.jobTemplate.spec.manualSelector", True, ("nil", "false"))
    yield from values.non_negative("spec", spec, "successfulJobsHistoryLimit", "failedJobsHistoryLimit")


RULES = {
    "Job": Rules(_job, _job_update, _job_status),
    "CronJob": Rules(_cron_job, _cron_job_update),
}
