# The two commands of the README, and the benchmarks. Each installs what it needs and may be run again at any time.

.PHONY: demo test bench

demo:
	@scripts/demo

test:
	@scripts/test

bench:
	@scripts/bench
