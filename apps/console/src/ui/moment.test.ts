import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { ExactMoment, Moment } from './moment.tsx'

test.each([Number.NaN, 9e15])('the time %d, which no date can hold, does not break the page', (ms) => {
  expect(renderToStaticMarkup(createElement(Moment, { ms }))).toBe('at an impossible time')
  expect(renderToStaticMarkup(createElement(ExactMoment, { ms }))).toBe('at an impossible time')
})

test('times say when they were in full', () => {
  expect(renderToStaticMarkup(createElement(Moment, { ms: 1000 }))).toContain('dateTime="1970-01-01T00:00:01.000Z"')
  expect(renderToStaticMarkup(createElement(Moment, { ms: null }))).toBe('never')
})
