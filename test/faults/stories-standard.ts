import { calls } from './fault.ts';
import type { Story } from './story.ts';

export const standardStories: readonly Story[] = [
  {
    title: 'a good release by Helm',
    strategy: 'standard',
    method: 'helm',
    behaviour: '',
    outcome: 'released',
    ends: 'new',
    helmRevisions: 1,
    everyMoment: true,
    course: calls('preflight:1 backUpTarget:1 upgradeHelmRelease:1 awaitRollout:1 verifyTarget:1'),
    besides: calls(`
      resolveTarget:1 postMessage:1 updateMessage:1 postMessage:2 postMessage:3 postMessage:4
      postMessage:5 updateMessage:2 postMessage:6`),
  },
  {
    title: 'a release by Helm that does not verify',
    strategy: 'standard',
    method: 'helm',
    behaviour: '-unhealthy',
    outcome: 'rolledBack',
    ends: 'old',
    helmRevisions: 2,
    course: calls(`
      preflight:1 backUpTarget:1 upgradeHelmRelease:1 awaitRollout:1 verifyTarget:1 diagnose:1 observeTarget:1
      rollBackHelmRelease:1 restoreRevision:1 awaitRollout:2 verifyTarget:2`),
    besides: calls('postMessage:5 postMessage:6 postMessage:7 updateMessage:2 postMessage:8 postMessage:9'),
  },
  {
    title: 'a good release by image',
    strategy: 'standard',
    method: 'image',
    behaviour: '',
    outcome: 'released',
    ends: 'new',
    helmRevisions: 0,
    course: calls('preflight:1 backUpTarget:1 setImage:1 awaitRollout:1 verifyTarget:1'),
  },
  {
    title: 'a release by image whose pods crash',
    strategy: 'standard',
    method: 'image',
    behaviour: '-crash',
    outcome: 'rolledBack',
    ends: 'old',
    helmRevisions: 0,
    course: calls(`
      preflight:1 backUpTarget:1 setImage:1 awaitRollout:1 diagnose:1 restoreRevision:1 awaitRollout:2
      verifyTarget:1`),
    besides: calls('postMessage:7'),
  },
];
