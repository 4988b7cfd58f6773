/** The workflow types that a worker serves. */
export { standardDeployment } from './standard-deployment.ts';
export { verification } from './verification.ts';
