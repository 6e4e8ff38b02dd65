import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
  type YAMLWarning,
} from 'yaml'
import type { Located, LocatedValue } from './located.ts'
import type { Problem } from './problems.ts'

/** The top-level keys of all files together. */
export type TopLevel = Map<string, Located>

/**
 * Reads configuration files. A top-level key of a later file replaces the whole key of an earlier one, as in Synapse.
 * Of a folder, all its `.yaml`, `.yml` and `.json` files are read in alphabetical order. What cannot be read or parsed
 * is added to `problems`.
 */
export function readConfigFiles(files: readonly string[], problems: Problem[]): TopLevel {
  const merged: TopLevel = new Map()
  for (const file of files) {
    for (const name of expand(file, problems)) {
      const text = readText(name, problems)
      if (text === undefined) continue
      for (const [key, node] of parseYaml(text, name, problems)) merged.set(key, node)
    }
  }
  return merged
}

function expand(file: string, problems: Problem[]): string[] {
  try {
    if (!statSync(file).isDirectory()) return [file]
    return readdirSync(file)
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .sort()
      .map((name) => join(file, name))
  } catch (error) {
    problems.push({ at: file, key: '', message: reasonOf(error) })
    return []
  }
}

function readText(file: string, problems: Problem[]): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    problems.push({ at: file, key: '', message: reasonOf(error) })
    return undefined
  }
}

/** Why a file could not be read, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  const known: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied: the user that runs Glia may not read it',
    EISDIR: 'is a folder, not a file',
    ENOTDIR: 'no such file',
  }
  return (code !== undefined && known[code]) || `cannot be read (${code ?? String(error)})`
}

/** Parses one file as YAML 1.1, which is what Synapse reads (`yes` is true, `<<` merges). */
export function parseYaml(text: string, file: string, problems: Problem[]): TopLevel {
  const lines = new LineCounter()
  const document = parseDocument(text, { version: '1.1', lineCounter: lines, prettyErrors: false })
  const tags = document.warnings.filter((warning) => warning.code === 'TAG_RESOLVE_FAILED')
  for (const error of [...document.errors, ...tags]) {
    problems.push({ at: `${file}:${lines.linePos(error.pos[0]).line}`, key: '', message: inWords(error) })
  }
  if (document.errors.length > 0 || document.contents === null) return new Map()
  const place = (node: Node) => `${file}:${lines.linePos(node.range?.[0] ?? 0).line}`
  const root = new Reader(document, place, problems).read(document.contents, `${file}:1`, '', 0)
  if (root.value === null) return new Map()
  if (root.value instanceof Map) return root.value
  problems.push({ at: root.at, key: '', message: 'must be a map of settings (name: value)' })
  return new Map()
}

/** The parser's message without what it quotes from the file, which may be a secret. */
function inWords(error: YAMLError | YAMLWarning): string {
  if (error.code === 'MULTIPLE_DOCS') return 'a configuration file holds one YAML document'
  if (error.code === 'TAG_RESOLVE_FAILED') return 'a value that begins with ! must be in quotes'
  return error.message.replace(/:\s.*$/s, '')
}

const MAX_DEPTH = 40

/** Turns YAML nodes into located values: follows aliases, applies merge keys. */
class Reader {
  readonly #document: Document.Parsed
  readonly #place: (node: Node) => string
  readonly #problems: Problem[]

  constructor(document: Document.Parsed, place: (node: Node) => string, problems: Problem[]) {
    this.#document = document
    this.#place = place
    this.#problems = problems
  }

  read(node: unknown, at: string, key: string, depth: number): Located {
    if (depth > MAX_DEPTH) {
      if (depth === MAX_DEPTH + 1) this.#problems.push({ at, key, message: 'is nested too deeply' })
      return { at, value: null }
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document)
      if (target === undefined) this.#problems.push({ at, key, message: 'refers to an anchor (*name) that is not defined before it' })
      return this.read(target, at, key, depth + 1)
    }
    if (isMap(node)) return { at, value: this.#readMap(node.items, key, depth) }
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.read(item, this.#place(item as Node), `${key}[${index}]`, depth + 1))
      return { at, value: items }
    }
    return { at, value: isScalar(node) ? plain(node.value, node.source) : null }
  }

  #readMap(pairs: readonly Pair[], path: string, depth: number): Map<string, Located> {
    const map = new Map<string, Located>()
    const inherited: Located[] = []
    for (const pair of pairs) {
      const at = this.#place(pair.key as Node)
      const name = isScalar(pair.key) ? keyText(pair.key.value, pair.key.source) : '?'
      const node = this.read(pair.value, at, path === '' ? name : `${path}.${name}`, depth + 1)
      if (name === '<<') inherited.push(...(Array.isArray(node.value) ? node.value : [node]))
      else map.set(name, node)
    }
    for (const { value } of inherited) {
      if (!(value instanceof Map)) continue
      for (const [name, node] of value) if (!map.has(name)) map.set(name, node)
    }
    return map
  }
}

function keyText(value: unknown, source: string | undefined): string {
  return typeof value === 'string' ? value : (source ?? String(value))
}

/** Dates and binary are read as the text that was written. */
function plain(value: unknown, source: string | undefined): LocatedValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value
  return source ?? String(value)
}
