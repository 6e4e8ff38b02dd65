/**
 * Property tests draw what they do from a seed, which they print: `GLIA_TEST_SEED` gives another, or the one of a failure again.
 * `GLIA_TEST_EFFORT` makes them longer; default 1: a few seconds each.
 */
export const effort = Math.max(1, Number(process.env.GLIA_TEST_EFFORT ?? 1))

const base = process.env.GLIA_TEST_SEED ?? 'glia'

/** The seed of one round of a test, printed. */
export function seedOf(test: string, round = 0): string {
  const seed = `${base}${round === 0 ? '' : `-${round}`}`
  console.log(`${test}: seed ${seed}`)
  return `${test} ${seed}`
}

/** Time for a test whose length grows with the effort. */
export const patienceMs = 60_000 * effort
