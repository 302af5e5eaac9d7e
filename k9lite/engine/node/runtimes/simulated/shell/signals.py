"""Signals by name and number, and who gets them."""

from collections.abc import Sequence

from k9lite.engine.node.runtimes.simulated.machine import Machine
from k9lite.engine.node.runtimes.simulated.process import SIGNALS, Process


def signal_number(name: str) -> int | None:
    """EXIT is 0."""
    plain = name.upper().removeprefix("SIG")
    if plain.isdigit():
        return int(plain)
    return 0 if plain == "EXIT" else SIGNALS.get(plain)


def send(machine: Machine, words: Sequence[str]) -> str:
    """Do what the arguments of a `kill` ask for; what is wrong with them, else nothing."""
    pids, number = list(words), SIGNALS["TERM"]
    if pids and pids[0] == "-s":
        pids = ["-" + "".join(pids[1:2]), *pids[2:]]
    if pids and pids[0].startswith("-"):
        found = signal_number(pids.pop(0)[1:])
        if found is None:
            return "kill: invalid signal"
        number = found
    for pid in pids:
        target = machine.processes.get(int(pid)) if pid.isdigit() else None
        if target is None:
            return f"can't kill pid {pid}: No such process"
        if number and isinstance(target, Process):
            target.kill(number)
    return ""
