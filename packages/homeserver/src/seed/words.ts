import type { Chance } from './chance.ts'

const FIRST_NAMES =
  'Ada Alba Amir Anja Bela Bo Carl Chen Clara Dana Dilek Edo Elif Emil Esra Fay Finn Greta Hana Hugo Ida Ines Ivo Jana Jonas Kai Karim Lea Leo Lina Luca Mara Mia Milo Nele Nils Nora Olga Omar Otto Paul Petra Quinn Rana Ria Sami Sara Tao Tess Theo Uma Vera Viktor Wanda Yara Yuki Zoe Zora'
const LAST_NAMES =
  'Adler Baker Berg Bianchi Brandt Costa Demir Dubois Engel Ferrari Fischer Fontaine Garcia Haas Hansen Ivanov Jansen Kaya Keller Kim Klein Kovac Lang Larsen Lopez Maier Marino Meyer Moreau Nagy Novak Okafor Olsen Park Peters Popescu Richter Rossi Santos Sato Schulz Silva Singh Smith Sommer Tanaka Torres Vogel Wagner Weber Winter Wolf Yilmaz Zhang'
const WORDS =
  'the to and a of is in it that for you we on be with this have are not at so what just can will about if there no do like but from get as time new work one now need think know good server room would how then some when out up more test build release message today tomorrow tonight meeting coffee lunch train garden weather music book photo ticket bug patch review deploy database backup update query index token login password device matrix bridge thread topic question answer maybe sure thanks sorry great done later week month number table window street river mountain summer winter green blue red yellow orange quiet loud early late'
const TOPICS =
  'Announcements Backups Cooking Cycling Design Docs Events Films Games Garden Hardware Hiking Infrastructure Jobs Lounge Maps Music Networks Offtopic Operations Photos Planning Random Releases Research Security Space Support Travel Weather Writing'

const firstNames = FIRST_NAMES.split(' ')
const lastNames = LAST_NAMES.split(' ')
const words = WORDS.split(' ')
const topics = TOPICS.split(' ')

export function personName(chance: Chance): { first: string; last: string } {
  return { first: chance.pick(firstNames), last: chance.pick(lastNames) }
}

export function roomName(chance: Chance): string {
  return chance.is(0.5) ? chance.pick(topics) : `${chance.pick(topics)} ${chance.pick(lastNames)}`
}

/** Some words; common ones come often. */
export function sentence(chance: Chance): string {
  return Array.from({ length: 2 + chance.low(24) }, () => words[chance.low(words.length)]!).join(' ')
}

export const userAgents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
  'Element X/25.08 (Android 16)',
  'Element/25.08 (iPhone; iOS 18.5)',
  'nheko/0.12',
]

export const deviceNames = ['Firefox on Linux', 'Chrome on Windows', 'Phone', 'Tablet', 'Element Desktop', 'nheko']

export const mediaTypes = [
  ['image/jpeg', 'jpg'],
  ['image/jpeg', 'jpg'],
  ['image/png', 'png'],
  ['video/mp4', 'mp4'],
  ['audio/ogg', 'ogg'],
  ['application/pdf', 'pdf'],
  ['application/octet-stream', 'bin'],
] as const
