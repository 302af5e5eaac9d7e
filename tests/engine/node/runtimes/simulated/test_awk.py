"""awk programs, with what awk on Debian (mawk) prints for the same input."""

import pytest
from shell_container import Container

from k9lite.aio.clock import ManualClock

LINES = b"root x 10\nbob y 20.5\n\nalice z abc 7\nbob w -3 a:b:c\n"


@pytest.mark.parametrize(
    ("program", "output", "code"),
    [
        ("{print $2}", "x\ny\n\nz\nw\n", 0),
        ("NR==2; END{print NR, $1, NF}", "bob y 20.5\n5 bob 4\n", 0),
        (
            '/bob/{n++; s+=$3} END{printf "%d %.2f|%5s|%-3s|%03d %x %c\\n", n, s, "ab", "c", 7, 255, 65}',
            "2 17.50|   ab|c  |007 ff A\n",
            0,
        ),
        ('NR==2,/alice/{print NR":"NF}', "2:3\n3:0\n4:4\n", 0),
        ('$3>15{print $1; next} !NF{next} {print "-"}', "-\nbob\nalice\n-\n", 0),
        (
            '{n=gsub(/[aeiou]/,"<&>"); if (n) print n, $0; sub("^b", "B\\\\&")} $1 ~ /^B/ {print $1}',
            "2 r<o><o>t x 10\n1 b<o>b y 20.5\nB&<o>b\n4 <a>l<i>c<e> z <a>bc 7\n2 b<o>b w -3 <a>:b:c\nB&<o>b\n",
            0,
        ),
        (
            'BEGIN{OFS="-"} NR<3{$1=$1; print; $5="new"; print; NF=2; print}',
            "root-x-10\nroot-x-10--new\nroot-x\nbob-y-20.5\nbob-y-20.5--new\nbob-y\n",
            0,
        ),
        ('{a[$1]=a[$1] $2} END{for (k in a) print k":"a[k] | "sort"}', ":\nalice:z\nbob:yw\nroot:x\n", 0),
        (
            "BEGIN{a[1,2]=3; if ((1,2) in a) for (k in a) {split(k,p,SUBSEP); print p[2]} delete a[1,2]; print length(a)}",
            "2\n0\n",
            0,
        ),
        ("function f(n) {return n<2 ? 1 : n*f(n-1)} BEGIN{print f(10), f(20)}", "3628800 2432902008176640000\n", 0),
        ('function fill(a,  i) {for (i=0; i<3; i++) a[i]=i*i} BEGIN{fill(x); print x[2], i ""}', "4 \n", 0),
        (
            'BEGIN{print 1/3, 1e6, 1e20, -7%3, 2^3^2, -2^2, 1==1.0, "10"<"9", 10<9, "a" 1+1}',
            "0.333333 1000000 1e+20 -1 512 -4 1 1 0 a2\n",
            0,
        ),
        ('BEGIN{print substr("hello",2,3) substr("h",0) toupper("b") match("foo",/o+/) RLENGTH}', "ellhB22\n", 0),
        (
            'BEGIN{while (("echo a; echo b" | getline line) > 0) print "got " line; print system("exit 3")}',
            "got a\ngot b\n3\n",
            0,
        ),
        ('BEGIN{while ((getline line < "/etc/passwd") > 0) n++; print n; print (getline x < "/none")}', "2\n-1\n", 0),
        ('{print > "/tmp/out"} END{close("/tmp/out"); while ((getline < "/tmp/out") > 0) n++; print n}', "5\n", 0),
        (
            'BEGIN{do i++; while (i<3); while (1) {if (++j>4) break; if (j==2) continue; printf "%s,", j}; print i}',
            "1,3,4,3\n",
            0,
        ),
        ('BEGIN{RS=""} {print NR": "$1" "NF}', "1: root 6\n2: alice 8\n", 0),
        ('BEGIN{n=split("a.b.c",p,"."); for (i=n; i>0; i--) printf "%s%s", p[i], (i>1 ? "-" : "\\n")}', "c-b-a\n", 0),
        ('BEGIN{exit 3} END{print "end"}', "end\n", 3),
        ("BEGIN{print 1 +", "awk: syntax error at or near end of program\n", 2),
        ("BEGIN{nosuch()}", "awk: calling undefined function nosuch\n", 2),
        ("{print $(-1)}", "awk: access to field -1\n", 2),
        ("BEGIN{print 1/0}", "awk: division by zero\n", 2),
    ],
)
async def test_programs(program: str, output: str, code: int, container: Container, clock: ManualClock) -> None:
    process = container.start("awk", program, stdin=LINES)
    await clock.advance(5)
    assert ((container.output + container.errors).decode(), process.exit_code) == (output, code)


async def test_options_and_files(container: Container) -> None:
    script = (
        "printf 'a:1\\nb:2\\n' > /tmp/f; echo '{s += $2} END {print s, who}' > /tmp/p.awk; "
        "awk -F: -v who=me -f /tmp/p.awk /tmp/f; awk '{print v, FILENAME, FNR}' v=1 /tmp/f v=2 /tmp/f | tail -n 1; "
        "awk 1 /none; echo $?"
    )
    assert await container.run(script) == ("3 me\n2 /tmp/f 2\n2\nawk: /none: No such file or directory\n", 0)


@pytest.mark.parametrize(
    "program",
    [
        'BEGIN{x="a"; while (1) x=x x}',
        "BEGIN{while (1) a[i++]=i}",
        'BEGIN{printf "%300000000d", 1}',
        'BEGIN{while (1) $0=$0 "abcdefghijklmnop" $0}',
        'BEGIN{x=sprintf("%9999s", ""); while (1) gsub(/ /, "  ", x)}',
    ],
)
async def test_memory_is_bounded(program: str, container: Container, clock: ManualClock) -> None:
    container.machine.memory.limit = 256 * 1024
    process = container.start("awk", program)
    await clock.advance(20)
    assert (container.out_of_memory, process.exit_code) == (True, 137)


async def test_endless_programs_take_turns(container: Container, clock: ManualClock) -> None:
    process = container.start("awk", "function f() {f()} BEGIN{f()}")
    await clock.advance(2)
    assert process.exit_code == 139
    process = container.start("awk", "BEGIN{while (1) i++}")
    await clock.advance(2)
    assert process.exit_code is None
