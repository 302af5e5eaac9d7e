import asyncio

from k9lite.tui.frames import Frames


async def test_work_asked_for_many_times_is_done_once_a_frame():
    frames, done = Frames(), []
    work = lambda: done.append(1)  # noqa: E731
    for _ in range(100):
        frames.request(work)
    await asyncio.sleep(0.01)
    assert len(done) == 1
    frames.request(work)  # a flood waits for the next frame
    await asyncio.sleep(0)
    assert len(done) == 1
    await asyncio.sleep(0.06)
    assert len(done) == 2
    frames.close()


async def test_unfinished_work_is_called_again_soon():
    frames, left = Frames(), [3]

    def work():
        left[0] -= 1
        return left[0] > 0

    frames.request(work)
    await asyncio.sleep(0.2)
    assert left == [0]
    frames.close()


async def test_nothing_is_painted_after_close():
    frames, done = Frames(), []
    frames.request(lambda: done.append(1))
    frames.close()
    await asyncio.sleep(0.01)
    assert done == []
