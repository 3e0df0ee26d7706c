# Every target makes what it needs: a virtual environment in .venv with locked dependencies.
PYTHON ?= python3
BIN := .venv/bin
RECORDING ?= evals/recordings/payment-slow

.PHONY: demo screenshot test test-live lint bench lock clean

demo: .venv/run.stamp ## investigate a bundled incident
	@$(BIN)/whydown investigate $(RECORDING)

screenshot: .venv/run.stamp ## the picture in README: the terminal interface on a bundled incident
	@$(BIN)/python -m evals.bench.screenshot .github/chat.svg --recording $(RECORDING)

test: .venv/dev.stamp ## unit and end-to-end tests that need no server
	$(BIN)/python -m pytest -m "not live" -n auto

test-live: .venv/dev.stamp ## tests that start real servers on loopback
	$(BIN)/python -m pytest -m live

lint: .venv/dev.stamp ## style, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev.stamp ## cost of a survey on 1 and 10 million generated spans, and on a live Prometheus; BENCH="--large" adds 50
	@$(BIN)/python -m evals.bench $(BENCH)

lock: .venv/dev.stamp ## renew the locked dependencies after a change of pyproject.toml
	$(BIN)/uv pip compile -q --no-header pyproject.toml --python-version 3.11 -o requirements.lock
	$(BIN)/uv pip compile -q --no-header --all-extras pyproject.toml --python-version 3.11 -o requirements-dev.lock

.venv/run.stamp: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing whydown into .venv (first time only)…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing whydown and its development tools into .venv (first time only)…"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch .venv/run.stamp $@

clean:
	rm -rf .venv .whydown build *.egg-info .mypy_cache .ruff_cache .pytest_cache
