from k9lite.api.kinds import CONFIG_MAP
from k9lite.manifests import exported
from k9lite.yaml_reader.parser import parse

TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  uid: {uid}
  resourceVersion: "{revision}"
  creationTimestamp: "2026-01-01T00:00:00Z"
  generation: 3
  selfLink: /x
  managedFields: []
  labels: {{a: b}}
data: {{x: z}}
status: {{}}
"""


def document(uid: str = "1", revision: str = "5"):
    return parse("a.yaml", TEXT.format(uid=uid, revision=revision).encode()).documents[0]


def test_what_the_server_writes_itself_is_left_out():
    assert exported.without(CONFIG_MAP, document().data) == {
        "status": {},
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "labels": {"a": "b"}},
        "data": {"x": "z"},
    }


async def test_an_export_is_refused_where_kubectl_has_it_refused_and_at_the_field(client):
    (problem,) = exported.mistakes(document(), None)
    assert str(problem).startswith("a.yaml:6:3: resourceVersion should not be set on objects to be created (remove")
    live = await client.create(CONFIG_MAP, {"metadata": {"name": "a"}}, "default")
    assert exported.mistakes(document(live.uid, str(live.revision)), live) == []
    assert exported.mistakes(document(live.uid, "0"), live) == []
    assert [(one.line, one.message[:26]) for one in exported.mistakes(document("2", "1"), live)] == [
        (6, "the object has been modifi"),
        (5, "Precondition failed: UID i"),
    ]
