import { createTerminal } from './terminal.ts'

const argv = process.argv.slice(2)
const terminal = createTerminal(process)

if (argv[0] === 'serve') {
  // straight to the server: it starts without what the other commands need
  const { serve } = await import('@glia/server')
  process.exitCode = await serve(argv.slice(1), { out: terminal.out, error: terminal.note })
} else {
  // whoever lists processes must not read tokens and passwords that were given as arguments
  process.title = argv[0]?.startsWith('-') === false ? `glia ${argv[0]}` : 'glia'
  const { runCommandLine } = await import('./command-line.ts')
  process.exitCode = await runCommandLine(argv, terminal)
}
