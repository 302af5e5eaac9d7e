// The official JavaScript client.

import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as k8s from '@kubernetes/client-node';

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const namespace = `js${Math.random().toString(36).slice(2, 8)}`;

await core.createNamespace({ body: { metadata: { name: namespace } } });

const seen = [];
const watch = new k8s.Watch(config);
const watching = await watch.watch(
  `/api/v1/namespaces/${namespace}/configmaps`, {}, (type, object) => seen.push(`${type} ${object.metadata.name}`),
  () => {},
);
await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'made' }, data: { a: 'b' } } });
while (!seen.includes('ADDED made')) await sleep(50);
watching.abort();

async function podInPhase(name, container, phase) {
  const spec = { restartPolicy: 'Never', containers: [container] };
  await core.createNamespacedPod({ namespace, body: { metadata: { name, labels: { app: name } }, spec } });
  while ((await core.readNamespacedPod({ name, namespace })).status.phase !== phase) await sleep(50);
}
await podInPhase('web', { name: 'web', image: 'nginx' }, 'Running');
await podInPhase('talk', { name: 'c', image: 'busybox', command: ['echo', 'said'] }, 'Succeeded');

const listed = await core.listNamespacedPod({ namespace, labelSelector: 'app=web' });
assert.deepEqual(listed.items.map((pod) => pod.metadata.name), ['web']);
const patched = await core.patchNamespacedPod(
  { name: 'web', namespace, body: { metadata: { labels: { patched: 'yes' } } } },
  k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch),
);
assert.equal(patched.metadata.labels.patched, 'yes');
await assert.rejects(core.readNamespacedPod({ name: 'missing', namespace }), /404/);

const text = new PassThrough();
let said = '';
text.on('data', (piece) => { said += piece; });
await new k8s.Log(config).log(namespace, 'talk', 'c', text, { follow: true });
while (!said.includes('said\n')) await sleep(50);

const out = new PassThrough();
let output = '';
out.on('data', (piece) => { output += piece; });
const status = await new Promise((resolve) => new k8s.Exec(config).exec(
  namespace, 'web', 'web', ['sh', '-c', 'echo hello; exit 3'], out, null, null, false, resolve,
));
assert.equal(output, 'hello\n');
assert.equal(status.details.causes[0].message, '3');

const forward = new k8s.PortForward(config);
const server = net.createServer((socket) => forward.portForward(namespace, 'web', [80], socket, null, socket));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const code = await new Promise((resolve, reject) => {
  http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, (answer) => resolve(answer.statusCode))
    .on('error', reject);
});
assert.equal(code, 200);

await core.deleteNamespace({ name: namespace });
console.log('done');
process.exit(0);
