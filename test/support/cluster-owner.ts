/** A program that starts a cluster and stays, to be killed by tests. Arguments: bin, workDir. */
import { startCluster } from '../../local/cluster.ts';
import { startStandIn } from '../../local/stand-in.ts';

const [bin = '', workDir = ''] = process.argv.slice(2);
console.log('starting');
const cluster = await startCluster({ bin, workDir, contexts: ['owned'] });
await startStandIn({ kubeconfig: cluster.kubeconfig, workDir: cluster.folder });
console.log('ready');
