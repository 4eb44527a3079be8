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
 * The HTML report is tested in a real browser: whether a page asks the network for nothing, is drawn, and can be used
 * with keys alone, nothing else tells. Only `npm test` wants it; Debian's is taken, because it can be had offline, too.
 */
function bringBrowser() {
  if (fs.existsSync('/usr/bin/chromium')) return
  const wish = 'apt-get install -y --no-install-recommends chromium fonts-dejavu-core'
  if (process.getuid() !== 0) {
    process.stderr.write('the tests of the HTML report need Chromium: as root, run `' + wish + '`\n')
    return
  }
  process.stderr.write('installing Chromium, for the tests of the HTML report (' + wish + ')\n')
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
if (what === 'npm' && rest[0] === 'test:all') bringBrowser()
if (what === 'irqlab') launch.irqlab(rest)
else launch.follow(['npm', 'run', '--silent'].concat(rest))
