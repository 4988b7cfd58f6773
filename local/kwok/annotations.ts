/** Annotations on simulated pods (and `absent` on nodes): the meeting point of the stand-in and KWOK's stages. */
export const annotations = {
  /** Which behaviour; from the image's tag when nobody set it. */
  behaviour: 'stand-in.local/behaviour',
  /** `true` once a port-forward, exec or log request reaches the pod's stand-in: only then may it start. */
  routed: 'stand-in.local/routed',
  /** `true`: the stand-in leaves this pod, or this node's conditions, to somebody else. */
  absent: 'stand-in.local/absent',
  /** Any text: the registry holds another image behind the same reference. */
  build: 'stand-in.local/build',
  /** Go durations (`300ms`), settable per pod: until the container runs, from there until it is ready. */
  startDelay: 'stand-in.local/start-delay',
  readyDelay: 'stand-in.local/ready-delay',
  /** Why a container of the behaviour `waits` waits, in the kubelet's words. */
  waitingReason: 'stand-in.local/waiting-reason',
  waitingMessage: 'stand-in.local/waiting-message',
  /** How a crashing container ends; by itself `Error` with exit code 1. */
  exitReason: 'stand-in.local/exit-reason',
  exitCode: 'stand-in.local/exit-code',
  exitMessage: 'stand-in.local/exit-message',
  /**
   * What the container writes to its log when it starts, besides what its behaviour writes. In hex after `hex:`,
   * where a test looks for those words everywhere and must not find them here.
   */
  log: 'stand-in.local/log',
  /** JSON: by path, the `status` and `json` that its server answers instead. In hex as above. */
  answers: 'stand-in.local/answers',
} as const;
