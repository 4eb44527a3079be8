/** Programs that our scripts use and a stranger's guest may lack: they are brought along, and found behind its own. */
import { readFileSync } from 'node:fs'
import { kcoreProgram } from '../image/kcore-program.ts'
import { fileIn } from '../image/cpio-file.ts'
import type { GuestCommands } from './commands.ts'
import type { Upload } from './login.ts'

/** What busybox can be, of what our scripts say beside sh's own words. */
const APPLETS = [
  'arp',
  'arping',
  'cat',
  'dd',
  'dmesg',
  'grep',
  'ifconfig',
  'insmod',
  'ip',
  'mkfifo',
  'mount',
  'nameif',
  'od',
  'readlink',
  'sed',
  'sleep',
  'stty',
  'taskset',
  'tr',
  'usleep',
] as const

/** Where they may lie: the first in which a program can be started is taken. */
const PLACES = ['/run/irqlab', '/var/tmp/irqlab', '/usr/local/lib/irqlab', '/root/.irqlab'] as const

/**
 * Brings what lacks, and puts it at the end of the PATH. Gives notes for the record: what the guest lacked. A guest that
 * takes no program of ours has to do with its own.
 */
export async function provideTools(
  guest: Pick<GuestCommands, 'run'>,
  upload: Upload,
  initramfs: string,
): Promise<readonly string[]> {
  const found = await guest.run(FIND)
  const [, place] = /^place (\S+)$/m.exec(found) ?? []
  const lacking = [...found.matchAll(/^lacks (\S+)$/gm)].map(([, name = '']) => name)
  if (place === undefined)
    return lacking.length === 0
      ? []
      : [`the guest has no ${lacking.join(', ')}, and takes no program of ours`]
  await upload(`${place}/kcore-words`, kcoreProgram())
  if (lacking.length > 0) await upload(`${place}/busybox`, fileIn(readFileSync(initramfs), '/bin/busybox'))
  const links = lacking.map((name) => `ln -sf busybox ${place}/${name}`)
  await guest.run([`PATH=$PATH:${place}; kcore_words=${place}/kcore-words`, ...links].join('\n'))
  return lacking.length === 0 ? [] : [`the guest has no ${lacking.join(', ')}: busybox was brought along`]
}

const FIND = `for t in ${APPLETS.join(' ')}; do command -v $t >/dev/null 2>&1 || echo "lacks $t"; done
for d in ${PLACES.join(' ')}; do
{ mkdir -p $d && chmod 755 $d && echo '#!/bin/sh' >$d/try && chmod 755 $d/try && $d/try; } 2>/dev/null && { rm $d/try; echo "place $d"; break; }
done`
