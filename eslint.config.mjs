import js from '@eslint/js';
import jest from 'eslint-plugin-jest';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// What runs in Temporal's workflow sandbox must give the same answers on replay. There, Date and Math.random are
// replaced by deterministic ones; the rest is missing or would leak the outside world.
const missingInSandbox = [
  'process',
  'Buffer',
  'global',
  'crypto',
  'fetch',
  'performance',
  'structuredClone',
  'setImmediate',
  'setInterval',
  'queueMicrotask',
  'require',
  'WeakRef',
  'FinalizationRegistry',
].map((name) => ({ name, message: 'It is missing or not deterministic in a workflow: use an activity.' }));

const noBuiltins = {
  group: [
    'node:*',
    'fs',
    'fs/*',
    'path',
    'os',
    'crypto',
    'child_process',
    'net',
    'http',
    'https',
    'util',
    'timers/*',
  ],
  message: 'Node built-ins do not exist in the workflow sandbox: use an activity.',
};

const noBareDateFormat = {
  selector: 'CallExpression[callee.property.name=/^format(ToParts)?$/][arguments.length=0]',
  message: 'Without an argument a date format shows the real time, also inside a workflow: pass the date.',
};

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: the name is then the same everywhere.',
};
const noExportAll = { selector: 'ExportAllDeclaration', message: 'Name what is exported.' };
const noEnum = { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' };
const style = [noDefaultExport, noExportAll, noEnum];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'coverage/', 'test-results/', '.cache/', 'tools/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-restricted-syntax': ['error', ...style],
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers and booleans read well in messages as they are.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `return refuse(message)` from a function that returns nothing ends it in one line.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Guards against data that comes from outside the type system (JSON, a cluster) are worth their line.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Activities and ports are async by contract, whether or not one of them awaits.
      '@typescript-eslint/require-await': 'off',
      // The compiler option noPropertyAccessFromIndexSignature asks for brackets.
      '@typescript-eslint/dot-notation': 'off',
      // Kubernetes objects are written as literals where the client library declares classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Ports and deps are objects of plain functions; nothing here uses `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Texts are cut by code points, and the Kubernetes client's classes are plain data.
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  {
    files: ['src/workflows/**/*.ts', 'src/domain/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...missingInSandbox],
      'no-restricted-imports': ['error', { patterns: [noBuiltins] }],
      'no-restricted-syntax': ['error', ...style, noBareDateFormat],
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      // Rules are tables of values: the caller passes the time and anything random.
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take `now` as an argument.' },
        { object: 'Math', property: 'random', message: 'Take the number as an argument.' },
        { object: 'performance', property: 'now', message: 'Take `now` as an argument.' },
      ],
      'no-restricted-globals': [
        'error',
        ...missingInSandbox,
        ...['setTimeout', 'clearTimeout', 'console'].map((name) => ({
          name,
          message: 'The domain only decides: no time, no output.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        ...style,
        noBareDateFormat,
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take `now` as an argument.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.test.ts'],
    ...jest.configs['flat/recommended'],
  },
  {
    files: ['test/**/*.ts'],
    plugins: { jest },
    rules: {
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect*', 'fc.assert', 'assert*'] }],
      'jest/no-standalone-expect': 'off',
      // A table of cases may decide what it expects.
      'jest/no-conditional-expect': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A test may say the type of an answer where it reads it.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
    },
  },
  {
    // A JSDoc cast is invisible to these.
    files: ['local/*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    // Configuration files are read by tools that want a default export.
    files: ['*.mjs', '*.cjs', '.*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
    rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
);
