# SPDX-License-Identifier: GPL-2.0-only
#
# The front door of knetctl; `make help` lists what it opens. User space is
# meson's (meson.build), the module kbuild's (kmod/Kbuild), and what needs a
# kernel runs in a virtual machine (tests/vm). All that is made is in build/.
#
#   KERNEL=6.1      the kernel of the VM: 6.1, 6.12, 7.2, debug
#   KDIR=           the kernel build directory the module is for: the running
#                   kernel's, or else that of the VM's kernel
#   DESTDIR= prefix=/usr/local   where to install
#   TESTS=          arguments for tests/net/run, e.g. names of tests
#   SLOW=1          with the tests that take minutes
#   GUESTS=         how many VMs the tests are spread over; one for TESTS, or two
#   BENCH=          arguments for bench/run, e.g. names of rows, --publish

# The tools are the system's, whatever the caller's shell has in front.
export PATH := /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unexport LIBRARY_PATH LD_LIBRARY_PATH CPATH C_INCLUDE_PATH PYTHONPATH

KERNEL  ?= 6.1
KDIR    ?= $(wildcard /lib/modules/$(shell uname -r)/build)
DESTDIR ?=
override DESTDIR := $(if $(DESTDIR),$(abspath $(DESTDIR)))
prefix  ?= /usr/local
TESTS   ?=
GUESTS  ?= $(if $(TESTS),1,$(if $(filter 1,$(shell nproc)),1,2))
BENCH   ?=

DEPS := tests/vm/deps
SERVERS := tests/vm/servers
RUN   = tests/vm/run --kernel $(KERNEL)
SHARE = tests/vm/parallel $(GUESTS) $(if $(SLOW),--env KNETCTL_SLOW=1)
KMOD := tests/vm/kmod
# Sanitizers stop at the first finding, or a test would pass over it.
ASAN := -Db_sanitize=address,undefined -Db_lundef=false \
	-Dc_args=-fno-sanitize-recover=all

.PHONY: all user kmod install uninstall demo check check-unit check-vm \
	check-install check-debug check-faults check-kernels servers vm bench style regen clean help
.DEFAULT_GOAL := all

all: user kmod

user: deps-build
	@test -f build/user/build.ninja || \
		meson setup build/user --prefix='$(prefix)'
	@ninja -C build/user

# With a KDIR, the path of the module is in build/kmod/last.
kmod: deps-build
	@mkdir -p build/kmod
	@$(KMOD) $(if $(KDIR),--kdir '$(KDIR)',$(KERNEL)) >build/kmod/last
	@cat build/kmod/last

# The module goes to /lib/modules/KVER/updates; it says itself for which kernel it
# is, a build directory's kernel.release may say something else (Debian's 6.1).
kver = $(shell grep -aoz '^vermagic=[^ ]*' "$$(cat build/kmod/last)" | tr -d '\0' | cut -d= -f2)
moddir = $(DESTDIR)/lib/modules/$(kver)/updates

install: user kmod
	meson configure build/user -Dprefix='$(prefix)'
	DESTDIR='$(DESTDIR)' meson install -C build/user --quiet
	install -D -m 644 "$$(cat build/kmod/last)" '$(moddir)/knetctl.ko'
	$(if $(DESTDIR),,depmod '$(kver)' && ldconfig)

# What install puts there; and the modules of all kernels, for the one that was
# built last need not be the one that is installed.
uninstall: user
	meson configure build/user -Dprefix='$(prefix)'
	rm -rf build/uninstall
	DESTDIR='$(CURDIR)/build/uninstall' meson install -C build/user --quiet
	(cd build/uninstall && find . ! -type d -print0) | \
		(cd '$(DESTDIR)/' && xargs -0 rm -f --)
	rm -rf build/uninstall
	rmdir '$(DESTDIR)$(prefix)/include/knetctl' 2>/dev/null || :
	@for ko in '$(DESTDIR)'/lib/modules/*/updates/knetctl.ko; do \
		[ -e "$$ko" ] || continue; \
		updates=$${ko%/*} modules=$${ko%/updates/*}; \
		echo "rm $$ko"; \
		rm -f "$$ko" || exit; \
		rmdir "$$updates" 2>/dev/null || :; \
		[ -n '$(DESTDIR)' ] || depmod "$${modules##*/}" || exit; \
	done
	$(if $(DESTDIR),,ldconfig)

demo: deps-test user
	@$(KMOD) $(KERNEL) >/dev/null
	$(RUN) -- tests/demo/run

check: check-unit check-install check-vm

# In user space, with sanitizers.
check-unit: deps-test
	@test -f build/asan/build.ninja || meson setup build/asan $(ASAN)
	meson test -C build/asan --print-errorlogs

# Into a directory of its own, and away again.
check-install: deps-test
	tests/install/run $(KERNEL)

# In the VM, with the module.
check-vm: deps-test ynl user
	@$(KMOD) $(KERNEL) >/dev/null
	@$(SERVERS) >/dev/null
	$(SHARE) --kernel $(KERNEL) --mem $(if $(SLOW),3072,2048) --timeout $(if $(SLOW),5400,1800) -- \
		tests/net/run $(TESTS)

# The same on every kernel we promise to run on.
check-kernels:
	for k in 6.1 6.12 7.2; do $(MAKE) check-vm KERNEL=$$k || exit 1; done

# The same on a kernel that watches itself, and nothing may be left behind.
check-debug: deps-test ynl user
	@$(KMOD) debug >/dev/null
	@$(SERVERS) >/dev/null
	$(SHARE) --kernel debug --mem 4096 --timeout 5400 --leaks -- \
		tests/net/run $(TESTS)

# Does the debug kernel report what it is there for?
check-faults: deps-test
	tests/vm/faults

vm: deps-test user
	@$(KMOD) $(KERNEL) >/dev/null
	@$(RUN) --interactive

# docs/servers.md: what works with which FTP server.
servers: deps-test user
	@$(KMOD) $(KERNEL) >/dev/null
	@$(SERVERS) >/dev/null
	@mkdir -p build/table
	$(RUN) --timeout 1200 --out build/table --env KNETCTL_SLOW=1 \
		--env KNETCTL_SERVERS_TABLE=/out/servers.md -- \
		tests/net/run test_servers.py
	cp build/table/servers.md docs/servers.md

bench: deps-test deps-bench user
	bench/run --kernel $(KERNEL) $(BENCH)

style: deps-build deps-style
	tests/style/run

regen: deps-test
	tests/spec/regen

clean:
	rm -rf build

deps-build:
	@$(DEPS) build
deps-test:
	@$(DEPS) build vm test
deps-%:
	@$(DEPS) $*
# The kernel's own netlink client, which the VM cannot fetch.
ynl:
	@tests/spec/ynl >/dev/null || echo 'no ynl tool: its tests will be skipped' >&2
.PHONY: deps-build deps-test ynl

help:
	@echo 'make                user space and the module (KDIR=)'
	@echo 'make user | kmod    only one of them'
	@echo 'make install        DESTDIR= prefix= KDIR=; uninstall'
	@echo 'make demo           see it work, in a VM (KERNEL=)'
	@echo 'make check          unit tests, and the tests in a VM (KERNEL=, TESTS=, SLOW=1)'
	@echo 'make check-install  make install and uninstall, in a directory (KERNEL=)'
	@echo 'make check-kernels  the tests on 6.1, 6.12 and 7.2'
	@echo 'make check-debug    the tests on a kernel with all its checkers on'
	@echo 'make check-faults   are faults really found by that kernel?'
	@echo 'make vm             a shell in a VM with the module loaded (KERNEL=)'
	@echo 'make bench          measure against what users would use instead (BENCH=)'
	@echo 'make servers        docs/servers.md, by trying all of them in a VM'
	@echo 'make style          checkpatch, sparse, W=1, cppcheck, shellcheck, spelling'
	@echo 'make regen          what is generated from the protocol, again'
	@echo 'make clean'
