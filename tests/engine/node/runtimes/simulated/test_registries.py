"""Which images can be pulled, and what is said of those that cannot."""

import pytest

from k9lite.api import images
from k9lite.engine.node.runtimes.protocol import PullError
from k9lite.engine.node.runtimes.simulated.catalogue import Catalogue

DENIED = (
    "pull access denied, repository does not exist or may require authorization: "
    "server message: insufficient_scope: authorization failed"
)


def full(name: str) -> str:
    return str(images.parse(name))


@pytest.mark.parametrize(
    "name",
    [
        "nginx",
        "nginx:1.16.1",
        "centos:centos7",
        "flink:1.16.0-scala_2.12",
        "mysql:8-oracle",
        "spark:3.5.0-scala2.12-java11-python3-ubuntu",
        "perl:5.34-slim-threaded-buster",
        "eclipse-temurin:17.0.9_9-jre-alpine",
        "nginx:1.7.9",
        "nginx:1.27-alpine",
        "nginx:perl",
        "nginx:alpine3.20-slim",
        "nginx:stable-alpine",
        "redis:7-alpine",
        "mysql:8.0",
        "mysql:5.6",
        "postgres:16-bookworm",
        "python:3.12-slim-bookworm",
        "node:20-alpine3.19",
        "debian:bookworm-slim",
        "ubuntu:22.04",
        "ubuntu:jammy-20240111",
        "alpine:20240329",
        "openjdk:8-jre-alpine",
        "openjdk:8u212-jdk",
        "cassandra:3.11",
        "wordpress:6.2.1-apache",
        "php:8.2-fpm",
        "mongo:4.4.0-rc8",
        "zookeeper",
        "golang:1.22",
        "rabbitmq:3.12-management",
        "busybox:1.28",
        "perl:5.34.0",
        "bash:5",
        "hello-world:linux",
        "registry.k8s.io/pause:3.10",
        "k8s.gcr.io/echoserver:1.4",
        "registry.k8s.io/e2e-test-images/agnhost:2.53",
        "registry.k8s.io/e2e-test-images/nonroot:1.4",
        "registry.k8s.io/nginx-slim:0.8",
        "registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10",
        "gcr.io/google-samples/gb-frontend:v5",
        "gcr.io/google-samples/hello-app:2.0",
        "gcr.io/google-samples/xtrabackup:1.0",
        "gcr.io/google-samples/cassandra:v13",
        "gcr.io/google-samples/kubernetes-bootcamp:v1",
        "us-docker.pkg.dev/google-samples/containers/gke/hello-app:1.0",
        "us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5",
        "quay.io/prometheus/node-exporter:v1.7.0",
        "ghcr.io/stefanprodan/podinfo:6.7.0",
        "mcr.microsoft.com/azuredocs/azure-vote-front:v1",
        "public.ecr.aws/nginx/nginx:1.25",
        "nvcr.io/nvidia/cuda:12.0",
        "docker.elastic.co/elasticsearch/elasticsearch:8.11.0",
        "ymqytw/nginxhttps:1.5",
        "bitnami/redis:7.2",
        "mysql/mysql-server:8.0",
        "argoproj/argocd:v2.9.0",
        "fluent/fluentd-kubernetes-daemonset:v1",
    ],
)
def test_what_can_be_pulled(name: str) -> None:
    assert Catalogue().fetch(full(name)).size > 0


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        *(
            (name, DENIED)
            for name in (
                "node-app",
                "node-app:v9",
                "ngnix",
                "ngninx:latest",
                "busybx",
                "postgress",
                "my-app",
                "grafana/grafna",
                "grafanna/grafana",
                "bitnami/redsi",
                "your-org/app:1",
                "my-user/web",
                "username/web",
                "curlimage/curl",
            )
        ),
        *(
            (name, "{}: not found")
            for name in (
                "nginx:1.161",
                "nginx:doesnotexist",
                "nginx:999",
                "nginx:2.0",
                "nginx:v1-broken",
                "redis:99-alpine",
                "gcr.io/google-samples/kubernetes-bootcamp:v10",
                "gcr.io/google-samples/hello-app:3.0",
                "gcr.io/my-project/app:v1",
                "ghcr.io/owner/app:v1",
                "registry.k8s.io/echoservr:1.4",
            )
        ),
        (
            "localhost:5000/app:1",
            'failed to do request: Head "https://localhost:5000/v2/app/manifests/1": '
            "dial tcp [::1]:5000: connect: connection refused",
        ),
        (
            "registry.shop.test/app",
            'failed to do request: Head "https://registry.shop.test/v2/app/manifests/latest": '
            "dial tcp: lookup registry.shop.test: no such host",
        ),
    ],
)
def test_what_cannot_be_pulled(name: str, problem: str) -> None:
    whole = full(name)
    with pytest.raises(PullError) as error:
        Catalogue().fetch(whole)
    told = f'failed to pull and unpack image "{whole}": failed to resolve reference "{whole}": '
    assert str(error.value) == told + problem.format(whole)
    assert Catalogue("any").fetch(whole).size > 0
