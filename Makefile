.PHONY: help fmt test verify run bench

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1	\2/p' Makefile

fmt: ## put every Java file into the one layout
	mvn -q spotless:apply

test: ## the quick tests, without checkers
	mvn -q -Pfast test

verify: ## the whole gate, as CI runs it
	mvn -B verify

run: ## the server with the settings in config.yml
	bin/quicsql server config.yml

bench: ## measure beside the floors, and beside peers: make bench BENCH='--peer NAME=KIND:URL'
	bench/run $(BENCH)
