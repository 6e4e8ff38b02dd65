/** Milliseconds since 1970 at which a day like `2026-01-31`, or one some days later, begins where the browser is. */
export function startOfDay(day: string, daysLater = 0): number {
  const [year, month, date] = day.split('-').map(Number)
  return new Date(year!, month! - 1, date! + daysLater).getTime()
}
