# `make test` is what a change must pass; `.ci/run` calls it. `make` alone lists the targets.

.PHONY: help test test-rust test-python lint doc bench fuzz

PYTHON ?= python3
VENV := target/python

help:
	@echo "make test         all the tests: the next two"
	@echo "make test-rust    format check, clippy with warnings as errors, doctests, tests"
	@echo "make test-python  the Python package's wheel, in a virtual environment, and its tests"
	@echo "make lint         format check, clippy with warnings as errors"
	@echo "make doc          the documentation, in target/doc; a broken link is an error"
	@echo "make fuzz         mangled files for a minute a kind (nightly Rust and cargo-fuzz)"
	@echo "make bench        reluflow beside a plain PyTorch loop (downloads PyTorch on first use)"

test: test-rust test-python

# The tests come last, so that the last line is their summary.
test-rust: lint
	cargo test --quiet --doc --workspace
	@if cargo nextest --version >/dev/null 2>&1; then \
		echo "cargo nextest run --workspace"; \
		cargo nextest run --workspace; \
	else \
		echo "cargo-nextest is not installed; falling back to: cargo test --workspace --all-targets"; \
		cargo test --workspace --all-targets; \
	fi

# The wheel is built with the profile of the tests, whose compiled crates it can use; `pip install .` builds the
# same with the release profile. The wheel is installed anew, from nowhere else, what it needs only once.
test-python: $(VENV)/ready
	rm -rf target/wheels-test
	$(VENV)/bin/maturin build --quiet --profile dev --interpreter $(VENV)/bin/python --out target/wheels-test
	$(VENV)/bin/python -m pip install --quiet --force-reinstall --no-deps target/wheels-test/*.whl
	$(VENV)/bin/python -m pytest --doctest-modules --pyargs reluflow tests/python

# A virtual environment with what pyproject.toml asks for: the build's needs, the package's and the tests'.
$(VENV)/ready: pyproject.toml
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --upgrade pip
	$(VENV)/bin/python -m pip install --quiet --group test
	touch $@

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --workspace

bench:
	python3 benchmarks/peers/run.py

fuzz:
	for kind in experiment arrays parts; do \
		mkdir -p fuzz/corpus/$$kind; \
		cargo +nightly fuzz run -s none $$kind fuzz/corpus/$$kind fuzz/seeds/$$kind -- -max_total_time=60 || exit 1; \
	done
