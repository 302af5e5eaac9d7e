"""The tables of README that are made from code are as the code has them."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "docs" / "tables.py"


def test_its_tables_are_not_stale():
    spec = importlib.util.spec_from_file_location("readme_tables", SCRIPT)
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    text = tables.README.read_text()
    for name in tables.TABLES:
        assert f"<!-- {name}: " in text
    assert tables.renewed(text) == text, "run `make tables`"
    assert tables.renewed(text.replace("| core |", "| heart |")) == text
    assert tables.renewed(text.replace("`s` Scale,", "`s` Weigh,")) == text
