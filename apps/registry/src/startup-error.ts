/** The program cannot do what it was asked to, for a reason that its message tells whoever runs it: no stack is wanted. */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}
