import { compareWithSynapse } from './compare-with-synapse.ts'
import { deviceLists } from './scenarios/device-lists.ts'
import { joinRules } from './scenarios/join-rules.ts'
import { reading } from './scenarios/reading.ts'
import { roomSnapshot } from './scenarios/room-snapshot.ts'
import { syncFilters } from './scenarios/sync-filters.ts'
import { syncMembers } from './scenarios/sync-members.ts'
import { visibility } from './scenarios/visibility.ts'

compareWithSynapse('reading', [visibility, reading, syncFilters, deviceLists, joinRules, roomSnapshot, syncMembers])
