/*
 * What `npm start` and `npm test` run first: brings the project's Node packages where they are missing or out of date,
 * then does what it was asked to. Plain CommonJS for old Nodes, and no package of any kind.
 *
 *   node harness/setup.cjs irqlab ARGS...   run irqlab
 *   node harness/setup.cjs npm SCRIPT       run an npm script of ours
 */
'use strict'

const childProcess = require('child_process')
const fs = require('fs')
const path = require('path')
const launch = require('./launch.cjs')

const installedLock = path.join(launch.root, 'node_modules', '.package-lock.json')
const wantedLock = path.join(launch.root, 'package-lock.json')

/**
 * True when a package that we name ourselves is not installed in the version that the lock file wants. Those that come
 * with them are not compared: which optional ones npm leaves out differs from one npm to the next.
 */
function isOutOfDate() {
  if (!fs.existsSync(installedLock) || !fs.existsSync(launch.ownNode)) return true
  const installed = JSON.parse(fs.readFileSync(installedLock, 'utf8')).packages
  const wanted = JSON.parse(fs.readFileSync(wantedLock, 'utf8')).packages
  const named = Object.keys(Object.assign({}, wanted[''].dependencies, wanted[''].devDependencies))
  return named.some(function (name) {
    const at = 'node_modules/' + name
    return installed[at] === undefined || installed[at].version !== wanted[at].version
  })
}

/**
 * What only tests want. The HTML report is tested in a real browser: whether a page asks the network for nothing, is drawn, and
 * can be used with keys alone, nothing else tells. Reports come packed with bzip2, too. Debian's are taken, because they can be
 * had offline.
 */
const forTests = [
  {
    proof: ['/usr/bin/chromium'],
    packages: ['chromium', 'fonts-dejavu-core'],
    what: 'Chromium',
    why: 'the HTML report',
  },
  { proof: ['/bin/bzip2', '/usr/bin/bzip2'], packages: ['bzip2'], what: 'bzip2', why: 'reading reports' },
]

function bring(wanted) {
  if (wanted.proof.some(fs.existsSync)) return
  const wish = 'apt-get install -y --no-install-recommends ' + wanted.packages.join(' ')
  if (process.getuid() !== 0) {
    process.stderr.write(
      'the tests of ' + wanted.why + ' need ' + wanted.what + ': as root, run `' + wish + '`\n',
    )
    return
  }
  process.stderr.write('installing ' + wanted.what + ', for the tests of ' + wanted.why + ' (' + wish + ')\n')
  const options = {
    env: Object.assign({}, process.env, { DEBIAN_FRONTEND: 'noninteractive' }),
    stdio: ['ignore', 2, 2],
  }
  childProcess.spawnSync('apt-get', ['update', '-q'], options)
  childProcess.spawnSync('apt-get', wish.split(' ').slice(1).concat(['-q']), options)
}

if (isOutOfDate()) {
  process.stderr.write('installing the Node packages of irqlab (npm ci)\n')
  const npm = childProcess.spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: launch.root,
      stdio: ['ignore', 2, 2],
    },
  )
  if (npm.status !== 0) {
    process.stderr.write('irqlab: `npm ci` failed; see above\n')
    process.exit(2)
  }
}

const what = process.argv[2]
const rest = process.argv.slice(3)
if (what === 'npm' && rest[0] === 'test:all') forTests.forEach(bring)
if (what === 'irqlab') launch.irqlab(rest)
else launch.follow(['npm', 'run', '--silent'].concat(rest))
