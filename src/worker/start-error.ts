/** A worker cannot start; the message is the whole story and needs no stack. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    message: string,
    /** 1: something else failed; 2: arguments or configuration are wrong. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
