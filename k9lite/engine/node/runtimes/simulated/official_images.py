"""Facts about the official images of the Docker hub: their names, and what their tags are made of."""

NAMES = frozenset({
    "adminer", "aerospike", "almalinux", "alpine", "alt", "amazoncorretto", "amazonlinux", "api-firewall", "arangodb",
    "archlinux", "backdrop", "bash", "bonita", "buildpack-deps", "busybox", "caddy", "cassandra", "celery", "centos",
    "chronograf", "cirros", "clearlinux", "clefos", "clickhouse", "clojure", "composer", "consul", "convertigo",
    "couchbase", "couchdb", "crate", "crux", "dart", "debian", "django", "docker", "drupal", "eclipse-mosquitto",
    "eclipse-temurin", "eggdrop", "elasticsearch", "elixir", "emqx", "erlang", "express-gateway", "fedora", "flink",
    "fluentd", "friendica", "gazebo", "gcc", "geonetwork", "ghost", "golang", "gradle", "groovy", "haproxy",
    "haskell", "haxe", "hello-seattle", "hello-world", "hipache", "hitch", "hola-mundo", "httpd", "hylang",
    "ibm-semeru-runtimes", "ibmjava", "influxdb", "iojs", "irssi", "java", "jenkins", "jetty", "jobber", "joomla",
    "jruby", "julia", "kaazing-gateway", "kapacitor", "kibana", "known", "kong", "krakend", "lightstreamer",
    "liquibase", "logstash", "mageia", "mariadb", "matomo", "maven", "mediawiki", "memcached", "mongo",
    "mongo-express", "monica", "mono", "mysql", "nats", "nats-streaming", "neo4j", "neurodebian", "nextcloud",
    "nginx", "node", "notary", "nuxeo", "odoo", "open-liberty", "openjdk", "opensuse", "oraclelinux", "orientdb",
    "owncloud", "percona", "perl", "photon", "php", "php-zendserver", "phpmyadmin", "piwik", "plone", "postfixadmin",
    "postgres", "pypy", "python", "r-base", "rabbitmq", "rails", "rakudo-star", "redis", "redmine", "registry",
    "rethinkdb", "rocket.chat", "rockylinux", "ros", "ruby", "rust", "sapmachine", "satosa", "sentry", "silverpeas",
    "sl", "solr", "sonarqube", "sourcemage", "spark", "spiped", "storm", "swarm", "swift", "swipl", "teamspeak",
    "telegraf", "thrift", "tomcat", "tomee", "traefik", "ubuntu", "ubuntu-debootstrap", "ubuntu-upstart", "unit",
    "varnish", "vault", "websphere-liberty", "wordpress", "xwiki", "yourls", "znc", "zookeeper",
})  # fmt: skip

# The words of tags, beside versions.
TAG_WORDS = frozenset({
    "alpine", "alpinelinux", "slim", "bookworm", "bullseye", "buster", "stretch", "jessie", "wheezy", "trixie", "sid",
    "unstable", "jammy", "noble", "focal", "bionic", "xenial", "trusty", "oracular", "plucky", "questing", "perl",
    "otel", "glibc", "musl", "uclibc", "apache", "fpm", "cli", "zts", "management", "latest", "stable", "mainline",
    "edge", "lts", "rolling", "current", "unprivileged", "jdk", "jre", "headless", "jdk8", "debian", "ubuntu", "ubi",
    "ubi9", "php", "jre11", "hotspot", "openj9", "temurin", "eclipse", "amazoncorretto", "corretto", "al2023", "rc",
    "beta", "alpha", "community", "enterprise", "ce", "ee", "oss", "ls", "windowsservercore", "nanoserver", "ltsc",
    "scm", "curl", "onbuild", "browsers", "plugins", "scratch", "linux", "distroless", "minimal", "full", "standard",
    "developer", "java", "iron", "hydrogen", "gallium", "fermium", "argon", "boron", "carbon", "dubnium", "erbium",
    "krypton", "jod", "tools", "build", "buildpack", "dind", "git", "rootless", "core", "base", "devel", "dev",
    "dist", "nightly", "preview", "experimental", "legacy", "oldstable", "testing", "backports", "security",
    "updates", "openssl", "libressl", "lua", "builder", "postgis", "centos", "rhel", "rocky", "fedora", "opensuse",
    "kernel", "scala", "python", "ruby", "node", "golang", "cuda", "oracle", "oraclelinux", "threaded", "javaee",
    "webprofile", "microprofile", "plume", "plus", "graalvm", "openjdk", "jruby", "graal", "zulu", "sapmachine",
    "semeru", "opensearch", "beats", "wolfi", "mysql", "pgsql", "sqlite", "uwsgi", "nginx", "arm", "amd", "debug",
    "nonroot", "swarm", "agent", "server", "client", "operator", "helm", "lite", "extra", "small", "large", "systemd",
    "init", "gnu", "static",
})  # fmt: skip

# The first number of the newest version, of those whose tags tutorials like to get wrong.
NEWEST_MAJOR = {
    "nginx": 1, "httpd": 2, "redis": 8, "postgres": 18, "mysql": 9, "mariadb": 12, "mongo": 8,
    "memcached": 1, "node": 25, "python": 3, "golang": 1, "php": 8, "ruby": 4, "perl": 5,
    "openjdk": 27, "tomcat": 11, "busybox": 1, "alpine": 3, "debian": 14, "ubuntu": 26, "haproxy": 3,
    "traefik": 3, "rabbitmq": 4, "wordpress": 7, "caddy": 2, "registry": 3, "nats": 2,
}  # fmt: skip
