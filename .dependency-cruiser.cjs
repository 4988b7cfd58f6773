/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-stands-alone',
      comment: 'Words and rules are pure: they run in the workflow sandbox and are tested as tables.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'workflows-import-decisions-and-the-sdk',
      comment:
        'All else is I/O, which a replay would repeat; SHA-256 is arithmetic. Activities are known by their types only.',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: {
        pathNot: [
          '^src/(domain|workflows|activities)/',
          'node_modules/@temporalio/(workflow|common)/',
          'node_modules/@noble/hashes/',
        ],
      },
    },
    {
      name: 'workflows-know-activities-by-type',
      comment: 'An activity runs in the worker; importing its code would bundle I/O into the sandbox.',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '^src/activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'activities-do-not-know-workflows',
      comment: 'Activities do one thing each and do not know which story calls them.',
      severity: 'error',
      from: { path: '^src/activities/' },
      to: { path: '^src/workflows/' },
    },
    {
      name: 'activities-are-given-their-configuration',
      comment: 'Factories take narrow ports and values; reading fairway.yaml is the worker’s business.',
      severity: 'error',
      from: { path: '^src/activities/' },
      to: { path: '^src/(config|worker)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'activities-of-one-system-do-not-import-another',
      comment:
        'What two systems share is a word of the domain or sits above both folders. Kubernetes’ errors have one translator, and its objects are followed and told apart in one way.',
      severity: 'error',
      from: { path: '^src/activities/([^/]+)/', pathNot: '^src/activities/diagnosis/' },
      to: {
        path: '^src/activities/[^/]+/',
        pathNot: [
          '^src/activities/$1/',
          '^src/activities/kubernetes/(failures|deployment|reflector|alarm|observe-pod)[.]ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'a-diagnosis-looks-through-kubernetes-and-verification',
      comment:
        'It talks to no system of its own: it reads objects as releases do, and asks pods as verification does. Nobody builds on it.',
      severity: 'error',
      from: { path: '^src/activities/diagnosis/' },
      to: {
        path: '^src/activities/[^/]+/',
        pathNot: '^src/activities/(diagnosis|kubernetes|verification)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'configuration-knows-only-the-domain',
      comment: 'fairway.yaml becomes typed values; it starts nothing.',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^src/', pathNot: '^src/(config|domain)/' },
    },
    {
      name: 'clients-are-made-at-the-root',
      comment: 'Connections to Temporal are opened by the worker and other entry points, then passed down.',
      severity: 'error',
      // The adapter of Temporal itself needs the client's error classes.
      from: { path: '^src/(domain|workflows|activities|config)/', pathNot: '^src/activities/temporal/' },
      to: {
        path: 'node_modules/@temporalio/(client|worker|envconfig)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'source-does-not-know-its-surroundings',
      comment: 'What is shipped works without the demo, the tests and any one profile.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(local|test|profiles)/' },
    },
    {
      name: 'source-uses-no-development-packages',
      comment: 'A production install leaves them out.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'demo-does-not-lean-on-tests',
      comment: 'Helpers of tests may change with the tests.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^test/' },
    },
    {
      name: 'bootstrap-stands-alone',
      comment: 'It runs before any package is installed.',
      severity: 'error',
      from: {
        path: '^local/(bootstrap|demo-help|prerequisites|npm-packages|run-child|lock|test-programs|tool-catalogue)[.]mjs$',
      },
      to: { pathNot: '^local/[^/]+[.]mjs$', dependencyTypesNot: ['core'] },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and that imports nothing is left over.',
      severity: 'error',
      from: { orphan: true, pathNot: ['[.]test[.]ts$', '^local/[^/]+[.]mjs$'] },
      to: {},
    },
    {
      name: 'imports-resolve',
      comment: 'A typo or a package that is not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type-only imports are seen too, and told apart.
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
