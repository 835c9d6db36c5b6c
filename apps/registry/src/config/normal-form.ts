import { defaults } from './configuration.ts';
import type { Origins } from './origins.ts';
import { isSettings } from './settings.ts';
import type { Path, Setting, Settings } from './settings.ts';

/** Settings that are a choice of one thing, which may be written as its bare name: `storage: inmemory`. */
const choices = ['storage', 'auth'] as const;

/** Keys of `storage` that are no drivers. */
const sharedStorageKeys = new Set(['tag', 'delete', 'redirect', 'cache', 'maintenance', 'module', 'options']);

/** Writes out what may be written short. Anything else stays as it is. */
export function expandShorthand(settings: Settings, origins: Origins): void {
  for (const choice of choices) {
    const value = settings[choice];
    if (typeof value !== 'string' || value === '') continue;
    settings[choice] = { [value]: {} };
    const place = origins.get([choice]);
    if (place !== undefined) origins.set([choice, value], place);
  }
}

/** A key without a value is as good as none, but for one that is chosen by being there. */
export function withoutNulls(value: Setting, path: Path): Setting {
  if (path[0] === 'storage' && path[1] === 'options') return value;
  if (Array.isArray(value))
    return (value as Setting[]).map((item, index) => withoutNulls(item, [...path, index]));
  if (!isSettings(value)) return value;
  const entries = Object.entries(value).map(([key, child]): [string, Setting] => {
    const chosen =
      path.length === 1 && (path[0] === 'auth' || (path[0] === 'storage' && !sharedStorageKeys.has(key)));
    return [key, child === null && chosen ? {} : withoutNulls(child, [...path, key])];
  });
  return Object.fromEntries(entries.filter(([, child]) => child !== null));
}

/** Without a file the registry is somebody's first try: it needs no storage to be named, and lets them delete. */
export function putInFirstTry(settings: Settings): void {
  const storage = settings['storage'] ?? {};
  if (!isSettings(storage)) return;
  if (Object.keys(storage).every((key) => sharedStorageKeys.has(key) && key !== 'module')) {
    storage['filesystem'] = { rootdirectory: defaults.storage.filesystem?.rootdirectory ?? '' };
  }
  storage['delete'] ??= { enabled: defaults.storage.delete.enabled };
  settings['storage'] = storage;
}
