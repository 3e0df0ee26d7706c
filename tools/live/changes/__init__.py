"""Changes that are noted elsewhere: commits, deployments, cluster events, annotations."""
