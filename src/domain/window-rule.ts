/** When an environment is open or closed, as spans of time. Instants are milliseconds since 1970. */

/** From `from` up to, not including, `to`; `Infinity` where no end is agreed. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface WindowRule {
  /** What people call it, for example `Mon, Tue 09:00–16:00 (Europe/Berlin)` or `freeze "year-end"`. */
  readonly words: string;
  /** Every span that has at least one instant of `[from, to)`, in any order; they may overlap. */
  spansWithin(from: number, to: number): readonly Span[];
  /** An instant in words, on the clock that the rule goes by. */
  timeWords(instant: number): string;
}

export interface Windows {
  /** Releases may go in these; empty: at any time that nothing denies. */
  readonly allow: readonly WindowRule[];
  /** Wins over `allow`. */
  readonly deny: readonly WindowRule[];
}
