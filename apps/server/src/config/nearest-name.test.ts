import { expect, test } from 'vitest'
import { editDistance, nearestName } from './nearest-name.ts'

test.each([
  ['abc', 'abc', 0],
  ['abc', 'abd', 1],
  ['abc', 'acb', 1],
  ['abc', 'abcd', 1],
  ['abc', '', 3],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
])('%j is %j with %d edits', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance)
})

test.each([
  ['max_uplaod_size', 'max_upload_size'],
  ['maxuploadsize', 'max_upload_size'],
  ['max-upload-size', 'max_upload_size'],
  ['MAX_UPLOAD_SIZE', 'max_upload_size'],
  ['prot', 'port'],
])('%s is taken for %s', (written, meant) => {
  expect(nearestName(written, ['server_name', 'port', 'max_upload_size'])).toBe(meant)
})

test.each(['pool', 'frobnicate', 'server'])('%s is like no name', (written) => {
  expect(nearestName(written, ['server_name', 'port', 'max_upload_size'])).toBeUndefined()
})
