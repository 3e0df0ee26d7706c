"""One module a service. Each has a `router`, a `Settings` model and a `NEEDS`; some have a `background` task."""
