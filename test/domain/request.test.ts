import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseStandardDeploymentRequest, parseVerificationRequest } from '../../src/domain/request.ts';

const good = { service: 'tensafe', environment: 'dev', version: '4.1.0' };

describe('the input of a standard deployment', () => {
  test('needs service, environment and version, and knows its defaults', () => {
    expect(parseStandardDeploymentRequest({ ...good, version: 'v4.1.0' })).toEqual({
      ok: true,
      request: { ...good, force: false, dryRun: false },
    });
  });

  test('takes every documented field', () => {
    const input = {
      ...good,
      strategy: 'standard',
      requestedBy: ' ana@example.com ',
      force: true,
      update: 'image',
      dryRun: true,
    };
    expect(parseStandardDeploymentRequest(input)).toEqual({
      ok: true,
      request: { ...good, requestedBy: 'ana@example.com', force: true, update: 'image', dryRun: true },
    });
  });

  test.each<[string, unknown, readonly string[]]>([
    ['nothing', undefined, ['the input must be one JSON object, got nothing']],
    ['a text', 'tensafe', ['the input must be one JSON object, got "tensafe"']],
    [
      'a list',
      [good],
      ['the input must be one JSON object, got [{"service":"tensafe","environment":"dev","version":"4.1.…'],
    ],
    [
      'an empty object',
      {},
      [
        '"service" is missing; for example "service": "checkout"',
        '"environment" is missing; for example "environment": "staging"',
        '"version" is missing; for example "version": "4.1.0"',
      ],
    ],
    [
      'a number as version',
      { ...good, version: 4.1 },
      ['"version" must be a text in double quotes, got 4.1'],
    ],
    [
      'an impossible version',
      { ...good, version: '4.1.0+5' },
      ['"version" must be a version such as "4.1.0" (an image tag), got "4.1.0+5"'],
    ],
    [
      'an empty version',
      { ...good, version: '' },
      ['"version" must be a version such as "4.1.0" (an image tag), got ""'],
    ],
    [
      'a name in capitals',
      { ...good, service: 'TenSafe' },
      ['"service" must be a name as in fairway.yaml (lower-case letters, digits and dashes), got "TenSafe"'],
    ],
    ['a text as flag', { ...good, force: 'yes' }, ['"force" must be true or false, got "yes"']],
    [
      'another method',
      { ...good, update: 'kubectl' },
      ['"update" must be one of image, helm, got "kubectl"'],
    ],
    [
      'another strategy',
      { ...good, strategy: 'canary' },
      ['"strategy" must be "standard" for this workflow type, got "canary"'],
    ],
    [
      'a misspelt field',
      { ...good, forced: true },
      [
        'unknown field "forced"; the fields are service, environment, version, requestedBy, force, update, dryRun, whenHeld, strategy',
      ],
    ],
    [
      'an empty person',
      { ...good, requestedBy: ' ' },
      ['"requestedBy" must be a text of 1 to 200 characters, got ""'],
    ],
  ])('refuses %s with one message a mistake', (_what, input, problems) => {
    expect(parseStandardDeploymentRequest(input)).toEqual({ ok: false, problems });
  });

  test('never throws, and never lets a name through that could not be in a workflow ID', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.record({ service: fc.string(), environment: fc.string(), version: fc.string() }),
        ),
        (input) => {
          const parsed = parseStandardDeploymentRequest(input);
          if (!parsed.ok) return parsed.problems.length > 0;
          return (
            /^[a-z0-9-]{1,63}$/.test(parsed.request.service) && /^[\w.-]{1,128}$/.test(parsed.request.version)
          );
        },
      ),
    );
  });
});

describe('the input of a verification', () => {
  test('needs no version', () => {
    expect(parseVerificationRequest({ service: 'tensafe', environment: 'dev' })).toEqual({
      ok: true,
      request: { service: 'tensafe', environment: 'dev' },
    });
  });

  test('refuses what only a release takes', () => {
    expect(parseVerificationRequest({ ...good, force: true })).toEqual({
      ok: false,
      problems: ['unknown field "force"; the fields are service, environment, version'],
    });
  });
});
