# The environment is .venv. On Debian, `make run` and `make test` set everything up.
# Arguments of torch's installation, for example another index: make run TORCH_ARGS="..."
TORCH_ARGS =

PYTHON = .venv/bin/python
PIP_INSTALL = $(PYTHON) -m pip install -c packaging/constraints.txt

.PHONY: run test lint bench soak bundle bundle-test

run: .venv/ready
	packaging/run

# Each test computes on one thread, so a core can have its own.
test: .venv/ready
	$(PYTHON) -m pytest -m "not soak" -n auto --dist worksteal

lint: .venv/ready
	.venv/bin/ruff check && .venv/bin/ruff format --check
	.venv/bin/mypy && .venv/bin/lint-imports

bench: .venv/ready
	.venv/bin/icdrl benchmark --methods
	$(PYTHON) -m icdrl_gui.benchmark
	$(PYTHON) -m icdrl_gui.contention

soak: .venv/ready
	$(PYTHON) -m pytest -m soak --timeout 7200

bundle: .venv/ready
	packaging/check-system packaging/bundle-packages.txt
	$(PYTHON) packaging/bundle.py $(if $(CUDA),--cuda)

bundle-test: .venv/ready
	packaging/check-system packaging/bundle-packages.txt
	$(PYTHON) -m pytest packaging/bundle_test.py -s --durations 0

.venv/ready: pyproject.toml packaging/constraints.txt packaging/debian-packages.txt
	packaging/check-system
	$(PYTHON) -m pip --version >/dev/null 2>&1 || "$$(packaging/find-python)" -m venv --clear .venv
	$(PIP_INSTALL) pip setuptools
	$(PIP_INSTALL) --no-deps $(TORCH_ARGS) torch
	$(PIP_INSTALL) --no-build-isolation -e ".[cluster,dev]"
	touch $@
