"""Definitions of custom resources: what Kubernetes refuses, in its words and at its paths."""

import pytest

from k9lite.api import defaults, schema, validation
from k9lite.api.kinds import Kinds

KIND = Kinds().of("apiextensions.k8s.io/v1", "CustomResourceDefinition")
ROOT = "spec.validation.openAPIV3Schema"


def definition(root=None, *, version=None, metadata=None, **spec):
    """A definition of Widgets with one version; `version` and `spec` add to it, None takes away."""
    whole = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": root or {"type": "object"}}}
    fields = {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget"},
        "versions": [whole | (version or {})],
    }
    fields = {field: value for field, value in (fields | spec).items() if value is not None}
    name = f"{fields['names'].get('plural')}.{fields.get('group')}"
    return {
        "apiVersion": KIND.api_version,
        "kind": KIND.kind,
        "metadata": {"name": name} | (metadata or {}),
        "spec": fields,
    }


def complaints(data, old=None):
    clean, _ = schema.decode(KIND, data)
    defaults.apply(KIND, clean)
    if old is None:
        return [str(error) for error in validation.create(KIND, clean)]
    before, _ = schema.decode(KIND, old)
    defaults.apply(KIND, before)
    return [str(error) for error in validation.update(KIND, clean, before)]


def spec_field(**field):
    """A root schema whose `spec` has one field `m`."""
    return {"type": "object", "properties": {"spec": {"type": "object", "properties": {"m": field}}}}


AT = f"{ROOT}.properties[spec].properties[m]"
ITEMS = {"type": "object", "properties": {"name": {"type": "string"}, "v": {"type": "object"}}}
KEYED = {"type": "array", "x-kubernetes-list-type": "map"}
LISTED_KEY = "this property is in x-kubernetes-list-map-keys, so it"


@pytest.mark.parametrize(
    ("field", "errors"),
    [
        (
            {"type": "integer", "default": "x"},
            [f'{AT}.default: Invalid value: "string":  in body must be of type integer: "string"'],
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string", "maxLength": 1}}, "default": {"a": "bc"}},
            [f"{AT}.default.a: Too long: may not be more than 1 bytes"],
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "default": {"b": 1}},
            [f'{AT}.default: Invalid value: {{"b":1}}: must not have unknown fields'],
        ),
        ({"type": "object", "additionalProperties": {"type": "integer"}, "default": {"b": 1}}, []),
        ({"type": "object", "x-kubernetes-preserve-unknown-fields": True, "default": {"b": {"c": 1}}}, []),
        (
            {"type": "string", "pattern": "(["},
            [
                f'{AT}.pattern: Invalid value: "([": must be a valid regular expression, but isn\'t: '
                "error parsing regexp: missing closing ]: `[`"
            ],
        ),
        (
            {"type": "string", "pattern": "a(?=b)"},
            [
                f'{AT}.pattern: Invalid value: "a(?=b)": must be a valid regular expression, but isn\'t: '
                "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"
            ],
        ),
        (
            KEYED | {"items": ITEMS | {"required": ["name"]}},
            [f"{AT}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map"],
        ),
        (
            KEYED | {"items": ITEMS, "x-kubernetes-list-map-keys": ["other"]},
            [
                f'{AT}.x-kubernetes-list-map-keys: Invalid value: ["other"]: entries must all be names of item properties'
            ],
        ),
        (
            KEYED | {"items": ITEMS, "x-kubernetes-list-map-keys": ["name"]},
            [
                f"{AT}.items.properties[name].default: Required value: {LISTED_KEY} must have a default or be a required "
                "property"
            ],
        ),
        (
            KEYED | {"items": ITEMS | {"required": ["name", "v"]}, "x-kubernetes-list-map-keys": ["name", "v", "v"]},
            [
                f'{AT}.items.properties[v].type: Invalid value: "object": must be a scalar type if parent array\'s '
                "x-kubernetes-list-type is map",
                f'{AT}.items.properties[v].type: Invalid value: "object": must be a scalar type if parent array\'s '
                "x-kubernetes-list-type is map",
                f'{AT}.x-kubernetes-list-map-keys: Invalid value: ["name","v","v"]: must not contain duplicate entries',
            ],
        ),
        (
            KEYED | {"items": {"type": "string"}, "x-kubernetes-list-map-keys": ["name"]},
            [
                f'{AT}.items.type: Invalid value: "string": must be object if parent array\'s x-kubernetes-list-type is '
                f"map"
            ],
        ),
        (
            {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-map-keys": ["a"]},
            [f"{AT}.x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty"],
        ),
        (
            {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "object"}},
            [
                f"{AT}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with "
                "x-kubernetes-list-type=set"
            ],
        ),
        (
            {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string", "nullable": True}},
            [f"{AT}.items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is set"],
        ),
        (
            {"type": "array", "x-kubernetes-list-type": "bag", "items": {"type": "string"}},
            [f'{AT}.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"'],
        ),
        (
            {"type": "string", "x-kubernetes-list-type": "set"},
            [f'{AT}.type: Invalid value: "string": must be array if x-kubernetes-list-type is specified'],
        ),
        (
            {"type": "string", "x-kubernetes-map-type": "atomic"},
            [f'{AT}.type: Invalid value: "string": must be object if x-kubernetes-map-type is specified'],
        ),
        ({"type": "array"}, [f"{AT}.items: Required value: must be specified"]),
        (
            {"type": "object", "properties": {"x": {"type": "string"}}, "additionalProperties": {"type": "string"}},
            [f"{AT}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"],
        ),
        (
            {"type": "array", "uniqueItems": True, "items": {"type": "string"}},
            [
                f"{AT}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes "
                "quadratic"
            ],
        ),
        (
            {"type": "bogus"},
            [
                f'{AT}.type: Unsupported value: "bogus": supported values: "array", "boolean", "integer", "number", '
                '"object", "string"'
            ],
        ),
        ({"type": "string", "$ref": "#/x"}, [f"{AT}.$ref: Forbidden: $ref is not supported"]),
        (
            {"x-kubernetes-int-or-string": True, "x-kubernetes-preserve-unknown-fields": True},
            [
                f"{AT}.x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if "
                "x-kubernetes-int-or-string is true"
            ],
        ),
        ({"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}, []),
        ({"x-kubernetes-int-or-string": True, "allOf": [{"anyOf": [{"type": "integer"}, {"type": "string"}]}]}, []),
        (
            {"type": "string", "anyOf": [{"type": "integer"}]},
            [f"{AT}.anyOf[0].type: Forbidden: must be empty to be structural"],
        ),
        (
            {"type": "object", "oneOf": [{"required": ["a"], "properties": {"a": {"description": "x"}}}]},
            [f"{AT}.oneOf[0].properties[a].description: Forbidden: must be empty to be structural"],
        ),
        (
            {"type": "object", "x-kubernetes-embedded-resource": True},
            [
                f"{AT}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without "
                "x-kubernetes-preserve-unknown-fields"
            ],
        ),
        (
            {"x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True},
            [f"{AT}.type: Required value: must be object if x-kubernetes-embedded-resource is true"],
        ),
    ],
)
def test_a_field_of_a_schema(field, errors):
    assert complaints(definition(spec_field(**field))) == errors


@pytest.mark.parametrize(
    ("root", "errors"),
    [
        ({"type": "array", "items": {"type": "string"}}, ['type: Invalid value: "array": must be object at the root']),
        ({"x-kubernetes-preserve-unknown-fields": True}, []),
        ({"type": "object", "nullable": True}, ["nullable: Forbidden: nullable cannot be true at the root"]),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            ["additionalProperties: Forbidden: must not be used at the root"],
        ),
        (
            {
                "type": "object",
                "properties": {"metadata": {"type": "object", "properties": {"labels": {"type": "object"}}}},
            },
            [
                "properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata "
                "is "
                "implicitly specified"
            ],
        ),
        (
            {
                "type": "object",
                "required": ["metadata", "kind", "apiVersion"],
                "properties": {
                    "metadata": {"type": "object", "properties": {"name": {"type": "string", "pattern": "a"}}},
                    "kind": {"type": "string"},
                    "apiVersion": {"type": "string"},
                },
            },
            [],
        ),
        (
            {"type": "object", "oneOf": [{"properties": {"a": {"maxLength": 1}}}]},
            [
                "properties[a]: Required value: because it is defined in spec.validation.openAPIV3Schema.oneOf[0]"
                ".properties[a]"
            ],
        ),
        (
            {"type": "object", "properties": {"kind": {"type": "integer"}}},
            ['properties[kind].type: Invalid value: "integer": must be string'],
        ),
        (
            {"type": "object", "properties": {"kind": {"type": "string", "default": "A"}}},
            ["properties[kind].default: Forbidden: must not be set in top-level kind"],
        ),
    ],
)
def test_the_root_of_a_schema(root, errors):
    assert complaints(definition(root)) == [f"{ROOT}.{error}" for error in errors]


SIZE = spec_field(type="integer")
WEBHOOK = {"clientConfig": {"service": {"name": "a", "namespace": "b"}}, "conversionReviewVersions": ["v1"]}


def converted(**fields):
    return {"conversion": {"strategy": "Webhook", "webhook": WEBHOOK | fields}}


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        (definition(group="plain"), ['spec.group: Invalid value: "plain": should be a domain with at least one dot']),
        (definition(scope=None), ["spec.scope: Required value"]),
        (
            definition(names={"plural": "widgets", "kind": "Widget", "shortNames": ["W"]}),
            [
                'spec.names.shortNames[0]: Invalid value: "W": a DNS-1035 label must consist of lower case alphanumeric '
                "characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. "
                "'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
            ],
        ),
        (
            definition(names={"plural": "widgets", "kind": "Widget", "listKind": "Widget"}),
            ['spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same'],
        ),
        (definition(version={"schema": None}), ["spec.versions[0].schema.openAPIV3Schema: Required value"]),
        (
            definition(version={"deprecationWarning": "old"}),
            ['spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions'],
        ),
        (
            definition(preserveUnknownFields=True),
            [
                "spec.preserveUnknownFields: Invalid value: true: cannot set to true, set "
                "x-kubernetes-preserve-unknown-fields "
                "to true in spec.versions[*].schema instead"
            ],
        ),
        (
            definition(version={"additionalPrinterColumns": [{"name": "x", "type": "text", "jsonPath": "spec.x"}]}),
            [
                'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of '
                "boolean,date,integer,number,string",
                'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec.x": must be a simple json path starting '
                "with .",
            ],
        ),
        (
            definition(
                version={
                    "subresources": {
                        "scale": {
                            "specReplicasPath": ".x.n",
                            "statusReplicasPath": "status.n",
                            "labelSelectorPath": ".other",
                        }
                    }
                }
            ),
            [
                'spec.subresources.scale.specReplicasPath: Invalid value: ".x.n": should be a json path under .spec',
                'spec.subresources.scale.statusReplicasPath: Invalid value: "status.n": must be a simple json path starting '
                "with .",
                'spec.subresources.scale.labelSelectorPath: Invalid value: ".other": should be a json path under either '
                ".spec "
                "or .status",
            ],
        ),
        (
            definition(
                SIZE,
                version={
                    "selectableFields": [
                        {"jsonPath": one} for one in (".spec.m", ".spec.m", ".spec", ".spec.n", ".spec[0]", "spec", "")
                    ]
                },
            ),
            [
                'spec.selectableFields[1].jsonPath: Duplicate value: ".spec.m"',
                'spec.selectableFields[2].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or '
                "integer. Enum string fields and strings with formats are allowed.",
                'spec.selectableFields[3].jsonPath: Invalid value: ".spec.n": is an invalid path: does not refer to a valid '
                "field",
                'spec.selectableFields[4].jsonPath: Invalid value: ".spec[0]": is an invalid path: array notation is not '
                "allowed",
                'spec.selectableFields[5].jsonPath: Invalid value: "spec": is an invalid path: expected [ or . but got: spec',
                "spec.selectableFields[6].jsonPath: Required value",
            ],
        ),
        (
            definition({"type": "object", "maxProperties": 3}, version={"subresources": {"status": {}}}),
            [
                f'{ROOT}: Invalid value: {{"maxProperties":3,"type":"object"}}: only [Description Type Format Title Maximum '
                "ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems "
                "MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields are "
                "allowed at the root of the schema if the status subresource is enabled"
            ],
        ),
        (definition(**converted()), []),
        (
            definition(**converted(clientConfig=None)),
            ["spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook"],
        ),
        (
            definition(**converted(clientConfig={"url": "https://a", "service": {"name": "a", "namespace": "b"}})),
            ["spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required"],
        ),
        (
            definition(**converted(clientConfig={"url": "http://a?b"})),
            [
                "spec.conversion.webhookClientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; "
                "desired format: https://host[/path]",
                'spec.conversion.webhookClientConfig.url: Invalid value: "b": query parameters are not permitted in the '
                "URL",
            ],
        ),
        (
            definition(**converted(conversionReviewVersions=["v2", "v2"])),
            [
                'spec.conversion.conversionReviewVersions[1]: Invalid value: "v2": duplicate version',
                'spec.conversion.conversionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, '
                "v1beta1",
            ],
        ),
        (
            definition(conversion={"strategy": "None", "webhook": WEBHOOK}),
            [
                "spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook",
                "spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to "
                "Webhook",
            ],
        ),
        (
            definition(group="a.k8s.io"),
            [
                "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval "
                'annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'
            ],
        ),
        (
            definition(group="k8s.io", metadata={"annotations": {"api-approved.kubernetes.io": "unapproved, a test"}}),
            [],
        ),
        (
            definition(group="a.k8s.io", metadata={"annotations": {"api-approved.kubernetes.io": "yes"}}),
            [
                'metadata.annotations[api-approved.kubernetes.io]: Invalid value: "yes": protected groups must have approval '
                'annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see '
                "https://github.com/kubernetes/enhancements/pull/1111"
            ],
        ),
    ],
)
def test_the_rest_of_a_definition(data, errors):
    assert complaints(data) == errors


def test_versions_that_differ_are_named_one_by_one():
    second = {"name": "v2", "served": True, "storage": False, "schema": {"openAPIV3Schema": spec_field(type="array")}}
    data = definition()
    data["spec"]["versions"].append(second)
    path = "spec.versions[1].schema.openAPIV3Schema.properties[spec].properties[m].items"
    assert complaints(data) == [f"{path}: Required value: must be specified"]


ESTABLISHED = {"status": {"conditions": [{"type": "Established", "status": "True"}], "storedVersions": ["v1"]}}


@pytest.mark.parametrize(
    ("old", "errors"),
    [
        (definition(scope="Cluster") | ESTABLISHED, ['spec.scope: Invalid value: "Namespaced": field is immutable']),
        (definition(scope="Cluster"), []),
        (
            definition(names={"plural": "widgets", "kind": "Gadget"}) | ESTABLISHED,
            ['spec.names.kind: Invalid value: "Widget": field is immutable'],
        ),
        (definition(names={"plural": "widgets", "kind": "Gadget"}), []),
    ],
)
def test_what_may_change_before_and_after_it_is_established(old, errors):
    assert complaints(definition() | ESTABLISHED, old) == errors


def test_a_group_that_was_never_approved_may_stay_so():
    data = definition(group="a.k8s.io")
    assert complaints(data | ESTABLISHED, data | ESTABLISHED) == []
