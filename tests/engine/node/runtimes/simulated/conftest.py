import pytest
from shell_container import Container

from k9lite.aio.clock import ManualClock
from k9lite.aio.tasks import TaskSet


@pytest.fixture
def container(clock: ManualClock, tasks: TaskSet) -> Container:
    """An nginx that runs nothing yet."""
    return Container(clock, tasks)
