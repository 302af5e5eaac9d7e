"""Which pods stand behind a Service: EndpointSlices and, for old clients, Endpoints (pkg/controller/endpoint*)."""
