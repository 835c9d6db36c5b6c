import type { Origin } from './problem.ts';
import type { Path } from './settings.ts';

/** Where a setting was written, and how. */
interface Place {
  readonly origin: Origin;
  /** Where its key was written; the same as `origin` in lists and variables. */
  readonly key: Origin;
  /** An unquoted scalar as it was written, before YAML saw a number or a truth value in it. */
  readonly plain?: string;
}

/** Remembers where each setting came from, so that a problem can name the line or the variable. */
export interface Origins {
  readonly set: (path: Path, place: Place) => void;
  /** The place of a setting, or of the nearest one around it. */
  readonly find: (path: Path) => Place | undefined;
  /** The place of exactly this setting. */
  readonly get: (path: Path) => Place | undefined;
  /** Forgets a setting and all below it. */
  readonly forget: (path: Path) => void;
}

export function createOrigins(): Origins {
  const places = new Map<string, Place>();
  const name = (path: Path): string => path.map((key) => `${key}\0`).join('');
  return {
    set: (path, place) => void places.set(name(path), place),
    get: (path) => places.get(name(path)),
    find(path) {
      for (let length = path.length; length >= 0; length--) {
        const place = places.get(name(path.slice(0, length)));
        if (place !== undefined) return place;
      }
      return undefined;
    },
    forget(path) {
      const prefix = name(path);
      for (const key of places.keys()) if (key.startsWith(prefix)) places.delete(key);
    },
  };
}
