"""CronJobs on a real store: each time of the schedule starts one Job, and none twice."""

from datetime import UTC, datetime
from typing import Any

import pytest
from controller_world import World

from k9lite.aio.clock import ManualClock
from k9lite.api import kinds, schedules, times
from k9lite.api.object import Object
from k9lite.engine.controllers.cron_job.controller import CronJobController
from k9lite.engine.controllers.cron_job.timing import Due, InvalidSchedule, Timetable
from k9lite.engine.controllers.garbage.collector import GarbageCollector

HOUR = 3600.0


@pytest.fixture
async def running(world: World, client: Any, informers: Any, clock: Any) -> World:
    world.run(*(loop(client, informers, clock) for loop in (CronJobController, GarbageCollector)))
    return world


async def start(world: World, schedule: str = "* * * * *", **spec: Any) -> Object[Any]:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}
    job = {"metadata": {"labels": {"app": "x"}, "annotations": {"a": "b"}}, "spec": {"template": template}}
    body = {"metadata": {"name": "c"}, "spec": {"schedule": schedule, "jobTemplate": job, **spec}}
    created = await world.client.create(kinds.CRON_JOB, body, "default")
    await world.settle()
    return created


async def minutes(world: World, number: int) -> None:
    """Let the clock reach the next full minute, and `number` - 1 more."""
    now = world.clock.now()
    await world.clock.advance(60 * number - now % 60 + 0.5)


async def end(world: World, job: Object[Any], type: str = "Complete") -> None:
    now = times.time(world.clock.now())
    reasons = {"Complete": ("SuccessCriteriaMet", "CompletionsReached"), "Failed": ("FailureTarget", "BackoffLimit")}
    interim, reason = reasons[type]
    stamps = {"status": "True", "lastProbeTime": now, "lastTransitionTime": now, "reason": reason}
    status = {"startTime": now, "conditions": [{"type": interim, **stamps}, {"type": type, **stamps}]}
    if type == "Complete":
        status |= {"completionTime": now, "succeeded": 1}
    await world.client.update_status(job, status | {"uncountedTerminatedPods": {}})
    await world.settle()


async def status(world: World) -> dict[str, Any]:
    current: dict[str, Any] = (await world.client.get(kinds.CRON_JOB, "c", "default")).data().get("status", {})
    return current


async def job_names(world: World) -> list[str]:
    return [job.name for job in await world.all(kinds.JOB)]


async def test_each_minute_starts_a_job_named_after_it(running: World, clock: ManualClock) -> None:
    cron_job = await start(running)
    assert await job_names(running) == []
    await minutes(running, 2)
    jobs = await running.all(kinds.JOB)
    minute = int(clock.now()) // 60
    assert [job.name for job in jobs] == [f"c-{minute - 1}", f"c-{minute}"]
    newest = jobs[-1]
    scheduled = times.time(minute * 60)
    assert newest.meta.annotations == {"a": "b", "batch.kubernetes.io/cronjob-scheduled-timestamp": scheduled}
    assert newest.labels["app"] == "x"
    assert newest.meta.controller is not None
    assert newest.meta.controller.uid == cron_job.uid
    current = await status(running)
    assert current["lastScheduleTime"] == scheduled
    assert [active["name"] for active in current["active"]] == [job.name for job in jobs]
    assert f"SuccessfulCreate x1: Created job {newest.name}" in await running.events()


async def test_the_time_zone_is_that_of_the_schedule_and_of_the_annotation(running: World, clock: ManualClock) -> None:
    local = datetime.fromtimestamp(clock.now(), UTC)
    hour = (local.hour + 2) % 24
    await start(running, f"0 {(hour + 9) % 24} * * *", timeZone="Asia/Tokyo")
    await clock.advance(3 * HOUR)
    [job] = await running.all(kinds.JOB)
    stamp = job.meta.annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]
    assert stamp.endswith(f"T{(hour + 9) % 24:02}:00:00+09:00")


async def test_what_ends_leaves_the_active_jobs_and_is_noted(running: World) -> None:
    await start(running)
    await minutes(running, 1)
    [job] = await running.all(kinds.JOB)
    await end(running, job)
    current = await status(running)
    assert "active" not in current
    assert current["lastSuccessfulTime"] == times.time(running.clock.now())
    assert f"SawCompletedJob x1: Saw completed job: {job.name}, condition: Complete" in await running.events()


async def test_a_job_made_by_hand_counts_as_a_success_of_the_cron_job(running: World) -> None:
    cron_job = await start(running, "0 0 1 1 *")
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "c", "uid": cron_job.uid, "controller": True}
    job_spec = cron_job.data()["spec"]["jobTemplate"]["spec"]
    body = {"metadata": {"name": "by-hand", "ownerReferences": [owner]}, "spec": job_spec}
    job = await running.client.create(kinds.JOB, body, "default")
    await running.settle()
    message = "Saw a job that the controller did not create or forgot: by-hand"
    assert f"UnexpectedJob x1: {message}" in await running.events()
    await end(running, job)
    assert await status(running) == {"lastSuccessfulTime": times.time(running.clock.now())}


async def test_forbid_waits_for_the_job_before(running: World) -> None:
    await start(running, concurrencyPolicy="Forbid")
    await minutes(running, 3)
    [first] = await running.all(kinds.JOB)
    message = "Not starting job because prior execution is running and concurrency policy is Forbid"
    assert f"JobAlreadyActive x2: {message}" in await running.events()
    await end(running, first)
    assert len(await job_names(running)) == 2  # the minute that was missed starts as soon as it may


async def test_replace_deletes_the_job_before(running: World) -> None:
    await start(running, concurrencyPolicy="Replace")
    await minutes(running, 1)
    [first] = await job_names(running)
    await minutes(running, 1)
    [second] = await job_names(running)
    assert first != second
    assert [active["name"] for active in (await status(running))["active"]] == [second]
    assert f"SuccessfulDelete x1: Deleted job {first}" in await running.events()


async def test_only_so_many_finished_jobs_stay(running: World) -> None:
    await start(running, successfulJobsHistoryLimit=2, failedJobsHistoryLimit=0)
    started = []
    for type in ("Complete", "Complete", "Failed", "Complete"):
        await minutes(running, 1)
        [job] = [job for job in await running.all(kinds.JOB) if not job.data().get("status")]
        started.append(job.name)
        await end(running, job, type)
    assert await job_names(running) == [started[1], started[3]]


async def test_a_suspended_one_starts_nothing_and_catches_up_with_the_newest_time(running: World) -> None:
    cron_job = await start(running, suspend=True)
    await minutes(running, 5)
    assert await job_names(running) == []
    await running.merge(cron_job, {"spec": {"suspend": False}})
    await running.settle()
    assert await job_names(running) == [f"c-{int(running.clock.now()) // 60}"]


async def test_a_time_too_long_ago_is_missed(running: World, clock: ManualClock) -> None:
    cron_job = await start(running, "0 * * * *", suspend=True, startingDeadlineSeconds=60)
    await clock.advance(HOUR - clock.now() % HOUR + 600)
    await running.merge(cron_job, {"spec": {"suspend": False}})
    await running.settle()
    assert await job_names(running) == []
    await clock.advance(HOUR)
    assert len(await job_names(running)) == 1


async def test_a_new_schedule_does_not_start_times_of_before(running: World, clock: ManualClock) -> None:
    cron_job = await start(running, "0 0 1 1 *")
    await minutes(running, 3)
    await clock.advance(10)
    await running.merge(cron_job, {"spec": {"schedule": "* * * * *"}})
    await running.settle()
    assert await job_names(running) == []
    await minutes(running, 1)
    assert len(await job_names(running)) == 1


async def test_a_job_that_went_missing_is_active_no_more(running: World) -> None:
    await start(running, "@every 1h")
    await running.clock.advance(HOUR + 1)
    [job] = await running.all(kinds.JOB)
    await running.client.delete(kinds.JOB, job.name, "default")
    await running.settle()
    assert "active" not in await status(running)
    assert f"MissingJob x1: Active job went missing: {job.name}" in await running.events()


async def test_a_schedule_that_never_comes_is_told(running: World) -> None:
    await start(running, "0 0 31 2 *")
    message = "invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second"
    assert f"InvalidSchedule x1: {message}" in await running.events()


MINUTELY = schedules.parse("* * * * *")


@pytest.mark.parametrize(
    ("table", "now", "due"),
    [
        (Timetable(MINUTELY, UTC, 0.0), 59.0, Due(0.0)),
        (Timetable(MINUTELY, UTC, 0.0), 60.0, Due(0.0, 60.0)),
        (Timetable(MINUTELY, UTC, 30.0), 185.0, Due(30.0, 180.0, 3)),
        (Timetable(MINUTELY, UTC, 0.0), 60.0 * 500, Due(0.0, 60.0 * 500, 500)),
        (Timetable(MINUTELY, UTC, 0.0, deadline=90), 60.0 * 500, Due(60.0 * 498.5, 60.0 * 500, 2)),
        (Timetable(MINUTELY, UTC, 0.0, deadline=10), 60.0 * 500 + 30, Due(60.0 * 500 + 20)),
        (Timetable(schedules.parse("0 6-18/12 * * *"), UTC, 0.0), 5 * 86400.0, Due(0.0, 4 * 86400 + 18 * HOUR, 10)),
        (
            Timetable(schedules.parse("@every 7m"), UTC, 100.0),
            100.0 + 7 * 60 * 3 + 5,
            Due(100.0, 100.0 + 7 * 60 * 3, 3),
        ),
    ],
)
def test_what_is_due(table: Timetable, now: float, due: Due) -> None:
    assert table.due(now) == due


def test_the_next_look_comes_just_after_the_next_time() -> None:
    table = Timetable(MINUTELY, UTC, 0.0)
    assert table.next_look(30.0) == pytest.approx(30.1)
    assert table.next_look(70.0) == pytest.approx(50.1)
    assert table.next_look(60.0 * 400 + 10) == pytest.approx(50.1)
    with pytest.raises(InvalidSchedule):
        Timetable(schedules.parse("0 0 31 2 *"), UTC, 0.0).next_look(0.0)
