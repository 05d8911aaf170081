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
	@BUILD=$(BUILD) bench/run $(if $(JSON),--json >$(JSON))

install: build
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD) --prefix "$(PREFIX)"

clean:
	rm -rf $(BUILD) demo-output

help:
	@echo 'make            build the libraries and the program, in $(BUILD)/'
	@echo 'make test       everything that ./test checks'
	@echo 'make bench      [JSON=FILE] build and run the benchmarks; at the end the table beside PyTorch, if python3-torch is there'
	@echo 'make install    [PREFIX=$(PREFIX)] [DESTDIR=] libraries, headers, program, manual pages'
	@echo 'make clean      remove what was built'
