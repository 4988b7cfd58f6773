/** Who may do what is normally refused; names as `normaliseIdentity` writes them. Empty: nobody. */
export interface Permission {
  readonly people: readonly string[];
}
