import pytest

from k9lite.api import warnings
from k9lite.api.kinds import DEPLOYMENT, POD, SERVICE, Kinds


def pod(*containers, **spec):
    given = [{"name": f"c{index}", **container} for index, container in enumerate(containers)]
    return {"metadata": {"name": "x"}, "spec": {"containers": given, **spec}}


A, B = {"containerPort": 80, "protocol": "TCP"}, {"containerPort": 80, "protocol": "UDP"}
NO_POD = "a null labelSelector results in matching no pod"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pod({}), []),
        (pod({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}), [
            'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply']),
        (pod({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "$(A)2"}]}), []),
        (pod({"ports": [A]}, {"ports": [A]}), [
            "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]"]),
        (pod({"ports": [A, B]}), []),
        (pod({"ports": [A]}, {"ports": [A | {"hostPort": 1}]}), [
            "spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[0]"]),
        (pod({"ports": [A | {"hostPort": 1}, A | {"hostPort": 1, "hostIP": "127.0.0.1"}]}), [
            "spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]"]),
        (pod({}, nodeSelector={"beta.kubernetes.io/os": "linux"}), [
            'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead']),
        (pod({}, imagePullSecrets=[{"name": "a"}, {"name": "a"}]), [
            'spec.imagePullSecrets[1].name: duplicate name "a"']),
        (pod({}, terminationGracePeriodSeconds=-1), [
            "spec.terminationGracePeriodSeconds: must be >= 0; "
            "negative values are invalid and will be treated as 1"]),
        (pod({}, topologySpreadConstraints=[{"topologyKey": "zone"}]), [
            f"spec.topologySpreadConstraints[0].labelSelector: {NO_POD}"]),
        (pod({}, affinity={"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}), [
            f"spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: {NO_POD}"]),
    ],
)  # fmt: skip
def test_pods(data, expected):
    assert warnings.of(POD, data) == expected


def test_names_with_dots_make_odd_host_names():
    named = {"metadata": {"name": "a.b"}}
    rest = "which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"
    assert warnings.of(POD, named) == [f"metadata.name: this is used in the Pod's hostname, {rest}"]
    assert warnings.of(DEPLOYMENT, named) == [f"metadata.name: this is used in Pod names and hostnames, {rest}"]


def test_templates_are_looked_at_where_they_are():
    odd = pod({}, terminationGracePeriodSeconds=-1)
    (text,) = warnings.of(DEPLOYMENT, {"metadata": {"name": "x"}, "spec": {"template": odd}})
    assert text.startswith("spec.template.spec.terminationGracePeriodSeconds: ")


def test_what_did_not_change_is_not_told_again():
    old = {"metadata": {"name": "x"}, "spec": {"template": pod({}, terminationGracePeriodSeconds=-1)}}
    assert warnings.of(DEPLOYMENT, {**old, "metadata": {"name": "x", "labels": {"a": "b"}}}, old) == []
    assert len(warnings.of(DEPLOYMENT, {**old, "spec": old["spec"] | {"replicas": 2}}, old)) == 1


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"type": "ClusterIP", "externalName": "a"}, [
            'spec.externalName is ignored when spec.type is not "ExternalName"']),
        ({"type": "ExternalName", "externalIPs": ["1.2.3.4"]}, [
            'spec.externalIPs is ignored when spec.type is "ExternalName"']),
        ({"clusterIP": "None", "sessionAffinity": "ClientIP"}, [
            "spec.SessionAffinity is ignored for headless services"]),
        ({"clusterIP": "None", "sessionAffinity": "None"}, []),
    ],
)  # fmt: skip
def test_services(spec, expected):
    assert warnings.of(SERVICE, {"spec": spec}) == expected


def test_ingress_classes_were_annotations_once():
    ingress = Kinds().of("networking.k8s.io/v1", "Ingress")
    data = {"metadata": {"annotations": {"kubernetes.io/ingress.class": "a"}}}
    assert warnings.of(ingress, data) == [
        "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead"
    ]
