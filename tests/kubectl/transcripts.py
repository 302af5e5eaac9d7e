"""Reads transcripts of kubectl sessions with a real Kubernetes, and what may differ between two runs of them."""

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "transcripts"
LETTERS = "bcdfghjklmnpqrstvwxz2456789"  # of generated names

# Everything that is different in every run, in this order.
VOLATILE = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
        (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UID"),
        (r"(resourceVersion\"?: )\"?\d+\"?", r"\1RV"),
        (rf"-[{LETTERS}]{{6,10}}-[{LETTERS}]{{5}}\b", "-HASH-RAND"),
        (rf"-(?=[a-z]*\d)[{LETTERS}]{{8,10}}\b", "-HASH"),
        (rf"(pod-template-hash[=:\"]+ ?\"?)[{LETTERS}]{{6,10}}", r"\1HASH"),
        (r"\b(10|127|192|172|100)(\.\d{1,3}){3}\b", "IP"),
        (r"\b(hollow-\d+|k9lite[a-z0-9-]*)\b", "NODE"),
        (r"(containerID|imageID|Container ID|Image ID)(\"?): .*", r"\1\2: ID"),
        (rf"kube-api-access-[{LETTERS}]{{5}}", "kube-api-access-RAND"),
        (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "TIME"),
        (r"(?<![\w.-])(\d+d)?(\d+h)?(\d+m)?\d+s( ago)?(?![\w.-])", "AGE"),
        (r"AGE \(x\d+ over AGE\)", "AGE"),
        (r"\S*/(LIVE|MERGED)-\d+/", r"\1/"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}", "TIME"),
    )
]
COLUMNS = re.compile(r"(?<=\S)[ \t]{2,}")


@dataclass
class Step:
    """A command, and what a Kubernetes answered, line by line; the last line is `exit N` where it failed."""

    command: str
    answer: list[str] = field(default_factory=list)


@dataclass
class Transcript:
    """`files` are in the folder where the commands run."""

    name: str
    files: dict[str, str]
    steps: list[Step]


def read(path: Path) -> Transcript:
    """`> NAME` opens a file that ends at `<`; `$ ` starts a step; `#` is a comment."""
    files: dict[str, str] = {}
    steps: list[Step] = []
    lines = iter(path.read_text().splitlines())
    for line in lines:
        if line.startswith("> "):
            body = []
            while (text := next(lines)) != "<":
                body.append(text)
            files[line[2:].strip()] = "\n".join(body) + "\n"
        elif line.startswith("$ "):
            steps.append(Step(line[2:]))
        elif line.strip() and not line.startswith("#") and steps:
            steps[-1].answer.append(line)
    return Transcript(path.name, files, steps)


def normalised(text: str, namespace: str) -> list[str]:
    """The lines of an answer without what is different in every run."""
    text = text.replace(namespace, "NAMESPACE")
    for pattern, replacement in VOLATILE:
        text = pattern.sub(replacement, text)
    lines = (COLUMNS.sub("  ", line.rstrip().expandtabs()) for line in text.splitlines())
    return [line for line in lines if line.strip()]


def worded_otherwise() -> set[tuple[str, str, str]]:
    """(kubectl's minor version, transcript, command) of steps that the older client itself words differently."""
    lines = (FOLDER / "client-wording.txt").read_text().splitlines()
    rows = (line.split(" | ") for line in lines if line.strip() and not line.startswith("#"))
    return {(version, name, command) for version, name, command in rows}
