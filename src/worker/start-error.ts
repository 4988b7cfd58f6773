/** A worker cannot start; the message is the whole story and needs no stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
