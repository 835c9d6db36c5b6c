/** An image as umoci builds it: another program's idea of a layout than ours. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './setup.ts';

/** Builds a layout with the reference `v1`: three layers and a configuration. */
export async function umociImage(directory: string): Promise<string> {
  const files = `${directory}.files`;
  await mkdir(files, { recursive: true });
  await run('umoci', ['init', '--layout', directory]);
  await run('umoci', ['new', '--image', `${directory}:v1`]);
  for (const layer of ['one', 'two', 'three']) {
    const file = join(files, layer);
    await writeFile(file, `The file of layer ${layer}.\n`.repeat(1_000));
    await run('umoci', ['insert', '--rootless', '--image', `${directory}:v1`, file, `/${layer}`]);
  }
  await run('umoci', ['config', '--image', `${directory}:v1`, '--config.cmd', '/one', '--author', 'Lading']);
  return directory;
}
