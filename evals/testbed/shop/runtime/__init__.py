"""What every service of the shop is built on: settings, telemetry, clients, stores and the HTTP server."""
