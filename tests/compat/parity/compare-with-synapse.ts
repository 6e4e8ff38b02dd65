import { afterAll, beforeAll, expect, test } from 'vitest'
import { onHomeservers, type TestHomeserver } from '../../support/on-homeservers.ts'
import { deviations } from './deviations/index.ts'
import { complaints } from './differences.ts'
import { readRecording, writeRecordedVersion, writeRecording } from './recording.ts'
import { play, type Scenario } from './stage.ts'

/**
 * Plays scenarios and compares the answers with what Synapse was recorded to answer: Glia's, but for the listed deviations, and those of a
 * live Synapse without exception. With `PARITY_RECORD` set the live Synapse's answers become the recording.
 */
export function compareWithSynapse(name: string, scenarios: readonly Scenario[]): void {
  onHomeservers(`${name}: the same answers as Synapse`, (kind) => {
    const isRecorded = !kind.isGlia && Boolean(process.env.PARITY_RECORD)
    let server: TestHomeserver
    beforeAll(async () => {
      server = await kind.open()
      if (isRecorded) writeRecordedVersion((await server.api('GET', '/_synapse/admin/v1/server_version')).body.server_version)
    })
    afterAll(() => server?.remove())

    test.each(scenarios.map((scenario) => [scenario.area, scenario] as const))('%s', async (area, scenario) => {
      const notes = await play(scenario, server)
      if (isRecorded) writeRecording(area, notes)
      const listed = kind.isGlia ? deviations.filter((deviation) => deviation.areas.includes(area)) : []
      expect(complaints(readRecording(area), notes, listed)).toEqual([])
    })
  })
}
