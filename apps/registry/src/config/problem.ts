/** Where a setting came from. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string };

/** Something in the configuration that a person has to know. */
export interface Problem {
  /** Absent where nothing in particular is at fault. */
  readonly origin?: Origin;
  /** A sentence that names the key and what would be right. */
  readonly message: string;
}

/** A problem as one line: `config.yml:4:3: …` or `REGISTRY_HTTP_ADDR: …`. */
export function formatProblem({ origin, message }: Problem): string {
  if (origin === undefined) return message;
  if (origin.kind === 'environment') return `${origin.variable}: ${message}`;
  return `${origin.file}:${origin.line}:${origin.column}: ${message}`;
}

/** A configuration that cannot be used. Nothing was started. */
export class ConfigurationError extends Error {
  override readonly name: string = 'ConfigurationError';
  /** Never empty. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(formatProblem).join('\n'), options);
    this.problems = problems;
  }
}
