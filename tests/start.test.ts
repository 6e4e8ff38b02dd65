import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { newDataDir } from './support/spawn-server.ts'

const launcher = join(dirname(fileURLToPath(import.meta.url)), '..', 'apps', 'cli', 'bin', 'glia.js')

/** Prints the name of every package that is loaded. */
const TELL_PACKAGES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({
    load(url, context, next) {
      const found = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)
      if (found) process.stderr.write('package ' + found[1] + '\\n')
      return next(url, context)
    },
  })
`)}`

test('a start loads nothing that only later requests or other settings need', async () => {
  const dataDir = newDataDir()
  const child = spawn(
    process.execPath,
    ['--import', TELL_PACKAGES, launcher, 'serve', '--data-dir', dataDir, '--config', join(dataDir, 'test.yaml')],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let told = ''
  child.stderr.on('data', (chunk) => {
    told += chunk
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => String(chunk).includes('listens on') && resolve())
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${told}`)))
  })
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('close', resolve))
  rmSync(dataDir, { recursive: true, force: true })
  const loaded = new Set([...told.matchAll(/^package (\S+)$/gm)].map(([, name]) => name))
  expect([...loaded]).toContain('kysely')
  const forLater = [
    'typebox',
    'prom-client',
    'pg',
    'jose',
    'openid-client',
    'oauth4webapi',
    'bcryptjs',
    'sharp',
    'marked',
    'ajv',
    '@fastify/ajv-compiler',
    'commander',
  ]
  expect(forLater.filter((name) => loaded.has(name))).toEqual([])
})
