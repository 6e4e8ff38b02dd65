export { pushRulesChanged, rulesetFor, rulesetsFor } from './ruleset.ts'
