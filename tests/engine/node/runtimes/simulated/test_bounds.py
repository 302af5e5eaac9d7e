"""No container takes more of the process than it may: processor, memory, processes, disk, output."""

import asyncio

import pytest
from shell_container import Container

from k9lite.aio.clock import ManualClock
from k9lite.aio.tasks import TaskSet
from k9lite.engine.node.runtimes.simulated.files import MOST_BYTES, MOST_FILES
from k9lite.engine.node.runtimes.simulated.logs import KEPT, KEPT_BYTES, LogBuffer
from k9lite.engine.node.runtimes.simulated.machine import MOST_PROCESSES
from k9lite.engine.node.runtimes.simulated.memory import MOST_MEMORY, Memory
from k9lite.engine.node.runtimes.simulated.processor import BURST, SLICE, STEPS_PER_SECOND, CpuTime, Processor

LARGEST_STEP = 64  # steps that are counted in one go
BURNING = [
    "while :; do :; done",
    "seq 1 1000000000 > /dev/null",
    "yes > /dev/null",
    "cat /dev/zero > /dev/null",
    "yes | grep -E '(y+)+$' > /dev/null",
    "while true; do echo $((9**9)); done",
    "f() { f; }; while :; do (f); done",
    "for i in $(seq 1 100000); do [ $i = x ]; done",
    "echo {1..1000000000}",
    "sort /dev/urandom | uniq -c",
]


async def test_ten_that_burn_leave_every_turn_of_the_loop_to_others(clock: ManualClock, tasks: TaskSet) -> None:
    processor = Processor()
    containers = [Container(clock, tasks) for _ in BURNING]
    for container, script in zip(containers, BURNING, strict=True):
        container.machine.cpu = CpuTime(processor, clock)
        container.start("bash", "-c", script)
    longest = before = 0

    async def watch() -> None:
        """Runs once a turn of the loop, as everything else that is ready."""
        nonlocal longest, before
        while True:
            spent = sum(container.machine.cpu.total for container in containers)
            longest, before = max(longest, spent - before), spent
            await asyncio.sleep(0)

    watching = asyncio.ensure_future(watch())
    for _ in range(2_000):
        await asyncio.sleep(0)
    watching.cancel()
    assert before > 10 * SLICE  # they do work
    assert longest <= 2 * (SLICE + LARGEST_STEP)


async def test_who_burns_goes_on_at_a_steady_pace(container: Container, clock: ManualClock) -> None:
    container.start("sh", "-c", "while :; do :; done")
    await clock.advance(0)
    assert container.machine.cpu.total <= BURST + SLICE + LARGEST_STEP
    before = container.machine.cpu.total
    await clock.advance(1)
    assert container.machine.cpu.total - before == pytest.approx(STEPS_PER_SECOND, rel=0.05)


async def test_a_limit_makes_it_slower(container: Container, clock: ManualClock) -> None:
    container.machine.cpu.limit = 0.1
    container.start("sh", "-c", "while :; do :; done")
    await clock.advance(1)
    assert container.machine.cpu.total == pytest.approx(BURST + STEPS_PER_SECOND / 10, rel=0.1)


@pytest.mark.parametrize(
    "script",
    [
        "x=abcdefgh; while true; do x=$x$x; done",
        "sort /dev/urandom",
        "printf '%300000000d' 1",
        "printf '%*d' 99999999 1",
        "x=$(cat /dev/zero | tr '\\0' a)",
        "echo {1..1000000000}",
        "echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{1..9999999}",
        "while true; do eval x$((i++))=aaaaaaaaaaaaaaaaaaaa; done",
        "tail -n +1 -c 99 /dev/zero",
        "grep x /dev/zero",
        "sed -e ':a' -e 'N' -e 'ba' /dev/zero",
        "yes | sed -e ':a' -e 's/.*/&&/' -e 'ta'",
        'set -- a; while :; do set -- "$@" "$@"; done',
    ],
)
async def test_who_wants_too_much_memory_is_ended(script: str, container: Container, clock: ManualClock) -> None:
    container.machine.memory = Memory(256 * 1024, container.exhaust)
    process = container.start("bash", "-c", script)
    await clock.advance(60)
    assert (container.out_of_memory, process.exit_code) == (True, 137)


async def test_without_a_limit_there_is_one_all_the_same(container: Container, clock: ManualClock) -> None:
    process = container.start("sh", "-c", "x=abcdefgh; while true; do x=$x$x; done")
    await clock.advance(10)
    assert (container.out_of_memory, process.exit_code) == (True, 137)
    assert MOST_MEMORY < 32 * 1024**2


@pytest.mark.parametrize(
    ("shell", "script", "message"),
    [
        ("ash", "while :; do sleep 1000 & done", "ash: can't fork: Resource temporarily unavailable\n"),
        ("sh", "f() { f | f & }; f; sleep 1", "sh: 1: Cannot fork\n"),
        ("bash", "while :; do sleep 1000 & done", "bash: fork: retry: Resource temporarily unavailable\n"),
        ("bash", "while :; do sleep 1000 & done", "bash: fork: Resource temporarily unavailable\n"),
    ],
)
async def test_processes_are_counted(
    shell: str, script: str, message: str, container: Container, clock: ManualClock
) -> None:
    container.start(shell, "-c", script)
    await clock.advance(20 if shell == "bash" else 2)
    assert message in container.errors.decode()
    assert len(container.machine.processes) + container.machine.forks <= MOST_PROCESSES


async def test_calls_in_calls_end(container: Container) -> None:
    assert await container.run("f() { f; }; (f); echo $?; g() { [ $1 = 0 ] || g $(($1 - 1)); }; g 200; echo deep") == (
        "139\ndeep\n",
        0,
    )


async def test_a_disk_gets_full(container: Container) -> None:
    output, code = await container.run("yes > /tmp/f; echo $?; rm /tmp/f; echo on > /tmp/f; cat /tmp/f")
    assert (output, code) == ("1\non\nyes: No space left on device\n", 0)
    assert container.machine.files.size < MOST_BYTES


async def test_a_disk_has_so_many_files(container: Container) -> None:
    for number in range(MOST_FILES):
        container.machine.files.write(f"/tmp/{number}", b"")
    assert await container.run("touch /tmp/0 /tmp/more") == ("touch: /tmp/more: No space left on device\n", 1)


async def test_a_log_keeps_so_many_lines_and_bytes(clock: ManualClock) -> None:
    logs = LogBuffer(clock)
    for _ in range(3):
        logs.write(b"\n" * KEPT)
    assert (len(logs.lines), logs.dropped) == (KEPT, 2 * KEPT)
    for _ in range(KEPT_BYTES // 10_000 + 10):
        logs.write(b"x" * 9_999 + b"\n")
    assert sum(len(line.text) for line in logs.lines) <= KEPT_BYTES


@pytest.mark.parametrize(
    ("script", "output"),
    [
        (
            "echo $((9223372036854775807 + 1)) $((1 << 63)) $((-7 / 2)) $((-7 % 2))",
            "-9223372036854775808 -9223372036854775808 -3 -1\n",
        ),
        ("echo $((2 ** 62)) $((3 ** 50)) $((9 ** 9 ** 2)) $((0 && 1 / 0))", "4611686018427387904 {} {} 0\n"),
    ],
)
async def test_numbers_have_64_bits(script: str, output: str, container: Container) -> None:
    def wrapped(value: int) -> int:
        return (value + 2**63) % 2**64 - 2**63

    assert await container.run(script) == (output.format(wrapped(3**50), wrapped(9 ** (9**2))), 0)


async def test_all_processes_end_with_their_container(container: Container, clock: ManualClock) -> None:
    container.start("sh", "-c", "for i in $(seq 50); do sleep 1000 & done; wait")
    await clock.advance(1)
    assert len(container.machine.processes) == 101  # the shell, and for each job a shell of its own with its sleep
    await container.machine.end(137)
    await clock.advance(0)
    assert not container.machine.processes
