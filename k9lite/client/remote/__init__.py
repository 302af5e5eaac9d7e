"""A cluster elsewhere: HttpClient implements the Client protocol over HTTPS, for a running k9lite or a real cluster."""

from k9lite.client.remote.http_client import HttpClient
from k9lite.client.remote.kubeconfig import Endpoint, KubeconfigError, load

__all__ = ["Endpoint", "HttpClient", "KubeconfigError", "load"]
