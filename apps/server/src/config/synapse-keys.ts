import { SILENT, type UnusedKeys } from './section.ts'
export const unusedSynapseKeys: UnusedKeys = { report_stats: SILENT }
