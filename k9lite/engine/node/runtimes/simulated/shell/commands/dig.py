"""dig: questions to the name server, and the answers as BIND prints them."""

from typing import Final, NamedTuple

from k9lite.api import dns
from k9lite.engine.node.runtimes.simulated.process import Process

TAB: Final = 8
COLUMNS: Final = (24, 32, 40, 48)  # where the time to live, class, type and data of a record begin
TYPES: Final[dict[str, dns.Type]] = {"A": "A", "AAAA": "AAAA", "CNAME": "CNAME", "SRV": "SRV", "PTR": "PTR"}
EMPTY_TYPES: Final = ("TXT", "MX", "NS", "SOA", "ANY")  # of these the cluster's server has no records
SECTIONS: Final = ("cmd", "comments", "question", "answer", "authority", "additional", "stats")
WITH_ARGUMENT: Final = "bcfkpy"


class Question(NamedTuple):
    """type: as typed, in capitals."""

    name: str
    type: str


class Request(NamedTuple):
    """A command line of dig. sections: the parts of the answer that are printed."""

    questions: tuple[Question, ...]
    sections: frozenset[str]
    short: bool
    search: bool


def parse(argv: list[str]) -> Request:
    """The request of `argv`, without the command. A word that is no option, type or class is a name."""
    sections, switches = set(SECTIONS), {"short": False, "search": False}
    questions: list[Question] = []
    default_type = ""
    words = list(argv)
    while words:
        word = words.pop(0)
        if word.startswith("+"):
            _switch(word[1:].lower(), sections, switches)
        elif word in ("-x", "-t", "-q") and words:
            value = words.pop(0)
            if word == "-t":
                default_type = _typed(questions, value.upper()) or default_type
            else:
                questions.append(Question(dns.pointer(value), "PTR") if word == "-x" else Question(value, ""))
        elif word.startswith("-"):
            if word[1:] in WITH_ARGUMENT and words:
                words.pop(0)
        elif word.upper() in TYPES or word.upper() in EMPTY_TYPES:
            default_type = _typed(questions, word.upper()) or default_type
        elif word.upper() != "IN" and not word.startswith("@"):
            questions.append(Question(word, ""))
    typed = [Question(name, type or default_type or "A") for name, type in questions or [Question(".", "NS")]]
    return Request(tuple(typed), frozenset(sections), switches["short"], switches["search"])


def _typed(questions: list[Question], type: str) -> str:
    """Give the type to the last name that has none; the type itself if there is no such name yet."""
    if questions and not questions[-1].type:
        questions[-1] = questions[-1]._replace(type=type)
        return ""
    return type


def _switch(option: str, sections: set[str], switches: dict[str, bool]) -> None:
    name, on = (option.removeprefix("no"), not option.startswith("no"))
    if name == "all":
        sections.clear()
        sections.update(SECTIONS if on else ())
    elif name in SECTIONS:
        (sections.add if on else sections.discard)(name)
    elif name in switches:
        switches[name] = on


def line(name: str, ttl: str, type: str, data: str) -> str:
    """A record in BIND's columns.

    >>> line("a.b.", "30", "A", "10.0.0.1")
    'a.b.\\t\\t\\t30\\tIN\\tA\\t10.0.0.1'
    """
    text, width = name, len(name)
    for column, field in zip(COLUMNS, (ttl, "IN", type, data), strict=True):
        if field:
            gap = "\t" * (column // TAB - width // TAB) if width < column else " "
            width = max(column, width + 1) + len(field)
            text += gap + field
    return text


async def dig(process: Process) -> int:
    """Ask the cluster's name server. The exit code is 0 whatever it answers; names of no cluster are NXDOMAIN."""
    request = parse(process.argv[1:])
    resolver = process.machine.resolver()
    server = next((word[1:] for word in process.argv[1:] if word.startswith("@")), next(iter(resolver.servers), ""))
    if "cmd" in request.sections and not request.short:
        await process.say(f"\n; <<>> DiG 9.18 <<>> {' '.join(process.argv[1:])}\n;; global options: +cmd\n")
    for question in request.questions:
        await process.say(_answer(process, request, question, server))
    return 0


def _answer(process: Process, request: Request, question: Question, server: str) -> str:
    """The text of the answer to a question: the records alone where `request` is short."""
    absolute = question.name.rstrip(".") + "."
    name = question.name if request.search else absolute
    type = TYPES.get(question.type)
    reply = process.machine.lookup(name, type) if type else process.machine.lookup(name, "A")
    records = reply.records if type else ()
    if request.short:
        return "".join(f"{record.data}\n" for record in records)
    full_name = f"{records[0].name.rstrip('.')}." if records else absolute
    parts = []
    if "comments" in request.sections:
        parts.append(
            f";; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: {reply.status}, id: {process.pid}\n"
            f";; flags: qr aa rd; QUERY: 1, ANSWER: {len(records)}, AUTHORITY: 0, ADDITIONAL: 0\n\n"
        )
    if "question" in request.sections:
        heading = ";; QUESTION SECTION:\n" if "comments" in request.sections else ""
        parts.append(f"{heading}{line(f';{full_name}', '', question.type, '')}\n\n")
    if "answer" in request.sections and records:
        heading = ";; ANSWER SECTION:\n" if "comments" in request.sections else ""
        lines = [
            line(f"{record.name.rstrip('.')}.", str(dns.TTL_SECONDS), record.type, record.data) for record in records
        ]
        parts.append(heading + "".join(f"{text}\n" for text in lines) + ("\n" if heading else ""))
    if "stats" in request.sections:
        parts.append(f";; Query time: 0 msec\n;; SERVER: {server}#53({server}) (UDP)\n\n")
    return "".join(parts)
