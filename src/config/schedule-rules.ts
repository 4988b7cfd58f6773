/** Rules of schedules that their schema does not see. They look at raw values. */
import { isVersion, normaliseVersion } from '../domain/version.ts';
import { didYouMean } from './did-you-mean.ts';
import { show } from './expecting.ts';
import { mapping, type Mapping } from './mapping.ts';
import { isKey, keyRule } from './names.ts';
import type { Finding, Path } from './problem.ts';

/** `file` is the whole of it. */
export function scheduleRules(file: Mapping): Finding[] {
  return Object.entries(mapping(file['schedules'])).flatMap(([name, entry]) => {
    const path = ['schedules', name];
    const schedule = mapping(entry);
    const { verifiedIn } = mapping(schedule['versionFrom']);
    return [
      ...(isKey(name)
        ? []
        : [{ path, atKey: true, message: `expected a name of ${keyRule}, got ${show(name)}` }]),
      ...known([...path, 'service'], schedule['service'], 'service', file['services']),
      ...known([...path, 'environment'], schedule['environment'], 'environment', file['environments']),
      ...known([...path, 'versionFrom', 'verifiedIn'], verifiedIn, 'environment', file['environments']),
      ...oneOfTwo(path, schedule, 'version', 'versionFrom'),
      ...oneOfTwo(path, schedule, 'cron', 'calendar'),
      ...versionRules([...path, 'version'], schedule['version']),
    ];
  });
}

function known(path: Path, name: unknown, what: string, entries: unknown): Finding[] {
  const names = Object.keys(mapping(entries));
  if (typeof name !== 'string' || names.includes(name)) return [];
  const message = `there is no such ${what}.${didYouMean(name, names)} The file has: ${names.join(', ')}.`;
  return [{ path, message }];
}

function oneOfTwo(path: Path, schedule: Mapping, one: string, other: string): Finding[] {
  const given = [one, other].filter((key) => schedule[key] !== undefined);
  if (given.length === 1) return [];
  const message = given.length === 0 ? `has neither ${one} nor ${other}.` : `has ${one} and ${other}.`;
  return [{ path, atKey: true, message: `${message} Give it one of them.` }];
}

function versionRules(path: Path, version: unknown): Finding[] {
  if (typeof version !== 'string' || isVersion(normaliseVersion(version))) return [];
  return [{ path, message: `expected a version such as "4.1.0" (an image tag), got ${show(version)}` }];
}
