/** One thing that is wrong with the configuration. */
export interface Problem {
  /** `file:line`, or the option or environment variable that said it. */
  readonly at: string
  /** Path of the key, such as `listeners[0].port`; empty where no key is concerned. */
  readonly key: string
  readonly message: string
}

/** Something the admin should know, and that does not keep the server from starting. Has the form of a Problem. */
export type ConfigWarning = Problem

export function formatProblem({ at, key, message }: Problem): string {
  return [at, key, message].filter((part) => part !== '').join(': ')
}

/** The configuration cannot be used. Carries all problems; the message lists them, one a line, without secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const sorted = problems.toSorted(byPlace)
    super(sorted.map(formatProblem).join('\n'))
    this.problems = sorted
  }
}

/** By file and line. */
function byPlace(a: Problem, b: Problem): number {
  const [fileA, lineA] = splitPlace(a.at)
  const [fileB, lineB] = splitPlace(b.at)
  return fileA === fileB ? lineA - lineB : fileA < fileB ? -1 : 1
}

function splitPlace(at: string): readonly [file: string, line: number] {
  const match = /^(.*):(\d+)$/s.exec(at)
  return match ? [match[1]!, Number(match[2])] : [at, 0]
}
