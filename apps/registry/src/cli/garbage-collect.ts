import { collectGarbage } from '@lading/registry-store';
import type { GarbageStep } from '@lading/registry-store';
import { formatProblem } from '../config/problem.ts';
import { configuredStorage } from '../storage-driver.ts';
import { StartupError } from '../startup-error.ts';
import type { CommandInput } from './run.ts';

/** Removes what no manifest needs from the configured storage. */
export async function garbageCollect({
  configuration,
  warnings,
  directory,
  dryRun,
  deleteUntagged,
}: CommandInput): Promise<number> {
  for (const warning of warnings) process.stderr.write(`${formatProblem(warning)}\n`);
  const { driver, place } = await configuredStorage(configuration.storage, { directory, create: false });
  process.stdout.write(`Collecting garbage in ${place}${dryRun ? '; nothing is removed' : ''}\n`);
  try {
    const { repositories, manifests, links, blobs, bytes } = await collectGarbage({
      storage: driver,
      dryRun,
      deleteUntagged,
      onProgress: (step) => process.stdout.write(`${describe(step)}\n`),
    });
    const verb = dryRun ? 'would be removed' : 'removed';
    process.stdout.write(
      `${repositories} repositories: ${manifests.removed} manifests, ${links.removed} links and ${blobs.removed} blobs (${bytes} bytes) ${verb}; ` +
        `${manifests.kept} manifests and ${blobs.kept} blobs stay. What is younger than an hour always stays.\n`,
    );
    return 0;
  } catch (cause) {
    throw new StartupError(
      `Cannot collect garbage, and removed nothing that is needed: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function describe(step: GarbageStep): string {
  switch (step.kind) {
    case 'marked':
      return `keep    ${step.manifests} manifests of ${step.repository}`;
    case 'manifest-removed':
      return `remove  manifest ${step.digest} of ${step.repository}`;
    case 'link-removed':
      return `remove  link ${step.digest} of ${step.repository}`;
    case 'blob-removed':
      return `remove  blob ${step.digest} (${step.size} bytes)`;
  }
}
