# `make test` is what a change must pass; `.ci/run` calls it. `make` alone lists the targets.

.PHONY: help site site-check links install-python test test-install test-rust test-python lint doc python-doc bench fuzz slurm-test

PYTHON ?= python3
VENV := target/python

help:
	@echo "make test         all the tests: the next two"
	@echo "make test-rust    format check, clippy with warnings as errors, doctests, tests"
	@echo "make test-python  the Python package's wheel, in a virtual environment, and its tests"
	@echo "make test-install pip installs the package into a fresh environment and runs the front page's block"
	@echo "make lint         format check, clippy with warnings as errors"
	@echo "make slurm-test   an array job on a throwaway Slurm (as root; installs Debian's if there is none)"
	@echo "make doc          the documentation, in target/doc; a broken link is an error"
	@echo "make python-doc   the Python package's reference, in target/python-doc"
	@echo "make fuzz         mangled files for a minute a kind (nightly Rust and cargo-fuzz)"
	@echo "make site-check   the site without notebooks and API references, and its links (downloads MkDocs on first use)"
	@echo "make site         the documentation site, in target/site/html (downloads MkDocs on first use)"
	@echo "make links        every link and anchor of the Markdown, in a second"
	@echo "make bench        reluflow beside PyTorch, JAX and SciPy, into docs/benchmarks.md (downloads them on first use)"

test: test-rust test-python

# The tests come last, so that the last line is their summary. Examples and benches are checked by clippy, not linked.
test-rust: lint
	cargo test --quiet --doc --workspace
	@if cargo nextest --version >/dev/null 2>&1; then \
		echo "cargo nextest run --workspace --lib --bins --tests"; \
		cargo nextest run --workspace --lib --bins --tests; \
	else \
		echo "cargo-nextest is not installed; falling back to: cargo test --workspace --lib --bins --tests"; \
		cargo test --workspace --lib --bins --tests; \
	fi

# The wheel is built with the profile of the tests, whose compiled crates it can use; `pip install .` builds the
# same with the release profile. The wheel is installed anew, from nowhere else, what it needs only once.
install-python: $(VENV)/ready
	rm -rf target/wheels-test
	$(VENV)/bin/maturin build --quiet --profile dev --interpreter $(VENV)/bin/python --out target/wheels-test
	$(VENV)/bin/python -m pip install --quiet --force-reinstall --no-deps target/wheels-test/*.whl

test-python: install-python
	$(VENV)/bin/python -m mypy
	$(VENV)/bin/python -m mypy --strict tests/typing/uses.py
	$(VENV)/bin/python tests/typing/stubs.py tests/typing/stubs.allow
	$(VENV)/bin/python -m pytest --numprocesses logical --doctest-modules --pyargs reluflow tests/python

# What a user does: pip installs the package from here into a fresh environment, and the front page's block runs. Only the
# profile is that of the tests, whose compiled crates it can use.
test-install:
	rm -rf target/fresh-python
	$(PYTHON) -m venv target/fresh-python
	target/fresh-python/bin/python -m pip install --quiet --config-settings=build-args='--profile dev' '.[plot,progress]' pytest
	target/fresh-python/bin/python -m pytest --noconftest tests/python/test_readme.py

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

# The API reference of the Python package, from its docstrings.
python-doc: install-python
	$(VENV)/bin/python -m pdoc --docformat numpy --no-show-source --output-directory target/python-doc reluflow

# Links of the Markdown that lead nowhere.
links:
	$(PYTHON) tools/site/links.py

# The pages of docs/, notebooks with outputs, both API references and the help of every command, as one site.
site: install-python
	$(VENV)/bin/python -m pip install --quiet --group site
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python tools/site/build.py target/site

# Every page but those of the API, from the package that is installed: it looks for links that lead nowhere.
site-check: install-python
	$(VENV)/bin/python -m pip install --quiet --group site
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python tools/site/build.py target/site-check --quick

bench:
	$(PYTHON) benchmarks/peers/run.py

# The whole workspace, though one crate's test runs: alone it would be built again, with fewer features.
slurm-test: install-python
	cargo test --quiet --workspace --test cli --no-run
	tests/slurm/with-slurm.sh cargo test --quiet --workspace --test cli slurm:: -- --ignored
	tests/slurm/with-slurm.sh $(VENV)/bin/python tests/slurm/dask_on_slurm.py

fuzz:
	for kind in experiment arrays parts; do \
		mkdir -p fuzz/corpus/$$kind; \
		words=; [ $$kind != experiment ] || words=-dict=fuzz/experiment.dict; \
		cargo +nightly fuzz run -s none $$kind fuzz/corpus/$$kind fuzz/seeds/$$kind -- -max_total_time=60 $$words || exit 1; \
	done
