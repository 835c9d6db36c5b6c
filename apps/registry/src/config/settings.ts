/** A value of the configuration as it was written. */
export type Setting = null | boolean | number | string | readonly Setting[] | Settings;

/** A map of the configuration, which environment variables may still change. */
export interface Settings {
  [key: string]: Setting;
}

/** Keys and indexes on the way to a setting. */
export type Path = readonly (string | number)[];

export function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What lies at a path; `undefined` where nothing does. */
export function settingAt(root: Setting, path: Path): Setting | undefined {
  let value: Setting | undefined = root;
  for (const key of path) {
    if (Array.isArray(value)) value = (value as readonly Setting[])[Number(key)];
    else if (isSettings(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

/** A path as people write it: `http.tls.key`, `http.secret[0]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );
}
