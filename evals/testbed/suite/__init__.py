"""The shop's own integration tests, as a team would keep them; they know nothing of faults.

They need a running shop: `pytest --plan RUN_FOLDER/plan.json`. `whydown testbed suite` starts one, runs them
with telemetry collected beside them, and leaves what a build server would have.
"""
