"""Scripts as people write them into manifests, and what they print and return."""

import pytest
from shell_container import Container

from k9lite.aio.clock import ManualClock
from k9lite.aio.tasks import TaskSet
from k9lite.engine.node.runtimes.simulated.images import simulated_image
from k9lite.engine.node.runtimes.simulated.process import SIGNALS


@pytest.mark.parametrize(
    ("script", "output", "code"),
    [
        ("echo hello", "hello\n", 0),
        ("echo one; echo two", "one\ntwo\n", 0),
        ("echo bye; exit 3", "bye\n", 3),
        ("echo $COLOR ${COLOR} '$COLOR' \"$COLOR\"", "blue blue $COLOR blue\n", 0),
        ("echo ${NONE:-default} ${COLOR:+set} ${#COLOR}", "default set 4\n", 0),
        ("f=a.tar.gz; echo ${f%.*} ${f%%.*} ${f#*.} ${f##*.}", "a.tar a tar.gz gz\n", 0),
        ("true && echo yes || echo no", "yes\n", 0),
        ("false && echo yes || echo no", "no\n", 0),
        ("! true; echo $?", "1\n", 0),
        ("if [ -f /etc/passwd ]; then echo there; else echo gone; fi", "there\n", 0),
        ("if test 1 -gt 2; then echo a; elif test 2 -gt 1; then echo b; fi", "b\n", 0),
        ("for i in 1 2 3; do echo $i; done", "1\n2\n3\n", 0),
        ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done", "1\n2\n3\n", 0),
        ("for i in 1 2 3; do [ $i = 2 ] && continue; [ $i = 3 ] && break; echo $i; done", "1\n", 0),
        ("case abc in a*) echo starts;; *) echo other;; esac", "starts\n", 0),
        ("echo $(echo inner | tr a-z A-Z)", "INNER\n", 0),
        ("echo `hostname`", "web-0\n", 0),
        ("echo 'a b' | wc -w", "2\n", 0),
        ("printf '%s-%03d\\n' x 7", "x-007\n", 0),
        ("echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f; wc -l < /tmp/f", "one\ntwo\n2\n", 0),
        ("cat <<EOF\nhi $COLOR\nEOF", "hi blue\n", 0),
        ("greet() { echo hi $1; return 4; }; greet you; echo $?", "hi you\n4\n", 0),
        ("(cd /tmp; pwd); pwd", "/tmp\n/\n", 0),
        ("set -- a 'b c'; for x in \"$@\"; do echo [$x]; done; echo $#", "[a]\n[b c]\n2\n", 0),
        ("set -e; false; echo never", "", 1),
        ("nope", "sh: 1: nope: not found\n", 127),
        ("nope 2>/dev/null || echo $?", "127\n", 0),
        ("echo to-stderr >&2", "to-stderr\n", 0),
        ("cat /missing", "cat: can't open '/missing': No such file or directory\n", 1),
        ("ls /missing", "ls: /missing: No such file or directory\n", 1),
        ("mkdir -p /a/b && touch /a/b/c && ls /a/b && rm -r /a && ls /a", "c\nls: /a: No such file or directory\n", 1),
        ("seq 5 | head -n 2; seq 5 | tail -n 1; seq 5 | grep -c 3", "1\n2\n5\n1\n", 0),
        ("yes | head -n 2", "y\ny\n", 0),
        ("exec echo replaced; echo never", "replaced\n", 0),
        ("trap 'echo leaving' EXIT; exit 5", "leaving\n", 5),
        ("sleep 2 & wait; echo done", "done\n", 0),
        ("kill -9 $$; echo the first process stays", "the first process stays\n", 0),
        ("sh -c 'kill -9 $$; echo never'; echo $?", "137\n", 0),
        ("/bin/kill -TERM 99", "kill: can't kill pid 99: No such process\n", 1),
        ("f() { local x=1; x=2; echo $x; }; x=9; f; echo $x", "2\n9\n", 0),
        ("f() { return 3; echo never; }; f; echo $?; return 4; echo never", "3\n", 4),
        ("break; for i in 1 2; do for j in 1 2; do echo $i$j; break 9; done; done", "11\n", 0),
        ("echo $((0x10)) $((010)) $((1 ? 5 : 6)) $((1==1 && 2>1))", "16 8 5 1\n", 0),
        ("set -o pipefail; false | true; echo $?", "1\n", 0),
        ("printf 'a\\nb\\n' | cat -n; seq 3 | tac", "     1\ta\n     2\tb\n3\n2\n1\n", 0),
        (
            "echo -n abc | base64; echo YWJj | base64 -d; echo -n abc | md5sum",
            "YWJj\nabc900150983cd24fb0d6963f7d28e17f72  -\n",
            0,
        ),
        ("expr 1 + 2 '*' 3; expr 5 '>' 7; expr abc : 'a\\(.*\\)'", "7\n0\nbc\n", 0),
        ("echo hello | sed 's/l/L/g; s/\\(h\\)e/[\\1&]/'", "[hhe]LLo\n", 0),
        (
            "seq 5 | sed -n -e '2,3p' -e '$p'; seq 3 | sed 2d; echo a1 | sed -E 's/[[:digit:]]+/#/'",
            "2\n3\n5\n1\n3\na#\n",
            0,
        ),
        ("echo k=v > /tmp/c; sed -i s/v/w/ /tmp/c; cat /tmp/c", "k=w\n", 0),
        ("echo a b | sed 's/'", "sed: unterminated s command\n", 1),
        ("seq 12 | grep -e '^1.' -e 3 | wc -l; echo a+b | grep 'a+b'; echo aab | grep -E 'a+b'", "4\na+b\naab\n", 0),
        (
            "head -c 5 /dev/urandom | wc -c; dd if=/dev/zero of=/tmp/z bs=1K count=2 2>/dev/null; wc -c < /tmp/z",
            "5\n2048\n",
            0,
        ),
        ("tr -dc a-z0-9 < /dev/urandom | head -c 12 | grep -cE '^[a-z0-9]{12}$'; echo a1b2 | tr -cd 0-9", "1\n12", 0),
        ("sleep 9 & sleep 8 & pgrep sleep | wc -l; pkill sleep; wait; pidof sleep || echo none", "2\nnone\n", 0),
        (
            "killall -0 sleep; sleep 5 & killall -0 sleep && echo there; nohup echo on",
            "there\non\nkillall: sleep: no process killed\n",
            0,
        ),
        ("f=$(mktemp); test -f $f && which sh; which nothing", "/bin/sh\n", 1),
        ("export A=1; env | grep ^A=", "A=1\n", 0),
        ("A=2 printenv A", "2\n", 0),
        ("timeout 1 sleep 10; echo $?", "143\n", 0),
        ("echo a b c | cut -d' ' -f2", "b\n", 0),
        ("x=5; x=$((x*2+1)); echo $x; echo $((7/2)) $((7%2)) $((1<2))", "11\n3 1 1\n", 0),
        ("if", 'sh: 1: Syntax error: end of file unexpected (expecting "then")\n', 2),
        ("echo 'open", "sh: 1: Syntax error: Unterminated quoted string\n", 2),
        ("wget -qO- 127.244.1.9", "wget: can't connect to remote host (127.244.1.9): Connection refused\n", 1),
        ("wget -qO- http://nowhere", "wget: bad address 'nowhere'\n", 1),
        ("curl -s http://nowhere; echo $?", "6\n", 0),
    ],
)
async def test_scripts(script: str, output: str, code: int, container: Container) -> None:
    assert await container.run(script) == (output, code)


@pytest.mark.parametrize(
    ("script", "output", "code"),
    [
        ("[[ -n $COLOR && ( -e /etc/passwd || -e /nope ) ]] && echo both", "both\n", 0),
        (
            "x='a b'; [[ $x == a* ]] && echo fits; [[ $x != \"a*\" ]] && echo differs; [[ b > a && 2 -lt 10 ]]",
            "fits\ndiffers\n",
            0,
        ),
        ("[[ web-12 =~ -([0-9]+)$ ]] && echo ${BASH_REMATCH[1]} || exit 1", "12\n", 0),
        ("if [[ ! -d /nope ]]; then echo none; fi; [[ a == b ]]", "none\n", 1),
        ("[[ a", 'bash: line 1: syntax error: unexpected end of file (expecting "]]")\n', 2),
        ("i=0; ((i++)); (( i > 5 )) || echo $i $((2**10))", "1 1024\n", 0),
        ("for ((i=0; i<5; i++)); do ((i == 1)) && continue; ((i == 3)) && break; echo $i; done", "0\n2\n", 0),
        ("((echo nested); echo subshells)", "nested\nsubshells\n", 0),
        ("for i in {1..3}; do echo -n $i; done; echo a{b,c}d '{1..2}'", "123abd acd {1..2}\n", 0),
        ("function hi { echo hi $1; }; hi you; function ho() { echo ho; }; ho", "hi you\nho\n", 0),
        ("cat <<< \"here $COLOR\"; read a b <<< '1 2'; echo $b", "here blue\n2\n", 0),
        ("x=Hello; echo ${x,,} ${x^^} ${x:1:3} ${x: -2} ${x/l/_} ${x//l/_}", "hello HELLO ell lo He_lo He__o\n", 0),
        (
            'a=(x \'y z\' w); echo ${a[1]} ${#a[@]} ${a[-1]} $a; for i in "${a[@]}"; do echo "<$i>"; done; '
            "echo ${!a[@]}",
            "y z 3 w x\n<x>\n<y z>\n<w>\n0 1 2\n",
            0,
        ),
        (
            "a=(1 2); a+=(3); a[5]=6; i=1; a[$i]=9; a[i+2]+=0; unset 'a[0]'; echo ${a[@]} ${!a[*]}; unset a; "
            "echo ${#a[@]}",
            "9 3 0 6 1 2 3 5\n0\n",
            0,
        ),
        (
            "declare -A m=([one]=1 [two]=2); m[three]=3; echo ${m[two]} ${#m[@]} ${!m[@]}; "
            "local_() { local -a l=(a b); echo ${l[1]}; };"
            " local_; a=($(seq 3)); echo ${a[2]}; x=(); echo ${#x[@]}",
            "2 3 one two three\nb\n3\n0\n",
            0,
        ),
        (
            'cat <(echo one) <(echo two); while read l; do echo "got $l"; done < <(seq 2); n=COLOR; echo ${!n}',
            "one\ntwo\ngot 1\ngot 2\nblue\n",
            0,
        ),
        ("let n=5+2; readonly m=4; echo $n $m; (( RANDOM < 32768 )) && echo $'a\\tb'", "7 4\na\tb\n", 0),
    ],
)
async def test_what_bash_adds(script: str, output: str, code: int, container: Container) -> None:
    assert await container.run(script, shell="bash") == (output, code)


def test_small_images_have_no_bash() -> None:
    found = {name: simulated_image(name).find("bash") is not None for name in ("nginx", "busybox", "redis:7-alpine")}
    assert found == {"nginx": True, "busybox": False, "redis:7-alpine": False}


@pytest.mark.parametrize(
    ("server", "asked", "answer"),
    [
        ("echo welcome | nc -l -p 7000", "nc localhost 7000 </dev/null; nc -z localhost 7000", "welcome\n"),
        ("nc -lk -p 7000 -e cat", "echo one | nc localhost 7000; echo two | nc localhost 7000", "one\ntwo\n"),
        (
            "while true; do printf 'HTTP/1.1 200 OK\\r\\n\\r\\nhi' | nc -l -p 7000; done",
            "wget -qO- localhost:7000; sleep 1; wget -qO- localhost:7000",
            "hihi",
        ),
    ],
)
async def test_netcat_listens(server: str, asked: str, answer: str, container: Container, clock: ManualClock) -> None:
    container.start("sh", "-c", f"{server} >/dev/null")
    await clock.advance(1)
    output, _ = await container.run(asked)
    assert output.startswith(answer)


@pytest.mark.parametrize(
    ("image", "server", "client", "said", "missing"),
    [
        (
            "redis:7",
            ("redis-server", "--appendonly", "yes"),
            "redis-cli ping",
            "PONG\n",
            "Could not connect to Redis at localhost:6379: Connection refused\n",
        ),
        (
            "postgres",
            ("docker-entrypoint.sh", "postgres"),
            "pg_isready -U postgres -h 127.0.0.1",
            "127.0.0.1:5432 - accepting connections\n",
            "127.0.0.1:5432 - no response\n",
        ),
        (
            "mysql:8",
            ("mysqld",),
            "mysqladmin ping -h localhost",
            "mysqld is alive\n",
            "mysqladmin: connect to server at 'localhost' failed\n"
            "error: 'Can't connect to MySQL server on 'localhost:3306' (111)'\n",
        ),
    ],
)
async def test_clients_ask_their_servers(
    image: str, server: tuple[str, ...], client: str, said: str, missing: str, clock: ManualClock, tasks: TaskSet
) -> None:
    container = Container(clock, tasks, image)
    code = await container.run(client)
    assert code[0] == missing
    assert code[1] != 0
    container.output.clear()
    container.errors.clear()
    container.start(*server)
    await clock.advance(1)
    assert await container.run(client) == (said, 0)


@pytest.mark.parametrize(
    ("image", "script", "output", "code"),
    [
        (
            "perl:5.34.0",
            "perl -Mbignum=bpi -wle 'print bpi(50)'",
            "3.1415926535897932384626433832795028841971693993751\n",
            0,
        ),
        ("python", "python3 -m http.server 7000 & sleep 1; echo hi > f; wget -qO- localhost:7000/f", "hi\n", 0),
        ("python", "python app.py", "python: can't open file 'app.py': No such file or directory\n", 2),
        ("node", "node </dev/null", "", 0),
        (
            "nginx",
            "seq one; echo $?; head -n x /etc/passwd",
            "1\nseq: invalid floating point argument: 'one'\nhead: invalid argument\n",
            1,
        ),
    ],
)
async def test_what_images_run(
    image: str, script: str, output: str, code: int, clock: ManualClock, tasks: TaskSet
) -> None:
    assert await Container(clock, tasks, image).run(script) == (output, code)


async def test_nginx_is_told_to_end(container: Container, clock: ManualClock) -> None:
    server = container.start("nginx", "-g", "daemon off;")
    await clock.advance(1)
    assert await container.run("nginx -s quit") == ("", 0)
    assert server.exit_code == 0


async def test_tee_does_not_wait_for_the_end(container: Container, clock: ManualClock) -> None:
    container.start("sh", "-c", "while true; do echo more; sleep 1; done | tee /tmp/log")
    await clock.advance(2.5)
    assert container.output == container.machine.files.read("/tmp/log") == b"more\nmore\nmore\n"


async def test_reads_commands_from_its_input(container: Container, clock: ManualClock) -> None:
    process = container.start("sh", stdin=b"echo a\nfor i in 1 2\ndo echo $i\ndone\nread x\nvalue\necho $x\n")
    await clock.advance(1)
    assert container.output.decode() == "a\n1\n2\nvalue\n"
    assert process.exit_code == 0


async def test_the_first_process_ignores_signals_it_does_not_handle(container: Container, clock: ManualClock) -> None:
    process = container.start("sh", "-c", "sleep 1000")
    await clock.advance(1)
    for name in ("TERM", "KILL"):  # from inside; what the runtime sends is another matter
        process.kill(SIGNALS[name])
        await clock.advance(1)
        assert process.exit_code is None


async def test_a_trap_runs_when_the_command_before_it_ends(container: Container, clock: ManualClock) -> None:
    process = container.start("sh", "-c", "trap 'echo got it; exit 7' TERM; while true; do sleep 1; done")
    await clock.advance(2.5)
    process.kill(SIGNALS["TERM"])
    assert process.exit_code is None
    await clock.advance(1)
    assert (container.output.decode(), process.exit_code) == ("got it\n", 7)


async def test_wait_ends_with_a_trapped_signal(container: Container, clock: ManualClock) -> None:
    process = container.start("sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait")
    await clock.advance(1)
    process.kill(SIGNALS["TERM"])
    await clock.advance(0.1)
    assert process.exit_code == 0


async def test_serves_and_fetches(container: Container, clock: ManualClock) -> None:
    serving = "echo hello > /tmp/index.html; httpd -p 8080 -h /tmp"
    script = f"{serving}; wget -qO- http://localhost:8080/; curl -s localhost:8080/x -o /dev/null -w '%{{http_code}}'"
    assert await container.run(script) == ("hello\n404", 0)


async def test_an_archive_goes_through_a_pipe(container: Container, clock: ManualClock) -> None:
    script = "mkdir /d /e; echo 1 > /d/a; tar cf - -C / d | tar xf - -C /e; cat /e/d/a"
    assert await container.run(script) == ("1\n", 0)


def test_images_without_a_shell_have_no_commands() -> None:
    assert simulated_image("traefik/whoami").find("sh") is None
    assert simulated_image("busybox").find("/bin/sh") is not None
    assert simulated_image("busybox").find("curl") is None


@pytest.mark.parametrize(
    ("image", "argv", "message"),
    [
        ("busybox", ["sh", "-c", "true\nnope"], "sh: nope: not found\n"),
        ("alpine:3.20", ["/bin/sh", "-c", "nope"], "/bin/sh: nope: not found\n"),
        ("busybox", ["sh", "/tmp/s"], "/tmp/s: line 2: nope: not found\n"),
        ("nginx", ["/bin/sh", "-c", "true\n\nnope"], "/bin/sh: 3: nope: not found\n"),
        ("nginx", ["sh", "-c", "echo )"], 'sh: 1: Syntax error: ")" unexpected\n'),
        ("debian", ["bash", "-c", "true; nope"], "bash: line 1: nope: command not found\n"),
        ("busybox", ["/bin/sh", "-c", "cd /none"], "/bin/sh: cd: can't cd to /none: No such file or directory\n"),
        ("busybox", ["/bin/sh", "-c", "echo > /none/x"], "/bin/sh: can't create /none/x: nonexistent directory\n"),
    ],
)
async def test_messages_begin_as_those_of_the_shell(
    image: str, argv: list[str], message: str, clock: ManualClock, tasks: TaskSet
) -> None:
    container = Container(clock, tasks, image)
    container.machine.files.write("/tmp/s", b"true\nnope\n")
    container.start(*argv)
    await clock.advance(1)
    assert container.errors.decode() == message
