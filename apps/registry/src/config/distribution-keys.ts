import type { Origins } from './origins.ts';
import type { Problem } from './problem.ts';
import { isSettings, settingAt } from './settings.ts';
import type { Path, Settings } from './settings.ts';
import { hasEffect, renamedKeys, toPath, unsupportedKeys } from './unsupported.ts';

/** Moves what was given under an old name, and tells. */
export function renameOldKeys(settings: Settings, origins: Origins, warnings: Problem[]): void {
  for (const [key, now] of Object.entries(renamedKeys)) {
    const [from, to] = [toPath(key), toPath(now)];
    const value = settingAt(settings, from);
    if (value === undefined) continue;
    const place = origins.find(from);
    remove(settings, from);
    warnings.push({ ...(place && { origin: place.key }), message: `"${key}" is deprecated; write "${now}"` });
    if (settingAt(settings, to) !== undefined) continue;
    let parent = settings;
    for (const part of to.slice(0, -1)) {
      const child = (parent[part] ??= {});
      if (!isSettings(child)) return;
      parent = child;
    }
    parent[String(to.at(-1))] = value;
    if (place !== undefined) origins.set(to, place);
  }
}

/** Takes out what means nothing here, and tells what of it would have mattered. */
export function sortOutUnsupported(
  settings: Settings,
  origins: Origins,
): { refused: Problem[]; ignored: Problem[] } {
  const refused: Problem[] = [];
  const ignored: Problem[] = [];
  for (const [key, { effect, advice, whenPresent = false }] of Object.entries(unsupportedKeys)) {
    const path = toPath(key);
    const value = settingAt(settings, path);
    if (value === undefined) continue;
    remove(settings, path);
    if (!whenPresent && !hasEffect(value)) continue;
    const place = origins.find(path);
    const origin = place && { origin: place.key };
    if (effect === 'refused') refused.push({ ...origin, message: `cannot honour "${key}": ${advice}` });
    else ignored.push({ ...origin, message: `"${key}" has no effect: ${advice}` });
  }
  return { refused, ignored };
}

function remove(settings: Settings, path: Path): void {
  const parent = settingAt(settings, path.slice(0, -1));
  if (isSettings(parent)) delete parent[String(path.at(-1))];
}
