import type { Page, PageOptions } from './page.ts';
import type { ReadableRepository, Repository } from './repository.ts';

/**
 * Many repositories under one roof.
 *
 * Rejections are `RegistryError`s (`@lading/errors`), or the reason of an aborted signal. Anything else is a defect or an outage, and
 * tells clients nothing.
 */
export interface Registry<R extends ReadableRepository = Repository> {
  /**
   * The repository of a name. Does no I/O: it need not exist, and comes to be with its first manifest.
   *
   * @throws {RegistryError} NAME_INVALID when it is not a name.
   */
  readonly repository: (name: string) => R;
  /** Names of the repositories that hold a manifest, or once did, in the order of the specification: ASCII, byte by byte. */
  readonly repositories: (options?: PageOptions) => Promise<Page<string>>;
}
