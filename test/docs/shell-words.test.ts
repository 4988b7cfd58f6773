import { expect, test } from '@jest/globals';
import { shellWords } from './shell-words.ts';

test.each<[string, readonly string[]]>([
  ['kubectl get pods', ['kubectl', 'get', 'pods']],
  [`temporal x --input '{"by":"ana"}'`, ['temporal', 'x', '--input', '{"by":"ana"}']],
  ['a \\\n    b', ['a', 'b']],
  [`list --query "A = 'b'"`, ['list', '--query', "A = 'b'"]],
  [`--set=a='b c'd`, ['--set=a=b cd']],
  ["it ''", ['it', '']],
  ['up # until Ctrl-C', ['up']],
])('%s', (text, words) => {
  expect(shellWords(text)).toEqual(words);
});

test.each(['a | b', 'a > file', 'a && b', 'echo $HOME', 'echo "$HOME"', 'ls *', "it's", 'a "b'])(
  '%s is left to a shell',
  (text) => {
    expect(shellWords(text)).toBeUndefined();
  },
);
