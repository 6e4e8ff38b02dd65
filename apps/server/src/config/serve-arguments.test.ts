import { expect, test } from 'vitest'
import { parseServeArguments, serveHelp } from './serve-arguments.ts'

test('all options are read', () => {
  const argv = ['--config', 'a.yaml', '-c', 'b.yaml', '--data-dir=/srv', '--server-name', 'my.example', '--host', '::1', '--port', '0']
  expect(parseServeArguments(argv)).toEqual({
    help: false,
    options: { config: ['a.yaml', 'b.yaml'], dataDir: '/srv', serverName: 'my.example', host: '::1', port: 0 },
  })
})

test('options that are not given are not there', () => {
  expect(parseServeArguments([])).toEqual({ help: false, options: {} })
})

test.each(['--help', '-h'])('%s asks for help', (flag) => {
  expect(parseServeArguments([flag]).help).toBe(true)
})

test.each([
  [['--prot', '1'], 'unknown option --prot, did you mean --port?'],
  [['--server_name', 'a'], 'unknown option --server_name, did you mean --server-name?'],
  [['--frobnicate'], 'unknown option --frobnicate'],
  [['-x'], 'unknown option -x'],
  [['--port'], '--port needs a value'],
  [['--config', '--host', 'a'], '--config needs a value'],
  [['--data-dir', ''], '--data-dir needs a value'],
  [['--port', '65536'], '--port must be a port number from 0 to 65535, not "65536"'],
  [['--port', '8008x'], '--port must be a port number from 0 to 65535, not "8008x"'],
  [['--help=yes'], '--help takes no value'],
  [['glia.yaml'], 'unexpected argument glia.yaml'],
])('%j is refused', (argv, message) => {
  expect(() => parseServeArguments(argv)).toThrow(message)
})

test('the help names every option and variable', () => {
  for (const name of [
    '--config FILE',
    '--data-dir DIR',
    '--server-name NAME',
    '--host HOST',
    '--port PORT',
    'GLIA_CONFIG',
    'GLIA_DATABASE_URL',
  ]) {
    expect(serveHelp).toContain(name)
  }
})
