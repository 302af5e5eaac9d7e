from pathlib import Path

import pytest

from k9lite.manifests.checking import check


def definition(rules: str = "", schema: str = "") -> str:
    return f"""\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: gadgets.example.com}}
spec:
  group: example.com
  scope: Namespaced
  names: {{plural: gadgets, kind: Gadget}}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        required: [metadata, spec]
        properties:
          metadata: {{type: object, properties: {{name: {{type: string, maxLength: 3}}}}}}
          spec:
            type: object
            required: [size]
            {rules}
            properties:
              size: {{type: integer, maximum: 10{schema}}}
              mode: {{type: string, enum: [a, b], default: a}}
"""


def gadget(spec: str, name: str = "w") -> str:
    return f"apiVersion: example.com/v1\nkind: Gadget\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


@pytest.fixture
def found(tmp_path: Path):
    def look(**files: str) -> tuple[list[str], list[str]]:
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        findings = check(tmp_path)
        return [str(one) for one in findings.problems], [str(one) for one in findings.warnings]

    return look


@pytest.mark.parametrize(
    ("spec", "problems"),
    [
        ("size: 3", []),
        ("size: 99", ["4:8: spec.size: Invalid value: 99: spec.size in body should be less than or equal to 10"]),
        ("size: 9, mode: q", ['4:17: spec.mode: Unsupported value: "q": supported values: "a", "b"']),
        ("mode: a", ["4:1: spec.size: Required value"]),
        ("size: 1, foo: 1", ['4:17: unknown field "spec.foo"']),
    ],
)
def test_custom_resources_fit_the_definition_in_the_same_folder(found, spec, problems):
    assert found(a=gadget(spec), b=definition()) == ([f"a.yaml:{problem}" for problem in problems], [])


def test_the_name_of_a_custom_resource_is_judged_by_its_schema(found):
    (problem,), _ = found(a=gadget("size: 3", name="much-too-long"), b=definition())
    assert problem == "a.yaml:3:12: metadata.name: Too long: may not be more than 3 bytes"


def test_what_is_wrong_with_a_definition_is_told_there_and_not_at_its_objects(found):
    (problem,), _ = found(a=gadget("size: 99"), b=definition(schema=", default: x"))
    path = "spec.validation.openAPIV3Schema.properties[spec].properties[size].default"
    assert problem.startswith(f"b.yaml:23:50: {path}: Invalid value")


def test_rules_of_a_definition_hold_for_the_objects_of_the_folder(found):
    rules = definition('x-kubernetes-validations: [{rule: "self.size < 4", message: "too large"}]')
    problems, _ = found(a=gadget("size: 5"), b=rules)
    assert [problem.partition(": ")[2] for problem in problems] == ["spec: Invalid value: too large"]


def test_what_kubernetes_takes_is_no_mistake(found):
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r, namespace: default}\n"
    twice = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: '1'}\ndata: {y: '2'}\n"
    problems, (warning,) = found(a=role, b=twice)
    assert problems == []
    assert warning.startswith('b.yaml:5:1: duplicate key "data"')


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("clusterIP: 10.0.0.10", "4:8"),
        ("clusterIP: 10.0.0.10, clusterIPs: [10.0.0.10]", "4:30"),
        ("clusterIP: None", ""),
        ("clusterIP: 127.96.3.4", ""),
        ("clusterIP: 127.97.3.4", ""),
    ],
)
def test_an_address_that_no_cluster_here_can_give(found, field, place):
    problems, _ = found(
        a=f"apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec: {{{field}, ports: [{{port: 80}}]}}\n"
    )
    told = (
        'spec.clusterIPs: Invalid value: ["10.0.0.10"]: failed to allocate IP 10.0.0.10: the provided IP (10.0.0.10) '
        "is not in the valid range. The range of valid IPs is 127.96.0.0/16"
    )
    assert [problem.partition(" (leave")[0] for problem in problems] == ([f"a.yaml:{place}: {told}"] if place else [])
