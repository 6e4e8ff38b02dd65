#!/usr/bin/env node
// Starts the command line with the Node that Glia pins, whatever Node the machine has. Plain JavaScript: an older Node must be able to read it.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED = 26

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  // keeps stripped and compiled sources for the next start; does nothing where the folder cannot be written
  const { enableCompileCache } = await import('node:module')
  enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/glia', import.meta.url)))
  await import('../src/main.ts')
} else {
  // whoever lists processes must not read tokens and passwords that were given as arguments
  if (process.argv[2] !== 'serve') process.title = 'glia'
  const args = process.argv.slice(1)
  const pinned = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
  const child = spawn(pinned, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    console.error(`Glia needs Node ${NEEDED} and its own copy cannot be run (${error.message}). Run npm ci again.`)
    process.exitCode = 1
  })
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0)
  })
}
