import { MatrixError } from '@glia/contract'
import type { UserId } from '@glia/protocol'
import { type Stage, StageFailed } from './stages.ts'

/** `m.login.password`; shows the id of the user whose password it is. */
export function passwordStage(deps: {
  findUser(fields: Readonly<Record<string, unknown>>): Promise<UserId | undefined>
  isRight(userId: UserId | undefined, password: string): Promise<boolean>
}): Stage {
  return {
    type: 'm.login.password',
    async check(auth) {
      if (typeof auth.password !== 'string') throw new MatrixError('M_INVALID_PARAM', 'Bad parameter: password')
      const userId = await deps.findUser(auth)
      if (!(await deps.isRight(userId, auth.password)) || userId === undefined) {
        throw new StageFailed('M_FORBIDDEN', 'Invalid username or password')
      }
      return userId
    },
  }
}
