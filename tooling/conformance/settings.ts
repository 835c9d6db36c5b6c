/** What a version of the conformance program turns off by itself, read from its `results.yaml`. */

/** The API's name in the report for each setting that turns it off. */
const apiOfSetting: Readonly<Record<string, string>> = {
  'apis.blobs.uploadCancel': 'Blob upload cancel',
  'apis.blobs.mountAnonymous': 'Blob anonymous mount',
  'apis.manifests.tagParam': 'Manifest put with tag params',
  'apis.referrer': 'Referrers',
};

/** The settings that are `false` in the configuration the program ran with, as dotted paths. */
export function disabledSettings(results: string): string[] {
  const path: string[] = [];
  const disabled: string[] = [];
  for (const line of results.split('\n')) {
    const [, indent = '', key = '', value = ''] = /^( *)([\w-]+): ?(.*)$/.exec(line) ?? [];
    if (key === '') continue;
    path.length = indent.length / 2;
    path.push(key);
    if (path[0] === 'config' && value === 'false') disabled.push(path.slice(1).join('.'));
  }
  return disabled;
}

/** Whether one of these settings is why a case with this reason did not run. */
export function explains(settings: readonly string[], reason: string): boolean {
  const apis = reason
    .split('\n')
    .map((line) => /^api (.+) is disabled in the configuration$/.exec(line.trim())?.[1]);
  return apis.every((api) => settings.some((setting) => api !== undefined && apiOfSetting[setting] === api));
}
