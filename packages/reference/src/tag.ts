const grammar = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** Whether a text is a tag, such as `3.20-slim` (distribution-spec, "Pulling manifests": `<reference>` as a tag). */
export function isTag(text: string): boolean {
  return grammar.test(text);
}
