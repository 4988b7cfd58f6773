/** Lines of a workflow name the target that it is about; of its ID alone, only a holder's could. */
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { targetOfInput } from '../domain/about-target.ts';

/** By this name the SDK finds it in the bundle. */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let about: unknown;
  return {
    inbound: [
      {
        execute: (input, next) => {
          [about] = input.args;
          return next(input);
        },
      },
    ],
    outbound: [
      { getLogAttributes: (attributes, next) => ({ ...next(attributes), ...targetOfInput(about) }) },
    ],
  };
};
