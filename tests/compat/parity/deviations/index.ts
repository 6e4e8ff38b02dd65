import { accountDeviations } from './accounts.ts'
import { adminWorkDeviations } from './admin-work.ts'
import { clientDataDeviations } from './client-data.ts'
import type { Deviation } from './deviation.ts'
import { readingDeviations } from './reading.ts'
import { roomAndMediaDeviations } from './rooms-and-media.ts'
import { clientRoomDeviations } from './rooms-of-clients.ts'
import { syncDeviations } from './sync.ts'
import { userDeviations } from './users.ts'

export { ANY, type Deviation } from './deviation.ts'

/** Everything in which Glia's answers differ from Synapse's, and why. One that occurs no more fails the test. */
export const deviations: readonly Deviation[] = [
  ...userDeviations,
  ...roomAndMediaDeviations,
  ...adminWorkDeviations,
  ...accountDeviations,
  ...clientRoomDeviations,
  ...readingDeviations,
  ...syncDeviations,
  ...clientDataDeviations,
]
