# make run                        the portal with demo data; ARGS='--port 8080' passes options on
# make test                       all checks and tests; ARGS='tests/cli -k up' goes to pytest alone
# make check                      the checks without the tests
# make lock                       the lock files anew from setup.cfg; ARGS=--upgrade for newer ones

.DEFAULT_GOAL := help
.PHONY: help run test check lock

help:
	@sed -n 's/^# make/make/p' Makefile

# With exec, a signal to make reaches the portal and not a shell in between.
run:
	@tools/bootstrap
	@exec .venv/bin/portal up --demo $(ARGS)

ifdef ARGS
test:
	@tools/bootstrap test
	@tools/system-packages
	@exec .venv/bin/python -m pytest $(ARGS)
else
test: check
	@tools/system-packages
	@exec .venv/bin/python -m pytest -n 2 --dist loadgroup --cov
endif

check:
	@tools/bootstrap test
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/codespell

lock:
	@tools/lock $(ARGS)
