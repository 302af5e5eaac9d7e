"""asyncio tools: clock, work queue, task supervision, byte streams. They know no Kubernetes."""
