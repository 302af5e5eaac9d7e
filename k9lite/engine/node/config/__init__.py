"""What a container is made of: environment, volumes, files, security settings. Decides; writes nothing."""
