"""One k9lite for all transcripts, and one with its default images."""

from collections.abc import Iterator

import pytest
from serving import Served


@pytest.fixture(scope="session")
def any_images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("any-images"), "--images", "any")
    yield served
    served.close()


@pytest.fixture(scope="session")
def default_images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("default-images"))
    yield served
    served.close()
