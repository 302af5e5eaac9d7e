"""Rules for how a definition's versions become each other."""

import base64
import binascii
from urllib.parse import urlsplit

from cryptography import x509

from k9lite.api import errors, names
from k9lite.api.object import Data
from k9lite.api.validation import values
from k9lite.api.validation.values import Errors

_STRATEGIES = ("None", "Webhook")
_REVIEW_VERSIONS = ("v1", "v1beta1")
_URL_FORM = "desired format: https://host[/path]"


def conversion(path: str, given: Data | None, *, established: bool) -> Errors:
    """established: whether objects may be there already that need the webhook"""
    if given is None:
        return
    yield from values.one_of(f"{path}.strategy", given.get("strategy"), _STRATEGIES)
    webhook = given.get("webhook") or {}
    client, versions = webhook.get("clientConfig"), webhook.get("conversionReviewVersions") or []
    if given.get("strategy") != "Webhook":
        unwanted = "should not be set when strategy is not set to Webhook"
        if client is not None:
            yield errors.forbidden_field(f"{path}.webhookClientConfig", unwanted)
        if versions:
            yield errors.forbidden_field(f"{path}.conversionReviewVersions", unwanted)
        return
    if client is None:
        yield errors.required(f"{path}.webhookClientConfig", "required when strategy is set to Webhook")
    else:
        yield from _client(f"{path}.webhookClientConfig", client, established)
    yield from _review_versions(f"{path}.conversionReviewVersions", versions)


def _client(path: str, client: Data, established: bool) -> Errors:
    url, service = client.get("url"), client.get("service")
    if (url is None) == (service is None):
        yield errors.required(path, "exactly one of url or service is required")
    elif url is not None:
        yield from webhook_url(f"{path}.url", url)
    elif service is not None:
        yield from webhook_service(f"{path}.service", service)
    bundle = client.get("caBundle")
    if bundle and established:
        yield from _ca_bundle(f"{path}.caBundle", bundle)


def webhook_url(path: str, url: str) -> Errors:
    """Where a webhook is reached without a Service."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        yield errors.required(path, f"url must be a valid URL: {error}; {_URL_FORM}")
        return
    if parts.scheme != "https":
        message = f"'https' is the only allowed URL scheme; {_URL_FORM}"
        yield errors.invalid(path, parts.scheme, message)
    if not parts.netloc:
        yield errors.invalid(path, parts.netloc, f"host must be specified; {_URL_FORM}")
    if parts.username is not None:
        yield errors.invalid(path, parts.username, "user information is not permitted in the URL")
    if parts.fragment:
        yield errors.invalid(path, parts.fragment, "fragments are not permitted in the URL")
    if parts.query:
        yield errors.invalid(path, parts.query, "query parameters are not permitted in the URL")


def webhook_service(path: str, service: Data) -> Errors:
    """The Service that a webhook is behind."""
    if not service.get("name"):
        yield errors.required(f"{path}.name", "service name is required")
    if not service.get("namespace"):
        yield errors.required(f"{path}.namespace", "service namespace is required")
    if not 1 <= service.get("port", 443) <= 65535:
        yield errors.invalid(f"{path}.port", service.get("port"), f"port is not valid: {names.in_range(1, 65535)}")
    location = service.get("path")
    if location is None:
        return
    if not location.startswith("/"):
        yield errors.invalid(f"{path}.path", location, "must start with a '/'")
    steps = location[1:].split("/")
    for index, step in enumerate(steps[:-1] if location.endswith("/") and location != "/" else steps):
        if location == "/":
            return
        if not step:
            yield errors.invalid(f"{path}.path", location, f"segment[{index}] may not be empty")
        for message in names.dns_subdomain(step) if step else ():
            yield errors.invalid(f"{path}.path", location, f"segment[{index}]: {message}")


def _ca_bundle(path: str, bundle: str) -> Errors:
    try:
        x509.load_pem_x509_certificates(base64.b64decode(bundle, validate=True))
    except (ValueError, binascii.Error):
        why = "unable to load root certificates: unable to parse bytes as PEM block"
        yield errors.invalid(path, bundle, why)


def _review_versions(path: str, versions: list[str]) -> Errors:
    if not versions:
        yield errors.required(path)
        return
    for index, version in enumerate(versions):
        if version in versions[:index]:
            yield errors.invalid(f"{path}[{index}]", version, "duplicate version")
        else:
            yield from values.text(f"{path}[{index}]", version, names.dns_1035_label)
    if not set(versions) & set(_REVIEW_VERSIONS):
        yield errors.invalid(path, versions, f"must include at least one of {', '.join(_REVIEW_VERSIONS)}")
