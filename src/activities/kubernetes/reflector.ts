/** Keeps a copy of some objects of the cluster by list and watch, across every kind of interruption. */
import type { KubernetesListObject, KubernetesObject, Watch } from '@kubernetes/client-node';
import { createAlarm } from './alarm.ts';
import { watchOnce } from './watch-once.ts';

const firstDelayMs = 200;
const maxDelayMs = 10_000;
/** A watch that lasted so long, or told something, was one; any other is not begun again at once. */
const properWatchMs = 1_000;

export interface ReflectorOptions<T extends KubernetesObject> {
  readonly watch: Watch;
  /** For example `/apis/apps/v1/namespaces/shop/deployments`. */
  readonly path: string;
  readonly selector: { readonly labelSelector: string } | { readonly fieldSelector: string };
  readonly list: () => Promise<KubernetesListObject<T>>;
  /** After every change, and when the copy stops or starts being current. */
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}

export interface Reflector<T> {
  items(): readonly T[];
  /** Whether the copy follows the cluster; while it does not, nothing should be decided from it. */
  isCurrent(): boolean;
  /** The error that keeps it from following, while it does not follow. */
  trouble(): unknown;
  /** Lists again, for a watch may have died in silence; the copy is not current until then. */
  refresh(): void;
}

/**
 * Runs until the signal aborts. An expired resource version, a dropped connection and an API
 * server that is away are met by listing again, with exponential back-off. The objects of a
 * watch are plain JSON: times in them are text.
 */
export function startReflector<T extends KubernetesObject>(options: ReflectorOptions<T>): Reflector<T> {
  const state: State<T> = {
    items: new Map(),
    resourceVersion: undefined,
    current: false,
    trouble: undefined,
    heard: 0,
    refresh: new AbortController(),
  };
  void follow(options, state);
  return {
    items: () => [...state.items.values()],
    isCurrent: () => state.current,
    trouble: () => state.trouble,
    refresh: () => {
      state.resourceVersion = undefined;
      state.current = false;
      state.refresh.abort();
    },
  };
}

interface State<T> {
  items: Map<string, T>;
  /** Where to watch on; absent when a list is needed first. */
  resourceVersion: string | undefined;
  current: boolean;
  trouble: unknown;
  /** Events of the present watch. */
  heard: number;
  /** Ends the present watch, or the pause after it. */
  refresh: AbortController;
}

async function follow<T extends KubernetesObject>(
  options: ReflectorOptions<T>,
  state: State<T>,
): Promise<void> {
  const { signal, onChange } = options;
  let delay = firstDelayMs;
  while (!signal.aborted) {
    state.refresh = new AbortController();
    const until = AbortSignal.any([signal, state.refresh.signal]);
    let watchedFrom: number | undefined;
    try {
      if (state.resourceVersion === undefined) await relist(options, state);
      watchedFrom = performance.now();
      await watch(options, state, until);
    } catch (error) {
      if (signal.aborted) return;
      state.resourceVersion = undefined;
      state.current = false;
      state.trouble = error;
      onChange();
    }
    const isProper =
      watchedFrom !== undefined && (state.heard > 0 || performance.now() - watchedFrom >= properWatchMs);
    if (isProper) delay = firstDelayMs;
    if (isProper && state.resourceVersion !== undefined) continue;
    // Half of it random, so that many waits do not come back to a restarted server at one moment.
    await createAlarm().wait(delay / 2 + (Math.random() * delay) / 2, until);
    delay = Math.min(delay * 2, maxDelayMs);
  }
}

async function watch<T extends KubernetesObject>(
  options: ReflectorOptions<T>,
  state: State<T>,
  signal: AbortSignal,
): Promise<void> {
  state.heard = 0;
  await watchOnce(
    options.watch,
    options.path,
    { ...options.selector, resourceVersion: state.resourceVersion ?? '' },
    (event) => apply(event.type, event.object as T, state, options.onChange),
    signal,
  );
}

async function relist<T extends KubernetesObject>(
  options: ReflectorOptions<T>,
  state: State<T>,
): Promise<void> {
  const list = await options.list();
  state.items = new Map(list.items.map((item) => [item.metadata?.uid ?? '', item]));
  state.resourceVersion = list.metadata?.resourceVersion ?? '';
  state.current = true;
  state.trouble = undefined;
  options.onChange();
}

function apply<T extends KubernetesObject>(
  type: string,
  object: T,
  state: State<T>,
  onChange: () => void,
): void {
  if (type === 'ERROR') {
    // The server ends the watch after this; whatever it was, a fresh list cures it.
    state.resourceVersion = undefined;
    return;
  }
  state.heard += 1;
  state.resourceVersion = object.metadata?.resourceVersion ?? state.resourceVersion;
  if (type === 'BOOKMARK') return;
  const uid = object.metadata?.uid ?? '';
  if (type === 'DELETED') state.items.delete(uid);
  else state.items.set(uid, object);
  onChange();
}
