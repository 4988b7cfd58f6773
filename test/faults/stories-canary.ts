import { calls } from './fault.ts';
import type { Story } from './story.ts';

export const canaryStories: readonly Story[] = [
  {
    title: 'a good canary by Helm, of a target with an autoscaler',
    strategy: 'canary',
    method: 'helm',
    behaviour: '',
    outcome: 'released',
    ends: 'new',
    helmRevisions: 1,
    course: calls(`
      preflight:1 backUpTarget:1 pauseAutoscaler:1 createTrack:1 shiftTraffic:1 bake:1 shiftTraffic:2
      shiftTraffic:3 upgradeHelmRelease:1 shiftTraffic:4 deleteTrack:1 restoreAutoscaler:1
      verifyTarget:1`),
  },
  {
    title: 'a canary by Helm that does not verify after 100 %',
    strategy: 'canary',
    method: 'helm',
    behaviour: '-unhealthy',
    unwatched: true,
    outcome: 'rolledBack',
    ends: 'old',
    helmRevisions: 2,
    course: calls(`
      preflight:1 backUpTarget:1 pauseAutoscaler:1 createTrack:1 shiftTraffic:1 shiftTraffic:2
      shiftTraffic:3 upgradeHelmRelease:1 shiftTraffic:4 deleteTrack:1 restoreAutoscaler:1
      verifyTarget:1 diagnose:1 observeTarget:1 observeTarget:2 rollBackHelmRelease:1 restoreRevision:1
      shiftTraffic:5 deleteTrack:2 restoreAutoscaler:2 verifyTarget:2`),
  },
  {
    title: 'a canary by image that is not well at its first step',
    strategy: 'canary',
    method: 'image',
    behaviour: '-unhealthy',
    outcome: 'rolledBack',
    ends: 'old',
    helmRevisions: 0,
    course: calls(`
      preflight:1 backUpTarget:1 createTrack:1 shiftTraffic:1 bake:1 diagnose:1 observeTarget:1
      shiftTraffic:2 deleteTrack:1 restoreRevision:1 verifyTarget:1`),
  },
  {
    title: 'a canary by image whose pods crash',
    strategy: 'canary',
    method: 'image',
    behaviour: '-crash',
    outcome: 'rolledBack',
    ends: 'old',
    helmRevisions: 0,
    course: calls(`
      preflight:1 backUpTarget:1 createTrack:1 shiftTraffic:1 diagnose:1 observeTarget:1
      shiftTraffic:2 deleteTrack:1 restoreRevision:1 verifyTarget:1`),
  },
  {
    title: 'a canary by image that a person aborts on its way to two thirds',
    strategy: 'canary',
    method: 'image',
    behaviour: '',
    abortedAt: 'shiftTraffic:2',
    outcome: 'aborted',
    ends: 'old',
    helmRevisions: 0,
    course: calls(`
      preflight:1 backUpTarget:1 createTrack:1 shiftTraffic:1 bake:1 shiftTraffic:2 observeTarget:1
      shiftTraffic:3 deleteTrack:1 restoreRevision:1 verifyTarget:1`),
  },
];
