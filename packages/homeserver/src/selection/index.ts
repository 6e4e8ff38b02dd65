export { Conditions } from './conditions.ts'
export { checkTexts, readPage } from './selection-page.ts'
export { createSelector, type Selector } from './selector.ts'
