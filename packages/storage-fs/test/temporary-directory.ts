import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own for a test. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => Promise<void> } {
  const path = mkdtempSync(join(tmpdir(), 'lading-fs-'));
  return {
    path,
    async remove() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
