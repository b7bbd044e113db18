# Targets: demo, test, check, bench, docs, clean. Nothing is needed but Python 3.11 or newer, pip, make and git.

PYTHON ?= python3
VENV := .venv
WHEEL_VENV := .venv-wheel
RUN := $(VENV)/bin/python
BUILD := build/wheel
STAGE := build/stage

SOURCES := $(shell find shadowai connectors signatures -name __pycache__ -prune -o -type f -print 2>/dev/null)
NEEDED := tests samples docs README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE pyproject.toml

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_QUIET := 1

.DELETE_ON_ERROR:
.PHONY: demo test check wheel suite bench docs clean

# A person's first look: the samples as a table, and the same inventory as a file. Exit codes 1 (a breach) and 3 (gaps)
# are what samples are for.
demo: $(VENV)/installed
	$(RUN) -m shadowai scan samples/ || case $$? in 1|3) ;; *) exit 1 ;; esac
	@mkdir -p build/demo
	@$(RUN) -m shadowai scan samples/ -o build/demo/inventory.csv 2>/dev/null || case $$? in 1|3) ;; *) exit 1 ;; esac
	@echo
	@echo "The inventory as CSV: build/demo/inventory.csv"

# Everything that continuous integration runs.
test: check suite

check: $(VENV)/dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check --quiet .
	$(VENV)/bin/mypy
	$(RUN) -m shadowai signatures lint

# The suite runs once, on the installed wheel, in a folder that holds what the tests need and not the program. The
# tests that judge the program's text find it through SHADOWAI_SOURCE.
suite: $(WHEEL_VENV)/installed
	@rm -rf $(STAGE)
	@mkdir -p $(STAGE)
	@cp -R $(wildcard $(NEEDED)) $(STAGE)
	cd $(STAGE) && env -u PYTHONPATH SHADOWAI_SOURCE="$(CURDIR)" SHADOWAI_WHEEL="$$(ls "$(CURDIR)"/$(BUILD)/*.whl)" \
		"$(CURDIR)/$(WHEEL_VENV)/bin/python" -m pytest -p no:cacheprovider

wheel: $(BUILD)/built

bench: $(VENV)/installed
	$(RUN) -m bench

# Writes what commands print into the blocks of the documentation.
docs: $(VENV)/dev
	$(RUN) -m tests.house.readme --write

clean:
	rm -rf build dist *.egg-info .venv .venv-wheel .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the targets need, each made once and again when what it is made of has changed -----------------------------

$(VENV)/created $(WHEEL_VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(@D)
	@touch $@

$(VENV)/installed: pyproject.toml $(VENV)/created
	$(RUN) -m pip install --editable .
	@touch $@

$(VENV)/dev: $(VENV)/installed
	$(RUN) -m pip install --editable '.[dev]'
	@touch $@

$(BUILD)/built: pyproject.toml README.md LICENSE $(SOURCES) $(VENV)/created
	@rm -rf build/lib build/bdist.* $(BUILD)
	$(RUN) -m pip wheel --no-deps --wheel-dir $(BUILD) .
	@touch $@

# The libraries are installed from what the wheel asks for, and stay when only the wheel is a new one.
$(WHEEL_VENV)/installed: $(BUILD)/built $(WHEEL_VENV)/created
	$(WHEEL_VENV)/bin/python -m pip install "$$(ls $(BUILD)/*.whl)[test]"
	$(WHEEL_VENV)/bin/python -m pip install --no-deps --force-reinstall $(BUILD)/*.whl
	@touch $@
