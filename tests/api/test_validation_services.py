import pytest

PORT = {"port": 80}


def service(*ports, **spec):
    return {"apiVersion": "v1", "kind": "Service", "spec": {"ports": [dict(port) for port in ports or (PORT,)], **spec}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (service(), []),
        (service({"port": 80, "name": "a"}, {"port": 80, "name": "b", "protocol": "UDP"}), []),
        (service(clusterIP="None"), []),
        (service(type="LoadBalancer", externalTrafficPolicy="Local"), []),
        ({"apiVersion": "v1", "kind": "Service", "spec": {}}, ["spec.ports: Required value"]),
        ({"apiVersion": "v1", "kind": "Service", "spec": {"clusterIP": "None"}}, []),
        (
            service({"port": 80}, {"port": 70000}),
            [
                "spec.ports[0].name: Required value",
                "spec.ports[1].name: Required value",
                "spec.ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive",
                "spec.ports[1].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
            ],
        ),
        (service({"port": 80, "name": "a"}, {"port": 81, "name": "a"}), ['spec.ports[1].name: Duplicate value: "a"']),
        (
            service({"port": 80, "name": "a"}, {"port": 80, "name": "b"}),
            [
                'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,'
                '"TargetPort":0,"NodePort":0}'
            ],
        ),
        (
            service({"port": 80, "targetPort": "Bad_Name", "protocol": "X"}),
            [
                'spec.ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
                'spec.ports[0].targetPort: Invalid value: "Bad_Name": '
                "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
            ],
        ),
        (
            service({"port": 80, "nodePort": 30000}),
            ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
        ),
        (
            service(
                {"port": 80, "nodePort": 30000, "name": "a"},
                {"port": 81, "nodePort": 30000, "name": "b"},
                type="NodePort",
            ),
            ["spec.ports[1].nodePort: Duplicate value: 30000"],
        ),
        (
            service(type="NodePort", clusterIP="None"),
            ["spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"],
        ),
        (
            service(type="LoadBalancer", clusterIP="None"),
            ["spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer services"],
        ),
        (service(type="ExternalName"), ["spec.externalName: Required value"]),
        (service(type="ExternalName", externalName="example.com."), []),
        (
            service(type="ExternalName", externalName="example.com", clusterIP="127.96.0.9"),
            ["spec.clusterIPs: Forbidden: may not be set for ExternalName services"],
        ),
        (
            service(type="Magic"),
            [
                'spec.type: Unsupported value: "Magic": '
                'supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'
            ],
        ),
        (
            service(sessionAffinity="Maybe"),
            ['spec.sessionAffinity: Unsupported value: "Maybe": supported values: "ClientIP", "None"'],
        ),
        (
            service(sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 90000}}),
            [
                "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 90000: "
                "must be greater than 0 and less than 86400"
            ],
        ),
        (
            service(clusterIP="x"),
            ['spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
        ),
        (
            service(externalTrafficPolicy="Local"),
            ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
        ),
        (
            service(internalTrafficPolicy="Some"),
            ['spec.internalTrafficPolicy: Unsupported value: "Some": supported values: "Cluster", "Local"'],
        ),
        (
            service(trafficDistribution="Near"),
            [
                'spec.trafficDistribution: Unsupported value: "Near": '
                'supported values: "PreferClose", "PreferSameNode", "PreferSameZone"'
            ],
        ),
        (
            service(allocateLoadBalancerNodePorts=True, loadBalancerSourceRanges=["10.0.0.0/8"]),
            [
                "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
                "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
            ],
        ),
        (
            service(ipFamilies=["IPv5"]),
            ['spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"'],
        ),
    ],
)
def test_new_services(complaints, data, expected):
    assert complaints(data) == expected


A, B = {"clusterIP": "127.96.0.1", "clusterIPs": ["127.96.0.1"]}, {"clusterIP": "127.96.0.2"}
BOTH = {"clusterIPs": ["127.96.0.2"], **B}


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (service(**A), service(**A), []),
        (service(**BOTH), service(**A), ['spec.clusterIPs[0]: Invalid value: ["127.96.0.2"]: may not change once set']),
        (service(), service(**A), ["spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset"]),
        (
            service(clusterIP="None"),
            service(**A),
            ['spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set'],
        ),
        (service(type="ExternalName", externalName="a.b"), service(**A), []),
        (service(type="NodePort", **A), service(**A), []),
    ],
)
def test_changed_services(complaints, new, old, expected):
    assert complaints(new, old) == expected


def endpoints(*subsets):
    return {"apiVersion": "v1", "kind": "Endpoints", "subsets": list(subsets)}


def endpoint_slice(*addresses, kind="IPv4", **more):
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "addressType": kind,
        "endpoints": [{"addresses": list(addresses)}],
        **more,
    }


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (endpoints({"addresses": [{"ip": "127.244.1.2"}], "ports": [{"port": 80}]}), []),
        (endpoints({}), ["subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"]),
        (
            endpoints({"addresses": [{"ip": "0.0.0.0"}]}),
            ['subsets[0].addresses[0].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)'],
        ),
        (
            endpoints({"addresses": [{"ip": "169.254.0.1"}]}),
            [
                'subsets[0].addresses[0].ip: Invalid value: "169.254.0.1": '
                "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
            ],
        ),
        (
            endpoints({"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 1}, {"port": 2, "name": "b"}]}),
            ["subsets[0].ports[0].name: Required value"],
        ),
        (endpoint_slice("127.244.1.2"), []),
        (
            endpoint_slice("127.0.0.1"),
            [
                'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": '
                "may not be in the loopback range (127.0.0.0/8, ::1/128)"
            ],
        ),
        (
            endpoints({"addresses": [{"ip": "127.0.0.53"}], "ports": [{"port": 80}]}),
            [
                'subsets[0].addresses[0].ip: Invalid value: "127.0.0.53": '
                "may not be in the loopback range (127.0.0.0/8, ::1/128)"
            ],
        ),
        (endpoint_slice(), ["endpoints[0].addresses: Required value: must contain at least 1 address"]),
        (endpoint_slice("::1"), None),
        (endpoint_slice("example.com", kind="FQDN"), []),
        (endpoint_slice("10.0.0.1", kind="Phone"), None),
        (endpoint_slice("10.0.0.1", ports=[{"name": "a"}, {"name": "a"}]), ['ports[1].name: Duplicate value: "a"']),
        (endpoint_slice(*["10.0.0.1"] * 101), ["endpoints[0].addresses: Too many: 101: must have at most 100 items"]),
    ],
)
def test_endpoints(complaints, data, expected):
    """Addresses of clusters may serve; other special ones may not."""
    found = complaints(data)
    assert found if expected is None else found == expected


def test_the_address_type_of_a_slice_is_fixed(complaints):
    new = endpoint_slice("example.com", kind="FQDN")
    assert complaints(new, endpoint_slice("10.0.0.1")) == ['addressType: Invalid value: "FQDN": field is immutable']
