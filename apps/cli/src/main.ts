import { serve } from '@glia/server'

const [command, ...rest] = process.argv.slice(2)
const io = { out: (line: string) => console.log(line), error: (line: string) => console.error(line) }

if (command === 'serve') process.exitCode = await serve(rest, io)
else {
  io.error('Usage: glia serve [options]')
  process.exitCode = 2
}
