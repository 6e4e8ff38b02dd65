import { type RawBuilder, sql } from 'kysely'

export interface Bounds {
  readonly above?: number | undefined
  readonly atLeast?: number | undefined
  readonly atMost?: number | undefined
  readonly below?: number | undefined
}

/** Gathers conditions; what is undefined is none. */
export class Conditions {
  readonly all: RawBuilder<unknown>[] = []

  add(condition: RawBuilder<unknown>): void {
    this.all.push(condition)
  }

  whether(wanted: boolean | undefined, condition: RawBuilder<unknown>): void {
    if (wanted !== undefined) this.add(wanted ? condition : sql`NOT (${condition})`)
  }

  equals(expression: RawBuilder<unknown>, value: string | undefined): void {
    if (value !== undefined) this.add(sql`${expression} = ${value}`)
  }

  /** @param value null: the column has none */
  equalsOrNone(expression: RawBuilder<unknown>, value: string | null | undefined): void {
    if (value === null) this.add(sql`${expression} IS NULL`)
    else this.equals(expression, value)
  }

  among(expression: RawBuilder<unknown>, values: readonly string[] | undefined): void {
    if (values) this.add(values.length === 0 ? sql`1 = 0` : sql`${expression} IN (${sql.join(values)})`)
  }

  within(expression: RawBuilder<unknown>, { above, atLeast, atMost, below }: Bounds): void {
    if (above !== undefined) this.add(sql`${expression} > ${above}`)
    if (atLeast !== undefined) this.add(sql`${expression} >= ${atLeast}`)
    if (atMost !== undefined) this.add(sql`${expression} <= ${atMost}`)
    if (below !== undefined) this.add(sql`${expression} < ${below}`)
  }
}
