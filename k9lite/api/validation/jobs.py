"""Rules for jobs and cron jobs (pkg/apis/batch/validation)."""

import zoneinfo

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import labels, pod_spec, templates, values
from k9lite.api.validation.rules import Rules
from k9lite.api.validation.values import Errors

_COMPLETION_MODES = ("NonIndexed", "Indexed")
_REPLACEMENTS = ("Failed", "TerminatingOrFailed")
_CONCURRENCY = ("Allow", "Forbid", "Replace")
_RESTARTS = ("OnFailure", "Never")
_LONGEST_CRON_JOB_NAME = 52  # its jobs append eleven characters
_IMMUTABLE = ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")


def _job(data: Data) -> Errors:
    spec = data.get("spec") or {}
    yield from _job_spec("spec", spec)
    selector = spec.get("selector")
    if selector is not None:
        yield from labels.selector("spec.selector", selector)
        yield from templates.selector_matches("spec.template", selector, spec.get("template") or {})
    elif spec.get("manualSelector"):
        yield errors.required("spec.selector")


def _job_spec(path: str, spec: Data) -> Errors:
    yield from values.non_negative(
        path, spec, "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
        "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes",
    )  # fmt: skip
    mode = spec.get("completionMode")
    yield from values.optional_one_of(f"{path}.completionMode", mode, _COMPLETION_MODES)
    if mode == "Indexed" and "completions" not in spec:
        yield errors.required(f"{path}.completions", "when completion mode is Indexed")
    if "backoffLimitPerIndex" in spec and mode != "Indexed":
        limit = spec["backoffLimitPerIndex"]
        yield errors.invalid(f"{path}.backoffLimitPerIndex", limit, "requires indexed completion mode")
    template = spec.get("template") or {}
    yield from values.optional_one_of(f"{path}.podReplacementPolicy", spec.get("podReplacementPolicy"), _REPLACEMENTS)
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


def _job_update(new: Data, old: Data) -> Errors:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    yield from _job(new)
    if after.get("completions") != before.get("completions"):
        elastic = after.get("completionMode") == "Indexed" and after.get("completions") == after.get("parallelism")
        if not elastic:
            message = (
                "field is immutable"
                if after.get("completionMode") != "Indexed"
                else "can only be modified in tandem with spec.parallelism"
            )
            yield errors.invalid("spec.completions", after.get("completions"), message)
    yield from values.immutable("spec.selector", after.get("selector"), before.get("selector"))
    if not before.get("suspend") or (old.get("status") or {}).get("startTime"):
        yield from values.immutable("spec.template", after.get("template"), before.get("template"))
    for field in _IMMUTABLE:
        yield from values.immutable(f"spec.{field}", after.get(field), before.get(field))


def _job_status(new: Data, old: Data) -> Errors:
    return values.non_negative(
        "status", new.get("status") or {}, "active", "ready", "succeeded", "failed", "terminating"
    )


# -- cron jobs ------------------------------------------------------------------------------------------------------


def _cron_job(data: Data) -> Errors:
    spec = data.get("spec") or {}
    if len((data.get("metadata") or {}).get("name", "")) > _LONGEST_CRON_JOB_NAME:
        yield errors.invalid("metadata.name", data["metadata"]["name"], "must be no more than 52 characters")
    yield from _cron_job_spec(spec)


def _cron_job_update(new: Data, old: Data) -> Errors:
    return _cron_job_spec(new.get("spec") or {})


def _cron_job_spec(spec: Data) -> Errors:
    schedule = spec.get("schedule", "")
    if not schedule:
        yield errors.required("spec.schedule")
    else:
        yield from _schedule("spec.schedule", schedule, "timeZone" in spec)
    yield from values.non_negative("spec", spec, "startingDeadlineSeconds")
    if "timeZone" in spec:
        yield from _time_zone("spec.timeZone", spec["timeZone"])
    yield from values.one_of("spec.concurrencyPolicy", spec.get("concurrencyPolicy"), _CONCURRENCY)
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    yield from _job_spec("spec.jobTemplate.spec", job)
    if "selector" in job:
        message = "`selector` will be auto-generated"
        yield errors.invalid("spec.jobTemplate.spec.selector", job["selector"], message)
    if job.get("manualSelector"):
        yield errors.not_supported("spec.jobTemplate.spec.manualSelector", True, ("nil", "false"))
    yield from values.non_negative("spec", spec, "successfulJobsHistoryLimit", "failedJobsHistoryLimit")


_FIELDS = ((0, 59, ()), (0, 23, ()), (1, 31, ()),
           (1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
           (0, 6, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")))  # fmt: skip
_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


def _schedule(path: str, schedule: str, has_zone: bool) -> Errors:
    if "TZ" in schedule:
        if has_zone:
            message = "cannot use both timeZone field and TZ or CRON_TZ in schedule"
        else:
            message = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        yield errors.invalid(path, schedule, message)
        return
    if schedule.startswith("@"):
        if schedule not in _DESCRIPTORS and not schedule.startswith("@every "):
            yield errors.invalid(path, schedule, f"unrecognized descriptor: {schedule}")
        return
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        message = f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
        yield errors.invalid(path, schedule, message)
        return
    for field, (low, high, words) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if message := _range_error(part, low, high, words):
                yield errors.invalid(path, schedule, message)
                return


def _range_error(part: str, low: int, high: int, words: tuple[str, ...]) -> str:
    """Why one part of a cron field (`*/5`, `1-5`, `mon`) makes no sense; empty if it does."""
    span, slash, step = part.partition("/")
    if slash and not step.isdecimal():
        return f"failed to parse int from {step}: strconv.Atoi: parsing {names.quoted(step)}: invalid syntax"
    if slash and int(step) == 0:
        return f"step of range should be a positive number: {part}"
    if span in ("*", "?"):
        return ""
    numbers = []
    for end in span.split("-"):
        number = words.index(end.lower()) + low if end.lower() in words else end
        if not str(number).isdecimal():
            return f"failed to parse int from {end}: strconv.Atoi: parsing {names.quoted(end)}: invalid syntax"
        numbers.append(int(number))
    if len(numbers) > 2:
        return f"too many hyphens: {part}"
    if numbers[0] < low:
        return f"beginning of range ({numbers[0]}) below minimum ({low}): {part}"
    if numbers[-1] > high:
        return f"end of range ({numbers[-1]}) above maximum ({high}): {part}"
    if numbers[0] > numbers[-1]:
        return f"beginning of range ({numbers[0]}) beyond end of range ({numbers[-1]}): {part}"
    return ""


def _time_zone(path: str, zone: str) -> Errors:
    if not zone:
        yield errors.invalid(path, zone, "timeZone must be nil or non-empty string")
    elif zone.lower() == "local":
        yield errors.invalid(
            path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
        )
    elif zone not in zoneinfo.available_timezones():
        yield errors.invalid(path, zone, f"unknown time zone {zone}")


RULES = {
    "Job": Rules(_job, _job_update, _job_status),
    "CronJob": Rules(_cron_job, _cron_job_update),
}
