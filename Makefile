# The few words that keep the house. README says what each stands for in plain pip.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run setup test check format bench soak load train audit lock clean

run: setup ## set up if needed, and serve the dashboard
	$(BIN)/streamlit run app.py

setup: .venv/.runs ## only set up: a virtual environment in .venv, with the command `emotion` in it

test: .venv/.tests ## set up if needed, and run all tests
	$(BIN)/python -m pytest $(ARGS)

check: .venv/.tests ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/.tests
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.tests ## measure speed, memory and detection against fer (docs/performance.md)
	$(BIN)/python benchmarks/run.py $(ARGS)

soak: .venv/.tests ## 500 live sessions and 100 killed browser tabs: what is left of them? (an hour)
	SOAK_CYCLES=500 SOAK_TABS=100 $(BIN)/python -m pytest tests/live/test_soak.py tests/browser/test_places.py $(ARGS)

load: .venv/.tests ## 50 people open pages, 10 upload, for a minute: in time, without an error? (docs/scaling.md)
	LOAD_S=60 $(BIN)/python -m pytest tests/load $(ARGS)

train: .venv/.tests ## train the emotion network: make train DATA=ferplus.npz (docs/model.md)
	$(BIN)/python -m training $(DATA) $(ARGS)

# By itself, because CI has no network and nothing here needs it: what it installs comes near to none of ours.
LOCKS ?= requirements.lock requirements-dev.lock
audit: ## known weaknesses of the libraries that the locks name (needs a network)
	$(PYTHON) -m venv .audit
	.audit/bin/python -m pip install --disable-pip-version-check --quiet "pip-audit>=2.9,<3"
	.audit/bin/pip-audit --strict --disable-pip --no-deps $(LOCKS:%=--requirement %) $(ARGS)

lock: ## write both locks anew (needs uv)
	sh lock/compile.sh

clean:
	rm -rf .venv .audit

# --no-deps because the lock is complete, and leaves one wish of fer's unfulfilled on purpose (see lock/README.md).
.venv/.runs: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --editable .
	$(BIN)/emotion models prepare
	touch $@

.venv/.tests: .venv/.runs requirements-dev.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps -r requirements-dev.lock
	touch $@
