# `make test` is what a change must pass; `.ci/run` calls it. `make` alone lists the targets.

.PHONY: help test lint doc bench slurm-test

help:
	@echo "make test    format check, clippy with warnings as errors, doctests, tests"
	@echo "make lint    the first two of these"
	@echo "make slurm-test  an array job on a throwaway Slurm (root; installs Debian's if there is none)"
	@echo "make doc     the documentation, in target/doc; a broken link is an error"
	@echo "make bench   reluflow beside a plain PyTorch loop (downloads PyTorch on first use)"

# The tests come last, so that the last line is their summary.
test: lint
	cargo test --quiet --doc --workspace
	@if cargo nextest --version >/dev/null 2>&1; then \
		echo "cargo nextest run --workspace"; \
		cargo nextest run --workspace; \
	else \
		echo "cargo-nextest is not installed; falling back to: cargo test --workspace --all-targets"; \
		cargo test --workspace --all-targets; \
	fi

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps --workspace

bench:
	python3 benchmarks/peers/run.py

slurm-test:
	cargo test --quiet --package reluflow-cli --test slurm --no-run
	tests/slurm/with-slurm.sh cargo test --quiet --package reluflow-cli --test slurm -- --ignored
