/** The part of KWOK's Stage resource that is used here. */

export interface Requirement {
  /** A jq path into the object. */
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

export interface StageOptions {
  readonly when: readonly Requirement[];
  readonly delayMs: number;
  /** Annotation with a Go duration that replaces `delayMs`. */
  readonly delayAnnotation?: string;
  /** Go template of the status to merge in. */
  readonly status?: string;
  readonly event?: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
  readonly deletes?: boolean;
}

export function podStage(name: string, options: StageOptions): object {
  return stage(name, 'Pod', options);
}

export function stage(name: string, kind: 'Pod' | 'Node', options: StageOptions): object {
  const { status, event, deletes, delayAnnotation } = options;
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind },
      selector: { matchExpressions: options.when },
      weight: 1,
      delay: {
        durationMilliseconds: options.delayMs,
        ...(delayAnnotation === undefined
          ? {}
          : { durationFrom: { expressionFrom: annotation(delayAnnotation) } }),
      },
      next: {
        ...(event === undefined ? {} : { event }),
        ...(status === undefined ? {} : { statusTemplate: status }),
        ...(deletes === undefined ? {} : { delete: deletes }),
      },
    },
  };
}

export function annotation(name: string): string {
  return `.metadata.annotations["${name}"]`;
}

export function isIn(key: string, ...values: readonly string[]): Requirement {
  return { key, operator: 'In', values };
}

export function isNotIn(key: string, ...values: readonly string[]): Requirement {
  return { key, operator: 'NotIn', values };
}

export function exists(key: string): Requirement {
  return { key, operator: 'Exists' };
}

export function isAbsent(key: string): Requirement {
  return { key, operator: 'DoesNotExist' };
}
