# The daily commands. Needs Python 3 and make; uv and a suitable Python are found or fetched (.ci/uv).
.POSIX:
.SUFFIXES:
.PHONY: help demo test test-long check fix bench bench-large messages sync

UV = ./.ci/uv
PYTHON = .venv/bin/python
MANAGE = SUMMITPREP_BUILD=1 $(PYTHON) manage.py
# Compiled modules are kept beside their source: each process would spend seconds on compiling them again.
PYTHONDONTWRITEBYTECODE =
export PYTHONDONTWRITEBYTECODE
# More for the command: make demo ARGS="--port 8080", make test ARGS="tests/rules -x"
ARGS =
WORKERS = 2

help:
	@echo 'make demo         the whole product on this machine, with fictitious data; Ctrl-C stops it'
	@echo 'make test         the suite, within ten minutes'
	@echo 'make test-long    the large numbers: faults, matrices, simulations'
	@echo 'make check        style, types, layers, migrations'
	@echo 'make fix          what style can be repaired by itself'
	@echo 'make bench        the benchmarks; bench-large: with the large numbers'
	@echo 'make messages     collect and compile the texts for translation'

demo:
	@$(UV) sync --quiet --locked --inexact --no-default-groups --group embedded
	@exec $(PYTHON) manage.py demo $(ARGS)

test: sync
	@exec $(PYTHON) -m pytest -m 'not slow' -n $(WORKERS) --maxschedchunk 4 $(ARGS)

test-long: sync
	@SUMMITPREP_PICTURES=1 exec $(PYTHON) -m pytest -m slow $(ARGS)

check: sync
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	SUMMITPREP_BUILD=1 $(PYTHON) -m mypy .
	.venv/bin/lint-imports
	$(PYTHON) -m summitprep.embedded env SUMMITPREP_BUILD=1 $(PYTHON) manage.py makemigrations --check --dry-run

fix: sync
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

bench: sync
	@exec $(PYTHON) -m summitprep.embedded --durable $(PYTHON) bench/run.py $(ARGS)

bench-large: sync
	@exec $(PYTHON) -m summitprep.embedded --durable $(PYTHON) bench/run.py --large $(ARGS)

messages: sync
	$(MANAGE) messages $(ARGS)

sync:
	@$(UV) sync --quiet --locked
