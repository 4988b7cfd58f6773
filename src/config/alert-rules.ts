/** Rules of alerts that span several parts of a service. Raw values. */
import { mapping } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import type { Finding, Path } from './problem.ts';

export function alertRules(path: Path, service: Mapping): Finding[] {
  const checks = mapping(service['verification'])['checks'];
  if (service['alerts'] !== undefined || !Array.isArray(checks)) return [];
  return (checks as unknown[]).flatMap((check, index) =>
    check === 'alerts' || mapping(check)['kind'] === 'alerts'
      ? [
          {
            path: [...path, 'verification', 'checks', index],
            message:
              "looks at alerts, and nothing says which are the service's own. Give the service an alerts part (alerts: {} takes those of its namespace and Service), or remove this check.",
          },
        ]
      : [],
  );
}
