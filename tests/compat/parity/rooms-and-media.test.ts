import { compareWithSynapse } from './compare-with-synapse.ts'
import { adminErrors } from './scenarios/admin-errors.ts'
import { adminMembership } from './scenarios/admin-membership.ts'
import { adminRoomHistory } from './scenarios/admin-room-history.ts'
import { maintenance } from './scenarios/maintenance.ts'
import { media } from './scenarios/media.ts'
import { purgeHistory } from './scenarios/purge-history.ts'
import { quarantine } from './scenarios/quarantine.ts'
import { reports } from './scenarios/reports.ts'
import { roomBlock } from './scenarios/room-block.ts'
import { roomDelete } from './scenarios/room-delete.ts'
import { roomDetails } from './scenarios/room-details.ts'
import { roomsList } from './scenarios/rooms-list.ts'
import { spacesAndUpgrades } from './scenarios/spaces-and-upgrades.ts'

compareWithSynapse('rooms and media', [
  roomsList,
  roomDetails,
  roomDelete,
  roomBlock,
  purgeHistory,
  adminMembership,
  media,
  maintenance,
  quarantine,
  adminErrors,
  reports,
  adminRoomHistory,
  spacesAndUpgrades,
])
