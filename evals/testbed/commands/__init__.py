"""The subcommands of `whydown testbed`: front doors without logic, one module a topic."""
