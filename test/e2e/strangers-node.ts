/**
 * A person signs in with the real adal-node, in a process of its own: JSON in on stdin, one JSON answer out on stdout.
 * The names are those of production, without ports; each is reached at the port that the test listens on.
 */
import https, { Agent } from 'node:https';
import { createRequire } from 'node:module';
import { json } from 'node:stream/consumers';

interface Asked {
  readonly ports: Readonly<Record<string, number>>;
  readonly authority: string;
  readonly client: string;
  readonly resource: string;
  readonly username: string;
  readonly password: string;
}

type Done = (error: Error | null, answer?: { readonly accessToken?: string; readonly error?: string }) => void;

interface AuthenticationContext {
  acquireTokenWithUsernamePassword(
    resource: string,
    username: string,
    password: string,
    client: string,
    done: Done,
  ): void;
}

const asked = (await json(process.stdin)) as Asked;
class AgentOfTest extends Agent {
  override createConnection(...[options, callback]: Parameters<Agent['createConnection']>) {
    const port = asked.ports[options.host ?? ''];
    if (port === undefined) throw new Error(`the test knows no host ${options.host}`);
    return super.createConnection({ ...options, host: '127.0.0.1', port }, callback);
  }
}
https.globalAgent = new AgentOfTest();

const adal = createRequire(import.meta.url)('adal-node') as {
  readonly AuthenticationContext: new (authority: string, validate: boolean) => AuthenticationContext;
};
const context = new adal.AuthenticationContext(asked.authority, false);
context.acquireTokenWithUsernamePassword(asked.resource, asked.username, asked.password, asked.client, (error, got) => {
  const token = got?.accessToken ?? null;
  process.stdout.write(JSON.stringify({ token, error: error === null ? '' : `${error.message} ${got?.error ?? ''}` }));
});
