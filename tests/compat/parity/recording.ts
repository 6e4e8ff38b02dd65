import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Note } from './stage.ts'

function fileOf(area: string): string {
  return fileURLToPath(new URL(`./recorded/${area}.json`, import.meta.url))
}

/** What Synapse answered, by label. */
export function readRecording(area: string): ReadonlyMap<string, Note> {
  return new Map(Object.entries(JSON.parse(readFileSync(fileOf(area), 'utf8')) as Record<string, Note>))
}

export function writeRecording(area: string, notes: ReadonlyMap<string, Note>): void {
  const lines = [...notes].map(([label, note]) => `  ${JSON.stringify(label)}: ${JSON.stringify(note)}`)
  writeFileSync(fileOf(area), `{\n${lines.join(',\n')}\n}\n`)
}

/** The version of the Synapse that was recorded. */
export function recordedVersion(): string {
  return (JSON.parse(readFileSync(fileOf('about'), 'utf8')) as { synapse: string }).synapse
}

export function writeRecordedVersion(version: string): void {
  writeFileSync(fileOf('about'), `${JSON.stringify({ synapse: version })}\n`)
}

/** What has been recorded: the names of the files, sorted. */
export function recordedAreas(): string[] {
  return readdirSync(new URL('./recorded/', import.meta.url))
    .filter((file) => file.endsWith('.json') && file !== 'about.json')
    .map((file) => file.slice(0, -'.json'.length))
    .sort()
}
