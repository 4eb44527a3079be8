/** The door from the command line: the only place that reads argv or exits. */
if (process.argv[2] === 'worker') {
  const { runWorker } = await import('./campaign/worker.ts')
  await runWorker()
  process.exit(0)
}
