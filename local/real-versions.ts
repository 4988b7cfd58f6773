/** What is released under load. Each is an image on the node, made of `test/real/server.mjs`; its end says what ails it. */
export const versions = {
  first: '4.0.0',
  second: '4.1.0',
  third: '4.2.0',
  /** Answers every request well, and says of itself that it is not well. */
  unhealthy: '4.3.0-unhealthy',
  crashing: '4.3.0-crash',
  /** Answers 500 to every second request of a client, and says that it is well. */
  failing: '4.3.0-errors',
  /** Passes its tests; soon it answers 500 to every request of a client. */
  wearing: '4.3.0-wears',
  /** These take a second for an answer, and end the moment they are told to. */
  abrupt: '4.0.0-abrupt',
  abruptNext: '4.1.0-abrupt',
} as const;
