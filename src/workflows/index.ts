/** The workflow types that a worker serves. */
export { blueGreenDeployment } from './blue-green-deployment.ts';
export { canaryDeployment } from './canary-deployment.ts';
export { diagnosis } from './diagnosis.ts';
export { incident } from './incident.ts';
export { release } from './release.ts';
export { rollback } from './rollback.ts';
export { standardDeployment } from './standard-deployment.ts';
export { verification } from './verification.ts';
