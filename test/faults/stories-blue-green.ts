import { calls } from './fault.ts';
import type { Story } from './story.ts';

export const blueGreenStories: readonly Story[] = [
  {
    title: 'a good blue/green deployment by Helm, of a target with an autoscaler',
    strategy: 'blueGreen',
    method: 'helm',
    behaviour: '',
    outcome: 'released',
    ends: 'new',
    helmRevisions: 1,
    green: 'serves',
    course: calls(`
      preflight:1 backUpTarget:1 pauseAutoscaler:1 switchService:1 createTrack:1 awaitRollout:1
      verifyTarget:1 switchService:2 awaitEndpoints:1 bake:1 upgradeHelmRelease:1 awaitRollout:2
      switchService:3 awaitEndpoints:2 deleteTrack:1 awaitEndpoints:3 restoreAutoscaler:1
      verifyTarget:2`),
  },
  {
    title: 'a blue/green deployment that a person aborts while blue becomes the new version',
    strategy: 'blueGreen',
    method: 'image',
    behaviour: '',
    abortedAt: 'awaitRollout:2',
    outcome: 'aborted',
    ends: 'old',
    helmRevisions: 0,
    green: 'serves',
    course: calls(`
      preflight:1 backUpTarget:1 switchService:1 createTrack:1 awaitRollout:1 verifyTarget:1
      switchService:2 awaitEndpoints:1 bake:1 setImage:1 awaitRollout:2 observeTarget:1
      restoreRevision:1 awaitRollout:3 observeTarget:2 switchService:3 deleteTrack:1 switchService:4
      awaitEndpoints:2 verifyTarget:2`),
  },
  {
    title: 'a blue/green deployment by Helm that a person aborts while green is watched',
    strategy: 'blueGreen',
    method: 'helm',
    behaviour: '',
    abortedAt: 'bake:1',
    outcome: 'aborted',
    ends: 'old',
    helmRevisions: 0,
    green: 'serves',
    course: calls(`
      preflight:1 backUpTarget:1 pauseAutoscaler:1 switchService:1 createTrack:1 awaitRollout:1
      verifyTarget:1 switchService:2 awaitEndpoints:1 bake:1 observeTarget:1 switchService:3
      observeTarget:2 rollBackHelmRelease:1 restoreRevision:1 awaitRollout:2 observeTarget:3
      switchService:4 deleteTrack:1 switchService:5 awaitEndpoints:2 restoreAutoscaler:1
      verifyTarget:2`),
  },
  {
    title: 'a blue/green deployment by image whose green is not well',
    strategy: 'blueGreen',
    method: 'image',
    behaviour: '-unhealthy',
    outcome: 'rolledBack',
    ends: 'old',
    helmRevisions: 0,
    green: 'neverServes',
    course: calls(`
      preflight:1 backUpTarget:1 switchService:1 createTrack:1 awaitRollout:1 verifyTarget:1
      diagnose:1 observeTarget:1 deleteTrack:1 switchService:2 awaitRollout:2 awaitEndpoints:1
      verifyTarget:2`),
  },
];
