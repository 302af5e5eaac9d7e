"""The release of Kubernetes whose behaviour this is: that of the model."""

from lightkube.models import __version__ as _model_version

MAJOR, MINOR, PATCH = _model_version.split(".")[:3]
KUBERNETES = f"v{MAJOR}.{MINOR}.{PATCH}"
