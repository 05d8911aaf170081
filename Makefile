# make help says what there is. The build itself is described in CMakeLists.txt.
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build

.PHONY: build test bench install uninstall clean help
build: $(BUILD)/CMakeCache.txt
	@cmake --build $(BUILD)

$(BUILD)/CMakeCache.txt:
	@cmake --preset release -B $(BUILD)

test:
	@./test

bench: $(BUILD)/CMakeCache.txt
	@cmake --build $(BUILD) --target bench
	@BUILD=$(BUILD) bench/run $(if $(JSON),--json >$(JSON))

# What is installed, and no tests.
install: $(BUILD)/CMakeCache.txt
	@cmake --build $(BUILD) --target loci loci_static loci_shared loci-train_static loci-train_shared
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD) --prefix "$(PREFIX)"

# The files that the last installation from $(BUILD)/ put in place, and the folders that are loci's own.
uninstall:
	@test -f $(BUILD)/install_manifest.txt || { echo 'make uninstall: nothing was installed from $(BUILD)/' >&2; exit 1; }
	@while read -r file || [ -n "$$file" ]; do \
	    rm -f "$(DESTDIR)$$file"; \
	    case $$(dirname "$$file") in */loci | */loci/*) rmdir "$(DESTDIR)$$(dirname "$$file")" 2>/dev/null || true ;; esac; \
	done <$(BUILD)/install_manifest.txt

clean:
	rm -rf $(BUILD) demo-output

help:
	@echo 'make            build the libraries and the program, in $(BUILD)/'
	@echo 'make test       everything that ./test checks'
	@echo 'make bench      [JSON=FILE] build and run the benchmarks; at the end the table beside PyTorch, if python3-torch is there'
	@echo 'make install    [PREFIX=$(PREFIX)] [DESTDIR=] libraries, headers, program, manual pages'
	@echo 'make uninstall  [DESTDIR=] remove what was installed last'
	@echo 'make clean      remove what was built'
