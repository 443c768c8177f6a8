# Everything a newcomer needs is `make chat` and `make test`.
#
#   make chat [HUB=pt] [SPEAK=uk] [WHO=anna] [NOW=2027-03-01T09:00+01:00]     talk to the bot; `make chat <file` plays a file
#   make test      every check and every test, with a real PostgreSQL
#   make crowd     fifty people at once for ten places, each in a process of their own, on each kind of database
#   make kills     300 processes killed inside their turns, on each kind of database (KILLS=1000, FAULT=take-twice: see docs)
#   make check     only what reads the code: style, types, import rules
#   make bench     what things cost beside their bars; PARTS="turn line" for some of them: docs/performance.md
#   make lock      writes requirements/*.txt anew (UPGRADE=1: with the newest versions)
#   make audit     known vulnerabilities of what we ship
#   make clean     removes what make has made; data/ stays
#
# Exit codes are promised for `hubbot`, not here: make turns every failure into 2.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Without byte code every start takes two to four times as long.
unexport PYTHONDONTWRITEBYTECODE
.SUFFIXES:
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: chat test check kills crowd bench lock audit clean again

# The values reach the shell as environment variables, never as Makefile text: no quoting to get wrong.
# SPEAK and not LANG: make would hand on the person's own LANG.
chat: $(VENV)/.runtime
	@exec $(BIN)/python -m bot chat $${HUB:+--hub "$$HUB"} $${SPEAK:+--lang "$$SPEAK"} $${WHO:+--as "$$WHO"} $${NOW:+--now "$$NOW"}

test: $(VENV)/.dev
	@exec sh tools/test.sh

kills: $(VENV)/.dev
	@$${FAULT:+env KILLS_FAULT="$$FAULT"} $(BIN)/python -m tests.acceptance.kills $${KILLS:+--kills "$$KILLS"}

crowd: $(VENV)/.dev
	@$(BIN)/python -m tests.acceptance.crowd

check: $(VENV)/.dev
	@exec sh tools/test.sh check

bench: $(VENV)/.dev
	@exec $(BIN)/python -m tools.bench $$PARTS

lock: $(VENV)/.runtime
	@exec sh tools/lock.sh

audit: $(VENV)/.tools
	@exec $(VENV)/tools/bin/python -m pip_audit -S --disable-pip --require-hashes -r requirements/runtime.txt

clean:
	rm -rf $(VENV) build dist hubbot.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find bot flows locales storage tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# The stamps survive what breaks an environment: a folder that was moved or copied, a Python that was removed.
ifneq "$(shell cat $(VENV)/.root 2>/dev/null)" "$(CURDIR)"
STALE := again
else ifeq "$(wildcard $(BIN)/python)" ""
STALE := again
endif

RECIPE := requirements/build.txt requirements/bootstrap.txt pyproject.toml tools/bootstrap.sh $(STALE)

$(VENV)/.runtime: requirements/runtime.txt $(RECIPE)
	@PYTHON="$(PYTHON)" sh tools/bootstrap.sh runtime </dev/null >&2

$(VENV)/.dev: requirements/dev.txt $(RECIPE)
	@PYTHON="$(PYTHON)" sh tools/bootstrap.sh dev </dev/null >&2

$(VENV)/.tools: requirements/tools.txt $(VENV)/.runtime
	@PYTHON="$(PYTHON)" sh tools/bootstrap.sh tools </dev/null >&2
