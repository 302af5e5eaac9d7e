import asyncio

from k9lite.tui.live.frames import Frames


def frames_of_a_test():
    def fail(error):
        raise error

    return Frames(fail)


async def test_work_asked_for_many_times_is_done_once_a_frame():
    frames, done = frames_of_a_test(), []
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
    frames, left = frames_of_a_test(), [3]

    def work():
        left[0] -= 1
        return left[0] > 0

    frames.request(work)
    await asyncio.sleep(0.2)
    assert left == [0]
    frames.close()


async def test_nothing_is_painted_after_close():
    frames, done = frames_of_a_test(), []
    frames.request(lambda: done.append(1))
    frames.close()
    await asyncio.sleep(0.01)
    assert done == []


async def test_work_that_fails_is_told_and_the_rest_goes_on():
    errors, done = [], []

    def work():
        raise ValueError("no such column")

    frames = Frames(errors.append)
    frames.request(work)
    frames.request(lambda: done.append(1))
    await asyncio.sleep(0.1)
    assert [str(error) for error in errors] == ["no such column"]
    assert done == [1]
    frames.close()


async def test_what_the_user_looks_at_comes_before_its_time_but_not_more_often():
    frames, done = frames_of_a_test(), []
    frames.request(lambda: done.append("first"))
    await asyncio.sleep(0.001)
    frames.request(lambda: done.append("flood"))
    await asyncio.sleep(0.001)
    assert done == ["first"]
    frames.request(lambda: done.append("looked at"), soon=True)
    await asyncio.sleep(0.001)
    assert done == ["first", "flood", "looked at"]
    frames.request(lambda: done.append("again"), soon=True)
    await asyncio.sleep(0.001)
    assert done == ["first", "flood", "looked at"]
    frames.close()


async def test_a_flood_is_painted_at_most_twenty_times_a_second():
    frames = frames_of_a_test()
    loop = asyncio.get_running_loop()
    end = loop.time() + 1
    while loop.time() < end:
        frames.request(lambda: None, soon=True)
        await asyncio.sleep(0.002)
    assert frames.count <= 20
    frames.close()
