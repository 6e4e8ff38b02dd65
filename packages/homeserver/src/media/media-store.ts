import type { Readable } from 'node:stream'

/** Content that has been received but is not part of the store yet. */
export interface StagedFile {
  /** Bytes. */
  readonly size: number
  /** Of the content, hexadecimal. */
  readonly sha256: string
  /** Makes it part of the store, durably. @returns the key to find it by; a key is never given out twice */
  keep(): Promise<string>
  /** Forgets it. Harmless after `keep`. */
  discard(): Promise<void>
}

/** Where the bytes are. What they mean is in the database. */
export interface MediaStore {
  /**
   * Receives content, hashing and counting while it flows.
   * @throws FileTooLargeError as soon as there are more than `maxBytes`; nothing stays behind
   * @throws whatever `source` fails with; nothing stays behind
   */
  stage(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StagedFile>
  /** @returns the content, or a part of it (`end` included); undefined when there is no such file */
  read(key: string, range?: { start: number; end: number }): Promise<Readable | undefined>
  /** Lets `use` work with the content as a local file. @returns undefined when there is no such file */
  withFile<T>(key: string, use: (path: string) => Promise<T>): Promise<T | undefined>
  /** Removes the content and everything derived from it. Harmless when it is gone already. */
  remove(key: string): Promise<void>
  /** Reads what was derived from a file (a thumbnail). */
  readDerived(key: string, name: string): Promise<Buffer | undefined>
  /** Keeps what was derived from a file. May be lost. */
  writeDerived(key: string, name: string, content: Buffer): Promise<void>
  /** Removes what a crash left half done. Called at start. */
  cleanUp(): Promise<void>
}

export class FileTooLargeError extends Error {}
