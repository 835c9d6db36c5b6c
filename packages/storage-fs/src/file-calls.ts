import * as fs from 'node:fs';

/** A result that is there at once, or comes later; `await` takes both. */
export type Soon<T> = T | Promise<T>;

/**
 * The calls to the operating system that this driver makes, and no others. Tiny ones answer `Soon`: at once on a local disk, where a
 * trip to the thread pool costs more than the call, and later on a network disk, where waiting would stop the process.
 * Those that move many bytes or wait for the disk always answer later.
 */
export interface FileCalls {
  readonly open: (path: string, flags: string, mode?: number) => Soon<number>;
  readonly close: (fd: number) => Soon<void>;
  readonly statOf: (fd: number) => Soon<fs.Stats>;
  /** `undefined` where nothing is there. */
  readonly stat: (path: string) => Soon<fs.Stats | undefined>;
  /** Sets the time of the last change, in milliseconds. */
  readonly touch: (fd: number, modified: number) => Soon<void>;
  readonly link: (from: string, to: string) => Soon<void>;
  readonly rename: (from: string, to: string) => Soon<void>;
  readonly unlink: (path: string) => Soon<void>;
  /** Makes a directory and those above it; tells the first that was made. */
  readonly makeDirectory: (path: string) => Soon<string | undefined>;
  /** May wait for the disk: a directory that was just made is in the journal that is being written. */
  readonly removeDirectory: (path: string) => Promise<void>;
  readonly openDirectory: (path: string, bufferSize: number) => Soon<fs.Dir>;
  readonly readDirectory: (directory: fs.Dir) => Soon<fs.Dirent | null>;
  readonly closeDirectory: (directory: fs.Dir) => Soon<void>;
  /** How many bytes were read: fewer than asked at the end of the file. */
  readonly readFew: (fd: number, into: Uint8Array, position: number) => Soon<number>;
  readonly readMany: (fd: number, into: Uint8Array, position: number) => Promise<number>;
  /** How many bytes were written, which may be fewer than given. */
  readonly writeFew: (fd: number, chunks: readonly Uint8Array[], position: number) => Soon<number>;
  readonly writeMany: (fd: number, chunks: readonly Uint8Array[], position: number) => Promise<number>;
  /** Waits until the bytes are on stable storage. */
  readonly syncData: (fd: number) => Promise<void>;
  /** Waits until bytes, names and times are on stable storage. */
  readonly sync: (fd: number) => Promise<void>;
}

type Done<T> = (error: Error | null, value: T) => void;

function later<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)));
  });
}

const waiting: Pick<FileCalls, 'readMany' | 'writeMany' | 'syncData' | 'sync' | 'removeDirectory'> = {
  removeDirectory: (path) => later<void>((done) => fs.rmdir(path, done)),
  readMany: (fd, into, position) => later((done) => fs.read(fd, into, 0, into.byteLength, position, done)),
  writeMany: (fd, chunks, position) => later((done) => fs.writev(fd, chunks, position, done)),
  syncData: (fd) => later<void>((done) => fs.fdatasync(fd, done)),
  sync: (fd) => later<void>((done) => fs.fsync(fd, done)),
};

/** Tiny calls are made in place. */
export const localCalls: FileCalls = {
  ...waiting,
  open: fs.openSync,
  close: fs.closeSync,
  statOf: (fd) => fs.fstatSync(fd),
  stat(path) {
    try {
      return fs.statSync(path, { throwIfNoEntry: false });
    } catch (error) {
      return nothingThere(error);
    }
  },
  touch: (fd, modified) => fs.futimesSync(fd, modified / 1000, modified / 1000),
  link: fs.linkSync,
  rename: fs.renameSync,
  unlink: fs.unlinkSync,
  makeDirectory: (path) => fs.mkdirSync(path, { recursive: true }),
  openDirectory: (path, bufferSize) => fs.opendirSync(path, { bufferSize }),
  readDirectory: (directory) => directory.readSync(),
  closeDirectory: (directory) => directory.closeSync(),
  readFew: (fd, into, position) => fs.readSync(fd, into, 0, into.byteLength, position),
  writeFew: (fd, chunks, position) => fs.writevSync(fd, chunks, position),
};

/** Every call goes through the thread pool. */
export const networkCalls: FileCalls = {
  ...waiting,
  open: (path, flags, mode) => later((done) => fs.open(path, flags, mode, done)),
  close: (fd) => later<void>((done) => fs.close(fd, done)),
  statOf: (fd) => later((done) => fs.fstat(fd, done)),
  stat: (path) => later<fs.Stats>((done) => fs.stat(path, done)).catch(nothingThere),
  touch: (fd, modified) => later<void>((done) => fs.futimes(fd, modified / 1000, modified / 1000, done)),
  link: (from, to) => later<void>((done) => fs.link(from, to, done)),
  rename: (from, to) => later<void>((done) => fs.rename(from, to, done)),
  unlink: (path) => later<void>((done) => fs.unlink(path, done)),
  makeDirectory: (path) => later<string | undefined>((done) => fs.mkdir(path, { recursive: true }, done)),
  openDirectory: (path, bufferSize) => later((done) => fs.opendir(path, { bufferSize }, done)),
  readDirectory: (directory) => directory.read(),
  closeDirectory: (directory) => directory.close(),
  readFew: waiting.readMany,
  writeFew: waiting.writeMany,
};

function nothingThere(error: unknown): undefined {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}
