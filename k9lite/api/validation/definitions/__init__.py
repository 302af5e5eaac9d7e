"""Rules for definitions of custom resources (apiextensions-apiserver: pkg/apis/apiextensions/validation).

hub        the form that Kubernetes judges, and names in its messages: what all versions share stands above them
spec       group, names, scope, versions, approval and what may change; conversion: by which webhook
structural whether a schema is structural; schema_rules: what else OpenAPI allows and Kubernetes does not
values     whether defaults fit their own schema; paths: columns, selectable fields and scale
"""

from k9lite.api.validation.definitions.spec import create, update
from k9lite.api.validation.rules import Rules

RULES = {"CustomResourceDefinition": Rules(create, update)}

__all__ = ["RULES"]
