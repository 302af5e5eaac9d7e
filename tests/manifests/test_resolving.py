import pytest

from k9lite.api.kinds import Kinds
from k9lite.manifests.resolving import resolve
from k9lite.yaml_reader.parser import parse


def resolved(**files: str):
    return resolve([parse(f"{name}.yaml", text.encode()) for name, text in files.items()], Kinds())


def pod(name: str, more: str = "") -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n{more}"


def test_a_manifest_knows_its_object_and_its_place():
    found = resolved(a="# first\n---\n" + pod("p"))
    (manifest,) = found.manifests
    assert str(manifest.ref) == "Pod default/p"
    assert manifest.place == ("a.yaml", 3)
    assert manifest.data()["metadata"] == {"name": "p", "namespace": "default"}
    assert not found.problems


def test_cluster_scoped_objects_have_no_namespace():
    (manifest,) = resolved(a="apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, namespace: x}\n").manifests
    assert str(manifest.ref) == "Namespace shop"


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("kind: Pod\nmetadata: {name: a}", 1, "apiVersion not set", "Pod is in v1"),
        ("apiVersion: v1\nmetadata: {name: a}", 1, "kind not set", ""),
        (
            "apiVersion: apps/v1\nkind: Deploymnet\nmetadata: {name: a}",
            2,
            'no matches for kind "Deploymnet" in version "apps/v1"',
            "did you mean `Deployment`?",
        ),
        (
            "apiVersion: v1\nkind: Deployment\nmetadata: {name: a}",
            2,
            'no matches for kind "Deployment" in version "v1"',
            "Deployment is in apps/v1",
        ),
        (
            "apiVersion: v1\nkind: deployment\nmetadata: {name: a}",
            2,
            'no matches for kind "deployment" in version "v1"',
            "did you mean `Deployment`? (apps/v1)",
        ),
        (
            "apiVersion: shop.example.com/v1\nkind: Basket\nmetadata: {name: a}",
            2,
            'no matches for kind "Basket" in version "shop.example.com/v1"',
            "a custom resource needs its CustomResourceDefinition first",
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: a-",
            3,
            "metadata.name: Required value: name is required",
            "an object that is applied again and again needs a fixed name",
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: n}",
            3,
            "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string",
            "it must be text: put it in quotes",
        ),
        ("apiVersion: v1\nkind: Pod\nmetadata: text", 3, "metadata.name: Required value: name is required", ""),
    ],
)
def test_documents_that_describe_nothing(text, line, message, hint):
    found = resolved(a=text)
    assert not found.manifests
    assert [(p.line, p.message, p.hint) for p in found.problems] == [(line, message, hint)]


def test_an_object_that_is_described_twice_is_an_error_in_both_places():
    found = resolved(a=pod("p") + "---\n" + pod("q"), b=pod("p"))
    assert [str(manifest.ref) for manifest in found.manifests] == ["Pod default/q"]
    assert [(p.file, p.line, p.message) for p in found.problems] == [
        ("a.yaml", 4, "Pod default/p is described again in b.yaml:1"),
        ("b.yaml", 4, "Pod default/p is described again in a.yaml:1"),
    ]


def test_the_same_name_in_other_namespaces_or_kinds_is_another_object():
    other = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: kube-system}"
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: p}"
    assert not resolved(a=pod("p"), b=other, c=service).problems


def test_custom_resources_are_known_by_the_definitions_in_the_folder():
    definition = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: baskets.shop.example.com}
spec:
  group: shop.example.com
  scope: Namespaced
  names: {kind: Basket, plural: baskets}
  versions: [{name: v1, served: true, storage: true}]
"""
    found = resolved(a="apiVersion: shop.example.com/v1\nkind: Basket\nmetadata: {name: mine}", b=definition)
    assert not found.problems
    assert [str(m.ref) for m in sorted(found.manifests, key=lambda m: m.rank)] == [
        "CustomResourceDefinition baskets.shop.example.com",
        "Basket default/mine",
    ]
