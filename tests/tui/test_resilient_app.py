"""Errors of the dashboard itself, and input that comes faster than screens: the user is told, the dashboard stays."""

import logging

import pytest
from driving import deployment, press, screen, settle
from textual import events
from textual.command import CommandPalette

from k9lite.api import kinds
from k9lite.tui.app import Dashboard
from k9lite.tui.handlers import HANDLERS
from k9lite.tui.screens.form import Form
from k9lite.tui.screens.overview import Overview


@pytest.fixture
async def pilot(client, clock):
    await deployment(client)
    async with Dashboard(client, clock).run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        yield pilot


async def type_at_once(pilot, *keys):
    """All keys in one read of the terminal."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await settle(pilot)


def notices(app):
    """What the user was told, the oldest first."""
    return [notice.message for notice in app._notifications]


def fail(context):
    raise ZeroDivisionError("on purpose")


async def fail_later(context):
    fail(context)


@pytest.mark.parametrize("handler", [fail, fail_later])
async def test_an_error_in_an_action_is_logged_and_the_next_key_works(pilot, monkeypatch, caplog, handler):
    app = pilot.app
    monkeypatch.setitem(HANDLERS, "restart", handler)
    await press(pilot, "r")
    assert [type(record.exc_info[1]) for record in caplog.records if record.levelno == logging.ERROR] == [
        ZeroDivisionError
    ]
    assert isinstance(app._exception, ZeroDivisionError)  # which ends a test, but not the program
    app._exception = None
    await press(pilot, "d")
    assert "Describe" in screen(app)


async def test_an_error_in_a_message_of_a_widget_leaves_the_widget_alive(pilot, monkeypatch, caplog):
    app = pilot.app
    pane = app.screen.panes["deployments"]
    monkeypatch.setattr(type(pane), "on_input_changed", lambda pane, event: fail(event))
    await press(pilot, "slash", "x")
    assert "on purpose" in caplog.text
    app._exception = None
    monkeypatch.undo()
    await press(pilot, "y")
    assert pane.border_subtitle == "/xy"


@pytest.mark.parametrize("typed", ["[/", "[", "[red", "\\[/]"])
async def test_a_filter_is_shown_as_it_was_typed(pilot, typed):
    await press(pilot, "slash", *typed)
    assert f"/{typed}" in screen(pilot.app)


async def test_a_folder_with_markup_in_its_name_is_shown_as_it_was_typed(pilot):
    await press(pilot, "colon", *"dir /x[/y", "enter")
    assert "Manifests  /x[/y" in screen(pilot.app)


async def test_a_port_beyond_the_last_is_asked_for_again(pilot):
    await press(pilot, "F", "home", "ctrl+k", *"80800", "enter")
    assert isinstance(pilot.app.screen, Form)
    assert "Local port (0: any): a number from 0 to 65535" in notices(pilot.app)
    assert not list(pilot.app.session.forwards)


async def test_the_versions_of_what_is_not_recorded_are_none(pilot, client):
    body = {"metadata": {"name": "held"}, "spec": {"holderIdentity": "x"}}
    await client.create(kinds.LEASE, body, "default")
    await press(pilot, "colon", *"leases", "enter", "V")
    assert "nothing was seen of it yet" in screen(pilot.app)


@pytest.mark.parametrize("opened", ["s", "ctrl+d", "C", "i"])
@pytest.mark.parametrize("closed", ["enter", "escape"])
async def test_a_dialog_is_closed_once(pilot, opened, closed):
    await press(pilot, opened)
    assert len(pilot.app.screen_stack) == 2
    await type_at_once(pilot, closed, closed, closed)
    assert isinstance(pilot.app.screen, Overview) or len(pilot.app.screen_stack) == 2


async def test_a_dialog_answered_twice_changes_the_object_once(pilot, client):
    await press(pilot, "s", "home", "ctrl+k", "7")
    form = pilot.app.screen
    form.dismiss({"replicas": "7"})
    form.dismiss({"replicas": "9"})
    await settle(pilot)
    assert pilot.app.screen_stack == [pilot.app.screen]
    assert (await client.get(kinds.DEPLOYMENT, "web", "default")).view.spec.replicas == 7


async def test_page_keys_do_nothing_in_a_palette_that_lists_no_commands_yet(pilot):
    await type_at_once(pilot, "ctrl+p", "pageup", "pagedown")
    await press(pilot, "escape")
    assert isinstance(pilot.app.screen, Overview)


async def test_the_palette_opens_again_while_it_closes(pilot):
    await type_at_once(pilot, "ctrl+p", "escape", "ctrl+p", "escape", "ctrl+p")
    assert pilot.app._exception is None
    await press(pilot, "escape")
    await press(pilot, "ctrl+p")
    assert isinstance(pilot.app.screen, CommandPalette)


async def test_a_key_for_a_row_that_has_vanished_does_nothing(pilot, client):
    app = pilot.app
    app.screen.focused.clear()
    app.screen.focused.reorder()
    app.action_perform("delete")
    await settle(pilot)
    assert isinstance(app.screen, Overview)


async def test_what_was_asked_about_is_what_is_deleted_though_its_row_moves(pilot, client):
    await deployment(client, "zzz")
    await press(pilot, "ctrl+d")
    assert "Delete deployment/web?" in screen(pilot.app)
    pilot.app.screen_stack[0].panes["deployments"].content.move(1)
    await press(pilot, "right", "enter")
    assert [item.name for item in (await client.list(kinds.DEPLOYMENT)).items] == ["zzz"]


async def test_a_cluster_that_does_not_answer_is_told_with_the_time_and_marked(pilot, clock):
    app = pilot.app
    connection = app.cluster.informers.connection
    connection.failed("pods")
    await settle(pilot)
    assert "no answer since" in screen(app)
    assert app.has_class("-stale")
    connection.succeeded("pods")
    await settle(pilot)
    assert "no answer since" not in screen(app)
    assert not app.has_class("-stale")


@pytest.mark.parametrize("error", [ConnectionError("refused"), TimeoutError("30 s")])
async def test_an_action_that_gets_no_answer_says_so(pilot, client, monkeypatch, error):
    async def unanswered(*args, **more):
        raise error

    monkeypatch.setattr(client, "patch", unanswered)
    monkeypatch.setattr(client, "get_subresource", unanswered)
    await press(pilot, "plus", "r")
    assert notices(pilot.app) == [f"The cluster does not answer: {error}"] * 2
