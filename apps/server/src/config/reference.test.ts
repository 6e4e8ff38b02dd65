import { expect, test } from 'vitest'
import { load } from './config-fixture.ts'
import { renderConfigReference, renderExampleConfig } from './reference.ts'
import { allFields } from './schema/index.ts'

test('the reference names every key, nested ones too', () => {
  const reference = renderConfigReference()
  for (const key of [
    ...Object.keys(allFields),
    'listeners[].resources[].names',
    'database.args.cp_max',
    'rc_login.failed_attempts.per_second',
    'glia.auth.access_token_ttl',
  ]) {
    expect(reference).toContain(`### \`${key}\`\n`)
  }
})

test('the reference gives defaults', () => {
  expect(renderConfigReference()).toMatch(/### `max_upload_size`\n\nLargest upload\.\n\nA size [^\n]* Default: `"50M"`\./)
})

test('the example loads with every comment sign removed, and changes nothing', async () => {
  const settings = renderExampleConfig()
    .split('\n')
    .filter((line) => (line.startsWith('#') && !line.startsWith('# ')) || /^# {2}/.test(line))
    .map((line) => line.slice(1))
    .join('\n')
  expect(settings).toContain('max_upload_size: 50M')
  const { config, warnings } = await load(settings)
  const { config: defaults } = await load('')
  expect(warnings).toEqual([])
  expect(config.ratelimiting).toEqual(defaults.ratelimiting)
  expect(config.listeners).toEqual(defaults.listeners)
  expect(config.media.thumbnailSizes).toEqual(defaults.media.thumbnailSizes)
})
