# make help says what there is. The build itself is described in CMakeLists.txt.
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build

.PHONY: build test bench install clean help
build: $(BUILD)/CMakeCache.txt
	@cmake --build $(BUILD)

$(BUILD)/CMakeCache.txt:
	@cmake --preset release -B $(BUILD)

test:
	@./test

bench: $(BUILD)/CMakeCache.txt
	@cmake --build $(BUILD) --target bench
	@for program in $(BUILD)/bench_*; do test -x $$program || continue; $$program || exit 1; done
	@BUILD=$(BUILD) bench/table

install: build
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD) --prefix "$(PREFIX)"

clean:
	rm -rf $(BUILD) demo-output

help:
	@echo 'make            build the libraries and the program, in $(BUILD)/'
	@echo 'make test       everything that ./test checks'
	@echo 'make bench      build and run the benchmarks; the table beside PyTorch, where python3-torch is installed'
	@echo 'make install    [PREFIX=$(PREFIX)] [DESTDIR=] libraries, headers, program, manual pages'
	@echo 'make clean      remove what was built'
