"""Commands that tutorials start in containers, and what the kernel tells them."""

import pytest
from shell_container import Container

from k9lite.aio.clock import ManualClock
from k9lite.aio.tasks import TaskSet
from k9lite.engine.node.runtimes.simulated.kernel_files import kernel_files, weight_of


@pytest.mark.parametrize(
    ("script", "output", "code"),
    [
        (
            "ln -s /etc/passwd /tmp/p; head -n 1 /tmp/p; readlink /tmp/p; echo x > /tmp/q; ln /tmp/q /tmp/r; cat /tmp/r",
            "root:x:0:0:root:/root:/bin/sh\n/etc/passwd\nx\n",
            0,
        ),
        (
            "mkdir -p /a/b; echo in > /a/b/f; ln -s a /l; cat /l/b/f; ls /l; cd /l/b && cat f; rm /l; ls /a",
            "in\nb\nin\nb\n",
            0,
        ),
        ("ln -s /x /y; ln -s /y /x; cat /x", "cat: read error: Symbolic link loop\n", 1),
        (
            "ln -s none /tmp/d; ls /tmp/d; ln -s /etc /tmp/d; ln -sf /etc/passwd /tmp/d && stat -c '%n %F' /tmp/d",
            "/tmp/d symbolic link\nls: /tmp/d: No such file or directory\nln: /tmp/d: File exists\n",
            0,
        ),
        (
            "echo hello | rev; printf 'a\\nb\\n' | nl; printf '1\\n2\\n' > /f; printf 'a\\nb\\n' | paste - /f",
            "olleh\n     1\ta\n     2\tb\na\t1\nb\t2\n",
            0,
        ),
        (
            "printf 'Hi!\\n' | hexdump -C; printf abc | xxd; printf abc | xxd -p; printf 'ab\\n' | od -c; "
            "printf ab | od -An -tx1",
            "00000000  48 69 21 0a                                       |Hi!.|\n00000004\n"
            "00000000: 6162 63                                  abc\n616263\n"
            "0000000   a   b  \\n\n0000003\n 61 62\n",
            0,
        ),
        (
            "printf 'b 2\\na 10\\nc 1\\na 10\\n' > /f; sort -k2n /f; sort -u /f | wc -l; "
            "sort /f | uniq -c | sort -rn | head -n 1",
            "c 1\nb 2\na 10\na 10\n3\n      2 a 10\n",
            0,
        ),
        (
            "seq 5 | sed -n '2{p;q}'; printf 'a\\nb\\nc\\n' | sed ':x;N;$!bx;s/\\n/,/g'; "
            "echo ab | sed 's/\\(.\\)\\(.\\)/\\2\\1/;t;s/x/y/'",
            "2\na,b,c\nba\n",
            0,
        ),
        (
            "printf '1\\n2\\n3\\n' | sed -e '1!G;h;$!d'; echo abc | sed 'y/abc/xyz/'; echo a | sed 'a\\\nmore'; "
            "echo x | sed 's/x*/-/g'",
            "3\n2\n1\nxyz\na\nmore\n-\n",
            0,
        ),
        ("seq -w 8 10; seq 1 0.5 2; seq -s, 3; seq 3 -1 1", "08\n09\n10\n1.0\n1.5\n2.0\n1,2,3\n3\n2\n1\n", 0),
        (
            "expr substr hello 2 3; expr index hello l; expr match abc 'a.'; expr 7 / 0",
            "ell\n3\n2\nexpr: division by zero\n",
            2,
        ),
        ("timeout 2 sleep inf; echo $?; timeout 1 stress --cpu 1 > /dev/null; echo $?", "143\n1\n", 0),
        (
            "sysctl -n net.core.somaxconn; sysctl kernel.ostype; sysctl -w vm.swappiness=1; mount -t cgroup2; "
            "ip addr | grep -c inet",
            "4096\nkernel.ostype = Linux\ncgroup on /sys/fs/cgroup type cgroup2 (ro,nosuid,nodev,noexec,relatime)\n2\n"
            "sysctl: error setting key 'vm.swappiness': Read-only file system\n",
            0,
        ),
        (
            "cat /proc/1/comm; grep -c processor /proc/cpuinfo; cat /proc/sys/kernel/hostname; ls -d /usr/share; "
            "cat /sys/fs/cgroup/x",
            "sh\n1\nweb-0\n/usr/share\ncat: can't open '/sys/fs/cgroup/x': No such file or directory\n",
            1,
        ),
        (
            "dig +short nowhere.example.com; dig nowhere.example.com | grep -o 'status: [A-Z]*'; getent passwd root",
            "status: NXDOMAIN\nroot:x:0:0:root:/root:/bin/sh\n",
            0,
        ),
    ],
)
async def test_commands(script: str, output: str, code: int, container: Container) -> None:
    container.machine.files.live = kernel_files(container.machine, {}, lambda: 0.1)
    assert await container.run(script) == (output, code)


async def test_limits_are_in_the_control_group(container: Container) -> None:
    machine = container.machine
    machine.files.live = kernel_files(machine, {"kernel.shm_rmid_forced": "1"}, lambda: 0.25)
    script = "cd /sys/fs/cgroup; cat cpu.max memory.max cpu.weight; sysctl -n kernel.shm_rmid_forced"
    assert await container.run(script) == ("max 100000\nmax\n35\n1\n", 0)
    machine.cpu.limit, machine.memory.limit = 0.5, 64 * 1024**2 + 1
    container.output.clear()
    assert await container.run(script) == ("50000 100000\n67108864\n35\n1\n", 0)


def test_weights_of_requests() -> None:
    assert [weight_of(cores) for cores in (0.0, 0.002, 1.0, 256.0)] == [1, 1, 100, 10000]


@pytest.mark.parametrize(("limit", "code"), [(100, 137), (200, None)])
async def test_stress_holds_what_it_is_told_to(
    limit: int, code: int | None, clock: ManualClock, tasks: TaskSet
) -> None:
    """As the task "Assign Memory Resources" of Kubernetes' documentation does."""
    container = Container(clock, tasks, "polinux/stress")
    container.machine.memory.limit = limit * 1024**2
    process = container.start("stress", "--vm", "1", "--vm-bytes", "150M", "--vm-hang", "1")
    await clock.advance(10)
    assert (process.exit_code, container.out_of_memory) == (code, code is not None)
    assert container.machine.memory.held == 0
