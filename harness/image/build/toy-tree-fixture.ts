/**
 * A source tree that builds in a second and treats irqlab as Linux does: a real make and a real compiler, out of tree, objects by
 * their times, an allnoconfig that drops what it does not know, and kbuild's short lines. For tests.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fragmentPath } from './config-fragment.ts'

/**
 * As in kbuild: the top makefile goes into the build directory, rules depend on sources, and an object is up to date when it is
 * newer. A file `slow` beside it makes each compilation write half an object, and then take a minute.
 */
const MAKEFILE = `VERSION = 6
PATCHLEVEL = 12
SUBLEVEL = 99
EXTRAVERSION =
NAME = Toy

src := $(CURDIR)
ifeq ($(SUB),)
allnoconfig bzImage:
	@test ! -e .config || { echo "*** The source tree is not clean, please run 'make mrproper'"; false; }
	@$(MAKE) --no-print-directory -C $(O) -f $(src)/Makefile SUB=1 TOP=$(src) $@
else
objects := init.o kernel/irq/manage.o kernel/irq/migration.o
.DELETE_ON_ERROR:
allnoconfig:
	@sed -n 's/^config /CONFIG_/p' $(TOP)/Kconfig >known
	@while IFS= read -r line; do grep -qx "$\${line%%=*}" known && case $$line in *=n) ;; *) echo "$$line" ;; esac; done <$(KCONFIG_ALLCONFIG) >.config; true
	@mkdir -p include/config arch/x86/boot
	@echo "6.12.99-toy$(LOCALVERSION)" >include/config/kernel.release
$(objects): %.o: $(TOP)/%.c $(TOP)/include/irq.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@if [ -e $(TOP)/slow ]; then printf half >$@; sleep 60; fi
	@$(CC) -I$(TOP)/include -c -o $@ $<
bzImage: $(objects)
	@echo "  LD      vmlinux"
	@cat $(objects) >arch/x86/boot/bzImage
endif
`

const FILES: Readonly<Record<string, string>> = {
  Makefile: MAKEFILE,
  'include/irq.h': '#define IRQS 16\n',
  'init.c': '#include <irq.h>\nint start = IRQS;\n',
  'kernel/irq/manage.c': '#include <irq.h>\nint manage(int irq)\n{\n\treturn irq + 1;\n}\n',
  'kernel/irq/migration.c': `#include <irq.h>

int migrate(int irq)
{
	if (irq > IRQS)
		return -1;
	return irq;
}

int moved(int irq)
{
	return migrate(irq) == irq;
}
`,
}

/** Writes the toy into `dir`. */
export function writeToyTree(dir: string): void {
  const options = [...readFileSync(fragmentPath, 'utf8').matchAll(/^(?:# )?CONFIG_(\w+)/gm)].map(
    ([, name]) => name,
  )
  const kconfig = [...new Set(options)].map((name) => `config ${name}\n\tbool\n`).join('')
  for (const [path, content] of Object.entries({ ...FILES, Kconfig: kconfig })) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
}

/** A patch against the toy that applies: one changed line of kernel/irq/migration.c. */
export const GOOD_PATCH = `--- a/kernel/irq/migration.c
+++ b/kernel/irq/migration.c
@@ -3,5 +3,5 @@
 int migrate(int irq)
 {
-	if (irq > IRQS)
+	if (irq >= IRQS)
 		return -1;
 	return irq;
`

/** Its second hunk does not apply. */
export const STALE_PATCH = `${GOOD_PATCH}@@ -10,4 +10,4 @@
 int moved(int irq)
 {
-	return migrate(irq) != 0;
+	return migrate(irq) != 1;
 }
`

/** It applies, and the result does not compile. */
export const BROKEN_PATCH = GOOD_PATCH.replace('irq >= IRQS', 'irq >= CPUS')
