"""JSON data as YAML that every reader understands as the same data."""

import re
from typing import Any

import yaml

from k9lite.yaml_reader.scalars import ScalarError, resolve

_DATE = re.compile(r"\d{4}-\d\d-\d\d")  # text to Kubernetes, a date to other readers of YAML


class _Dumper(yaml.CSafeDumper):
    """Quotes every text that would be read back as something else."""


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    if "\n" in value:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|")
    try:
        plain = resolve(value) == value and not _DATE.match(value)
    except ScalarError:
        plain = False
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def to_yaml(data: Any) -> str:
    """One document, its keys sorted as kubectl has them."""
    text: Any = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, default_flow_style=False, width=10_000)
    return str(text)
