import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fillMatchers, matcherProblem } from '../../src/domain/alerts-matchers.ts';
import { aTarget } from '../support/a-target.ts';

const target = aTarget({
  service: { deployment: 'shop.server', kubernetesService: 'shop-api' },
  environment: { namespace: 'shop-dev' },
});

function filled(...matchers: string[]) {
  return fillMatchers({ alertmanager: 'http://a.example', matchers }, target);
}

test.each([
  ['namespace="{{namespace}}"', 'namespace="shop-dev"'],
  ['service = {{ service }}', 'service="shop-api"'],
  ['job=~"{{deployment}}-.*"', String.raw`job=~"shop\\.server-.*"`],
  ['job!~{{deployment}}', String.raw`job!~"shop\\.server"`],
  ['job!="{{deployment}}"', 'job!="shop.server"'],
  ['severity=~"critical|page"', 'severity=~"critical|page"'],
  [String.raw`summary="say \"hi\"\\\n"`, String.raw`summary="say \"hi\"\\\n"`],
  ['team=""', 'team=""'],
])('%s becomes %s', (written, expected) => {
  expect(matcherProblem(written)).toBeUndefined();
  expect(filled(written)).toEqual({ ok: true, matchers: [expected] });
});

test.each([
  ['shop', /no matcher: shop/],
  ['1service="a"', /no matcher/],
  ['service="a', /quotes .* do not go together/],
  ['service="a" b"', /quotes/],
  ['service=a"', /quotes/],
  ['service="{{pods}}"', /there is no \{\{pods\}\}: there are namespace, service, deployment/],
])('%s is no matcher', (written, problem) => {
  expect(matcherProblem(written)).toMatch(problem);
  expect(filled('team="web"', written)).toMatchObject({ ok: false });
});

test('whatever is put in stays within its quotes', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const odd = aTarget({ environment: { namespace: value } });
      const result = fillMatchers({ alertmanager: '', matchers: ['namespace="{{namespace}}"'] }, odd);
      if (!result.ok) throw new Error(result.problem);
      const inside = /^namespace="((?:[^"\\]|\\["\\n])*)"$/.exec(result.matchers[0] ?? '')?.[1];
      expect(inside?.replace(/\\([n"\\])/g, (_all, one: string) => (one === 'n' ? '\n' : one))).toBe(value);
    }),
  );
});
