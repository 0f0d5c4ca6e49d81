# What a newcomer and a maintainer call. POSIX make and sh; Debian and macOS; Python 3.11 or newer.
#
#   make demo     install, and show what Runlore does, on transcripts of a simulated company
#   make test     every test; those of the record also on a PostgreSQL that the tests start; says what it skips and why
#   make check    lint, format, types, import contracts, sizes, generated documentation
#   make docs     generate the generated pages anew
#   make bench    how fast reading is, over a folder of sessions: make bench SESSIONS=~/.claude/projects
#   make bench-record   the record on SQLite and PostgreSQL: 1,000 documents, sixteen processes for a minute, backups
#   make clean    remove what was built here (not .venv); make distclean: that too
#
# VENV names the environment (.venv). LOCKED=1 installs the tools from requirements-dev.lock with hashes, as .ci/run does.

VENV = .venv
LOCKED =
PY = $(VENV)/bin/python
PIP = $(PY) -m pip --disable-pip-version-check
WORKERS = auto
SESSIONS =

.PHONY: demo test check lint format types contracts docs bench bench-record clean distclean lock

demo: $(VENV)/.runlore
	@$(PY) -m runlore.demo.run

test: $(VENV)/.runlore-dev
	$(PY) -m pytest -n $(WORKERS) --dist loadfile -rs

check: $(VENV)/.runlore-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) tools/check_sizes.py
	$(PY) tools/check_docs.py
	$(PY) tools/generate_docs.py --check

format: $(VENV)/.runlore-dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

docs: $(VENV)/.runlore-dev
	$(PY) tools/generate_docs.py

bench: $(VENV)/.runlore-dev
	$(PY) benchmarks/reading.py $(SESSIONS)

bench-record: $(VENV)/.runlore-dev
	$(PY) benchmarks/record.py

lock:
	sh tools/lock.sh

# The package alone, as a user has it, but editable.
$(VENV)/.runlore: pyproject.toml tools/make_environment.sh tools/find_python.sh
	@sh tools/make_environment.sh $(VENV)
	@echo "Installing Runlore into $(VENV) ..."
	@$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.runlore-dev: pyproject.toml requirements-dev.lock tools/make_environment.sh tools/find_python.sh
	@sh tools/make_environment.sh $(VENV)
	@echo "Installing Runlore and its tools into $(VENV) ..."
	@if [ -n "$(LOCKED)" ]; then \
	  $(PIP) install --quiet --require-hashes --requirement requirements-dev.lock && \
	  $(PIP) install --quiet --no-deps --no-build-isolation --editable . ; \
	else \
	  $(PIP) install --quiet --editable '.[dev]' ; \
	fi
	@touch $(VENV)/.runlore $@

clean:
	rm -rf build dist .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)
