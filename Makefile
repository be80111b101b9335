# Everything goes into a virtual environment of its own; nothing needs to be activated.
#   make demo                        set up what is missing, then grasp in the simulated cell
#   make browser                     the same cell in a page of the browser
#   make test                        the whole test suite
#   make help                        the other targets and the variables

ROS_DISTRO ?= jazzy
PYTHON ?= $(shell for p in python3.11 python3.12 python3; do \
	$$p -c '' 2>/dev/null && { echo $$p; break; }; done)
COMMAND ?= grasp the banana
SEED ?= 0

VENV := $(if $(filter jazzy,$(ROS_DISTRO)),.venv,.venv-$(ROS_DISTRO))
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq
ROS_REQUIREMENTS := requirements/ros-$(ROS_DISTRO).txt
SOURCES := $(shell find $(wildcard rt_grasp_ros msg srv action config launch models resource cmake) \
	-type f -not -name '*.pyc' -not -path '*/build/*' -not -path '*.egg-info/*')
# The wheels' rclpy finds its libraries only through the environment.
IN_ROS := $(BIN)/python -m rt_grasp_ros.bootstrap

.PHONY: demo browser test faults strangers mutants lint format docs setup clean help
.DELETE_ON_ERROR:

demo: export COMMAND := $(COMMAND)
demo: setup
	@$(BIN)/rt-grasp demo --command "$$COMMAND" --seed $(SEED) --out out/demo

browser: export COMMAND := $(COMMAND)
browser: setup $(VENV)/.stamp-browser
	@$(BIN)/rt-grasp demo --browser --command "$$COMMAND" --seed $(SEED) --out out/browser

PYTEST := ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST OMP_NUM_THREADS=1 \
	$(IN_ROS) $(BIN)/python -m pytest

# Every check runs, pytest last: its summary is the last line, and any failure fails the target.
# Tests with ROS nodes keep deadlines in real time, so they get the machine for themselves.
test: setup $(VENV)/.stamp-test $(VENV)/.stamp-browser $(VENV)/.stamp-interfaces
	@scripts/install_chromium.sh
	@status=0; \
	$(MAKE) --no-print-directory lint || status=1; \
	$(PYTEST) -n 2 --dist loadfile -m "not ros" || status=1; \
	$(PYTEST) -m ros || status=1; \
	exit $$status

# Brings every fault about in the simulated cell; see docs/faults.md. ROWS='--only camera' for some.
faults: setup $(VENV)/.stamp-interfaces
	@OMP_NUM_THREADS=1 $(IN_ROS) $(BIN)/python -m benchmarks.faults --out out/faults $(ROWS)

# Tries what strangers were let down with; see docs/faults.md. ROWS='--quick' for what takes seconds.
strangers: setup $(VENV)/.stamp-interfaces
	@OMP_NUM_THREADS=1 $(IN_ROS) $(BIN)/python -m benchmarks.strangers --out out/strangers $(ROWS)

# What the tests notice of small changes; docs/mutants.md. MUTANTS='grasp/lift.py motion/' for some.
SAMPLE ?= 40
mutants: setup $(VENV)/.stamp-test $(VENV)/.stamp-mutants
	@OMP_NUM_THREADS=1 ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST $(IN_ROS) $(BIN)/python \
	  -m benchmarks.mutants --sample $(SAMPLE) $(MUTANTS)

$(VENV)/.stamp-mutants: requirements/mutants.txt | $(VENV)/.stamp-package
	@echo "==> what makes mutants"
	@$(PIP) install --prefer-binary -r requirements/mutants.txt
	@touch $@

lint: $(VENV)/.stamp-test
	@echo "==> ruff, mypy"
	@status=0; \
	$(BIN)/ruff check --quiet . || status=1; \
	$(BIN)/ruff format --check --quiet . || status=1; \
	$(BIN)/mypy || status=1; \
	exit $$status

format: $(VENV)/.stamp-test
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

# The site needs neither ROS nor the package's dependencies, so it has an environment of its own.
# Not --quiet: warnings that are not said do not fail either.
docs: .venv-docs/.stamp
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict
	@echo "==> out/docs/index.html"

.venv-docs/.stamp: requirements/docs.txt
	@echo "==> what builds the documentation"
	@$(PYTHON) -m venv .venv-docs
	@touch .venv-docs/COLCON_IGNORE
	@.venv-docs/bin/python -m pip -qq install --prefer-binary -r requirements/docs.txt
	@touch $@

setup: $(VENV)/.stamp-package

# A target of its own: only after it $(PYTHON) names a Python that was not there before.
$(VENV)/.stamp-system: scripts/check_system.sh scripts/apt_install.sh
	@scripts/check_system.sh --install $(PYTHON)
	@mkdir -p $(VENV)
	@touch $@ $(VENV)/COLCON_IGNORE

$(VENV)/.stamp-ros: $(ROS_REQUIREMENTS) | $(VENV)/.stamp-system
	@echo "==> virtual environment $(VENV) ($(PYTHON))"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "==> ROS 2 $(ROS_DISTRO) from PyPI (half a minute)"
	@$(PIP) install --upgrade 'pip>=25'
	@$(PIP) install --prefer-binary -r $(ROS_REQUIREMENTS)
	@touch $@

$(VENV)/.stamp-package: $(VENV)/.stamp-ros requirements/base.txt pyproject.toml setup.py \
		package.xml CMakeLists.txt $(SOURCES)
	@echo "==> rt_grasp_ros and its dependencies (at first one to three minutes, then seconds)"
	@$(PIP) install --prefer-binary --no-build-isolation .
	@cd / && $(abspath $(BIN))/python -c 'import tf2_msgs' 2>/dev/null || { \
	  echo "==> tf2_msgs, which PyPI lacks"; \
	  cd '$(CURDIR)' && $(PIP) install --no-build-isolation --no-deps ./cmake/tf2_msgs; }
	@touch $@

$(VENV)/.stamp-test: requirements/dev.txt requirements/train.txt requirements/mcp.txt requirements/graspgen.txt | $(VENV)/.stamp-package
	@echo "==> what the tests need"
	@$(PIP) install --prefer-binary -r requirements/dev.txt -r requirements/mcp.txt -r requirements/graspgen.txt
	@$(BIN)/python scripts/install_without_cuda.py requirements/train.txt
	@touch $@

$(VENV)/.stamp-browser: requirements/browser.txt | $(VENV)/.stamp-package
	@echo "==> the page in the browser"
	@$(PIP) install --prefer-binary -r requirements/browser.txt
	@touch $@

# Interfaces of MoveIt and of gripper controllers, which PyPI lacks; the tests are clients and servers.
$(VENV)/.stamp-interfaces: $(shell find test/interfaces -type f -not -name README.md) \
		| $(VENV)/.stamp-package
	@echo "==> interfaces of MoveIt for the tests (once, three minutes or more)"
	@$(BIN)/python test/interfaces/install.py build/interfaces
	@touch $@

$(ROS_REQUIREMENTS):
	@echo "ROS_DISTRO=$(ROS_DISTRO) is not on PyPI; choose one of:" \
	  $(patsubst requirements/ros-%.txt,%,$(wildcard requirements/ros-*.txt)) >&2; exit 1

clean:
	rm -rf .venv .venv-* build out install log *.egg-info cmake/tf2_msgs/build \
	  cmake/tf2_msgs/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

help:
	@echo "make demo [COMMAND='grasp the mug by its handle'] [SEED=7]"
	@echo "                  grasp in the simulated cell; results in out/demo"
	@echo "make browser [COMMAND=... SEED=...]"
	@echo "                  the simulated cell in a page at http://127.0.0.1:8080"
	@echo "make test         lint, then the whole test suite"
	@echo "make faults [ROWS='--only camera']"
	@echo "                  break what can break, one thing at a time; the table is out/faults/table.md"
	@echo "make strangers [ROWS='--quick']"
	@echo "                  what strangers were let down with; the table is out/strangers/table.md"
	@echo "make mutants [MUTANTS='grasp/lift.py motion/' SAMPLE=40]"
	@echo "                  what the tests notice of small changes; the table is out/mutants/table.md"
	@echo "make lint|format  check|fix the style"
	@echo "make docs         the documentation site, in out/docs"
	@echo "make setup        only build the environment ($(VENV))"
	@echo "make clean        remove the environments and everything built"
	@echo "PYTHON=python3.12 chooses the interpreter, ROS_DISTRO the ROS 2 wheels (jazzy)."
