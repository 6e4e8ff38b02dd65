import type { ReactNode } from 'react'
import classes from './facts.module.css'

/** Names and values, as a description list. Entries without a value are left out. */
export function Facts({ entries }: { entries: Readonly<Record<string, ReactNode>> }) {
  return (
    <dl className={classes.facts}>
      {Object.entries(entries)
        .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
        .map(([name, value]) => (
          <div key={name} className={classes.entry}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
