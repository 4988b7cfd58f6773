/** Sends what is newest, in the background and one by one: what changes while one is on its way goes with the next. */
export class Reports {
  private isUnsent = false;
  private isSending = false;
  /** Ends some turns after the last one was sent. */
  private sent: Promise<void> | undefined;

  /**
   * @param send never rejects
   * @param lasting runs all of the sending, for example where nothing can cancel it
   * @param keepsLate asked when something is reported in those last turns; a history that was begun when it
   *   was not sent must say no
   */
  constructor(
    private readonly send: () => Promise<void>,
    private readonly lasting: (work: () => Promise<void>) => Promise<void>,
    private readonly keepsLate: () => boolean,
  ) {}

  report(): void {
    this.isUnsent = true;
    if (this.isSending || (this.sent !== undefined && !this.keepsLate())) return;
    this.sent = this.sendAll();
  }

  async settled(): Promise<void> {
    await this.sent;
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    await this.lasting(async () => {
      while (this.isUnsent) {
        // What else happens at this moment goes along.
        await Promise.resolve();
        this.isUnsent = false;
        await this.send();
      }
      // In the same turn as the look: nothing falls between them.
      this.isSending = false;
    });
    // Unless something came in these last turns.
    if (!this.isSending) this.sent = undefined;
  }
}
