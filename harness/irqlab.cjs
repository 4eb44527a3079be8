#!/usr/bin/env node
/*
 * The command `irqlab`. It must run on any Node, however old, so that it can say what it needs: plain CommonJS, no
 * syntax younger than Node 12. Where this Node is too old and the project brings a newer one, that one takes over.
 */
'use strict'

const launch = require('./launch.cjs')

launch.irqlab(process.argv.slice(2))
