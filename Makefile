# Targets: demo, demo-sweep, test, check, test-emulators, test-validators, measure, test-live, bench, fuzz, sanitize, docs, clean. Nothing is needed but Python 3.11 or newer, pip, make and git.

PYTHON ?= python3
VENV := .venv
WHEEL_VENV := .venv-wheel
RUN := $(VENV)/bin/python
BUILD := build/wheel
COPY := build/copy
SANITIZE := -fsanitize=address,undefined
SECONDS ?= 60
STAGE := build/stage

SOURCES := $(shell find shadowai connectors signatures -name __pycache__ -prune -o -type f ! -name "*.so" -print 2>/dev/null)
NEEDED := tests bench samples docs README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE pyproject.toml setup.py

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_QUIET := 1
# Hundreds of processes are started: what they import is compiled once, not by each of them.
unexport PYTHONDONTWRITEBYTECODE

.DELETE_ON_ERROR:
.PHONY: demo demo-sweep test check beside wheel suite test-emulators emulators-if-possible test-validators validators-if-possible measure test-live bench fuzz sanitize docs clean

# A person's first look: the samples as a table, and the same inventory as a file. Exit codes 1 (a breach) and 3 (gaps)
# are what samples are for.
demo: $(VENV)/installed
	$(RUN) -m shadowai scan samples/ || case $$? in 1|3) ;; *) exit 1 ;; esac
	@mkdir -p build/demo
	@$(RUN) -m shadowai scan samples/ -o build/demo/inventory.csv 2>/dev/null || case $$? in 1|3) ;; *) exit 1 ;; esac
	@echo
	@echo "The inventory as CSV: build/demo/inventory.csv"

# A doctor's visit, two sweeps and the difference between them, against two made tenants behind servers on this machine. Leaves
# its configuration, inventory and history in build/demo-sweep.
demo-sweep: $(VENV)/dev
	$(RUN) -m tests.tenants.demo build/demo-sweep

# Everything that continuous integration runs. What is made and checked with the development environment takes one processor, and so
# do the wheel and its environment: they go side by side, and with them the command BESIDE, if there is one, which gets ready what
# only the suite uses. Then the suite has the machine to itself.
test:
	@$(MAKE) --no-print-directory -j3 check $(WHEEL_VENV)/installed $(if $(BESIDE),beside) validators-if-possible emulators-if-possible
	@$(MAKE) --no-print-directory suite

check: $(VENV)/dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check --quiet .
	@mkdir -p build/types && ln -sfn ../../connectors build/types/shadowai_connectors
	MYPYPATH=build/types $(VENV)/bin/mypy
	$(RUN) -m shadowai signatures lint

beside:
	@$(BESIDE)

# The suite runs once, on the installed wheel, in a folder that holds what the tests need and not the program. The
# tests that judge the program's text find it through SHADOWAI_SOURCE.
suite: $(WHEEL_VENV)/installed
	@rm -rf $(STAGE)
	@mkdir -p $(STAGE)
	@cp -R $(wildcard $(NEEDED)) $(STAGE)
	cd $(STAGE) && env -u PYTHONPATH SHADOWAI_SOURCE="$(CURDIR)" SHADOWAI_WHEEL="$$(ls "$(CURDIR)"/$(BUILD)/*.whl)" \
		"$(CURDIR)/$(WHEEL_VENV)/bin/python" -m pytest -p no:cacheprovider -n auto --dist loadfile --no-loadscope-reorder

# The connectors against servers that others wrote: Prism on the vendors' specifications, and WireMock. Needs Node, npm and Java;
# the rest is installed from npm into ~/.cache/shadowai-emulators, once.
test-emulators: $(VENV)/dev
	$(RUN) -m tests.emulators

# The same as a part of `test`: what is not tested for want of a program is said, not hidden.
emulators-if-possible: $(VENV)/dev
	@if command -v node >/dev/null && command -v npm >/dev/null && command -v java >/dev/null; then $(MAKE) --no-print-directory test-emulators; else \
		echo "NOT TESTED: the connectors against Prism and WireMock, which need node, npm and java" >&2; fi

# The exports against the validators of those who published the formats. Needs Node and npm; what is installed once is used by
# the suite as well.
test-validators: $(VENV)/dev
	$(RUN) -m tests.export.validators

# As a part of `test` they are only installed: the suite asks the validators that are there.
validators-if-possible: $(VENV)/dev
	@if command -v node >/dev/null && command -v npm >/dev/null; then $(RUN) -m tests.export.validators.install; else \
		echo "NOT TESTED: the exports against published validators, which need node and npm" >&2; fi

# Calls, duration, memory and truth of sweeps of tenants of 50,000 users, under faults and kills. Takes a quarter of an hour.
measure: $(VENV)/dev
	$(RUN) -m tests.tenants.measure

# `shadowai watch` between network namespaces, with the clients that are installed of openssl, curl, dig and Chromium. Needs
# root and iproute2; not part of `test`.
test-live: $(VENV)/dev
	$(RUN) -m pip install aioquic
	$(RUN) -m tests.live.run

wheel: $(BUILD)/built

bench: $(VENV)/installed
	$(RUN) -m bench

# Hostile input made by machine, for SECONDS, from our own captures and logs and those below the folder CORPUS; findings go to
# build/fuzz. With GUIDED=1 by atheris too, which looks for new paths through the readers (installed where there is a wheel).
fuzz: $(VENV)/dev
	$(RUN) -m tests.fuzz $(SECONDS) $(if $(CORPUS),--corpus "$(CORPUS)")
	$(if $(GUIDED),$(RUN) -m pip install atheris && $(RUN) -m tests.fuzz.guided $(if $(CORPUS),--corpus "$(CORPUS)") \
		-- -max_total_time=$(SECONDS))

# The compiled part's tests with AddressSanitizer and UndefinedBehaviorSanitizer (Linux, GCC), then changed captures
# and logs for SECONDS: they end at the first wrong access.
sanitize: $(VENV)/dev
	@rm -rf build/sanitize && mkdir -p build/sanitize && cp -R shadowai connectors signatures $(wildcard $(NEEDED)) build/sanitize
	cd build/sanitize && rm -f shadowai/fast/*.so && CFLAGS="$(SANITIZE) -g -O1 -fno-sanitize-recover=undefined" \
		LDFLAGS="$(SANITIZE)" $(CURDIR)/$(RUN) setup.py -q build_ext --inplace
	cd build/sanitize && LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libubsan.so)" \
		ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc PYTHONPATH=. $(CURDIR)/$(RUN) -m pytest -p no:cacheprovider tests/fast
	cd build/sanitize && LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libubsan.so)" \
		ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc PYTHONPATH=. $(CURDIR)/$(RUN) -m tests.fuzz $(SECONDS) --kinds captures,lines \
		$(if $(CORPUS),--corpus "$(abspath $(CORPUS))")

# Writes what commands print into the blocks of the documentation.
docs: $(VENV)/dev
	$(RUN) -m tests.house.readme --write

clean:
	rm -rf build dist *.egg-info .venv .venv-wheel .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -f shadowai/fast/*.so
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the targets need, each made once and again when what it is made of has changed -----------------------------

$(VENV)/created $(WHEEL_VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(@D)
	@touch $@

$(VENV)/installed: pyproject.toml setup.py $(wildcard shadowai/fast/*.pyx shadowai/fast/*.h shadowai/fast/*/*.pxi) $(VENV)/created
	$(RUN) -m pip install --editable .
	@touch $@

$(VENV)/dev: pyproject.toml setup.py $(wildcard shadowai/fast/*.pyx shadowai/fast/*.h shadowai/fast/*/*.pxi) $(VENV)/created
	$(RUN) -m pip install --no-compile --editable '.[dev]'
	@touch $(VENV)/installed $@

# Of a copy: two builds at a time in one folder would write the same files, and what an earlier one left would get in.
$(BUILD)/built: pyproject.toml setup.py README.md LICENSE $(SOURCES) $(WHEEL_VENV)/created
	@rm -rf $(BUILD) $(COPY) && mkdir -p $(COPY)
	@cp -R shadowai connectors signatures pyproject.toml setup.py README.md LICENSE $(COPY) && rm -f $(COPY)/shadowai/fast/*.so
	$(WHEEL_VENV)/bin/python -m pip wheel --no-deps --wheel-dir $(BUILD) $(COPY)
	@touch $@

# The libraries are installed from what the wheel asks for, and stay when only the wheel is a new one: of the same version it goes
# in only where the last one is gone. Python compiles what the suite imports, which is a small part of them.
$(WHEEL_VENV)/installed: $(BUILD)/built $(WHEEL_VENV)/created
	@! ls -d $(WHEEL_VENV)/lib/python*/site-packages/shadowai-*.dist-info >/dev/null 2>&1 || \
		$(WHEEL_VENV)/bin/python -m pip uninstall --yes shadowai
	$(WHEEL_VENV)/bin/python -m pip install --no-compile "$$(ls $(BUILD)/*.whl)[test]"
	@touch $@
