/** Annotations on simulated pods: the meeting point of the stand-in and KWOK's stages. */
export const annotations = {
  /** Which behaviour; from the image's tag when nobody set it. */
  behaviour: 'stand-in.local/behaviour',
  /** `true` once a port-forward, exec or log request reaches the pod's stand-in: only then may it start. */
  routed: 'stand-in.local/routed',
  /** `true`: the stand-in leaves this pod to somebody else. */
  absent: 'stand-in.local/absent',
  /** Any text: the registry holds another image behind the same reference. */
  build: 'stand-in.local/build',
  /** Go durations (`300ms`), settable per pod: until the container runs, from there until it is ready. */
  startDelay: 'stand-in.local/start-delay',
  readyDelay: 'stand-in.local/ready-delay',
} as const;
