"""Custom resources: served while their definition exists, in all its versions."""

from typing import Any

import pytest

from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.object import Data, Key
from k9lite.client.protocol import DeleteOptions, PatchType, Selector, WriteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "properties": {
                "size": {"type": "integer", "minimum": 1, "default": 3},
                "colour": {"type": "string"},
            },
        },
        "status": {"type": "object", "properties": {"ready": {"type": "boolean"}}},
    },
}

SUBRESOURCES = {"status": {}, "scale": {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"}}


def version(name: str, storage: bool = False) -> Data:
    schema = {"openAPIV3Schema": SCHEMA}
    return {"name": name, "served": True, "storage": storage, "schema": schema, "subresources": SUBRESOURCES}


DEFINITION: Data = {
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]},
        "versions": [version("v1", storage=True), version("v2")],
    },
}


def definitions(server: ApiServer, name: str = "") -> Request:
    kind = server.kinds.of("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    assert kind is not None
    return server.request(kind, "", name)


@pytest.fixture
def widget(server: ApiServer) -> Kind[Any]:
    server.create(definitions(server), DEFINITION)
    assert server.kinds.named("wd") is not None
    found = server.kinds.of("example.com/v1", "Widget")
    assert found is not None
    return found


def create(server: ApiServer, kind: Kind[Any], name: str = "a", **spec: Any) -> Data:
    metadata = {"name": name, "finalizers": spec.pop("finalizers", [])}
    return server.create(server.request(kind, "default"), {"metadata": metadata, "spec": spec}).data()


def test_a_definition_is_established_at_once(server: ApiServer, widget: Kind[Any]) -> None:
    status = server.get(definitions(server).kind, Key("", "widgets.example.com")).data()["status"]
    assert [condition["type"] for condition in status["conditions"]] == ["NamesAccepted", "Established"]
    assert status["storedVersions"] == ["v1"]
    made = create(server, widget, colour="red")
    assert made["spec"] == {"colour": "red", "size": 3}
    assert made["metadata"]["generation"] == 1


def test_a_conversion_that_nobody_does_fails_in_words(server: ApiServer) -> None:
    webhook = {"clientConfig": {"url": "https://a.example.com"}, "conversionReviewVersions": ["v1"]}
    conversion = {"strategy": "Webhook", "webhook": webhook}
    warnings: list[str] = []
    request = definitions(server)
    request = server.request(request.kind, "", options=WriteOptions(warnings=warnings))
    server.create(request, DEFINITION | {"spec": DEFINITION["spec"] | {"conversion": conversion}})
    assert [text for text in warnings if "does not call conversion webhooks" in text]
    v1, v2 = (server.kinds.of(f"example.com/{name}", "Widget") for name in ("v1", "v2"))
    assert v1 is not None
    assert v2 is not None
    assert create(server, v1)["apiVersion"] == "example.com/v1"
    for verb in (
        lambda: server.get(v2, Key("default", "a")),
        lambda: create(server, v2, "b"),
        lambda: server.patch(server.request(v2, "default", "a"), {"spec": {"size": 2}}, PatchType.MERGE),
    ):
        with pytest.raises(StatusError, match=r"conversion webhook for example\.com/v2, Kind=Widget failed") as refused:
            verb()
        assert refused.value.code == 500
    assert server.get(v1, Key("default", "a")).name == "a"


def test_the_schema_is_kept(server: ApiServer, widget: Kind[Any]) -> None:
    with pytest.raises(StatusError) as error:
        create(server, widget, size=0)
    assert error.value.reason == "Invalid"
    assert "spec.size" in error.value.message


def test_versions_share_their_objects(server: ApiServer, widget: Kind[Any]) -> None:
    newer = server.kinds.of("example.com/v2", "Widget")
    assert newer is not None
    create(server, newer, size=5)
    assert server.get(widget, Key("default", "a")).data()["apiVersion"] == "example.com/v1"
    [seen] = server.select(newer, Selector("default")).items
    assert (seen.data()["apiVersion"], seen.data()["spec"]) == ("example.com/v2", {"size": 5})


def test_spec_and_status(server: ApiServer, widget: Kind[Any]) -> None:
    create(server, widget)
    request = server.request(widget, "default", "a", "status")
    changed = server.patch(request, {"status": {"ready": True}, "spec": {"size": 9}}, PatchType.MERGE).data()
    assert changed["status"] == {"ready": True}
    assert changed["spec"] == {"size": 3}
    assert changed["metadata"]["generation"] == 1
    changed = server.patch(server.request(widget, "default", "a"), {"spec": {"size": 9}}, PatchType.MERGE).data()
    assert changed["metadata"]["generation"] == 2
    with pytest.raises(StatusError) as error:
        server.patch(server.request(widget, "default", "a"), {}, PatchType.STRATEGIC)
    assert error.value.code == 415


def test_objects_go_with_their_definition(server: ApiServer, widget: Kind[Any]) -> None:
    create(server, widget)
    server.delete(definitions(server, "widgets.example.com"), DeleteOptions())
    assert server.kinds.named("wd") is None
    with pytest.raises(StatusError, match="the server could not find the requested resource"):
        server.select(widget)
    server.create(definitions(server), DEFINITION)
    assert server.select(widget).items == []


def test_a_definition_waits_for_its_last_object(server: ApiServer, widget: Kind[Any]) -> None:
    create(server, widget, finalizers=["example.com/hold"])
    assert server.delete(definitions(server, "widgets.example.com"), DeleteOptions()).deleting
    assert server.get(widget, Key("default", "a")).deleting
    patch = {"metadata": {"finalizers": None}}
    server.patch(server.request(widget, "default", "a"), patch, PatchType.MERGE)
    assert server.kinds.named("wd") is None


def test_a_definition_may_change(server: ApiServer, widget: Kind[Any]) -> None:
    create(server, widget)
    live = server.get(definitions(server).kind, Key("", "widgets.example.com")).data()
    live["spec"]["versions"] = live["spec"]["versions"][:1]
    server.update(definitions(server, "widgets.example.com"), live)
    assert server.kinds.of("example.com/v2", "Widget") is None
    assert [obj.name for obj in server.select(widget).items] == ["a"]


def test_scale_where_the_definition_says(server: ApiServer, widget: Kind[Any]) -> None:
    create(server, widget)
    request = server.request(widget, "default", "a", "scale")
    read = server.get_subresource(request)
    assert (read["spec"], read["status"]) == ({"replicas": 3}, {"replicas": 0})  # no selector where none is defined
    scaled = server.patch(request, {"spec": {"replicas": 7}}, PatchType.MERGE)
    assert scaled.data()["spec"] == {"size": 7}


def test_what_is_stored_is_read_as_it_is_defined_now(server: ApiServer, widget: Kind[Any]) -> None:
    create(server, widget, colour="red")
    live = server.get(definitions(server).kind, Key("", "widgets.example.com")).data()
    for one in live["spec"]["versions"]:
        fields = one["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
        del fields["colour"]
        fields["shape"] = {"type": "string", "default": "round"}
    server.update(definitions(server, "widgets.example.com"), live)
    now = server.kinds.named("wd")
    assert now is not None
    assert server.get(now, Key("default", "a")).data()["spec"] == {"size": 3, "shape": "round"}
    assert server.select(now).items[0].data()["spec"] == {"size": 3, "shape": "round"}
    request = server.request(now, "default", "a")
    same = server.patch(request, {"metadata": {"labels": {"a": "b"}}}, PatchType.MERGE)
    assert same.meta.generation == 1


def test_another_version_may_become_the_stored_one(server: ApiServer, widget: Kind[Any]) -> None:
    create(server, widget)
    live = server.get(definitions(server).kind, Key("", "widgets.example.com")).data()
    for one in live["spec"]["versions"]:
        one["storage"] = one["name"] == "v2"
    changed = server.update(definitions(server, "widgets.example.com"), live).data()
    assert changed["status"]["storedVersions"] == ["v1", "v2"]
    newer = server.kinds.of("example.com/v2", "Widget")
    assert newer is not None
    before = server.revision
    server.patch(server.request(newer, "default", "a"), {}, PatchType.MERGE)
    assert server.revision == before + 1  # what says the same is written all the same: so old versions are left
    server.patch(server.request(newer, "default", "a"), {"spec": {"size": 4}}, PatchType.MERGE)
    older = server.kinds.of("example.com/v1", "Widget")
    assert older is not None
    assert server.get(older, Key("default", "a")).data()["spec"] == {"size": 4}


def test_names_are_taken_once_in_a_group(server: ApiServer, widget: Kind[Any]) -> None:
    names = {"plural": "others", "singular": "other", "kind": "Widget", "shortNames": ["wd"]}
    second = {"metadata": {"name": "others.example.com"}, "spec": DEFINITION["spec"] | {"names": names}}
    status = server.create(definitions(server), second).data()["status"]
    assert [(one["type"], one["status"], one["reason"], one["message"]) for one in status["conditions"]] == [
        ("NamesAccepted", "False", "ListKindConflict", '"WidgetList" is already in use'),
        ("Established", "False", "NotAccepted", "not all names are accepted"),
    ]
    assert status["acceptedNames"] == {"plural": "others", "singular": "other", "kind": ""}
    assert server.kinds.named("others") is None
    server.delete(definitions(server, "widgets.example.com"), DeleteOptions())
    status = server.get(definitions(server).kind, Key("", "others.example.com")).data()["status"]
    assert [one["status"] for one in status["conditions"]] == ["True", "True"]
    assert server.kinds.named("others") is server.kinds.named("wd") is not None


def test_nothing_is_created_of_what_terminates(server: ApiServer, widget: Kind[Any]) -> None:
    create(server, widget, finalizers=["example.com/hold"])
    held = server.delete(definitions(server, "widgets.example.com"), DeleteOptions()).data()
    assert held["metadata"]["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"]
    assert held["status"]["conditions"][-1]["type"] == "Terminating"
    now = server.kinds.named("wd")
    assert now is not None
    with pytest.raises(
        StatusError, match="create not allowed while custom resource definition is terminating"
    ) as error:
        create(server, now, "b")
    assert error.value.code == 405


def test_a_version_that_was_stored_stays(server: ApiServer, widget: Kind[Any]) -> None:
    live = server.get(definitions(server).kind, Key("", "widgets.example.com")).data()
    live["spec"]["versions"] = [version("v2", storage=True)]
    with pytest.raises(StatusError, match=r"status.storedVersions.0.: Invalid value: .v1.: missing from spec.versions"):
        server.update(definitions(server, "widgets.example.com"), live)
    live = server.get(definitions(server).kind, Key("", "widgets.example.com")).data()
    live["spec"]["preserveUnknownFields"] = True
    with pytest.raises(StatusError, match=r"spec.preserveUnknownFields: Invalid value: true: cannot set to true"):
        server.update(definitions(server, "widgets.example.com"), live)
