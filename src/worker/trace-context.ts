/** Which span is the current one, for each chain of asynchronous calls: activities run side by side in one process. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, type Context, type ContextManager } from '@opentelemetry/api';

export function asyncContext(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (context, work, self, ...args) => storage.run(context, () => work.apply(self as never, args)),
    bind: <T>(context: Context, target: T): T => {
      if (typeof target !== 'function') return target;
      const bound = (...args: readonly unknown[]): unknown =>
        storage.run(context, () => (target as (...given: readonly unknown[]) => unknown)(...args));
      return bound as T;
    },
    enable: () => manager,
    disable: () => {
      storage.disable();
      return manager;
    },
  };
  return manager;
}
