import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, checked, choice, integer, listOf, optional, text } from '../types.ts'

const RESOURCES = ['client', 'federation', 'media', 'keys', 'openid', 'health', 'metrics', 'static', 'consent', 'replication'] as const
export type ListenerResource = 'client' | 'federation' | 'media' | 'keys' | 'openid' | 'health' | 'metrics'

const resource = section({
  names: setting(listOf(choice(...RESOURCES), 'a list of resource names'), {
    default: ['client', 'federation'],
    doc: '`client` (with the admin API, the console and sign-in), `federation`, `media`, `keys`, `openid`, `health`, `metrics`. `static`, `consent` and `replication` of Synapse are accepted and have no effect.',
  }),
  compress: setting(boolean, { default: false, doc: 'Accepted as in Synapse. Compression is the work of the proxy in front.' }),
})

const listener = section(
  {
    port: setting(integer({ min: 0, max: 65535 }), { doc: 'TCP port. 0 takes any free one.' }),
    bind_addresses: setting(listOf(text, 'a list of addresses'), { default: [], doc: 'Local addresses. Empty: all of them.' }),
    bind_address: setting(optional(text), { doc: 'One more address, the older form.' }),
    type: setting(choice('http', 'metrics', 'manhole'), {
      default: 'http',
      doc: '`http`, or `metrics` for Prometheus alone. A `manhole` of Synapse is left out with a warning.',
    }),
    tls: setting(
      checked(boolean, (tls) => (tls ? 'must be false: let a reverse proxy do TLS, and set x_forwarded' : undefined)),
      { default: false, doc: 'Only `false`: TLS is the work of the proxy in front.' },
    ),
    x_forwarded: setting(boolean, {
      default: false,
      doc: 'A reverse proxy is in front: take the address of the client from `X-Forwarded-For`, the scheme from `X-Forwarded-Proto`.',
    }),
    resources: setting(listOf(resource, 'a list of maps with names'), {
      default: [{ names: ['client', 'federation'] }],
      doc: 'What an `http` listener serves.',
    }),
  },
  { tag: '', request_id_header: '', additional_resources: 'modules of Synapse do not run in Glia', mode: 'a listener needs a port' },
)

/** Where Glia listens when nobody says otherwise. */
export const DEFAULT_LISTENERS = [
  {
    port: 8008,
    bind_addresses: ['127.0.0.1'],
    type: 'http',
    tls: false,
    x_forwarded: false,
    resources: [{ names: ['client', 'federation'] }],
  },
]

export const listenersFields = {
  listeners: setting(listOf(listener, 'a list of maps'), {
    default: DEFAULT_LISTENERS,
    doc: 'Where the server listens. `--host` and `--port` replace the address and the port of the first `http` listener.',
  }),
} satisfies Record<string, Setting<unknown>>

export interface ListenerConfig {
  readonly type: 'http' | 'metrics'
  /** 0: any free one. */
  readonly port: number
  /** At least one. */
  readonly bindAddresses: readonly string[]
  /** Trust `X-Forwarded-For` and `X-Forwarded-Proto`. */
  readonly xForwarded: boolean
  /** Of type `metrics`: only `metrics`. `health` goes with every listener. */
  readonly resources: readonly ListenerResource[]
}

const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['static', 'consent', 'replication'])

/** `warn` is told of listeners that are left out. */
export function listenersConfig(
  values: ValuesOf<typeof listenersFields>,
  metricsEnabled: boolean,
  warn: (key: string, message: string) => void,
): readonly ListenerConfig[] {
  return values.listeners.flatMap((given, index): ListenerConfig[] => {
    const key = `listeners[${index}]`
    if (given.type === 'manhole') {
      warn(key, 'left out: Glia has no manhole')
      return []
    }
    if (given.type === 'metrics' && !metricsEnabled) {
      warn(key, 'left out: set enable_metrics to true to have metrics')
      return []
    }
    const names = given.type === 'metrics' ? ['metrics' as const] : given.resources.flatMap((entry) => entry.names)
    const addresses = [...given.bind_addresses, ...(given.bind_address === null ? [] : [given.bind_address])]
    return [
      {
        type: given.type,
        port: given.port,
        bindAddresses:
          addresses.length > 0 ? addresses.map((address) => address || '::') : given.type === 'metrics' ? ['0.0.0.0'] : ['::', '0.0.0.0'],
        xForwarded: given.x_forwarded,
        resources: [...new Set(names)].filter((name): name is ListenerResource => !WITHOUT_EFFECT.has(name)),
      },
    ]
  })
}
