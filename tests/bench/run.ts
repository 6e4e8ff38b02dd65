/**
 * Prints figures; asserts nothing. Without options it starts a Glia of its own. With --synapse the same requests go to that server too, in
 * turn, and ratios are printed; with --url, to that server instead of a Glia of its own (whatever it is).
 *
 *   npm run bench -- [--only latency,one-room] [--seconds 5] [--connections 16] [--polls 1000] [--rooms 500] [--members 5000]
 *     [--url http://… --secret SECRET [--pid PID]]
 *     [--synapse http://127.0.0.1:8008 --synapse-secret SECRET [--synapse-pid PID]]
 */
import { rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { newDataDir, spawnServer } from '../support/spawn-server.ts'
import { sharedSecretOf } from '../support/start-server.ts'
import { type Figure, scenarios } from './scenarios.ts'
import { Target } from './target.ts'

const text = { type: 'string' } as const
const { values: options } = parseArgs({
  options: {
    only: text,
    seconds: { ...text, default: '5' },
    connections: { ...text, default: '16' },
    polls: { ...text, default: '1000' },
    rooms: { ...text, default: '500' },
    members: { ...text, default: '5000' },
    url: text,
    secret: text,
    pid: text,
    synapse: text,
    'synapse-secret': text,
    'synapse-pid': text,
  },
})
const shape = {
  seconds: Number(options.seconds),
  connections: Number(options.connections),
  polls: Number(options.polls),
  rooms: Number(options.rooms),
  members: Number(options.members),
}
const IDLE_AFTER_MS = 12_000
const only = options.only?.split(',')

const ending: (() => unknown)[] = []
try {
  const targets = [options.url ? given('given', options.url, options.secret, options.pid) : await ownGlia()]
  if (options.synapse) targets.push(given('synapse', options.synapse, options['synapse-secret'], options['synapse-pid']))
  // a server that has just started holds what the start needed
  await setTimeout(IDLE_AFTER_MS)
  for (const target of targets) {
    ending.push(() => target.close())
    console.log(`${target.name}: memory when idle ${target.memory()} MiB`)
  }
  for (const scenario of scenarios) {
    if (only && !only.includes(scenario.name)) continue
    console.log(`\n${scenario.title(shape)}`)
    const results: Figure[][] = []
    for (const target of targets) {
      const figures = await scenario.run(target, shape)
      results.push(figures)
      console.log(`  ${target.name.padEnd(8)} ${figures.map(written).join(', ')}`)
    }
    const [ours, theirs] = results
    if (ours && theirs) console.log(`  better by ${ours.map((figure, index) => ratio(figure, theirs[index]!)).join(', ')}`)
  }
} finally {
  for (const end of ending.toReversed()) await end()
}

async function ownGlia(): Promise<Target> {
  const dataDir = newDataDir()
  ending.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const server = await spawnServer({ dataDir })
  ending.push(() => server.end('SIGTERM'))
  console.log(`glia: start of the process to listening, empty database: ${Math.round(server.startMs)} ms`)
  return new Target({ name: 'glia', url: server.url, sharedSecret: sharedSecretOf(dataDir), pid: server.pid })
}

function given(name: string, url: string, sharedSecret = '', pid?: string): Target {
  return new Target({ name, url, sharedSecret, pid: pid === undefined ? undefined : Number(pid) })
}

function written({ name, unit, value }: Figure): string {
  const number = unit === 'ms' ? value.toFixed(1) : Math.round(value)
  return `${name} ${number}${unit === '/s' ? '' : ' '}${unit}`
}

/** More of a rate is better, less of everything else. */
function ratio(ours: Figure, theirs: Figure): string {
  const times = ours.unit === '/s' ? ours.value / theirs.value : theirs.value / ours.value
  return `${ours.name} × ${times.toFixed(1)}`
}
