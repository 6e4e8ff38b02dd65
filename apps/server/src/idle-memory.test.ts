import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { isWorthGivingBack } from './idle-memory.ts'

const MIB = 1024 * 1024
const idle = { heapTotal: 70 * MIB, heapUsed: 32 * MIB, utilization: 0.01 }

test('memory is given back when there is much of it and little to do', () => {
  expect(isWorthGivingBack(idle)).toBe(true)
  expect(isWorthGivingBack({ ...idle, utilization: 0.2 })).toBe(false)
  expect(isWorthGivingBack({ ...idle, heapTotal: 40 * MIB })).toBe(false)
})

test('a large heap is left alone: collecting it would be felt', () => {
  expect(isWorthGivingBack({ ...idle, heapTotal: 400 * MIB, heapUsed: 300 * MIB })).toBe(false)
})

test('what was needed once is not held any longer', () => {
  const script = `
    import { giveMemoryBack } from ${JSON.stringify(new URL('./idle-memory.ts', import.meta.url).href)}
    // objects that live for a while, which is what makes the young generation grow
    let kept = []
    for (let n = 0; n < 3_000_000; n++) {
      kept.push({ n })
      if (kept.length > 200_000) kept = []
    }
    kept = undefined
    const before = process.memoryUsage().heapTotal
    giveMemoryBack()
    console.log(JSON.stringify({ before, after: process.memoryUsage().heapTotal }))`
  const { before, after } = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }))
  expect(before).toBeGreaterThan(30 * MIB)
  expect(after).toBeLessThan(16 * MIB)
})
