import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { programOf, runProgram, startProgram } from '../support/programs.ts'
import { type ServerProcess, spawnServer } from '../support/spawn-server.ts'

/** Runs docs/getting-started.md: each of its commands, in order, against a server started from nothing. */
const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = readFileSync(join(root, 'docs/getting-started.md'), 'utf8')
const blocks = [...guide.matchAll(/^```(sh|python)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language: language!, code: code! }))

const jq = programOf('jq', '/usr/bin/jq', '/usr/local/bin/jq')
const python = programOf('Python with requests', '/usr/bin/python3')

describe.skipIf(!jq)('docs/getting-started.md', () => {
  let folder: string
  let server: ServerProcess
  const environment: Record<string, string> = {}

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'glia-guide-'))
    const dataDir = join(folder, 'data')
    server = await spawnServer({ dataDir, port: 0, args: [] })
    Object.assign(environment, process.env, { HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), GLIA_DATA_DIR: dataDir })
  })
  afterAll(async () => {
    await server?.end('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  })

  const here = (code: string) => code.replaceAll('http://127.0.0.1:8008', server.url)
  const shell = (code: string) => runProgram('/bin/sh', ['-eu', '-c', here(code)], { env: environment, cwd: root })

  /** Runs a command that waits for somebody to open the printed link, and confirms as root. */
  async function confirmed(code: string): Promise<string> {
    const command = startProgram('/bin/sh', ['-eu', '-c', here(code)], { env: environment, cwd: root })
    const link = await command.printed(/(http\S+\/link\?code=\w+)/)
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await browser.open(link), { localpart: 'root', password: environment.PASSWORD! })
    await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
    const { status, out, err } = await command.ended
    expect([status, err]).toEqual([0, status === 0 ? err : ''])
    return out
  }

  test('has the two commands of the start first', () => {
    expect(blocks[0]).toEqual({ language: 'sh', code: 'npm ci\nnpm start\n' })
  })

  test.each(blocks.slice(1).map(({ language, code }) => [`${language}: ${code.split('\n')[0]}`, language, code]))(
    '%s',
    async (_, language, code) => {
      if (language === 'python') {
        if (!python) return
        const { status, out, err } = await runProgram(python, ['-c', here(code)], { env: environment })
        expect([status, out, err]).toEqual([0, '@root:localhost\n', ''])
        return
      }
      if (code.includes('users promote alice')) expect(await shell('npx glia users create alice')).toMatchObject({ status: 0 })
      if (code.includes('device-code-grant.sh') || code.includes('glia login')) {
        const out = await confirmed(code)
        const token = /"access_token": "(\w+)"/.exec(out)?.[1]
        if (token) environment.TOKEN = token
        return
      }
      const { status, out, err } = await shell(code)
      expect([status, err]).toEqual([0, status === 0 ? err : ''])
      if (code.includes('users create root')) environment.PASSWORD = /password\S*:?\s+(\S+)$/im.exec(out)?.[1] ?? ''
      if (code.startsWith('npx glia token')) expect(out).toMatch(/^mat_\w+\n$/)
      if (code.startsWith('curl --request POST')) expect(JSON.parse(out).access_token).toMatch(/^syt_/)
      else if (code.startsWith('curl')) expect(JSON.parse(out)).toMatchObject({ name: '@root:localhost', admin: true })
      if (code.includes('glia users get')) expect(out).toContain('@alice:localhost')
    },
  )
})
