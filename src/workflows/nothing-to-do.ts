/** The end of a release that is over before it begins. Caught by `conductRelease`; it fails nothing. */
export class NothingToDo extends Error {}
