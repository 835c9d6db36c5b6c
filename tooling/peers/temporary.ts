/** Temporary directories that go when their scope ends, and at the latest with the process. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
  remove: () => Promise<void>;
}

const present = new Set<string>();
process.on('exit', () => {
  for (const path of present) rmSync(path, { recursive: true, force: true });
});

/** Makes a directory under `parent` (default: the system's), named after its `purpose`. */
export async function temporaryDirectory(
  purpose: string,
  parent: string = tmpdir(),
): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(parent, `lading-${purpose}-`));
  present.add(path);
  const remove = async (): Promise<void> => {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
    present.delete(path);
  };
  return { path, remove, [Symbol.asyncDispose]: remove };
}
