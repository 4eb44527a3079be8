/*
 * Loaded with --require into a process that is measured: at its end it writes its peak resident memory, in KiB, to
 * descriptor 3. Not maxrss of getrusage(2): that begins with the peak of the process that forked it.
 */
'use strict'

const fs = require('node:fs')

process.on('exit', function () {
  const status = fs.readFileSync('/proc/self/status', 'utf8')
  fs.writeSync(3, /^VmHWM:\s+(\d+) kB$/m.exec(status)[1])
})
