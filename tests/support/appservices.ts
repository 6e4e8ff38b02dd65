import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'

/** A registration with the id, users `@<id>_…` and aliases `#<id>_…` for itself; `more` wins. */
export function registration(id: string, more: Record<string, unknown> = {}) {
  return {
    id,
    url: null as string | null,
    as_token: `as token of ${id}`.replaceAll(' ', '_'),
    hs_token: `hs token of ${id}`.replaceAll(' ', '_'),
    sender_localpart: `${id}bot`,
    rate_limited: false,
    namespaces: {
      users: [{ regex: `@_?${id}_.*`, exclusive: true }],
      aliases: [{ regex: `#${id}_.*`, exclusive: true }],
      rooms: [] as { regex: string; exclusive: boolean }[],
    },
    ...more,
  }
}

/** Writes registration files, for as long as the test (or all tests, with `removeLater`) run. @returns settings that name them */
export function registrationSettings(registrations: readonly ReturnType<typeof registration>[], removeLater = onTestFinished) {
  const folder = mkdtempSync(join(tmpdir(), 'glia-registrations-'))
  removeLater(() => rmSync(folder, { recursive: true, force: true }))
  return {
    app_service_config_files: registrations.map((one) => {
      const file = join(folder, `${one.id}.yaml`)
      writeFileSync(file, stringify(one))
      return file
    }),
  }
}
