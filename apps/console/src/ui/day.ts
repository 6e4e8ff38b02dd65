export const DAY_MS = 86_400_000

/** The day of a time where the browser is, like `2026-01-31`. */
export function dayOf(ms: number): string {
  const date = new Date(ms)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Milliseconds since 1970 at which a day like `2026-01-31`, or one some days later, begins where the browser is. */
export function startOfDay(day: string, daysLater = 0): number {
  const [year, month, date] = day.split('-').map(Number)
  return new Date(year!, month! - 1, date! + daysLater).getTime()
}
