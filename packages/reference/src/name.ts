const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const grammar = new RegExp(`^${component}(?:/${component})*$`);

/** Longest repository name, in characters: with a host and a tag it must fit the 255 that many clients take. */
export const maxNameLength = 255;

/** Whether a text is a repository name, such as `library/alpine` (distribution-spec, "Pulling manifests": `<name>`). */
export function isName(text: string): boolean {
  return text.length <= maxNameLength && grammar.test(text);
}
