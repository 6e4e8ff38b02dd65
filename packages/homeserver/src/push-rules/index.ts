export { createPushRules, type PushRules } from './push-rules.ts'
export { pushRuleClientRoutes } from './routes.ts'
export { pushRulesChanged, rulesetFor, rulesetsFor } from './ruleset.ts'
