import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from k9lite.aio.clock import ManualClock
from k9lite.api.cause import Cause
from k9lite.api.kinds import CONFIG_MAP, DEPLOYMENT, NAMESPACE, POD
from k9lite.client.protocol import Client, PatchType, Selector, WriteOptions
from k9lite.manifests.applying import MANAGER, PART_OF, Action, apply, apply_set
from k9lite.manifests.state import FolderState
from k9lite.manifests.sync import FolderSync


def config(name: str, value: str = "1", namespace: str = "default") -> str:
    return (
        f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {namespace}\n"
        f'data:\n  key: "{value}"\n---\n'
    )


WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: nginx:1.25
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "manifests"
    path.mkdir()
    return path


@pytest.fixture
def save(folder: Path) -> Callable[[str, str], None]:
    return lambda name, text: (folder / name).write_text(text) and None


@pytest.fixture
async def sync(client: Client, clock: ManualClock, folder: Path):
    sync = FolderSync(client, clock, folder, lambda state: None)
    yield sync
    await sync.close()


async def names(client: Client) -> list[str]:
    listed = await client.list(CONFIG_MAP, Selector("default"))
    return [obj.name for obj in listed.items if obj.name != "kube-root-ca.crt"]


def plan(sync: FolderSync) -> list[tuple[str, str]]:
    return [(step.action.value, str(step.ref)) for step in sync.state.plan]


async def test_the_first_look_creates_everything_with_its_cause(client, sync, save, folder):
    save("b.yaml", "# a web server\n---\n" + WEB)
    save("a.yaml", config("settings", namespace="shop") + "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}")
    await sync.look()
    assert plan(sync) == [
        ("create", "Namespace shop"),
        ("create", "ConfigMap shop/settings"),
        ("create", "Deployment default/web"),
    ]
    web = await client.get(DEPLOYMENT, "web", "default")
    assert web.cause == Cause("folder", "saved b.yaml:3")
    assert web.labels == {PART_OF: apply_set(folder)}
    assert [entry["manager"] for entry in web.data()["metadata"]["managedFields"]] == [MANAGER]
    assert [file.save_to_applied is not None for file in sync.state.files] == [True, True]


async def test_what_has_not_changed_is_not_written(client, sync, save):
    save("a.yaml", WEB)
    await sync.look()
    before = await client.get(DEPLOYMENT, "web", "default")
    await sync.look()
    await sync.sync_now()
    assert (await client.get(DEPLOYMENT, "web", "default")).revision == before.revision
    assert plan(sync) == [("unchanged", "Deployment default/web")]
    assert sync.state.saves == 2


async def test_a_change_is_told_field_by_field(client, sync, save):
    save("a.yaml", WEB)
    await sync.look()
    save("a.yaml", WEB.replace("replicas: 3", "replicas: 5").replace("1.25", "1.27"))
    await sync.look()
    (step,) = sync.state.plan
    assert step.action is Action.CHANGE
    assert {change.path: (change.old, change.new) for change in step.changes} == {
        "spec.replicas": (3, 5),
        "spec.template.spec.containers[web].image": ("nginx:1.25", "nginx:1.27"),
    }


async def test_a_file_that_does_not_parse_changes_nothing(client, clock, sync, save):
    save("a.yaml", config("one"))
    await sync.look()
    save("a.yaml", "apiVersion: v1\n kind: [")
    await sync.look()
    await clock.advance(10)
    await sync.look()
    assert await names(client) == ["one"]
    (file,) = sync.state.files
    assert [problem.line for problem in file.problems] == [2]
    assert [str(ref) for ref in file.objects] == ["ConfigMap default/one"]
    save("a.yaml", config("one", "2"))
    await sync.look()
    assert (await client.get(CONFIG_MAP, "one", "default")).data()["data"] == {"key": "2"}
    assert sync.state.problems == ()


@pytest.mark.parametrize(
    ("wrong", "line", "message", "hint"),
    [
        (WEB.replace("replicas: 3", "replica: 9"), 6, 'unknown field "spec.replica"', "did you mean `replicas`?"),
        (WEB.replace("replicas: 3", "replicas: -1"), 6, "spec.replicas: Invalid value: -1", ""),
        (WEB.replace("replicas: 3", "replicas: many"), 6, "json: cannot unmarshal string", "it must be a whole"),
        (
            WEB.replace("labels: {app: web}", "labels: {app: w}"),
            11,
            "spec.template.metadata.labels: Inv",
            "spec.selector",
        ),
        (WEB.replace("{app: web}", "{app: w}"), 7, "spec.selector: Invalid value", "delete the object first"),
    ],
)
async def test_an_object_that_is_refused_stays_as_it_was(client, sync, save, wrong, line, message, hint):
    save("a.yaml", WEB)
    await sync.look()
    before = await client.get(DEPLOYMENT, "web", "default")
    save("a.yaml", config("other") + wrong)
    await sync.look()
    (problem,) = sync.state.problems
    assert (problem.line, problem.message[: len(message)], problem.hint[: len(hint)]) == (line + 8, message, hint)
    assert (await client.get(DEPLOYMENT, "web", "default")).revision == before.revision
    assert await names(client) == ["other"]


async def test_a_removed_file_is_pruned_after_two_seconds(client, clock, sync, save, folder):
    save("a.yaml", config("one"))
    save("b.yaml", config("two"))
    await sync.look()
    (folder / "a.yaml").unlink()
    await sync.look()
    await clock.advance(1.9)
    await sync.look()
    assert await names(client) == ["one", "two"]
    assert [str(ref) for ref in sync.state.leaving] == ["ConfigMap default/one"]
    await clock.advance(0.2)
    await sync.look()
    assert await names(client) == ["two"]
    assert plan(sync)[-1] == ("prune", "ConfigMap default/one")
    assert sync.state.leaving == ()


async def test_a_file_that_returns_in_time_is_not_pruned(client, clock, sync, save, folder):
    save("a.yaml", config("one"))
    await sync.look()
    (folder / "a.yaml").rename(folder / "backup")
    await sync.look()
    await clock.advance(1.9)
    save("a.yaml", config("one"))
    await sync.look()
    await clock.advance(10)
    await sync.look()
    assert await names(client) == ["one"]


@pytest.mark.parametrize("content", ["", "\n# nothing yet\n", "a: [", "\0"])
async def test_an_empty_or_broken_file_prunes_nothing(client, clock, sync, save, content):
    save("a.yaml", config("one"))
    await sync.look()
    save("a.yaml", content)
    await sync.look()
    await clock.advance(10)
    await sync.look()
    assert await names(client) == ["one"]


async def test_an_object_that_left_its_file_is_pruned(client, clock, sync, save):
    save("a.yaml", config("one") + config("two"))
    await sync.look()
    save("a.yaml", config("two"))
    await sync.look()
    await clock.advance(2)
    await sync.look()
    assert await names(client) == ["two"]


async def test_an_object_that_moved_to_another_file_is_not_pruned(client, clock, sync, save, folder):
    save("a.yaml", config("one") + config("two"))
    await sync.look()
    before = await client.get(CONFIG_MAP, "one", "default")
    (folder / "a.yaml").unlink()
    save("b.yaml", config("two") + config("one"))
    await sync.look()
    await clock.advance(10)
    await sync.look()
    assert (await client.get(CONFIG_MAP, "one", "default")).uid == before.uid


async def test_a_mistake_in_the_kind_does_not_prune_what_was_there(client, clock, sync, save):
    save("a.yaml", config("one"))
    await sync.look()
    save("a.yaml", config("one").replace("ConfigMap", "ConfigMop"))
    await sync.look()
    await clock.advance(10)
    await sync.look()
    assert await names(client) == ["one"]
    assert sync.state.problems[0].hint == "did you mean `ConfigMap`?"


async def test_a_folder_that_vanishes_and_returns_changes_nothing(client, clock, sync, save, folder):
    save("a.yaml", config("one"))
    await sync.look()
    before = await client.get(CONFIG_MAP, "one", "default")
    folder.rename(folder.with_name("elsewhere"))
    await sync.look()
    assert not sync.state.present
    await clock.advance(60)
    await sync.look()
    folder.mkdir()
    await sync.look()
    await clock.advance(60)  # a new folder with nothing in it yet: somebody is about to fill it
    await sync.look()
    save("a.yaml", config("one"))
    await sync.look()
    assert sync.state.present
    await clock.advance(10)
    await sync.look()
    assert (await client.get(CONFIG_MAP, "one", "default")).revision == before.revision


async def test_one_object_in_two_files_is_an_error_in_both_and_stays(client, clock, sync, save):
    save("a.yaml", config("one", "1"))
    await sync.look()
    save("b.yaml", config("one", "2"))
    await sync.look()
    await clock.advance(10)
    await sync.look()
    assert [(problem.file, problem.line) for problem in sync.state.problems] == [("a.yaml", 4), ("b.yaml", 4)]
    assert (await client.get(CONFIG_MAP, "one", "default")).data()["data"] == {"key": "1"}


@pytest.mark.parametrize(("removed", "value"), [("a.yaml", "2"), ("b.yaml", "1")])
async def test_of_two_descriptions_the_one_that_is_left_counts(
    client, sync, save, folder, tasks, clock, removed, value
):
    tasks.start(sync.run(), "sync")
    save("a.yaml", config("one", "1"))
    await sync.look()
    save("b.yaml", config("one", "2"))
    await sync.look()
    (folder / removed).unlink()
    await sync.look()
    assert sync.state.problems == ()
    assert (await client.get(CONFIG_MAP, "one", "default")).data()["data"] == {"key": value}
    await client.delete(CONFIG_MAP, "one", "default")
    await clock.advance(0)
    assert [drift.missing for drift in sync.state.drift] == [True]


async def test_what_cannot_be_pruned_is_told(client, clock, sync, save, folder):
    save("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n")
    await sync.look()
    (folder / "a.yaml").unlink()
    await sync.look()
    await clock.advance(2)
    await sync.look()
    told = 'Namespace default stays: namespaces "default" is forbidden: this namespace may not be deleted'
    assert [str(problem) for problem in sync.state.problems] == [f"a.yaml:1:1: {told}"]


async def test_a_folder_that_is_replaced_by_an_empty_one_changes_nothing(client, clock, sync, save, folder):
    save("a.yaml", config("one"))
    await sync.look()
    folder.rename(folder.with_name("elsewhere"))  # and is back before anybody looks, as a lost mount is
    folder.mkdir()
    await sync.look()
    await clock.advance(60)
    await sync.look()
    assert await names(client) == ["one"]


async def test_what_others_made_is_never_pruned(client, clock, sync, save, folder):
    save("a.yaml", config("one"))
    await sync.look()
    label = {"metadata": {"labels": {PART_OF: None}}}
    await client.patch(CONFIG_MAP, "one", label, PatchType.MERGE, "default")
    (folder / "a.yaml").unlink()
    await sync.look()
    await clock.advance(10)
    await sync.look()
    assert await names(client) == ["one"]


async def test_an_earlier_run_is_remembered_by_the_cluster(client, clock, sync, save, folder):
    save("a.yaml", config("one"))
    save("b.yaml", config("two"))
    await sync.look()
    (folder / "a.yaml").unlink()
    again = FolderSync(client, clock, folder, lambda state: None)
    await again.look()
    await clock.advance(2)
    await again.look()
    await again.close()
    assert await names(client) == ["two"]


async def test_a_folder_that_is_empty_from_the_start_prunes_nothing_of_an_earlier_run(
    client, clock, sync, save, folder
):
    save("a.yaml", config("one"))
    save("b.yaml", config("two"))
    await sync.look()
    for file in folder.iterdir():  # or whatever holds it has not been mounted yet
        file.unlink()
    again = FolderSync(client, clock, folder, lambda state: None)
    for _ in range(3):
        await again.look()
        await clock.advance(2)
    assert await names(client) == ["one", "two"]
    save("b.yaml", config("two"))
    for _ in range(2):
        await again.look()
        await clock.advance(2)
    await again.look()
    await again.close()
    assert await names(client) == ["two"]


async def test_what_is_refused_for_a_passing_reason_is_tried_again(client, clock, sync, save):
    save("a.yaml", config("one", namespace="shop"))
    await sync.look()
    (problem,) = sync.state.problems
    assert (problem.line, problem.message) == (5, 'namespaces "shop" not found')
    await client.create(NAMESPACE, {"metadata": {"name": "shop"}})
    await clock.advance(1)
    await sync.look()
    assert sync.state.problems == ()
    assert plan(sync) == [("create", "ConfigMap shop/one")]


async def test_drift_is_shown_and_taken_back_by_the_next_save(client, clock, sync, save, tasks):
    tasks.start(sync.run(), "sync")
    save("a.yaml", WEB)
    save("b.yaml", config("one"))
    await sync.look()
    await clock.advance(0)
    assert sync.state.drift == ()
    scale = {"spec": {"replicas": 7}}
    await client.patch(DEPLOYMENT, "web", scale, PatchType.MERGE, "default", options=WriteOptions(manager="kubectl"))
    await client.delete(CONFIG_MAP, "one", "default")
    await clock.advance(0)
    web, one = sorted(sync.state.drift, key=lambda drift: drift.missing)
    assert [(change.path, change.old, change.new) for change in web.changes] == [("spec.replicas", 7, 3)]
    assert (str(one.ref), one.missing) == ("ConfigMap default/one", True)
    save("b.yaml", config("one", "2"))
    await sync.look()
    await clock.advance(0)
    assert sync.state.drift == ()
    assert (await client.get(DEPLOYMENT, "web", "default")).view.spec.replicas == 3


async def test_a_cluster_that_is_away_for_a_while_is_brought_up_to_date(
    client, clock, folder, save, tasks, monkeypatch
):
    sync = FolderSync(client, clock, folder, lambda state: None)
    tasks.start(sync.run(), "sync")
    save("a.yaml", config("one"))
    save("b.yaml", config("two"))
    await sync.look()
    patch, away = client.patch, asyncio.Event()

    async def fails(kind, name, *arguments, **options):
        if name == "two" and not options["options"].dry_run:
            away.set()
            raise ConnectionError("Connect call failed")
        return await patch(kind, name, *arguments, **options)

    monkeypatch.setattr(client, "patch", fails)
    save("a.yaml", config("one", "2"))
    save("b.yaml", config("two", "2"))
    await away.wait()
    monkeypatch.setattr(client, "patch", patch)
    while sync.state.saves < 2:
        await sync.look()
    assert (await client.get(CONFIG_MAP, "two", "default")).data()["data"] == {"key": "2"}
    await sync.close()


async def test_who_can_be_told_no_more_ends_it(client, clock, folder):
    def gone(state: FolderState) -> None:
        raise BrokenPipeError

    sync = FolderSync(client, clock, folder, gone)
    with pytest.raises(BrokenPipeError):
        await sync.run()
    await sync.close()


async def test_an_export_of_another_cluster_is_applied_without_what_was_its_servers(client, sync, save):
    export = config("one").replace("  name: one", "  name: one\n  uid: '1'\n  managedFields: []")
    save("a.yaml", export.replace("\ndata:", "\n  creationTimestamp: null\ndata:"))
    await sync.look()
    assert (sync.state.problems, await names(client)) == ((), ["one"])


async def test_a_write_between_two_reads_is_no_drift(client, sync, save, monkeypatch):
    save("a.yaml", WEB)
    await sync.look()
    (manifest,) = (one.manifest for one in sync._applied.values())
    get, written = client.get, []

    async def get_and_be_overtaken(kind, name, namespace=""):
        found = await get(kind, name, namespace)
        if kind is DEPLOYMENT and not written:
            written.append(name)
            change = {"spec": {"revisionHistoryLimit": 3}}
            await client.patch(DEPLOYMENT, "web", change, PatchType.MERGE, "default")
        return found

    monkeypatch.setattr(client, "get", get_and_be_overtaken)
    step = await apply(client, manifest, apply_set(sync.state.folder), dry_run=True)
    assert written
    assert step.action is Action.UNCHANGED


async def test_a_kustomization_says_what_to_do(client, sync, save):
    save("kustomization.yaml", "resources: [a.yaml]\n")
    await sync.look()
    (problem,) = sync.state.problems
    assert "kubectl kustomize" in problem.hint


async def test_bare_pods_are_applied_as_well(client, sync, save):
    save("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}")
    await sync.look()
    assert (await client.get(POD, "p", "default")).cause.actor == "folder"


async def test_a_save_is_noticed_and_its_states_are_told(client, clock, folder, save, tasks):
    states: asyncio.Queue[FolderState] = asyncio.Queue()
    sync = FolderSync(client, clock, folder, states.put_nowait)
    tasks.start(sync.run(), "sync")
    while (await states.get()).saves < 1:
        pass
    save("a.yaml", config("one"))
    parsed = await states.get()
    assert ([file.file for file in parsed.files], parsed.files[0].applied_at) == (["a.yaml"], None)
    while (state := await states.get()).saves < 2:
        pass
    assert [step.action for step in state.plan] == [Action.CREATE]
    assert state.files[0].save_to_applied is not None
    await sync.close()


async def test_what_is_odd_about_an_object_is_told_at_its_place_as_long_as_it_is_so(sync, save):
    odd = "      nodeSelector: {beta.kubernetes.io/os: linux}\n      containers:"
    save("web.yaml", WEB.replace("      containers:", odd))
    await sync.look()
    save("other.yaml", config("other"))
    await sync.look()
    (warning,) = sync.state.warnings
    assert (warning.file, warning.line, warning.column) == ("web.yaml", 13, 22)
    assert warning.message.endswith('[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead')
